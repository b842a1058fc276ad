"""Forms of bookings: one agreed by phone is recorded, one is called off."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from desirepath.audit import clock
from desirepath.audit.forms import Text
from desirepath.bookings.cancelling import BECAUSE_LENGTH, Due
from desirepath.bookings.models import HandBack
from desirepath.bookings.who import MOST_SHOWN, meant
from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.month import PARTS, Window, part_windows
from desirepath.nhsuk.fields import (
    Checkboxes,
    Date,
    Hidden,
    ModelRadios,
    ModelSelect,
    Money,
    Radios,
    Time,
)
from desirepath.nhsuk.formats import pounds
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool


class WhoField(ModelRadios):
    """A clinician by name and role; two who share both by their number, which their register publishes."""

    alike: frozenset[tuple[str, str]] = frozenset()

    def label_from_instance(self, obj: Clinician) -> str:
        known = f"{obj.person.name}, {obj.get_role_display()}"
        return f"{known}, {obj.registration}" if (obj.person.name, obj.role) in self.alike else known

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            # text that is no id at all is one more wrong choice
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


class RecordForm(Form):
    """``clinician`` is asked only where what she wrote of the name fits somebody and names nobody in full."""

    field_order = ("who", "clinician", "date", "start", "end", "rate")
    who = Text(
        label="Who comes",
        help_text="A name or part of it, initials, or the whole registration number",
        max_length=120,
        width=20,
        autocomplete="off",
        required_message="Enter who comes",
    )
    date = Date(label="Date", help_text="For example, 8 12 2026")
    start = Time(label="Start", help_text="For example, 8:30am")
    end = Time(label="End", help_text="For example, 12:40pm")
    rate = Money(label="The rate you agreed", least=1, most=500, suffix="an hour")

    def __init__(self, data: Any = None, *, practice: Organisation) -> None:
        super().__init__(data)
        pool = Pool.of_practice(practice)
        self.has_members = pool is not None
        members = Clinician.objects.for_pool(pool) if pool else Clinician.objects.none()
        words = " ".join(str(data.get("who", "")).split()) if data else ""
        self.meant = meant(members, words)
        if not self.meant.sure and 0 < len(self.meant.found) <= MOST_SHOWN:
            self._let_choose(words)

    def _let_choose(self, words: str) -> None:
        rows = Clinician.objects.filter(pk__in=self.meant.found).select_related("person")
        seen = Counter((row.person.name, row.role) for row in rows)
        field = WhoField(
            rows.order_by("person__name", "pk"),
            label=f"Who of these is {words}?" if len(rows) > 1 else f"Is this {words}?",
            empty_label=None,
            required_message="Choose who comes",
            error_messages={"invalid_choice": "Choose who comes from the list"},
        )
        field.alike = frozenset(each for each, times in seen.items() if times > 1)
        self.fields["clinician"] = field
        self.order_fields(self.field_order)

    def clean_who(self) -> str:
        words, found = str(self.cleaned_data["who"]), len(self.meant.found)
        if not found:
            raise ValidationError("Nobody of your pool has this name, these initials or this number")
        if found > MOST_SHOWN:
            raise ValidationError(f"{found} people fit: enter more of the name")
        return words

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.meant.sure:
            data["clinician"] = Clinician.objects.select_related("person").get(pk=self.meant.found[0])
        if not {"date", "start", "end"} <= set(data):
            return data
        start, end = local(data["date"], data["start"]), local(data["date"], data["end"])
        if end <= start:
            self.add_error("end", "The end must be after the start")
        elif start <= clock.now():
            self.add_error("date", "The session must start in the future")
        data["moments"] = (start, end)
        return data

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Start and end, aware."""
        start, end = self.cleaned_data["moments"]
        return start, end


class CallOffForm(Form):
    """Why, in a few words, and the fee that was on the page: ``seen`` comes back with the answer."""

    seen = Hidden(required=False)
    because = Text(
        label="Why",
        help_text="You need not say. The other side reads it.",
        max_length=BECAUSE_LENGTH,
        required=False,
    )

    def __init__(self, data: Any = None, *, due: Due) -> None:
        super().__init__(data, initial={"seen": str(due.pounds)})

    def fee_seen(self) -> Decimal:
        """The fee in pounds that the page showed; an answer that names none agrees to none."""
        try:
            return Decimal(self.cleaned_data["seen"] or 0)
        except InvalidOperation:
            return Decimal(-1)


class NoShowForm(CallOffForm):
    because = Text(
        label="What happened",
        help_text="A few words, for example whom you tried to reach. Both sides read this.",
        max_length=BECAUSE_LENGTH,
        required_message="Say what happened, in a few words",
    )


class HandBackForm(Form):
    """What happens to a session that is handed back when no colleague takes it. ``then`` is what cancelling
    would cost at that time.
    """

    otherwise = Radios(
        label="If none of them takes it",
        choices=HandBack.Otherwise.choices,
        required_message="Choose what happens if none of your colleagues takes it",
    )

    def __init__(self, data: Any = None, *, then: Due) -> None:
        super().__init__(data)
        cost = f"You would owe at most {pounds(then.pounds)}" if then.pounds else "You would owe nothing"
        field: Any = self.fields["otherwise"]
        field.look["hints"] = {
            HandBack.Otherwise.KEEP: "You work it, as now",
            HandBack.Otherwise.REOPEN: cost,
        }


class ColleagueField(ModelSelect):
    def label_from_instance(self, obj: Clinician) -> str:
        return obj.person.name


class SwapForm(Form):
    """With whom, and for a session of which day."""

    colleague = ColleagueField(
        Clinician.objects.none(), label="With whom", required_message="Choose a colleague"
    )
    day = Date(label="The day of her session", help_text="For example, 8 12 2026")

    def __init__(self, data: Any = None, *, colleagues: QuerySet[Clinician]) -> None:
        super().__init__(data)
        field: Any = self.fields["colleague"]
        field.queryset = colleagues


class ForHerDay(Form):
    """When a member is free on a day, as whoever has her mandate says it: by parts of the day."""

    USUAL, NOT_FREE, THESE = "usual", "not free", "these"

    day = Date(label="Day", help_text="For example, 31 3 2027")
    when = Radios(
        label="On this day",
        choices=[
            (USUAL, "Free as in any week"),
            (NOT_FREE, "Not free at all"),
            (THESE, "Free in these parts of the day, and at no other time"),
        ],
    )
    parts = Checkboxes(
        label="Parts of the day", choices=[(part.key, part.name) for part in PARTS], required=False
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") == self.THESE and not data.get("parts"):
            self.add_error("parts", "Choose a part of the day")
        if (day := data.get("day")) and day < clock.today():
            self.add_error("day", "The day must be today or later")
        return data

    @property
    def free(self) -> list[Window] | None:
        """What ``set_day`` takes."""
        when = self.cleaned_data["when"]
        if when == self.USUAL:
            return None
        return part_windows(self.cleaned_data["parts"]) if when == self.THESE else []
