"""Everything that her memberships know of a clinician, as spreadsheets in one zip: hers to take along.

Nothing of anybody else is in it but the names of the practices at which she works and of her pools.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from desirepath.audit import clock
from desirepath.bookings.models import Application, Booking
from desirepath.chambers.models import Mandate, MandateUse, MeetingTask, Vote
from desirepath.clinicians.models import (
    CONDITIONS,
    LIMITS,
    RATES,
    AvailabilityException,
    Clinician,
    Engagement,
    Membership,
    StandingYes,
)
from desirepath.memberships.models import KeepInTouch
from desirepath.nhsuk.formats import local
from desirepath.pools.spreadsheet import to_csv

Rows = Iterable[Sequence[Any]]
README = """Everything that Desirepath's memberships know of {name}, {role} {registration}, on {today}.

Each file is a spreadsheet in CSV (UTF-8). Times are those of England. Money is in pounds.
What you hold (certificates, registrations) and messages are not in it: find them on their own pages.
"""


def everything(clinician: Clinician) -> bytes:
    """The zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        about = README.format(
            name=clinician.person.name,
            role=clinician.get_role_display(),
            registration=clinician.registration,
            today=clock.today().isoformat(),
        )
        archive.writestr("README.txt", about)
        for name, (heading, rows) in FILES.items():
            archive.writestr(f"{name}.csv", to_csv([heading, *rows(clinician)]))
    return out.getvalue()


def _at(moment: Any) -> str:
    return local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


def _memberships(clinician: Clinician) -> Rows:
    rows = Membership.objects.filter(clinician=clinician).select_related(
        "pool__organisation", "chambers__organisation", "pcn"
    )
    for row in rows:
        yield (
            row.pool,
            row.state,
            _at(row.state_since),
            row.chambers or "",
            row.pcn or "",
            _at(row.created_at),
        )


def _breaks(clinician: Clinician) -> Rows:
    for row in Membership.objects.filter(clinician=clinician).select_related("pool__organisation"):
        for time_off in row.breaks.all():
            yield row.pool, time_off.begun_on, time_off.back_on or "", time_off.ended_on or ""


def _touched(clinician: Clinician) -> Rows:
    rows = KeepInTouch.objects.filter(time_off__membership__clinician=clinician)
    for row in rows.select_related("time_off__membership__pool__organisation"):
        yield row.time_off.membership.pool, row.day, row.what


def _engagements(clinician: Clinician) -> Rows:
    for row in Engagement.objects.filter(clinician=clinician).select_related("host"):
        yield row.host, row.kind, row.state, _at(row.state_since)


def _bookings(clinician: Clinician) -> Rows:
    rows = Booking.objects.for_clinician(clinician).select_related("practice", "pool__organisation", "terms")
    for row in rows.order_by("start", "pk"):
        yield (
            _at(row.start),
            _at(row.end),
            row.practice.name,
            row.practice.code,
            row.pool,
            row.state,
            row.rate,
            row.fee,
            row.terms.version if row.terms else "",
            row.get_origin_display(),
            _at(row.cancelled_at),
            row.cancellation_fee if row.cancellation_fee is not None else "",
        )


def _applications(clinician: Clinician) -> Rows:
    rows = Application.objects.for_clinician(clinician).select_related("vacancy__practice")
    for row in rows.order_by("pk"):
        yield _at(row.vacancy.start), row.vacancy.practice.name, row.state, row.fee, _at(row.created_at)


TERMS = (*RATES, *LIMITS, *CONDITIONS)


def _terms(clinician: Clinician) -> Rows:
    for row in clinician.terms.order_by("pk"):
        yield (
            row.version or "",
            row.state,
            _at(row.published_at),
            *("" if (value := getattr(row, name)) is None else value for name in TERMS),
        )


def _usual_week(clinician: Clinician) -> Rows:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    for row in clinician.weekly_pattern.order_by("weekday", "start"):
        yield days[row.weekday], f"{row.start:%H:%M}", f"{row.end:%H:%M}"


def _single_days(clinician: Clinician) -> Rows:
    for row in AvailabilityException.objects.filter(clinician=clinician).order_by("day", "start"):
        if row.start and row.end:
            yield row.day, "free", f"{row.start:%H:%M}", f"{row.end:%H:%M}"
        else:
            yield row.day, "not free", "", ""


def _practices(clinician: Clinician) -> Rows:
    for row in clinician.practice_preferences.select_related("practice").order_by("pk"):
        yield row.practice.name, row.practice.code, row.kind
    for given in StandingYes.objects.for_clinician(clinician).on().select_related("practice"):
        yield given.practice.name, given.practice.code, "standing yes"


def _chambers(clinician: Clinician) -> Rows:
    votes = Vote.objects.filter(clinician=clinician).select_related("charter__chambers__organisation")
    for vote in votes.order_by("pk"):
        yield vote.charter.chambers, "vote on the charter", vote.choice, _at(vote.created_at)
    tasks = MeetingTask.objects.filter(owner=clinician).select_related("meeting__chambers__organisation")
    for task in tasks:
        done = f"done {_at(task.done_at)}" if task.done_at else f"by {task.due_on or 'no day'}"
        yield task.meeting.chambers, "to be done", task.what, done


def _mandates(clinician: Clinician) -> Rows:
    for row in Mandate.objects.for_clinician(clinician).select_related("holder"):
        yield row.holder.name, row.get_act_display(), row.kind, row.state, _at(row.created_at)
    for use in MandateUse.objects.filter(mandate__clinician=clinician).select_related("by"):
        yield use.by.name, use.done, "used", "", _at(use.created_at)


FILES: dict[str, tuple[Sequence[str], Callable[[Clinician], Rows]]] = {
    "memberships": (("pool", "state", "since", "chambers", "PCN bank", "begun"), _memberships),
    "breaks": (("pool", "begun", "expected back", "ended"), _breaks),
    "keep_in_touch": (("pool", "day", "what"), _touched),
    "engagements": (("host", "kind", "state", "since"), _engagements),
    "bookings": (
        (
            "start",
            "end",
            "practice",
            "practice code",
            "pool",
            "state",
            "rate an hour",
            "fee",
            "terms version",
            "how it came about",
            "cancelled",
            "cancellation fee",
        ),
        _bookings,
    ),
    "applications": (("session", "practice", "state", "fee", "made"), _applications),
    "terms": (("version", "state", "published", *TERMS), _terms),
    "usual_week": (("day", "from", "until"), _usual_week),
    "single_days": (("day", "", "from", "until"), _single_days),
    "practices": (("practice", "code", "choice"), _practices),
    "chambers": (("chambers", "what", "", "when"), _chambers),
    "mandates": (("who", "what", "how often", "state", "when"), _mandates),
}
