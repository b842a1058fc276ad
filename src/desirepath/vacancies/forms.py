"""What a practice asks for, what a manager says of a pair, what a week is narrowed to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from desirepath.audit import clock
from desirepath.audit.forms import LongText, Text
from desirepath.clinicians.models import Clinician, Skill
from desirepath.clinicians.month import PARTS
from desirepath.nhsuk.fields import Date, Hidden, ModelCheckboxes, ModelSelect, Money, Radios, Select, Time
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Organisation
from desirepath.pools.models import ClinicianRole
from desirepath.vacancies.actions import MOST_RATE
from desirepath.vacancies.models import PairChoice, Vacancy


def _in_a_sentence(role: str) -> str:
    """ "GP", "nurse"."""
    label = str(ClinicianRole(role).label)
    return label if label.isupper() else label.lower()


class AskForm(Form):
    """One session to be covered. ``wanted`` is what ``actions.post_vacancy`` takes."""

    role = Select(label="Role", choices=ClinicianRole.choices)
    date = Date(label="Date", help_text="For example, 8 12 2026")
    start_at = Time(label="Start", help_text="For example, 8:30am")
    end_at = Time(label="End", help_text="For example, 12:40pm")
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
    once = Hidden(required=False, max_length=40)

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
        self.order_fields(["role", "date", "start_at", "end_at", *self._skill_fields(), "duties"])

    def _skill_fields(self) -> Iterator[str]:
        return (name for name in list(self.fields) if name.startswith("skills_"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("start_at"), cleaned.get("end_at")
        if start and end and end <= start:
            self.add_error("end_at", "The end must be after the start")
        role = cleaned.get("role")
        for name in self._skill_fields():
            if role and cleaned.get(name) and name != f"skills_{role}":
                asked = ", ".join(skill.name for skill in cleaned[name])
                told = f"{asked} is not asked of a {_in_a_sentence(role)}"
                self.add_error(name, f"{told}. Untick it, or change the role")
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """What was asked for, once the form is valid."""
        given = self.cleaned_data
        start, end = (
            datetime.combine(given["date"], given[name], clock.LONDON) for name in ("start_at", "end_at")
        )
        return {
            "role": given["role"],
            "start": start,
            "end": end,
            "rate_cap": given["rate_cap"],
            "skills": list(given.get(f"skills_{given['role']}") or ()),
            "urgency": int(given["urgency"]),
            "reason": given["reason"],
            "duties": given["duties"],
        }


def as_last_time(practice: Organisation) -> dict[str, Any]:
    """What the practice asked for last, as the first values of the form; everything but the date."""
    last = Vacancy.objects.for_practice(practice).order_by("-created_at", "-pk").first()
    if last is None:
        return {}
    return {
        "role": last.role,
        "start_at": last.start.astimezone(clock.LONDON).time(),
        "end_at": last.end.astimezone(clock.LONDON).time(),
        "duties": last.duties,
        "rate_cap": last.rate_cap,
        "urgency": last.urgency,
        "reason": last.reason,
        f"skills_{last.role}": [skill.code for skill in last.skills.all()],
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
