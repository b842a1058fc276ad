"""Forms of a chambers: its charter, votes, meetings, and what a manager sets."""

from __future__ import annotations

from datetime import date
from typing import Any

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.forms import LongText, Text
from desirepath.chambers.actions.charter import LEAST_DAYS, MOST_DAYS, SETTINGS, USUAL_DAYS
from desirepath.chambers.models import LAST_INVOICE_DAY, MOST_NOTICE, MOST_REFUSAL, Charter, Mandate, Vote
from desirepath.clinicians.models import Clinician, Membership
from desirepath.nhsuk.fields import Date, ModelCheckboxes, ModelSelect, Radios, Whole
from desirepath.nhsuk.forms import Form


class ProposeCharter(Form):
    """The next version: what is in force now, changed."""

    why = Text(label="What changes, and why", max_length=500)
    text = LongText(
        label="Our rules",
        rows=12,
        max_length=10_000,
        help_text="In your own words, as a whole: they take the place of those before",
    )
    invoice_day = Whole(
        label="Day of the month on which we send our invoices",
        least=1,
        most=LAST_INVOICE_DAY,
        required=False,
        help_text="1 to 28. Leave it empty if everyone chooses their own",
    )
    minimum_notice_hours = Whole(
        label="Least notice we expect, in hours",
        most=MOST_NOTICE,
        required=False,
        suffix="hours",
        help_text="Members are warned of an offer at shorter notice, and may still take it",
    )
    first_refusal_hours = Whole(
        label="Hours for which colleagues have a session first that one of us hands back",
        most=MOST_REFUSAL,
        required=False,
        suffix="hours",
        help_text="0: it is open to everyone at once. Empty: as long as the pool gives",
    )
    days = Whole(
        label="Days to vote",
        least=LEAST_DAYS,
        most=MOST_DAYS,
        suffix="days",
        initial=USUAL_DAYS,
    )

    def __init__(self, data: Any = None, *, charter: Charter | None) -> None:
        kept = {name: getattr(charter, name) for name in ("text", *SETTINGS)} if charter else {}
        super().__init__(data, initial={**kept, "days": USUAL_DAYS})

    @property
    def settings(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in SETTINGS}


class VoteForm(Form):
    choice = Radios(label="Your vote", choices=Vote.Choice.choices)


class PlanMeeting(Form):
    day = Date(label="Day", help_text="To come, or of a meeting that was held. For example, 31 3 2027")
    agenda = LongText(label="Agenda", rows=6, max_length=5_000)


class Members(ModelCheckboxes):
    def label_from_instance(self, clinician: Clinician) -> str:
        return clinician.person.name


class HoldMeeting(Form):
    """What came of a meeting."""

    present = Members(Clinician.objects.none(), label="Who came", small=True)
    notes = LongText(
        label="What was said and agreed",
        rows=8,
        max_length=10_000,
        help_text="Nothing about patients. Members, the lead and the pool's managers read it",
    )

    def __init__(self, data: Any = None, *, members: list[Clinician]) -> None:
        super().__init__(data)
        known = Clinician.objects.filter(pk__in=[member.pk for member in members])
        self.fields["present"].queryset = known.select_related("person").order_by("person__name")  # type: ignore[attr-defined]


class Owner(ModelSelect):
    def label_from_instance(self, clinician: Clinician) -> str:
        return clinician.person.name


class AddTask(Form):
    what = Text(label="What is to be done", max_length=300)
    owner = Owner(Clinician.objects.none(), label="By whom", required=False, empty_label="Everyone")
    due_on = Date(label="By when", required=False, help_text="For example, 31 3 2027")

    def __init__(self, data: Any = None, *, members: list[Clinician]) -> None:
        super().__init__(data)
        known = Clinician.objects.filter(pk__in=[member.pk for member in members])
        self.fields["owner"].queryset = known.select_related("person").order_by("person__name")  # type: ignore[attr-defined]

    def clean_due_on(self) -> date | None:
        due: date | None = self.cleaned_data["due_on"]
        if due and due < clock.today():
            self.add_error("due_on", "By when must be today or later")
        return due


class FoundChambers(Form):
    name = Text(label="Name of the new chambers", max_length=200)


class Managers(ModelSelect):
    def label_from_instance(self, person: Person) -> str:
        return person.name


class SetChambers(Form):
    """What a manager of the pool sets."""

    most_members = Whole(
        label="Most members", least=1, most=50, help_text="15 is usual: a team that knows itself"
    )
    least_meetings = Whole(label="Governance meetings a year, at least", least=1, most=12)
    manager = Managers(
        Person.objects.none(), label="The manager who looks after it", required=False, empty_label="None yet"
    )

    def __init__(self, data: Any = None, *, managers: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["manager"].queryset = managers.order_by("name").distinct()  # type: ignore[attr-defined]


class Joining(ModelSelect):
    def label_from_instance(self, membership: Membership) -> str:
        return membership.clinician.person.name


class AddMember(Form):
    member = Joining(Membership.objects.none(), label="Member of the pool", empty_label="Choose a member")

    def __init__(self, data: Any = None, *, free: Any) -> None:
        super().__init__(data)
        self.fields["member"].queryset = free  # type: ignore[attr-defined]


class GiveMandate(Form):
    """What a member lets a manager of one of her pools do for her."""

    holder = Managers(Person.objects.none(), label="Who may act for you", empty_label="Choose a manager")
    act = Radios(label="What this manager may do", choices=Mandate.Act.choices)
    kind = Radios(label="How often", choices=Mandate.Kind.choices)
    until = Date(label="Last day", help_text="At most a year ahead. For example, 31 3 2027")

    def __init__(self, data: Any = None, *, pools: Any, by: Person) -> None:
        super().__init__(data)
        self.pool_of = {
            manager.pk: pool for pool in pools.select_related("organisation") for manager in pool.managers()
        }
        self.pool_of.pop(by.pk, None)
        self.fields["holder"].queryset = Person.objects.filter(pk__in=self.pool_of).order_by("name")  # type: ignore[attr-defined]

    @property
    def anybody(self) -> bool:
        return bool(self.pool_of)

    @property
    def mandate(self) -> dict[str, Any]:
        return {**self.cleaned_data, "pool": self.pool_of[self.cleaned_data["holder"].pk]}
