"""A booking can never violate the terms it was made under: random terms, random sessions, every road to a
booking.
"""

from collections import defaultdict
from datetime import time, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from desirepath.audit import clock
from desirepath.audit.clock import LONDON
from desirepath.audit.refusal import Refused
from desirepath.bookings import actions
from desirepath.bookings.models import Booking
from desirepath.clinicians.models import Clinician, Terms
from desirepath.organisations.models import Organisation
from tests import cast

pytestmark = pytest.mark.django_db

terms = st.fixed_dictionaries(
    {
        "base_rate": st.integers(70, 110).map(Decimal),
        "evening_pct": st.sampled_from([0, 15, 40]),
        "mon_pct": st.sampled_from([0, 10]),
        "saturday_pct": st.sampled_from([0, 25]),
        "far_km": st.sampled_from([0, 5, 20]),
        "far_pence_per_km": st.sampled_from([0, 50, 200]),
        "max_km": st.sampled_from([8, 30, 60]),
        "max_sessions_day": st.integers(1, 3),
        "max_sessions_week": st.integers(1, 5),
        "max_consecutive_days": st.integers(1, 4),
        "max_minutes_week": st.sampled_from([300, 700, 1500]),
        "min_rest_minutes": st.sampled_from([0, 660, 900]),
    }
)
sessions = st.lists(
    st.fixed_dictionaries(
        {
            "place": st.integers(0, 2),
            "day": st.integers(6, 14),
            "hour": st.integers(7, 19),
            "minutes": st.sampled_from([60, 150, 250]),
            "cap": st.sampled_from([80, 100, 130]),
            "by_phone": st.booleans(),
        }
    ),
    min_size=1,
    max_size=8,
)


def km(a: Clinician, b: Organisation) -> float:
    """The great circle, written here again so that the test does not trust the code it tests."""
    assert b.latitude is not None
    assert b.longitude is not None
    lat = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    h = sin(lat[0] / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(lat[1] / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(h))


def rate_under(terms: Terms, booking: Booking, clinician: Clinician) -> Decimal:
    """PLANNER's rate from the frozen terms, in pounds an hour."""
    start = booking.start.astimezone(LONDON)
    percent = terms.day_pct[start.weekday()]
    percent += terms.evening_pct if start.time() >= time(18) else 0
    percent += terms.saturday_pct if start.weekday() == 5 else 0
    pence = int(terms.base_rate * 100) * (100 + percent) // 100
    pence += int(max(0, km(clinician, booking.practice) - terms.far_km)) * terms.far_pence_per_km
    return Decimal(pence) / 100


def try_to_book(clinician: Clinician, places: list[Organisation], wanted: dict[str, Any]) -> None:
    start = cast.at(wanted["day"], wanted["hour"], 0)
    session = cast.vacancy(
        places[wanted["place"]], start=start, minutes=wanted["minutes"], rate_cap=Decimal(wanted["cap"])
    )
    try:
        if wanted["by_phone"]:
            actions.record_booking(
                by=clinician.person, vacancy=session, clinician=clinician, rate=session.rate_cap
            )
        else:
            cast.booking(session, clinician)
    except Refused:
        pass


@given(values=terms, wanted=sessions)
def test_no_booking_violates_the_terms_it_was_made_under(
    values: dict[str, Any], wanted: list[dict[str, Any]]
) -> None:
    """Whatever is offered or recorded, what stands is within the frozen terms, alone and together."""
    with transaction.atomic(), clock.at(cast.at(0, 8)):
        # bank holidays carry their own percentage, zero here
        places = [cast.practice(longitude=1.0 + 0.25 * n) for n in range(3)]
        clinician = cast.clinician(pool=cast.pool("", *places), terms=values)
        for each in wanted:
            try_to_book(clinician, places, each)
        standing = list(
            Booking.objects.for_clinician(clinician).standing().select_related("terms", "practice")
        )
        for booking in standing:
            held = booking.terms
            assert held is not None
            hers = rate_under(held, booking, clinician)
            assert km(clinician, booking.practice) <= held.max_km
            assert hers <= booking.rate <= booking.vacancy.rate_cap
            minutes = int((booking.end - booking.start).total_seconds()) // 60
            assert booking.fee == (booking.rate * minutes / 60).quantize(Decimal("0.01"), ROUND_FLOOR)
        check_together(standing, clinician)
        transaction.set_rollback(True)


def check_together(standing: list[Booking], clinician: Clinician) -> None:
    held = clinician.current_terms
    assert held is not None
    by_day, by_week = defaultdict(list), defaultdict(list)
    for booking in standing:
        day = booking.start.astimezone(LONDON).date()
        by_day[day].append(booking)
        by_week[day - timedelta(days=day.weekday())].append(booking)
    assert all(len(day) <= held.max_sessions_day for day in by_day.values())
    for week in by_week.values():
        assert len(week) <= held.max_sessions_week
        assert sum(b.vacancy.minutes for b in week) <= held.max_minutes_week
    run = 0
    for offset in range(20):
        run = run + 1 if clock.today() + timedelta(days=offset) in by_day else 0
        assert run <= held.max_consecutive_days
    ordered = sorted(standing, key=lambda b: b.start)
    for first, second in pairwise(ordered):
        assert first.end <= second.start
        apart = (second.start - first.end).total_seconds() / 60
        if first.start.astimezone(LONDON).date() != second.start.astimezone(LONDON).date():
            assert apart >= held.min_rest_minutes
        elif first.practice_id != second.practice_id:
            assert apart >= 5
