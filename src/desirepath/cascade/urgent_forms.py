"""One session of today, in a few fields that are filled in already."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from desirepath.audit import clock
from desirepath.nhsuk.fields import Money, Select, Time
from desirepath.nhsuk.forms import Form
from desirepath.organisations.models import Organisation
from desirepath.pools.models import ClinicianRole
from desirepath.vacancies.actions import MOST_RATE
from desirepath.vacancies.forms import as_last_time
from desirepath.vacancies.models import Vacancy

# BMA: a session is 4 hours 10 minutes long
MORNING, AFTERNOON = (time(8, 30), time(12, 40)), (time(14), time(18, 10))
QUARTER = timedelta(minutes=15)


class TodayForm(Form):
    """Role and time; the most that is paid is as last time. ``wanted`` is what ``post_vacancy`` takes."""

    role = Select(label="Role", choices=ClinicianRole.choices)
    start_at = Time(label="From", width=5)
    end_at = Time(label="Until", width=5)
    rate_cap = Money(label="The most you will pay an hour", least=1, most=MOST_RATE, suffix="an hour")

    def __init__(self, data: Any = None, *, practice: Organisation) -> None:
        last = as_last_time(practice)
        self.day, start, end = usual_session(clock.now(), last.get("start_at"), last.get("end_at"))
        initial = {
            "role": last.get("role", ClinicianRole.GP),
            "rate_cap": last.get("rate_cap"),
            "start_at": start,
            "end_at": end,
        }
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start_at"), data.get("end_at")
        if start and end and end <= start:
            self.add_error("end_at", "The end must be after the start")
        return data

    def wanted(self) -> dict[str, Any]:
        """What was asked for, once the form is valid."""
        given = self.cleaned_data
        start, end = (
            datetime.combine(self.day, given[name], clock.LONDON) for name in ("start_at", "end_at")
        )
        return {
            "role": given["role"],
            "start": start,
            "end": end,
            "rate_cap": given["rate_cap"],
            "urgency": Vacancy.Urgency.CRITICAL,
            "reason": Vacancy.Reason.SICKNESS,
        }


def usual_session(now: datetime, start: time | None, end: time | None) -> tuple[date, time, time]:
    """The session that is probably meant, as (day, start, end) in local time. Pure.

    The practice's usual one, else a morning or an afternoon; where that has begun, from the next quarter of
    an hour until its end; late in the day, tomorrow's.
    """
    here = now.astimezone(clock.LONDON)
    soon = here + QUARTER - timedelta(minutes=here.minute % 15, seconds=here.second)
    for begins, ends in ((start, end), MORNING, AFTERNOON):
        if begins is None or ends is None or ends <= begins:
            continue
        if here.time() < begins:
            return here.date(), begins, ends
        if soon.date() == here.date() and soon.time() < _an_hour_before(ends):
            return here.date(), soon.time().replace(second=0, microsecond=0), ends
    begins, ends = (start, end) if start and end and start < end else MORNING
    return here.date() + timedelta(days=1), begins, ends


def _an_hour_before(moment: time) -> time:
    return time(max(moment.hour - 1, 0), moment.minute)
