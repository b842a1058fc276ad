"""Where the pool is short: a page and a spreadsheet for its manager."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from desirepath.accounts.roles import Permission
from desirepath.audit import clock
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.pools.spreadsheet import to_csv
from desirepath.vacancies.forms import ShortageForm
from desirepath.vacancies.models import MADE, Shortness
from desirepath.vacancies.presenters.shortage import WEEKDAYS, Seen, as_rows, seen
from desirepath.vacancies.presenters.shortage import shortage as figures_of
from desirepath.vacancies.views.pool import pcns_of

LINES_A_PAGE = 60


@allowed(Permission.PLAN)
@require_safe
def shortage(request: ActingRequest) -> HttpResponse:
    """By PCN, role and weekday, over the plans of the last weeks; ``?as=csv`` as a spreadsheet."""
    pool = get_object_or_404(Pool.objects.select_related("organisation"), organisation=request.acting.place)
    asked = request.GET.copy()
    asked.setdefault("weeks", ShortageForm.USUAL)
    form = ShortageForm(asked, pcns=pcns_of(pool))
    weeks = form.weeks_chosen()
    rows = _rows(pool, form, weeks)
    if request.GET.get("as") == "csv":
        answer = HttpResponse(to_csv(as_rows(rows)), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="where-the-pool-is-short.csv"'
        return answer
    found = figures_of(rows)
    page = Paginator(found.lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    chosen = {name: request.GET[name] for name in ("weeks", "role", "pcn", "part") if name in request.GET}
    return respond(
        request,
        "vacancies/shortage.jinja",
        {
            "pool": pool,
            "narrow": form,
            "weeks": weeks,
            "narrowed": any(form.narrowed(name) for name in ("role", "pcn", "part")),
            "found": found,
            "weekdays": [WEEKDAYS[day] for day in found.weekdays],
            "page": page,
            "more": f"&{urlencode(chosen)}" if chosen else "",
        },
    )


def _rows(pool: Pool, form: ShortageForm, weeks: int) -> list[Seen]:
    since = clock.now() - timedelta(weeks=weeks)
    kept = Shortness.objects.filter(vacancy__pool=pool, run__state__in=MADE, run__state_since__gte=since)
    if role := form.narrowed("role"):
        kept = kept.filter(vacancy__role=role)
    if pcn := form.narrowed("pcn"):
        kept = kept.filter(vacancy__practice__in=Organisation.objects.practices().within(pcn, clock.today()))
    part = form.narrowed("part")
    return [row for row in seen(kept) if not part or row.part == part]
