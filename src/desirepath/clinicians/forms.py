"""Forms of the clinician: her week, one day, what she looks for. (Her terms have ``terms_forms``.)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from desirepath.audit.forms import Text
from desirepath.clinicians.month import PARTS, Window, in_parts, merged, part_windows
from desirepath.nhsuk.fields import Checkboxes, Radios, Time
from desirepath.nhsuk.forms import Form

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PART_CHOICES = [(part.key, part.name) for part in PARTS]
MOST_OTHER_TIMES = 6
ENDS_FIRST = "The end must be after the start"
BOTH = "Enter both a start and an end, or neither"


def _other_times(form: Form, prefix: str, count: int, initial: list[Window], day: str) -> None:
    """Add pairs of start and end to the form for what is not a whole part of the day."""
    for place in range(count):
        which = f"{day}: other time {place + 1}, " if count > 1 else f"{day}: other time, "
        start, end = initial[place] if place < len(initial) else (None, None)
        form.fields[f"{prefix}start-{place}"] = Time(
            label=f"{which}from", required=False, initial=start, prefix="From", width=5
        )
        form.fields[f"{prefix}end-{place}"] = Time(
            label=f"{which}to", required=False, initial=end, prefix="to", width=5
        )


def _windows(form: Form, prefix: str, parts: Iterable[str]) -> list[Window]:
    """The day's windows; says what is wrong beside the field it is about."""
    found = part_windows(parts)
    starts = [name for name in form.fields if name.startswith(f"{prefix}start-")]
    for name in starts:
        end_name = name.replace("start-", "end-")
        if {name, end_name} & set(form.errors):
            continue
        start: time | None = form.cleaned_data.get(name)
        end: time | None = form.cleaned_data.get(end_name)
        if (start is None) != (end is None):
            form.add_error(name if start is None else end_name, BOTH)
        elif start and end and end <= start:
            form.add_error(end_name, ENDS_FIRST)
        elif start and end:
            found.append((start, end))
    return merged(found)


def _pairs_sent(data: Mapping[str, Any] | None, prefix: str) -> int:
    return sum(f"{prefix}start-{place}" in data for place in range(MOST_OTHER_TIMES)) if data else 0


class WeekForm(Form):
    """Her weekly pattern: for each weekday whole parts of the day, and other times beside them."""

    def __init__(self, data: Any = None, *, pattern: Mapping[int, Iterable[Window]]) -> None:
        super().__init__(data)
        for weekday, name in enumerate(WEEKDAYS):
            keys, others = in_parts(pattern.get(weekday, ()))
            self.fields[f"{weekday}-parts"] = Checkboxes(
                label=name, choices=PART_CHOICES, required=False, initial=keys, inline=True
            )
            count = max(1, _pairs_sent(data, f"{weekday}-") if data else len(others))
            _other_times(self, f"{weekday}-", count, others, name)

    @property
    def days(self) -> list[dict[str, Any]]:
        """Bound fields by weekday, for the template."""
        found = []
        for weekday, name in enumerate(WEEKDAYS):
            times = [
                self[key] for key in self.fields if key.startswith((f"{weekday}-start", f"{weekday}-end"))
            ]
            used = any(field.value() or field.errors for field in times)
            pairs = list(zip(times[::2], times[1::2], strict=True))
            found.append({"name": name, "parts": self[f"{weekday}-parts"], "pairs": pairs, "open": used})
        return found

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["windows"] = {
            weekday: _windows(self, f"{weekday}-", data.get(f"{weekday}-parts", ())) for weekday in range(7)
        }
        return data


class DayForm(Form):
    """One day: as in any week, not free, or free at these times."""

    USUAL, NOT_FREE, THESE = "usual", "not free", "these"

    when = Radios(
        label="On this day I am",
        required_message="Choose when you are free",
        choices=[
            (USUAL, "Free as in any week"),
            (NOT_FREE, "Not free at all"),
            (THESE, "Free at the times below, and at no others"),
        ],
    )
    parts = Checkboxes(label="Parts of the day", choices=PART_CHOICES, required=False, inline=True)

    def __init__(self, data: Any = None, *, windows: list[Window] | None, usual: str) -> None:
        super().__init__(data)
        keys, others = in_parts(windows or ())
        when = self.USUAL if windows is None else self.THESE if windows else self.NOT_FREE
        self.fields["when"].initial = when
        self.fields["when"].look["hints"] = {self.USUAL: usual}  # type: ignore[attr-defined]
        self.fields["parts"].initial = keys
        _other_times(self, "", max(1, _pairs_sent(data, "") if data else len(others)), others, "This day")

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        times = [self[name] for name in self.fields if name.startswith(("start-", "end-"))]
        return list(zip(times[::2], times[1::2], strict=True))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        choice = data.get("when")
        windows = _windows(self, "", data.get("parts", ())) if choice == self.THESE else []
        if choice == self.THESE and not windows and not self.errors:
            self.add_error("parts", "Choose a part of the day, or enter other times")
        data["windows"] = None if choice == self.USUAL else windows
        return data


class SearchPractices(Form):
    q = Text(label="Name or postcode", required=False, max_length=60, width=20)


class SearchMembers(Form):
    q = Text(label="Name", required=False, max_length=60, width=20)
