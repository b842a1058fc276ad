"""Forms of when she is free: a month of boxes, a week to copy, bank holidays, another calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from desirepath.audit.forms import Text
from desirepath.clinicians.free_month import FreeDay
from desirepath.clinicians.ics import MOST_BYTES
from desirepath.clinicians.month import PARTS
from desirepath.nhsuk import formats
from desirepath.nhsuk.fields import Checkboxes, Hidden, Radios, Select, Upload
from desirepath.nhsuk.forms import Form

# weeks that a week can be copied to, from the one after the month's first
WEEKS_AHEAD = 12
OLD = "This page was not complete. Look at the month again, and save what you change"


class MonthForm(Form):
    """A month of boxes, one for each part of each day that can still be changed.

    ``was`` is how the boxes stood when the page was made, so that only what she changed is saved: a row of 0
    and 1 for each box. ``free`` holds the boxes that are ticked, as "2026-12-08 morning".
    """

    was = Hidden(required=False)
    free = Checkboxes(label="Free", choices=(), required=False, error_messages={"invalid_choice": OLD})

    def __init__(self, data: Any = None, *, weeks: Iterable[Iterable[FreeDay]]) -> None:
        days = [day for week in weeks for day in week if day.paintable]
        super().__init__(data, initial={"was": "".join(day.free_parts for day in days)})
        self.boxes = [(day.day, part.key) for day in days for part in PARTS]
        field: Any = self.fields["free"]
        field.choices = [(box_of(day, key), key) for day, key in self.boxes]

    def clean_was(self) -> str:
        was: str = self.cleaned_data["was"]
        if len(was) != len(self.boxes) or set(was) - set("01"):
            raise ValidationError(OLD)
        return was

    @property
    def changes(self) -> dict[date, dict[str, bool]]:
        """By day the parts that she ticked or cleared."""
        ticked, was = set(self.cleaned_data["free"]), self.cleaned_data["was"]
        found: dict[date, dict[str, bool]] = {}
        for (day, key), before in zip(self.boxes, was, strict=True):
            now = box_of(day, key) in ticked
            if now != (before == "1"):
                found.setdefault(day, {})[key] = now
        return found


def box_of(day: date, key: str) -> str:
    """The value of a box: "2026-12-08 morning"."""
    return f"{day.isoformat()} {key}"


class CopyForm(Form):
    """One week, given by its Monday, and the weeks to make like it."""

    week = Select(label="The week to copy", required_message="Choose the week to copy")
    to = Checkboxes(label="Copy it to", small=True, required_message="Choose at least one week to copy to")

    def __init__(self, data: Any = None, *, weeks: Iterable[date], today: date) -> None:
        super().__init__(data)
        shown = list(weeks)
        this_week = today - timedelta(days=today.weekday())
        first = max(shown[0], this_week)
        ahead = [first + timedelta(days=7 * n) for n in range(WEEKS_AHEAD + 1)]
        week: Any = self.fields["week"]
        week.initial = first.isoformat()
        week.choices = [(monday.isoformat(), week_in_words(monday)) for monday in shown]
        to: Any = self.fields["to"]
        to.choices = [(monday.isoformat(), week_in_words(monday)) for monday in ahead]

    def clean_week(self) -> date:
        return date.fromisoformat(self.cleaned_data["week"])

    def clean_to(self) -> list[date]:
        return [date.fromisoformat(each) for each in self.cleaned_data["to"]]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("to") and data["to"] == [data.get("week")]:
            self.add_error("to", "Choose another week than the one you copy")
        return data


def week_in_words(monday: date) -> str:
    """ "Mon 7 Dec to Sun 13 Dec"."""
    return f"{formats.day(monday)} to {formats.day(monday + timedelta(days=6))}"


class HolidaysForm(Form):
    """What bank holidays are to her."""

    AS_USUAL, UNLESS = "as usual", "unless"

    holidays = Radios(
        label="On bank holidays I am",
        required_message="Choose what you are on bank holidays",
        choices=[(AS_USUAL, "Free as in any week"), (UNLESS, "Not free, unless I say so of that day")],
    )

    @property
    def free(self) -> bool:
        return bool(self.cleaned_data["holidays"] == self.AS_USUAL)


class BusyForm(Form):
    """Another calendar of hers, as a file."""

    name = Text(
        label="Your own word for this calendar",
        help_text="Only you see it. If you have used it before, this file takes the place of the older one",
        max_length=40,
        width=20,
        required_message="Enter a word for this calendar, like Family",
    )
    file = Upload(
        label="The calendar file",
        help_text="It ends in .ics",
        accept=".ics,text/calendar",
        most_mb=MOST_BYTES // 1_000_000,
        required_message="Choose the calendar file",
    )
