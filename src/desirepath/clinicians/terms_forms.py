"""Forms of her terms, a page each: rates, limits, conditions, extras. ``columns`` are values as
``actions.save_draft`` takes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField

from desirepath.audit.forms import LongText, Text
from desirepath.clinicians import conditions
from desirepath.clinicians.models import CONDITIONS, DAYS, Terms
from desirepath.nhsuk.fields import Money, Tick, Whole
from desirepath.nhsuk.forms import Form

ROWS = ("extras", "session_types")
EMPTY_ROWS = 2


class Hours(Whole):
    """Hours as people write them ("11", "37.5"); gives whole minutes. ``least`` and ``most`` are hours."""

    def to_python(self, value: Any) -> int | None:
        if value in (None, "") or isinstance(value, int):
            return value if isinstance(value, int) else None
        try:
            minutes = Decimal(str(value).strip()) * 60
        except InvalidOperation:
            minutes = Decimal("NaN")
        if not minutes.is_finite() or minutes != minutes.to_integral_value():
            raise ValidationError("Enter a number of hours, like 11 or 37.5", code="invalid")
        return int(minutes)

    def validate(self, value: Any) -> None:
        super(Whole, self).validate(value)
        if value is not None and not self.least * 60 <= value <= self.most * 60:
            raise ValidationError(f"{self.label} must be between {self.least} and {self.most}", code="range")

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 60:.2f}".rstrip("0").rstrip(".") if isinstance(value, int) else value


def _more(label: str) -> Whole:
    return Whole(label=label, most=300, suffix="% more", width=3)


class PartForm(Form):
    """A part of her terms."""

    def __init__(self, data: Any = None, *, terms: Terms) -> None:
        super().__init__(data, initial=dict(terms.values))

    @property
    def columns(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}


class RatesForm(PartForm):
    """What she is paid."""

    base_rate = Money(label="Your rate an hour", least=1, most=500, suffix="an hour")
    evening_pct = _more("Evenings, from 6pm")
    saturday_pct = _more("Saturdays")
    sun_pct = _more("Sundays")
    bank_holiday_pct = _more("Bank holidays")
    mon_pct = _more("Mondays")
    tue_pct = _more("Tuesdays")
    wed_pct = _more("Wednesdays")
    thu_pct = _more("Thursdays")
    fri_pct = _more("Fridays")
    sat_pct = _more("Saturdays, besides the above")
    far_km = Whole(label="Far is beyond", most=300, prefix="Beyond", suffix="km", width=3)
    far_pence_per_km = Whole(
        label="Pence more an hour for each km beyond",
        most=1_000,
        prefix="Add",
        suffix="pence an hour for each km more",
    )

    def __init__(self, data: Any = None, *, terms: Terms) -> None:
        super().__init__(data, terms=terms)
        if terms.base_rate == 0:
            self.initial["base_rate"] = None

    @property
    def usual_rates(self) -> list[Any]:
        """Bound fields of what is added to her rate, the usual ones."""
        return [self[name] for name in ("evening_pct", "saturday_pct", "sun_pct", "bank_holiday_pct")]

    @property
    def weekday_rates(self) -> list[Any]:
        return [self[f"{day}_pct"] for day in DAYS if day != "sun"]

    @property
    def weekdays_open(self) -> bool:
        """Whether the weekdays' own percentages are in use, or wrong."""
        return any(field.errors or str(field.value() or "0") != "0" for field in self.weekday_rates)


class LimitsForm(PartForm):
    """How much she works; no plan goes beyond one of these."""

    max_sessions_day = Whole(label="Most sessions a day", most=4, prefix="At most", suffix="sessions a day")
    max_sessions_week = Whole(
        label="Most sessions a week", most=20, prefix="At most", suffix="sessions a week"
    )
    wished_sessions_week = Whole(
        label="Sessions you wish for a week", most=20, prefix="I wish for", suffix="sessions a week"
    )
    max_minutes_week = Hours(label="Most hours a week", most=84, prefix="At most", suffix="hours a week")
    max_consecutive_days = Whole(
        label="Most days in a row", least=1, most=14, prefix="At most", suffix="days in a row"
    )
    min_rest_minutes = Hours(
        label="Least hours of rest between days",
        most=48,
        prefix="At least",
        suffix="hours of rest between days",
    )
    max_km = Whole(
        label="Farthest in kilometres", least=1, most=300, prefix="No farther than", suffix="km from home"
    )


def _pairs(form: Form, column: str, about: str) -> list[list[int]]:
    """The filled rows of a scale; a half one is told beside its empty box."""
    found = []
    for row in range(conditions.MOST_STEPS):
        names = (f"{column}-days-{row}", f"{column}-percent-{row}")
        if set(names) & set(form.errors):
            continue
        days, percent = (form.cleaned_data.get(name) for name in names)
        if (days is None) != (percent is None):
            form.add_error(names[days is not None], f"Enter both a number of days and a percentage: {about}")
        elif days is not None:
            found.append([days, percent])
    return sorted(found)


