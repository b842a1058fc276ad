"""What a practice asks for, what a manager says of a pair, what a week is narrowed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Any

from desirepath.audit import clock
from desirepath.audit.forms import LongText, Text
from desirepath.clinicians.models import Clinician, Skill
from desirepath.clinicians.month import PARTS
from desirepath.nhsuk.fields import (
    Date,
    Hidden,
    ModelCheckboxes,
    ModelSelect,
    Money,
    Radios,
    Select,
    Time,
    Whole,
)
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Organisation
from desirepath.pools.models import ClinicianRole
from desirepath.vacancies.actions import DETAILS, MOST_RATE
from desirepath.vacancies.models import PairChoice, Vacancy
from desirepath.vacancies.repeating import RepeatingForm
from desirepath.vacancies.times import WrongTime, moments


def _in_a_sentence(role: str) -> str:
    """ "GP", "nurse"."""
    label = str(ClinicianRole(role).label)
    return label if label.isupper() else label.lower()


class SessionForm(Form):
    """One session to be covered. ``wanted`` is what ``actions.post_vacancy`` takes."""

    role = Select(label="Role", choices=ClinicianRole.choices)
    date = Date(label="Date", help_text="For example, 8 12 2026")
    start_at = Time(label="Start", help_text="For example, 8:30am")
    end_at = Time(label="End", help_text="For example, 12:40pm. Earlier than the start means the next day.")
    session_type = Select(
        label="Kind of session", choices=Vacancy.SessionType.choices, empty="Not said", required=False
    )
    contacts = Whole(label="Patients expected", suffix="patients", most=99, required=False)
    appointment_minutes = Whole(
        label="Length of an appointment", suffix="minutes", least=5, most=120, required=False
    )
    home_visits = Whole(label="Home visits expected", suffix="visits", most=20, required=False)
    duties = LongText(
        label="Duties",
        help_text="For example, 15 appointments of 15 minutes, 2 visits, no on call. Nothing about patients.",
        rows=4,
        max_length=1000,
        required=False,
    )
    rate_cap = Money(
        label="The most you will pay an hour",
        help_text="Whoever comes is paid their own rate, if it is within this.",
        least=1,
        most=MOST_RATE,
        suffix="an hour",
    )
    urgency = Radios(
        label="How much it matters", choices=Vacancy.Urgency.choices, initial=Vacancy.Urgency.USUAL
    )
    reason = Radios(label="Why you need cover", choices=Vacancy.Reason.choices)
    funding = Select(label="Who pays", choices=Vacancy.Funding.choices, empty="Not decided", required=False)
    once = Hidden(required=False, max_length=40)

    FIRST = ("role", "date", "start_at", "end_at")
    LAST = ("rate_cap", "urgency", "reason", "funding")
    DUTIES = ("session_type", "contacts", "appointment_minutes", "home_visits", "duties")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = set(Skill.objects.values_list("role", flat=True))
        for role in ClinicianRole:
            if role in held:
                self.fields[f"skills_{role}"] = ModelCheckboxes(
                    Skill.objects.filter(role=role),
                    to_field_name="code",
                    label=f"Skills of a {_in_a_sentence(role)}",
                    required=False,
                )
        self.order_fields(["role", "date", "start_at", "end_at", *self.skill_fields(), *self.DUTIES])

    def skill_fields(self) -> Iterator[str]:
        return (name for name in list(self.fields) if name.startswith("skills_"))

    def says(self, names: Iterable[str]) -> bool:
        """Whether any of these fields holds something, or is wrong: its part of the page is open then."""
        return any(self[name].value() or self[name].errors for name in names)

    def tell_of_rates(self, sentences: Iterable[str]) -> None:
        """Say beside the most it will pay what was agreed before."""
        field = self.fields["rate_cap"]
        field.help_text = " ".join([str(field.help_text), *sentences])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if {"date", "start_at", "end_at"} <= set(cleaned):
            try:
                moments(cleaned["date"], cleaned["start_at"], cleaned["end_at"])
            except WrongTime as wrong:
                name = f"{wrong.field}_at"
                self.add_error(name, f"The {wrong.field} {wrong}")
        role = cleaned.get("role")
        for name in self.skill_fields():
            if role and cleaned.get(name) and name != f"skills_{role}":
                asked = ", ".join(skill.name for skill in cleaned[name])
                told = f"{asked} is not asked of a {_in_a_sentence(role)}"
                self.add_error(name, f"{told}. Untick it, or change the role")
        return cleaned

    def details(self) -> dict[str, Any]:
        """What was asked for but its day and times, once the form is valid."""
        given = self.cleaned_data
        return {
            "role": given["role"],
            "rate_cap": given["rate_cap"],
            "skills": list(given.get(f"skills_{given['role']}") or ()),
            "urgency": int(given["urgency"]),
            **{name: given[name] for name in ("reason", "funding", *self.DUTIES)},
        }

    def times(self) -> tuple[time, time]:
        return self.cleaned_data["start_at"], self.cleaned_data["end_at"]

    def wanted(self) -> dict[str, Any]:
        """All of it for the one day of the form."""
        start, end = moments(self.cleaned_data["date"], *self.times())
        return {**self.details(), "start": start, "end": end}


class AskForm(SessionForm, RepeatingForm):
    """One session, or a series of them: ``days`` are those of a series, the day of the form the first."""


def as_last_time(practice: Organisation) -> dict[str, Any]:
    """What the practice asked for last, as the first values of the form; everything but the date.

    How much it matters is said each time: one bad morning must not make every session urgent.
    """
    last = Vacancy.objects.for_practice(practice).order_by("-created_at", "-pk").first()
    return {**as_before(last), "urgency": Vacancy.Urgency.USUAL} if last else {}


def as_before(vacancy: Vacancy) -> dict[str, Any]:
    """The first values of the form from a session that was asked for; everything but the date."""
    return {
        "start_at": vacancy.start.astimezone(clock.LONDON).time(),
        "end_at": vacancy.end.astimezone(clock.LONDON).time(),
        **{name: getattr(vacancy, name) for name in DETAILS},
        f"skills_{vacancy.role}": [skill.code for skill in vacancy.skills.all()],
    }


class ChooseForm(Form):
    """A manager's word on one clinician for one session."""

    TAKE_BACK = "take back"

    clinician = ModelSelect(Clinician.objects.none(), label="Clinician")
    kind = Radios(
        label="What the next plan should do",
        choices=[*PairChoice.Kind.choices, (TAKE_BACK, "Decide by itself: take back what was said before")],
    )
    reason = Text(
        label="Why",
        help_text="A few words, kept with the plan. The pool's managers read it, nobody else.",
        max_length=200,
        required_message="Say why, in a few words: it is kept with the plan",
    )

    def __init__(self, *args: Any, vacancy: Vacancy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Clinician.objects.for_pool(vacancy.pool).filter(role=vacancy.role)
        self.fields["clinician"].queryset = members.select_related("person").order_by("person__name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == self.TAKE_BACK and self.has_error("reason", "required"):
            # nobody owes a reason for taking her word back
            del self.errors["reason"]
            cleaned["reason"] = ""
        return cleaned


class NarrowForm(Form):
    """Which of a week's practices to show."""

    week = Hidden(required=False, max_length=10)
    role = Select(label="Role", choices=ClinicianRole.choices, empty="Every role", required=False)
    pcn = ModelSelect(Organisation.objects.none(), label="PCN", empty_label="Every PCN", required=False)

    def __init__(self, *args: Any, pcns: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pcns is None:
            del self.fields["pcn"]
        else:
            self.fields["pcn"].queryset = pcns  # type: ignore[attr-defined]

    def narrowed(self, name: str) -> Any:
        """The value chosen, or None: a wrong one in the address narrows nothing."""
        self.full_clean()
        return self.cleaned_data.get(name) or None


class ShortageForm(NarrowForm):
    """Which of the last weeks' plans to look at, and for what."""

    USUAL = "8"

    weeks = Select(
        label="Plans made in",
        choices=[("4", "the last 4 weeks"), ("8", "the last 8 weeks"), ("12", "the last 12 weeks")],
        empty="",
        required=False,
    )
    part = Select(
        label="Part of the day",
        choices=[(part.name.lower(), part.name) for part in PARTS],
        empty="Any time",
        required=False,
    )

    def weeks_chosen(self) -> int:
        return int(self.narrowed("weeks") or self.USUAL)
