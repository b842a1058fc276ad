"""The part of a form that asks for a series instead of one session."""

from __future__ import annotations

from typing import Any

from desirepath.audit.forms import Text
from desirepath.clinicians.month import holidays_between
from desirepath.nhsuk.fields import Checkboxes, Date, Radios, Whole
from desirepath.nhsuk.forms import Form
from desirepath.vacancies.models import Block
from desirepath.vacancies.series import Repeat, SeriesDay, days_of

ONCE, AGAIN = "once", "again"
APART = "apart"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Usual(Radios):
    """One of a few, with the usual one chosen beforehand: left out, that one is meant."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or self.initial)


class RepeatingForm(Form):
    """How often, on which weekdays, until when, and whether the sessions belong together.

    ``days`` are those of the series once the form is valid: empty for one session.
    """

    repeat = Usual(
        label="How often",
        choices=[(ONCE, "Once"), (AGAIN, "Again and again, until a date")],
        initial=ONCE,
    )
    weekdays = Checkboxes(
        label="On which days of the week", choices=list(enumerate(WEEKDAYS)), required=False, inline=True
    )
    every = Whole(label="Every how many weeks", suffix="weeks", least=1, most=12, initial=1, required=False)
    until = Date(label="Until", help_text="The last day that may be asked for", required=False)
    holidays = Usual(
        label="Bank holidays",
        choices=[("skip", "Leave them out"), ("keep", "Ask for cover on them too")],
        initial="skip",
    )
    together = Usual(
        label="Who may take it",
        choices=[
            (APART, "Each session by itself: whoever suits it"),
            (Block.How.WHOLE, "All of it to one person, as a block"),
            (Block.How.PARTS, "As a block, in parts to a few people"),
        ],
        hints={
            Block.How.WHOLE: "The pool manager offers every session together. It is answered once.",
            Block.How.PARTS: "So few people as can be, each with at least as many sessions as you say.",
        },
        initial=APART,
    )
    least = Whole(
        label="Fewest sessions of a part", suffix="sessions", least=1, most=200, initial=4, required=False
    )
    title = Text(
        label="Name of the block",
        help_text="For example, Maternity cover on Tuesdays",
        max_length=80,
        required=False,
    )

    REPEAT_FIELDS = ("weekdays", "every", "until", "holidays", "together", "least", "title")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days: list[SeriesDay] = []

    @property
    def open_repeat(self) -> bool:
        """Whether its part of the page stands open: a series is asked for, or something of it is wrong."""
        chosen = self["repeat"].value() == AGAIN
        return chosen or any(name in self.errors for name in self.REPEAT_FIELDS)

    def is_series(self) -> bool:
        return self.cleaned_data.get("repeat") == AGAIN

    def is_block(self) -> bool:
        return self.is_series() and self.cleaned_data.get("together") in Block.How.values

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first = cleaned.get("date")
        if cleaned.get("repeat") != AGAIN or first is None or self.has_error("until"):
            return cleaned
        until = cleaned.get("until")
        if until is None:
            self.add_error("until", "Enter the last day that may be asked for")
            return cleaned
        repeat = Repeat(
            cleaned.get("every") or 1,
            frozenset(int(day) for day in cleaned.get("weekdays") or [first.weekday()]),
            until,
            cleaned.get("holidays") == "keep",
        )
        try:
            self.days = days_of(first, repeat, holidays_between(first, until))
        except ValueError as error:
            self.add_error("until", f"Until {error}")
        return cleaned
