"""The script of a demonstration, before anybody performs it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.accounts.roles import EVERYWHERE, Role
from desirepath.clinicians.conditions import read_extras, read_kinds, read_scale
from desirepath.clinicians.models import CONDITIONS, LIMITS, RATES
from desirepath.demo import demand, land
from desirepath.demo.script import FICTIONAL_POOL, SAMPLES, Script
from desirepath.demo.workers import TRADE
from desirepath.demo.writing import WEXBRIDGE, Size, coming_monday, write

TODAY = date(2026, 11, 18)
SMALL = Size(clinicians=12, sessions_a_week=15, weeks_before=1, weeks_ahead=2)


def script(seed: int = 1, today: date = TODAY, size: Size = SMALL, **others: Any) -> Script:
    return write(land.wexbridge(), seed=seed, today=today, size=size, closed=frozenset(), **others)


@pytest.fixture(scope="module")
def whole() -> Script:
    return script(size=WEXBRIDGE)


def test_the_same_seed_and_day_write_the_same_script():
    """And another seed, or another day, writes another."""
    assert script() == script()
    assert script(seed=2) != script()
    assert script(today=TODAY + timedelta(days=1)) != script()


def test_the_land_is_a_small_integrated_care_system():
    """A region, an ICB, 2 sub-ICBs, 5 PCNs, 30 practices and 3 chambers."""
    area = land.wexbridge()
    kinds = Counter(body.kind for body in area.bodies)
    assert kinds == {"region": 1, "icb": 1, "sub-icb": 2, "pcn": 5, "practice": 30}
    assert len(area.chambers) == 3
    assert {spot.pcn for spot in area.practices} == set(area.pcns)


def test_the_land_is_where_nobody_lives(shared_data):
    """No code or name of the invented land is a real practice's, and the nearest of those is far off."""
    import csv

    with (shared_data / "england" / "practices.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    area = land.wexbridge()
    assert not {spot.code for spot in area.practices} & {row["practice_code"] for row in rows}
    assert not {spot.name.lower() for spot in area.practices} & {row["name"].lower() for row in rows}
    nearest = min(
        abs(float(row["lat"]) - s.latitude) * 111 + abs(float(row["lon"]) - s.longitude) * 66
        for row in rows
        for s in area.practices[:1]
    )
    assert nearest > 30


def test_the_demonstration_is_as_large_as_it_says(whole):
    """120 clinicians of four roles, most of them GPs; four weeks of sessions to come and four behind."""
    roles = Counter(worker.role for worker in whole.workers)
    assert sum(roles.values()) == 120
    assert set(roles) == set(TRADE)
    assert roles["gp"] > 60
    weeks = {session.start.date() - timedelta(days=session.start.weekday()) for session in whole.sessions}
    coming = coming_monday(TODAY)
    assert weeks == {coming + timedelta(weeks=n) for n in range(-4, 4)}


def test_monday_is_the_heaviest_day(whole):
    """The weekdays fall from Monday to Friday as England's appointments do; Saturday is rare, Sunday shut."""
    days = Counter(session.start.weekday() for session in whole.sessions)
    assert days.most_common(1)[0][0] == 0
    assert days[0] > days[4] > days[5]
    assert 6 not in days


def test_every_role_has_its_sample_person(whole):
    """Each role is held by the sample person of that role; at a place unless it is held at none."""
    assert set(SAMPLES) == set(Role)
    held = {(each.email, each.role): each for each in whole.roles}
    emails = {somebody.email for somebody in whole.people}
    for role in Role:
        assert whole.address(role) in emails
        if role != Role.CLINICIAN:
            assert (held[whole.address(role), role].place is None) == (role in EVERYWHERE)


def test_nobody_has_an_address_that_could_be_real(whole):
    """Every address is of example.org, and no two people share one."""
    emails = [somebody.email for somebody in whole.people]
    assert all(email.endswith("@example.org") for email in emails)
    assert len(set(emails)) == len(emails)


def test_registration_numbers_are_all_different_and_of_no_register(whole):
    """They begin where no register has reached, and go on from the number asked for."""
    numbers = [(worker.role, worker.registration) for worker in whole.workers]
    assert len(set(numbers)) == len(numbers)
    assert all("9" in worker.registration[:3] for worker in whole.workers)
    later = script(first_number=500)
    assert not {w.registration for w in later.workers} & {w.registration for w in whole.workers}


def test_terms_are_whole_and_of_this_house(whole):
    """Every column of the terms that a script gives is one that a clinician may set."""
    assert all(set(worker.terms) <= {*RATES, *LIMITS, *CONDITIONS} for worker in whole.workers)


def test_chambers_stay_under_their_limit(whole):
    """At most 15 members in a chambers (DOMAIN), the sample lead among those of hers."""
    members = Counter(worker.chambers for worker in whole.workers if worker.chambers)
    assert set(members) == set(whole.area.chambers)
    assert max(members.values()) <= 15
    lead = next(w for w in whole.workers if w.email == whole.address(Role.CHAMBERS_LEAD))
    assert lead.chambers == whole.area.chambers[0]


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 10_000))
def test_sessions_can_be_posted(today, seed):
    """Whatever the day and seed: posted after the pool began and before it starts, and ends later."""
    written = script(seed, today)
    for session in written.sessions:
        assert written.began < session.posted < session.start < session.end
        assert session.posted <= written.now or session.start.date() < coming_monday(today)
        assert set(session.skills) <= {code for code, _ in TRADE[session.role].skills}


def test_nobody_opens_on_a_bank_holiday():
    """No session falls on a closed day."""
    monday = date(2026, 12, 21)
    closed = frozenset({date(2026, 12, 25), date(2026, 12, 26)})
    from random import Random

    sessions = demand.week(land.wexbridge(), Random(1), monday, 200, closed, script().now)
    assert len(sessions) == 200
    assert not {session.start.date() for session in sessions} & closed


def test_another_pool_has_its_own_addresses():
    """The sample people of an ICB's pool are not those of the invented land."""
    from dataclasses import replace

    other = write(replace(land.wexbridge(), code="QHM"), seed=1, today=TODAY, size=SMALL, closed=frozenset())
    assert other.address(Role.CLINICIAN) == "clinician@qhm.example.org"
    assert script().address(Role.CLINICIAN) == "clinician@example.org"
    assert FICTIONAL_POOL == "WEX"


def test_conditions_vary_and_can_be(whole):
    """Each clinician's conditions can be read, and not all are alike."""
    kinds = set()
    for worker in whole.workers:
        read_scale(worker.terms["practice_cancels"])
        read_scale(worker.terms["clinician_cancels"])
        read_extras(worker.terms["extras"])
        read_kinds(worker.terms["session_types"])
        kinds.add(str(worker.terms["practice_cancels"]))
    assert len(kinds) > 3
