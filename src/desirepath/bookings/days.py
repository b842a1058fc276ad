"""A calendar in days: what lies in a month, a week or the weeks ahead, for her or for a practice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.urls import reverse

from desirepath.bookings.models import Application, Booking
from desirepath.cascade.offered import waiting_for
from desirepath.clinicians.free_month import busy_in_words
from desirepath.clinicians.free_time import FreeTime, free_time
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.month import Window, free_in_words, holidays_between, read_month
from desirepath.clinicians.presenters import day_bounds
from desirepath.nhsuk import formats
from desirepath.nhsuk.formats import local
from desirepath.organisations.models import Organisation

VIEWS = {"month": "Month", "week": "Week", "list": "List"}
# a list reaches so far
LIST_DAYS = 56
# no calendar is asked for farther away than this
DAYS_AROUND = 5 * 366


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a day; ``kind`` is its look: "" booked, "offered" unsure, "free", "busy"."""

    at: datetime
    words: str
    href: str = ""
    kind: str = ""

    @property
    def matters(self) -> bool:
        """A session, rather than time around it: what a list shows."""
        return bool(self.href)


@dataclass(slots=True)
class Day:
    """A day with its entries in order; ``look`` are classes of its cell in a month."""

    day: date
    look: str
    holiday: str = ""
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Period:
    """What is looked at: from ``first`` to ``last``, in ``weeks``; ``at`` names it and its neighbours in an
    address.
    """

    view: str
    title: str
    first: date
    last: date
    today: date
    month: date
    at: dict[str, str]
    before: dict[str, str]
    after: dict[str, str]

    @property
    def has_today(self) -> bool:
        return self.first <= self.today <= self.last

    def looks(self, day: date, holidays: Iterable[date]) -> str:
        marks = {
            "desire-elsewhere": self.view == "month"
            and (day.year, day.month) != (self.month.year, self.month.month),
            "desire-holiday": day in holidays,
            "desire-here": day == self.today,
        }
        return " ".join(name for name, holds in marks.items() if holds)


def read_period(view: str, month: str, day: str, today: date) -> Period:
    """The period that an address asks for; what can't be read is the present, a view unknown is a month."""
    if view == "week":
        start = _read_day(day, today)
        monday = start - timedelta(days=start.weekday())
        return _stretch("week", monday, 7, today, f"The week of {formats.day_and_year(monday)}")
    if view == "list":
        start = _read_day(day, today)
        return _stretch("list", start, LIST_DAYS, today, f"From {formats.day_and_year(start)}")
    found = read_month(month, today)
    return Period(
        view="month",
        title=formats.month(found.first),
        first=found.start,
        last=found.end,
        today=today,
        month=found.first,
        at={"month": f"{found.first:%Y-%m}"},
        before={"month": f"{found.before:%Y-%m}"},
        after={"month": f"{found.after:%Y-%m}"},
    )


def _stretch(view: str, first: date, days: int, today: date, title: str) -> Period:
    def named(start: date) -> dict[str, str]:
        return {"view": view, "day": start.isoformat()}

    length = timedelta(days=days)
    return Period(
        view=view,
        title=title,
        first=first,
        last=first + length - timedelta(days=1),
        today=today,
        month=first,
        at=named(first),
        before=named(first - length),
        after=named(first + length),
    )


def _read_day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text) if len(text) == len("2026-12-08") else today
    except ValueError:
        return today
    return found if abs((found - today).days) <= DAYS_AROUND else today


def days_of_hers(clinician: Clinician, period: Period) -> list[Day]:
    """Her bookings, holds, offers that wait, busy and free time; a bounded number of questions."""
    first, last = day_bounds(period.first)[0], day_bounds(period.last)[1]
    bookings = list(
        Booking.objects.standing().for_clinician(clinician).between(first, last).select_related("practice")
    )
    held = list(
        Application.objects.pending()
        .for_clinician(clinician)
        .filter(vacancy__start__gte=first, vacancy__start__lt=last)
        .select_related("vacancy__practice")
    )
    entries = [_booked(row, row.practice.name) for row in bookings]
    entries += [
        Entry(
            row.vacancy.start,
            f"{formats.clock(row.vacancy.start)} {row.vacancy.practice.name}, held",
            reverse("bookings:session", args=[row.vacancy.public_id]),
            "offered",
        )
        for row in held
    ]
    entries += [
        Entry(
            offer.vacancy.start,
            f"{formats.clock(offer.vacancy.start)} {offer.vacancy.practice.name}, offered",
            reverse("cascade:offer", args=[offer.public_id]),
            "offered",
        )
        for offer in waiting_for(clinician)
        if first <= offer.vacancy.start < last
    ]
    taken = [FreeTime(row.start, row.end) for row in bookings]
    taken += [FreeTime(row.vacancy.start, row.vacancy.end) for row in held]
    days = _laid_out(period, entries)
    _add_times(days, clinician, period, taken)
    return days


def _booked(booking: Booking, who_or_where: str) -> Entry:
    unsure = ", to confirm" if booking.state == "provisional" else ""
    return Entry(
        booking.start,
        f"{formats.clock(booking.start)} {who_or_where}{unsure}",
        reverse("bookings:booking", args=[booking.public_id]),
        "offered" if unsure else "",
    )


def days_of_a_practice(practice: Organisation, period: Period) -> list[Day]:
    """Who comes, day by day."""
    first, last = day_bounds(period.first)[0], day_bounds(period.last)[1]
    rows = Booking.objects.standing().for_practice(practice).between(first, last)
    return _laid_out(
        period, [_booked(row, row.clinician.person.name) for row in rows.select_related("clinician__person")]
    )


def _laid_out(period: Period, entries: list[Entry]) -> list[Day]:
    holidays = holidays_between(period.first, period.last)
    days = {}
    for offset in range((period.last - period.first).days + 1):
        day = period.first + timedelta(days=offset)
        days[day] = Day(day, period.looks(day, holidays), holidays.get(day, ""))
    for entry in sorted(entries, key=lambda entry: entry.at):
        days[local(entry.at).date()].entries.append(entry)
    return list(days.values())


def _add_times(days: list[Day], clinician: Clinician, period: Period, taken: list[FreeTime]) -> None:
    """Below the sessions of each day to come: what of it is busy, and what is free still."""
    first, last = day_bounds(period.first)[0], day_bounds(period.last)[1]
    busy = list(clinician.busy_time.between(first, last))
    holidays = holidays_between(period.first, period.last)
    free: dict[date, list[Window]] = {}
    for stretch in free_time(
        clinician.weekly_pattern.all(),
        clinician.exceptions.filter(day__range=(period.first, period.last)),
        period.first,
        period.last,
        days_off=() if clinician.free_on_bank_holidays else holidays,
        busy=[*busy, *taken],
    ):
        start, end = local(stretch.start), local(stretch.end)
        until = end.time() if end.date() == start.date() else time.max
        free.setdefault(start.date(), []).append((start.time(), until))
    for day in days:
        if day.day < period.today:
            continue
        at = day_bounds(day.day)[0]
        day.entries += [Entry(at, words, kind="busy") for words in busy_in_words(busy, day.day)]
        if spans := free_in_words(free.get(day.day, ())):
            day.entries.append(Entry(at, f"Free: {', '.join(spans)}", kind="free"))
