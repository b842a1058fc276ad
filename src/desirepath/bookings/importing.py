"""Sessions agreed before the pool began, from a spreadsheet: her time is held until she confirms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import BUSY, record_booking
from desirepath.bookings.models import Booking, RefusedTry
from desirepath.clinicians.models import Clinician, CommittedTime, Terms
from desirepath.nhsuk.formats import plural
from desirepath.organisations.models import Organisation
from desirepath.pools import cells
from desirepath.pools.importing import Column, Import, Line, register
from desirepath.pools.models import Pool
from desirepath.vacancies.actions import post_vacancy
from desirepath.vacancies.importing import judge_times

COLUMNS = (
    Column("practice", "Code of the practice", cells.code("practice"), "D82001", required=True),
    Column(
        "registration",
        "The clinician's registration number; or give the e-mail address",
        cells.registration,
        "7012345",
    ),
    Column("email", "The clinician's e-mail address, where there is no number", cells.email, ""),
    Column("role", "GP, nurse, pharmacist or paramedic", cells.role, "GP", required=True),
    Column("date", "The day of the session", cells.day, "8/12/2026", required=True),
    Column("start", "When it starts", cells.clock, "08:30", required=True),
    Column("end", "When it ends", cells.clock, "12:40", required=True),
    Column("rate", "What was agreed, in pounds an hour", cells.pounds(1, 500), "92.00", required=True),
)
BUSY_THEN = "they are busy then"
CHECKED_ENOUGH = (
    "sessions of {} at this practice have been checked in several versions today. "
    "Ask them what they agreed to, and send the file again tomorrow"
)


def judge(pool: Pool, lines: list[Line]) -> None:
    """Each row beside the others, the pool's practices and members, and the time she has committed."""
    judge_times(lines)
    _judge_practices(pool, lines)
    _judge_clinicians(pool, lines)
    _judge_overlaps_in_the_file(lines)
    _judge_busy(lines)


def _judge_practices(pool: Pool, lines: list[Line]) -> None:
    days = {line.values["date"] for line in lines if "date" in line.values}
    held = {day: {practice.code: practice for practice in pool.practices(day)} for day in days}
    for line in lines:
        code, day = line.values.get("practice"), line.values.get("date")
        if not code or not day:
            continue
        line.values["at"] = held[day].get(code)
        if line.values["at"] is None:
            line.wrong("practice", f"{code} is not a practice of this pool. Add it first")


def _judge_clinicians(pool: Pool, lines: list[Line]) -> None:
    members = list(Clinician.objects.for_pool(pool).select_related("person"))
    by_number = {(row.role, row.registration): row for row in members}
    by_email = {row.person.email.lower(): row for row in members}
    for line in lines:
        number, email, role = (line.values.get(name) for name in ("registration", "email", "role"))
        if not number and not email:
            if not {"registration", "email"} & set(line.errors):
                line.wrong("registration", "is missing: give the registration number or the e-mail address")
            continue
        if role is None:
            continue
        found = by_number.get((role, number)) if number else by_email.get(str(email))
        if found is None:
            column = "registration" if number else "email"
            line.wrong(column, f"there is no {role.label} with it among the active members of this pool")
        elif found.role != role:
            line.wrong("role", f"{found} is a {found.get_role_display()} in this pool")
        elif number and email and found.person.email.lower() != email:
            line.wrong("email", f"is not the address of the {role.label} with the number {number}")
        else:
            line.values["clinician"] = found
            line.notes.append(f"{found} at {line.values.get('at') or line.cells.get('practice', '')}")


def _timed(lines: list[Line]) -> list[Line]:
    return [line for line in lines if {"clinician", "from"} <= set(line.values)]


def _judge_overlaps_in_the_file(lines: list[Line]) -> None:
    hers: dict[int, list[Line]] = {}
    for line in _timed(lines):
        for other in hers.setdefault(line.values["clinician"].pk, []):
            if _overlap(line, other.values["from"], other.values["to"]):
                line.wrong("start", f"overlaps row {other.number:,}, also of {line.values['clinician']}")
        hers[line.values["clinician"].pk].append(line)


def _overlap(line: Line, start: datetime, end: datetime) -> bool:
    return bool(line.values["from"] < end and start < line.values["to"])