class ConditionsForm(PartForm):
    """What cancelling costs, when she is paid, what a session holds, and how she works."""

    payment_days = Whole(
        label="Paid within days",
        least=1,
        most=90,
        prefix="Paid within",
        suffix="days of the invoice",
        required=False,
    )
    most_patients = Whole(
        label="Most patients a session",
        least=1,
        most=60,
        prefix="At most",
        suffix="patients a session",
        required=False,
    )
    shortest_appointment = Whole(
        label="Shortest appointment in minutes",
        least=0,
        most=120,
        prefix="Appointments of at least",
        suffix="minutes",
        required=False,
    )
    home_visits = Whole(
        label="Most home visits a session",
        most=20,
        prefix="At most",
        suffix="home visits a session (0: none)",
        required=False,
    )
    statement = LongText(
        label="How you work",
        help_text="A few sentences that practices read. Nothing about a patient.",
        max_length=600,
        rows=4,
        required=False,
    )
    scales = {
        "practice_cancels": "when the practice cancels",
        "clinician_cancels": "when you cancel",
    }

    def __init__(self, data: Any = None, *, terms: Terms) -> None:
        super().__init__(data, terms=terms)
        for column, about in self.scales.items():
            held = list(terms.values[column])
            for row in range(conditions.MOST_STEPS):
                days, percent = held[row] if row < len(held) else (None, None)
                told = f"Step {row + 1} {about}"
                self.fields[f"{column}-days-{row}"] = Whole(
                    label=f"{told}: days before",
                    least=1,
                    most=conditions.MOST_DAYS,
                    prefix="Less than",
                    suffix="days before:",
                    width=3,
                    initial=days,
                    required=False,
                )
                self.fields[f"{column}-percent-{row}"] = Whole(
                    label=f"{told}: per cent of the fee",
                    most=100,
                    suffix="% of the fee",
                    width=3,
                    initial=percent,
                    required=False,
                )

    def steps(self, column: str) -> list[tuple[BoundField, BoundField]]:
        """Bound fields of a scale by row: days, percent."""
        return [
            (self[f"{column}-days-{row}"], self[f"{column}-percent-{row}"])
            for row in range(conditions.MOST_STEPS)
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for column, about in self.scales.items():
            rows = _pairs(self, column, about)
            try:
                conditions.read_scale(rows)
            except ValueError as error:
                self.add_error(f"{column}-percent-0", f"{error} ({about})")
            data[column] = rows
        data["statement"] = data.get("statement") or ""
        return data

    @property
    def columns(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONDITIONS if name not in ROWS}


class ExtrasForm(PartForm):
    """What costs more than the session, and the kinds of session she does."""

    def __init__(self, data: Any = None, *, terms: Terms) -> None:
        super().__init__(data, terms=terms)
        self.extra_rows = self._rows(data, "extra", terms.extras, conditions.MOST_EXTRAS, _extra_fields)
        self.kind_rows = self._rows(data, "kind", terms.session_types, conditions.MOST_KINDS, _kind_fields)

    def _rows(self, data: Any, prefix: str, held: list[Any], most: int, fields: Callable[..., Any]) -> int:
        """Add fields for what is held, with some empty rows after; as many as were sent, where some were."""
        sent = sum(f"{prefix}-name-{row}" in data for row in range(most)) if data else 0
        count = sent or min(most, len(held) + EMPTY_ROWS)
        for row in range(count):
            for part, field in fields(row + 1, held[row] if row < len(held) else None):
                self.fields[f"{prefix}-{part}-{row}"] = field
        return count

    @property
    def extras(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"extra-name-{row}"], self[f"extra-fee-{row}"]) for row in range(self.extra_rows)]

    @property
    def kinds(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        return [
            (self[f"kind-name-{row}"], self[f"kind-about-{row}"], self[f"kind-offered-{row}"])
            for row in range(self.kind_rows)
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["extras"] = list(self._clean_extras())
        data["session_types"] = list(self._clean_kinds())
        for column, read, first in (
            ("extras", conditions.read_extras, "extra-name-0"),
            ("session_types", conditions.read_kinds, "kind-name-0"),
        ):
            try:
                read(data[column])
            except ValueError as error:
                self.add_error(first, str(error))
        return data

    def _clean_extras(self) -> Iterator[list[Any]]:
        for row in range(self.extra_rows):
            names = (f"extra-name-{row}", f"extra-fee-{row}")
            if set(names) & set(self.errors):
                continue
            name, fee = (self.cleaned_data.get(field) for field in names)
            if bool(name) != (fee is not None):
                self.add_error(names[bool(name)], "Enter both what it is and its fee")
            elif name and fee is not None:
                yield [name, f"{fee:.2f}"]

    def _clean_kinds(self) -> Iterator[list[Any]]:
        for row in range(self.kind_rows):
            names = (f"kind-name-{row}", f"kind-about-{row}", f"kind-offered-{row}")
            if set(names) & set(self.errors):
                continue
            name, about, offered = (self.cleaned_data.get(field) for field in names)
            if about and not name:
                self.add_error(names[0], "Say what kind of session this describes")
            elif name:
                yield [name, about or "", bool(offered)]

    @property
    def columns(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ROWS}


def _extra_fields(number: int, held: Any) -> Iterator[tuple[str, Any]]:
    name, fee = held or (None, None)
    yield (
        "name",
        Text(
            label=f"Extra {number}",
            max_length=conditions.NAME_LENGTH,
            initial=name,
            required=False,
            width=20,
        ),
    )
    yield (
        "fee",
        Money(
            label=f"Fee of extra {number}",
            most=conditions.MOST_POUNDS,
            initial=Decimal(fee) if fee else None,
            required=False,
        ),
    )


def _kind_fields(number: int, held: Any) -> Iterator[tuple[str, Any]]:
    name, about, offered = held or (None, None, True)
    length = conditions.DESCRIPTION_LENGTH
    yield (
        "name",
        Text(label=f"Kind {number}", max_length=conditions.NAME_LENGTH, initial=name, required=False),
    )
    yield (
        "about",
        Text(label=f"How you do it, {number}", max_length=length, initial=about, required=False),
    )
    yield ("offered", Tick(label="I do this", initial=offered, required=False))
