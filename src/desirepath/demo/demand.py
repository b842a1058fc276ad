"""The sessions that practices ask cover for: when in the week, for whom, at what most. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from desirepath.accounts.roles import Role
from desirepath.audit.clock import LONDON
from desirepath.demo.script import SAMPLES, Area, Session, Spot, address_of
from desirepath.demo.workers import TRADE, TRADES

# Share of a week's GP appointments by weekday, Monday to Saturday: NHS England, Appointments in General
# Practice, December 2024 to November 2025, bank holidays left out
WEEKDAYS = (22.3, 20.2, 19.0, 18.8, 18.7, 1.1)
# BMA: a session is 4 hours 10 minutes
SHAPES = (
    (50, time(8, 30), time(12, 40)),
    (36, time(14, 0), time(18, 10)),
    (6, time(9, 0), time(12, 0)),
    (4, time(13, 30), time(17, 30)),
    (3, time(18, 30), time(20, 30)),
    (1, time(8, 0), time(13, 0)),
)
URGENCIES = ((62, 1), (24, 2), (11, 3), (3, 5))
REASONS = (
    (30, "vacancy"),
    (24, "sickness"),
    (24, "holiday"),
    (12, "demand"),
    (8, "parental"),
    (2, "other"),
)
DUTIES = (
    "15 appointments of 15 minutes, one home visit at most.",
    "Face to face and telephone, half and half. A duty doctor is in the building.",
    "Booked appointments only; results are dealt with by the practice.",
    "Minor illness and repeat prescriptions for the day.",
    "",
)


def booker_of(practice: str, area: Area) -> str:
    """The address of a practice's booker: the sample booker at the practice of most patients."""
    first = first_practice(area)
    return address_of(
        SAMPLES[Role.PRACTICE_BOOKER] if practice == first.code else f"booker.{practice.lower()}", area.code
    )


def first_practice(area: Area) -> Spot:
    """The practice of the sample booker and approver: the one with most patients."""
    return max(area.practices, key=lambda spot: (spot.patients, spot.code))


def week(
    area: Area, chance: Random, monday: date, count: int, closed: Iterable[date], posted: datetime
) -> list[Session]:
    """``count`` sessions of one week, in the order in which they start; none on the ``closed`` days. Each is
    posted within a day and a half before ``posted``.
    """
    shut = set(closed)
    open_days = [(n, w) for n, w in enumerate(WEEKDAYS) if monday + timedelta(days=n) not in shut]
    weights = [spot.patients or 5_000 for spot in area.practices]
    bookers = {spot.code: booker_of(spot.code, area) for spot in area.practices}
    made = []
    for spot in chance.choices(area.practices, weights, k=count) if area.practices else ():
        day = monday + timedelta(days=chance.choices([n for n, _ in open_days], [w for _, w in open_days])[0])
        made.append(_session(spot, bookers[spot.code], chance, day, posted))
    return sorted(made, key=lambda each: (each.start, each.practice, each.role, each.posted))


def _session(spot: Spot, booker: str, chance: Random, day: date, posted: datetime) -> Session:
    trade = TRADE[chance.choices([t.role for t in TRADES], [t.share for t in TRADES])[0]]
    _, start, end = chance.choices(SHAPES, [weight for weight, _, _ in SHAPES])[0]
    if day.weekday() == 5:
        start, end = time(9), time(13, 10)
    low, high = trade.most
    return Session(
        practice=spot.code,
        by=booker,
        posted=posted - timedelta(minutes=15 * chance.randrange(0, 140)),
        start=datetime.combine(day, start, LONDON),
        end=datetime.combine(day, end, LONDON),
        role=trade.role,
        skills=(chance.choice(trade.skills)[0],) if chance.random() < 0.14 else (),
        rate_cap=Decimal(chance.randrange(low, high + 1)).quantize(Decimal("0.01")),
        urgency=chance.choices([u for _, u in URGENCIES], [w for w, _ in URGENCIES])[0],
        reason=chance.choices([r for _, r in REASONS], [w for w, _ in REASONS])[0],
        duties=chance.choice(DUTIES) if trade.role == "gp" else "",
    )
