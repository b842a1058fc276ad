"""A month of a clinician's time as her page shows it: what is free, held, booked, taken back, busy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from desirepath.clinicians.free_time import Span, local
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.clinicians.month import (
    PARTS,
    Month,
    Part,
    beside_parts,
    holidays_between,
    parts_within,
    window_in_words,
)
from desirepath.clinicians.painting import Said, said_of
from desirepath.clinicians.presenters import day_bounds
from desirepath.nhsuk import formats

# what each state of a part of a day is called; DOMAIN: open > held > booked | withdrawn
STATE_WORDS = {"open": "", "held": "held", "booked": "booked", "withdrawn": "taken back", "": ""}


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """``free`` is what she has said; ``state`` what has become of it: "open", "held", "booked", "withdrawn"
    (she is free then as a rule, not this time), "" (not free).
    """

    part: Part
    free: bool
    state: str

    @property
    def words(self) -> str:
        return STATE_WORDS[self.state]


@dataclass(frozen=True, slots=True)
class FreeDay:
    """One day of the month. ``here``: it belongs to the month, so that it can be painted."""

    day: date
    look: str
    here: bool
    past: bool
    holiday: str = ""
    parts: list[PartOfDay] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    exception: bool = False

    @property
    def paintable(self) -> bool:
        return self.here and not self.past

    @property
    def free_parts(self) -> str:
        return "".join("1" if part.free else "0" for part in self.parts)


def free_month(clinician: Clinician, month: Month) -> list[list[FreeDay]]:
    """Her month by weeks. Asks for pattern, exceptions, committed and busy time once each."""
    said = said_of(clinician, month.start, month.end)
    first, last = day_bounds(month.start)[0], day_bounds(month.end)[1]
    committed = list(
        CommittedTime.objects.of([clinician])
        .between(first, last)
        .select_related("practice")
        .order_by("start")
    )
    busy = list(clinician.busy_time.between(first, last))
    holidays = holidays_between(month.start, month.end)
    return [[_day(month, day, said[day], committed, busy, holidays) for day in week] for week in month.weeks]


def _day(
    month: Month,
    day: date,
    said: Said,
    committed: list[CommittedTime],
    busy: Sequence[Span],
    holidays: dict[date, str],
) -> FreeDay:
    start, end = day_bounds(day)
    hers = [row for row in committed if row.start < end and row.end > start]
    whole, usual = parts_within(said.windows), parts_within(said.usual)
    return FreeDay(
        day=day,
        look=month.look_of(day, holidays),
        here=month.has(day),
        past=day < month.today,
        holiday=holidays.get(day, ""),
        parts=[PartOfDay(part, part.key in whole, _state(day, part, whole, usual, hers)) for part in PARTS],
        other=[window_in_words(window) for window in beside_parts(said.windows)],
        taken=[(row.kind, _taken_in_words(row)) for row in hers if row.start >= start],
        busy=busy_in_words(busy, day),
        exception=said.exception,
    )


def _state(day: date, part: Part, free: list[str], usual: list[str], hers: list[CommittedTime]) -> str:
    start, end = local(day, part.start), local(day, part.end)
    kinds = {row.kind for row in hers if row.start < end and row.end > start}
    if CommittedTime.Kind.BOOKING in kinds:
        return "booked"
    if CommittedTime.Kind.HOLD in kinds:
        return "held"
    if part.key in free:
        return "open"
    return "withdrawn" if part.key in usual else ""


def _taken_in_words(row: CommittedTime) -> str:
    """She sees her own whole."""
    kind = "Booked" if row.kind == CommittedTime.Kind.BOOKING else "Held"
    return f"{kind} {formats.clock(row.start)} to {formats.clock(row.end)}, {row.practice.name}"


def busy_in_words(busy: Sequence[Span], day: date) -> list[str]:
    """ "Busy 9am to 10am" for what of a day her other calendars take; "Busy all day"."""
    start, end = day_bounds(day)
    lines = []
    for row in busy:
        if row.start >= end or row.end <= start:
            continue
        first, last = max(row.start, start), min(row.end, end)
        if (first, last) == (start, end):
            lines.append("Busy all day")
        else:
            lines.append(f"Busy {formats.clock(first)} to {formats.clock(last)}")
    return lines
