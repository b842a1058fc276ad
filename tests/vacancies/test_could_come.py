"""How many could come, and what would bring more: exact, stored for the day, and telling nobody's rate."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Skill
from desirepath.vacancies.could_come import (
    CHECKED_ENOUGH,
    MOST_A_DAY,
    MOST_DRAFTS,
    could_come,
    could_come_to_draft,
    forget_due,
)
from desirepath.vacancies.disclosure import FEWEST
from desirepath.vacancies.models import CountsTold
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery():
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery):
    return cast.pool("Saltmarsh pool", surgery)


def some(pool, number: int, **details):
    return [cast.clinician(pool=pool, **details) for _ in range(number)]


def draft(surgery, rate=90, start=None, minutes=240, **more):
    start = start or cast.at(7)
    end = start + timedelta(minutes=minutes)
    return could_come_to_draft(
        practice=surgery, role="gp", start=start, end=end, rate_cap=Decimal(rate), **more
    )


def told(counted) -> list[str]:
    return [change.sentence for change in counted.changes]


def test_the_smallest_changes_are_counted_exactly(surgery, pool):
    """More money, a later start, an earlier end, no special skill: each with how many more it brings."""
    coil = Skill.objects.create(code="coil", name="Coil fitting", role="gp")
    skilled = [*some(pool, 4), *some(pool, 5, rate=95)]
    late = some(pool, 3, free=(time(9), time(22)))
    early = some(pool, 6, free=(time(7), time(12, 30)))
    for each in (*skilled, *late, *early):
        each.skills.add(coil)
    some(pool, 7)
    counted = draft(surgery, minutes=250, skills=[coil])
    assert counted.count == "4 clinicians could come as it stands"
    assert told(counted) == [
        "5 more at £95 an hour",
        "3 more if it starts at 9am",
        "6 more if it ends by 12:30pm",
        "7 more without Coil fitting",
    ]


def test_a_change_that_brings_one_or_two_is_not_told(surgery, pool):
    """A step tells at least three."""
    some(pool, 4)
    some(pool, 2, rate=95)
    assert told(draft(surgery)) == []
    assert told(draft(surgery, start=cast.at(8))) == []


def test_another_rate_is_read_from_the_stored_answer(surgery, pool):
    """The same day, the same figures, even where somebody has come or gone since; tomorrow counts anew."""
    some(pool, 4)
    more = some(pool, 3, rate=100)
    assert draft(surgery).now == 4
    some(pool, 5)
    more[0].memberships.update(state="left")
    assert (draft(surgery, rate=100).now, draft(surgery, rate=Decimal("99.99")).now) == (7, 4)
    assert CountsTold.objects.get().drafts == 1
    with clock.at(cast.at(1, 9)):
        assert draft(surgery, start=cast.at(6)).now == 9
        assert forget_due() == 1


def test_posted_after_it_was_checked_it_is_the_same(surgery, pool):
    """The page of the session tells what the form told."""
    some(pool, 4)
    before = draft(surgery)
    some(pool, 3)
    posted = cast.vacancy(surgery, minutes=240, rate_cap=Decimal(90))
    assert could_come(posted) == before


def test_asking_is_limited(surgery, pool):
    """So many drafts a day, so many questions about one day; what was told stays readable."""
    first = draft(surgery, start=cast.at(1))
    for days in range(2, MOST_DRAFTS + 1):
        draft(surgery, start=cast.at(days))
    with pytest.raises(Refused) as refused:
        draft(surgery, start=cast.at(40))
    assert str(refused.value) == CHECKED_ENOUGH
    assert draft(surgery, start=cast.at(1)) == first
    rows = CountsTold.objects.filter(day=cast.at(1).date())
    rows.update(answers={str(n): {} for n in range(MOST_A_DAY)})
    assert could_come(cast.vacancy(surgery, start=cast.at(1, 10))) is None


def test_what_cannot_be_asked(surgery, pool):
    """A session that has begun, and a practice in no pool."""
    with pytest.raises(Refused, match="in the future"):
        draft(surgery, start=cast.at(-1))
    with pytest.raises(Refused, match="does not belong to a pool"):
        draft(cast.practice("Alone"))


questions = st.lists(
    st.tuples(
        st.integers(7000, 12000),
        st.sampled_from([0, 15, 30, 60]),
        st.sampled_from([180, 210, 240, 255]),
        st.booleans(),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=questions)
def test_no_sequence_of_questions_tells_one_persons_rate(surgery, pool, asked):
    """However rate (in pence), start, length and skill are varied within a day: of one session the count
    changes on the grid only, in steps of three or more, and of all of them every part told has three people.
    """
    coil, _ = Skill.objects.get_or_create(code="coil", defaults={"name": "Coil fitting", "role": "gp"})
    if not pool.memberships.exists():
        for number in range(12):
            free = (time(8 + number % 3 // 2, 30 * (number % 2)), time(22))
            her = cast.clinician(pool=pool, rate=70 + 4 * number, free=free)
            if number % 2:
                her.skills.add(coil)
    CountsTold.objects.all().delete()
    for pence, later, minutes, special in asked:
        start = cast.at(7) + timedelta(minutes=later)
        skills = [coil] if special else []
        counts = [
            draft(surgery, Decimal(each) / 100, start, minutes, skills=skills).now
            for each in range(pence - 400, pence + 600, 100)
        ]
        steps = [(b - a, pence - 400 + 100 * n) for n, (a, b) in enumerate(pairwise(counts), 1)]
        assert all(step == 0 or (step >= FEWEST and at // 500 > (at - 100) // 500) for step, at in steps)
    (row,) = CountsTold.objects.all()
    assert all(len(group) >= FEWEST for group in row.groups)
    assert len({who for group in row.groups for who in group}) == sum(map(len, row.groups))
