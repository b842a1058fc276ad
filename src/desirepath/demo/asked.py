"""How some of the invented clinicians want to be asked, and a practice that has nobody tomorrow morning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from desirepath.accounts.roles import Role
from desirepath.clinicians.free_time import local
from desirepath.clinicians.month import bank_holidays
from desirepath.demo.cast import Cast
from desirepath.demo.demand import first_practice
from desirepath.demo.script import Script
from desirepath.demo.workers import TRADE
from desirepath.vacancies.actions import post_vacancy
from desirepath.vacancies.models import Vacancy

MORNING = (time(8, 30), time(12, 40))
MONDAY_TO_FRIDAY = range(5)
# how far a standing yes goes
WITHIN: Mapping[str, int] = {"least_notice_hours": 48, "most_sessions": 1}
SAMPLE: Mapping[str, Any] = {
    "quiet_from": time(21, 30),
    "quiet_until": time(7),
    "phone_allowed": True,
    "sms": True,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one clinician chooses: columns of QuietChoices, her number, the code of a practice that she mutes
    and of one that has her standing yes ("" for none).
    """

    email: str
    values: Mapping[str, Any] = field(default_factory=dict)
    phone: str = ""
    muted: str = ""
    yes_to: str = ""


def chosen(script: Script) -> Iterator[Chosen]:
    """Everybody's choices, the sample clinician's first: the same seed gives the same. Pure."""
    for number, worker in enumerate(script.workers):
        chance = Random(f"{script.seed} {worker.email} asked")  # noqa: S311 - a story, not a secret
        liked = [code for code, kind in worker.preferences if kind == "preferred"]
        taken = {code for code, _ in worker.preferences}
        others = [spot.code for spot in script.area.practices if spot.code not in taken]
        mutes, gives = chance.random() < 0.08, chance.random() < 0.3
        values = dict(SAMPLE) if number == 0 else _values(chance, script.now.date())
        yield Chosen(
            email=worker.email,
            values=values,
            # numbers that Ofcom keeps for stories
            phone=f"07700 900{number % 1000:03}" if values.get("phone_allowed") else "",
            muted=chance.choice(others) if mutes and others and number else "",
            yes_to=liked[-1] if liked and (gives or number == 0) else "",
        )


def _values(chance: Random, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if chance.random() < 0.3:
        found |= {"quiet_from": chance.choice((time(21), time(22, 30))), "quiet_until": time(7)}
    if chance.random() < 0.35:
        found |= {"phone_allowed": True, "sms": chance.random() < 0.5}
    drawn = chance.random()
    if drawn < 0.1:
        found["most_offers_day"] = chance.choice((2, 3, 4))
    elif drawn < 0.18:
        found["digest_at"] = time(18)
    elif drawn < 0.22:
        found["standby"] = True
    elif drawn < 0.25:
        found["paused_until"] = today + timedelta(days=chance.randrange(5, 30))
    return found


def nobody_tomorrow(cast: Cast) -> Vacancy:
    """The sample booker's practice has nobody on the next working morning, and cannot open without."""
    day = cast.script.now.date() + timedelta(days=1)
    while day.weekday() > 4 or day in bank_holidays(day.year):
        day += timedelta(days=1)
    return post_vacancy(
        by=cast.person(Role.PRACTICE_BOOKER),
        practice=cast.practice(first_practice(cast.script.area).code),
        role="gp",
        start=local(day, MORNING[0]),
        end=local(day, MORNING[1]),
        rate_cap=Decimal(TRADE["gp"].most[1]),
        urgency=Vacancy.Urgency.CRITICAL,
        reason=Vacancy.Reason.SICKNESS,
    )
