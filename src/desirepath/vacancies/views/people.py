"""People we would like first: the practice's own list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from desirepath.accounts.roles import Permission
from desirepath.audit.forms import Text
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Clinician
from desirepath.nhsuk.fields import ModelSelect
from desirepath.nhsuk.forms import Form
from desirepath.nhsuk.pages import respond
from desirepath.organisations.acting import ActingRequest, allowed
from desirepath.organisations.models import Organisation
from desirepath.vacancies.models import PreferredClinician
from desirepath.vacancies.preferred import (
    add_preferred,
    found_by_registration,
    move_up,
    preferred_of,
    remove_preferred,
    worked_here,
)


class AddPreferredForm(Form):
    """Somebody who has worked here, or whoever has a registration number."""

    worked = ModelSelect(
        Clinician.objects.none(), label="Somebody who has worked here", empty_label="Choose", required=False
    )
    registration = Text(
        label="Or their registration number",
        help_text="With the GMC, NMC, GPhC or HCPC: the whole number",
        max_length=20,
        width=10,
        required=False,
    )

    def __init__(self, *args: object, practice: Organisation, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice
        rows = worked_here(practice)
        queryset = Clinician.objects.filter(pk__in=[row.pk for row in rows]).select_related("person")
        self.fields["worked"].queryset = queryset.order_by("person__name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or {}
        number, worked = str(cleaned.get("registration") or ""), cleaned.get("worked")
        if number and not worked:
            worked = found_by_registration(self.practice, number)
            if worked is None:
                self.add_error("registration", "Nobody with this number is an active member of your pool")
        elif not worked and not self.errors:
            self.add_error("worked", "Choose somebody, or enter a registration number")
        cleaned["clinician"] = worked
        return cleaned


@allowed(Permission.ASK_FOR_COVER)
@require_http_methods(["GET", "POST"])
def preferred(request: ActingRequest) -> HttpResponseBase:
    """The list in its order, and adding to it."""
    practice = request.acting.place
    form = AddPreferredForm(request.POST or None, practice=practice)
    if request.method == "POST" and form.is_valid():
        clinician = form.cleaned_data["clinician"]
        try:
            add_preferred(by=request.user, practice=practice, clinician=clinician)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{clinician} is on your list.")
            return redirect("vacancies:preferred")
    context = {"practice": practice, "rows": preferred_of(practice)}
    return respond(request, "vacancies/preferred.jinja", context, form=form)


@allowed(Permission.ASK_FOR_COVER)
@require_POST
def change_preferred(request: ActingRequest, preferred: UUID) -> HttpResponseBase:
    """Ask somebody earlier, or take her off the list."""
    mine = PreferredClinician.objects.for_practice(request.acting.place)
    row = get_object_or_404(mine.select_related("practice", "clinician__person"), public_id=preferred)
    if "remove" in request.POST:
        remove_preferred(by=request.user, row=row)
        messages.success(request, f"{row.clinician} is on your list no more.")
    else:
        move_up(by=request.user, row=row)
    return redirect("vacancies:preferred")