def _judge_busy(lines: list[Line]) -> None:
    """Time committed in whatever pool; where else is never said."""
    timed = _timed(lines)
    if not timed:
        return
    first, last = min(line.values["from"] for line in timed), max(line.values["to"] for line in timed)
    busy: dict[int, list[tuple[datetime, datetime]]] = {}
    committed = CommittedTime.objects.of({line.values["clinician"] for line in timed}).between(first, last)
    for clinician, start, end in committed.values_list("clinician_id", "start", "end"):
        busy.setdefault(clinician, []).append((start, end))
    for line in timed:
        if any(_overlap(line, *span) for span in busy.get(line.values["clinician"].pk, [])):
            line.wrong("start", BUSY_THEN)


def rehearse(by: Person, pool: Pool, lines: list[Line]) -> None:
    """Whoever has published terms is judged by the plan's own rules: her rows are tried and undone."""
    timed = [line for line in _timed(lines) if line.fits]
    published = Terms.objects.filter(
        state="published", clinician__in={line.values["clinician"] for line in timed}
    )
    bound = set(published.values_list("clinician_id", flat=True))
    tried = [line for line in timed if line.values["clinician"].pk in bound]
    if not tried:
        return
    answered = _answered(tried)
    with transaction.atomic():
        for line in answered:
            try:
                with transaction.atomic():
                    _record(by, line)
            except Refused as refused:
                line.wrong("", _said(refused))
        transaction.set_rollback(True)


def _answered(lines: list[Line]) -> list[Line]:
    """Those of which may be told whether she can be booked; the others say that it was asked too often.

    With another rate in each row or file, the answers would tell where her terms begin.
    """
    hers: dict[tuple[Organisation, Clinician], list[Line]] = {}
    for line in lines:
        hers.setdefault((line.values["at"], line.values["clinician"]), []).append(line)
    for (practice, clinician), some in hers.items():
        rates = [line.values["rate"] for line in some]
        told = RefusedTry.rates_told(practice, clinician, clock.today(), rates)
        for line in some:
            if line.values["rate"] not in told:
                line.wrong("", CHECKED_ENOUGH.format(clinician))
    return [line for line in lines if line.fits]


def _refuse_unseen(lines: list[Line]) -> None:
    """What the preview did not tell is not found out by taking it."""
    bound = set(
        Terms.objects.filter(
            state="published", clinician__in={line.values["clinician"] for line in lines}
        ).values_list("clinician_id", flat=True)
    )
    for line in lines:
        practice, clinician = line.values["at"], line.values["clinician"]
        if clinician.pk in bound and line.values["rate"] not in RefusedTry.rates_told(
            practice, clinician, clock.today()
        ):
            raise Refused(
                f"Row {line.number:,}: look at the rows of the file once more before you take them."
            )


def _said(refused: Refused) -> str:
    return BUSY_THEN if str(refused) == BUSY else str(refused).rstrip(".")


def _record(by: Person, line: Line) -> Booking:
    """The practice's vacancy and her provisional booking of it."""
    values: dict[str, Any] = line.values
    vacancy = post_vacancy(
        by=by,
        practice=values["at"],
        role=values["role"],
        start=values["from"],
        end=values["to"],
        rate_cap=values["rate"],
    )
    return record_booking(
        by=by,
        vacancy=vacancy,
        clinician=values["clinician"],
        rate=values["rate"],
        origin=Booking.Origin.IMPORT,
    )


def take(by: Person, pool: Pool, lines: list[Line]) -> str:
    """Hold every session of the file. Raises Refused with the row that cannot be."""
    _refuse_unseen(lines)
    for line in lines:
        try:
            _record(by, line)
        except Refused as refused:
            raise Refused(f"Row {line.number:,}: {_said(refused)}. Nothing was taken.") from refused
    return f"{plural(len(lines), 'session')} held. Each clinician has an e-mail to confirm hers"


register(
    Import(
        kind="sessions",
        title="Sessions already booked",
        about=(
            "For sessions that were agreed before the pool began and are still to come. The time is held at "
            "once, and the clinician confirms each session in one tap, or says that it is wrong."
        ),
        columns=COLUMNS,
        shown=("practice", "registration", "date", "start", "end", "rate"),
        judge=judge,
        take=take,
        rehearse=rehearse,
    )
)
