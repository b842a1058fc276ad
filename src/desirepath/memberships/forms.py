"""Forms of joining a pool, taking a break, coming back."""

from __future__ import annotations

from datetime import date
from typing import Any

from desirepath.audit import clock
from desirepath.audit.forms import LongText, Text
from desirepath.nhsuk.fields import Date, Email, ModelSelect, Radios
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Organisation
from desirepath.pools import cells
from desirepath.pools.forms import MOST_NEAR, PracticeRadios, near_by_words
from desirepath.pools.models import Chambers, ClinicianRole, Pool


class ChambersSelect(ModelSelect):
    def label_from_instance(self, chambers: Chambers) -> str:
        return chambers.organisation.name


class Wish(Form):
    """What she would like the pool to know."""

    chambers = ChambersSelect(
        Chambers.objects.none(),
        label="A chambers you would like to belong to",
        required=False,
        empty_label="None, or I don't know yet",
        help_text="A small team in the pool whose members cover for each other",
    )
    words = LongText(
        label="What you would like the pool to know",
        required=False,
        max_length=500,
        rows=4,
        help_text="For example since when you have worked as a locum. Nothing about patients",
    )

    def __init__(self, data: Any = None, *, pool: Pool) -> None:
        super().__init__(data)
        known = pool.chambers.select_related("organisation").order_by("organisation__name")
        self.fields["chambers"].queryset = known  # type: ignore[attr-defined]
        if not known.exists():
            del self.fields["chambers"]

    @property
    def wish(self) -> dict[str, Any]:
        return {"words": self.cleaned_data["words"], "chambers": self.cleaned_data.get("chambers")}


class Join(Wish):
    """Somebody who is not signed in asks to join; ``practice`` is asked where ``near`` fits several."""

    name = Text(label="Full name", max_length=120, autocomplete="name")
    email = Email(label="E-mail address")
    role = Radios(label="Role", choices=ClinicianRole.choices)
    registration = Text(
        label="Registration number",
        max_length=20,
        width=10,
        help_text="GMC number (7 digits), or NMC, GPhC or HCPC",
    )
    near = Text(
        label="Near which practice do you live?",
        max_length=80,
        width=20,
        help_text="Any practice in England: its name or code, or a postcode as far as you know it, like NR1. "
        "Distances are counted from there, and only you see it",
        required_message="Enter a practice near which you live",
    )

    field_order = ("name", "email", "role", "registration", "near", "practice", "chambers", "words")

    def __init__(self, data: Any = None, *, pool: Pool) -> None:
        super().__init__(data, pool=pool)
        self.found = near_by_words(pool, str(data.get("near", ""))) if data else []
        if 1 < len(self.found) <= MOST_NEAR:
            rows = Organisation.objects.filter(pk__in=[place.pk for place in self.found])
            label, empty = "Which of these?", {"required_message": "Choose the practice", "empty_label": None}
            self.fields["practice"] = PracticeRadios(rows.order_by("name", "code"), label=label, **empty)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self._check_number(given)
        near = given.get("near")
        if near and not self.found:
            self.add_error("near", f"No practice whose place is known here is called “{near}”")
        elif len(self.found) > MOST_NEAR:
            self.add_error("near", f"More than {MOST_NEAR} practices fit: enter more of the name or postcode")
        return given

    def _check_number(self, given: dict[str, Any]) -> None:
        if not given.get("registration"):
            return
        try:
            number = cells.registration(given["registration"])
        except ValueError as error:
            self.add_error("registration", f"The number {error}")
            return
        if given.get("role") == ClinicianRole.GP and not cells.GMC_NUMBER.fullmatch(number):
            self.add_error("registration", "The number must be a GMC number of 7 digits")
        given["registration"] = number

    @property
    def request(self) -> dict[str, Any]:
        """What ``ask_to_join`` takes."""
        data = self.cleaned_data
        place = data.get("practice") or self.found[0]
        kept = {name: data[name] for name in ("name", "email", "role", "registration")}
        return {**kept, **self.wish, "latitude": place.latitude, "longitude": place.longitude}


class TakeBreak(Form):
    back_on = Date(
        label="When do you think you will be back?",
        required=False,
        help_text="Leave it empty if you don't know. You can change it. For example, 31 3 2027",
    )

    def clean_back_on(self) -> date | None:
        back: date | None = self.cleaned_data["back_on"]
        if back and back <= clock.today():
            self.add_error("back_on", "The day on which you are back must be in the future")
        return back


class Touch(Form):
    """A keep-in-touch session."""

    day = Date(label="Day", help_text="For example, 31 3 2027")
    what = Text(
        label="What it is", max_length=200, help_text="For example, a morning beside a colleague, or a course"
    )


class Checked(Form):
    """Until when her checks are valid, where no day that counts is known; to make somebody active again."""

    checked_until = Date(
        label="Until when are the checks valid?",
        help_text="The last day of the first that ends: registration, Performers List, DBS, safeguarding, "
        "indemnity. For example, 31 3 2027",
    )

    def __init__(self, data: Any = None, *, known: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if known:
            del self.fields["checked_until"]


class TakeIn(Checked):
    chambers = ChambersSelect(Chambers.objects.none(), label="Chambers", required=False, empty_label="None")

    def __init__(self, data: Any = None, *, known: bool, pool: Pool, wished: Chambers | None = None) -> None:
        super().__init__(data, known=known, initial={"chambers": wished.public_id if wished else None})
        there = pool.chambers.select_related("organisation").order_by("organisation__name")
        self.fields["chambers"].queryset = there  # type: ignore[attr-defined]


class Decline(Form):
    because = Text(label="Why not", max_length=300, help_text="The reason is shown to whoever applied")
