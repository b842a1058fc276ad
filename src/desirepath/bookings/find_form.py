"""What she narrows the list of work to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from desirepath.audit import clock
from desirepath.bookings.work import MOST_DAYS, Wanted, usual_days
from desirepath.clinicians.models import Clinician
from desirepath.clinicians.month import PARTS
from desirepath.nhsuk.fields import Checkboxes, Date, ModelSelect, Money, Select, Whole
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.models import Vacancy

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# beside the choices themselves, the address holds which page is open and what was just hidden
CHOICES = ("weekday", "part", "practice", "farthest", "fee", "session_type")
DATES = tuple(f"{name}{part}" for name in ("first", "last") for part in ("", "-day", "-month", "-year"))
FILTERS = (*CHOICES, *DATES)


class FindForm(Form):
    """Everything may be left empty. ``wanted`` is what ``work.work_for`` takes."""

    first = Date(label="From", required=False, help_text="For example, 8 12 2026")
    last = Date(label="To", required=False, help_text=f"At most {MOST_DAYS // 7} weeks later")
    weekday = Checkboxes(label="Days of the week", choices=list(enumerate(DAYS)), required=False, inline=True)
    part = Select(
        label="Part of the day",
        choices=[(part.key, part.name) for part in PARTS],
        empty="Any time",
        required=False,
    )
    practice = ModelSelect(
        Organisation.objects.none(), label="Practice", empty_label="Every practice", required=False
    )
    farthest = Whole(label="Farthest", suffix="km", least=1, most=500, required=False)
    fee = Money(label="Least fee for the session", most=10_000, required=False)
    session_type = Select(
        label="Kind of session",
        choices=Vacancy.SessionType.choices,
        empty="Every kind",
        required=False,
    )

    def __init__(self, *args: Any, clinician: Clinician, pools: Sequence[Pool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinician, self.pools = clinician, pools
        field: Any = self.fields["practice"]
        practices = Organisation.objects.filter(pool_places__pool__in=pools).distinct()
        field.queryset = practices.only("public_id", "name").order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = self._first(cleaned), cleaned.get("last")
        if last and last < first:
            self.add_error("last", "The last day must not be before the first")
        elif last and last > first + timedelta(days=MOST_DAYS):
            self.add_error("last", f"Look at no more than {MOST_DAYS // 7} weeks at a time")
        return cleaned

    def _first(self, cleaned: dict[str, Any]) -> date:
        return max(cleaned.get("first") or clock.today(), clock.today())

    def wanted(self) -> Wanted:
        """What was chosen; a form that is not bound, or holds an error, narrows nothing."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        first = self._first(given)
        practice = given.get("practice")
        return Wanted(
            first=first,
            last=given.get("last")
            or first + timedelta(days=usual_days(self.clinician, self.pools, first) - 1),
            weekdays=frozenset(int(day) for day in given.get("weekday") or ()),
            part=given.get("part") or "",
            practice=practice.pk if practice else None,
            farthest=given.get("farthest"),
            least_fee=given.get("fee"),
            session_type=given.get("session_type") or "",
        )
