"""How people answer: more willing where it suits them, in their waking hours, the same whoever asks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching.times import to_local
from desirepath.simulation import made_world
from desirepath.simulation.answers import Facts, after_waking_hours, chance_of_yes, drawn
from desirepath.simulation.world import Size

WORLD = made_world(1, Size(4, 8, 8))
HER = WORLD.people[0]
shares = st.floats(0, 1)


@given(st.booleans(), st.booleans(), shares, st.floats(0, 0.6), st.floats(0, 700), st.integers(0, 9))
def test_better_terms_never_lower_the_chance(preferred, worked, distance, premium, notice, held):
    """A chance, and never lower for a liked practice, a nearer one, more pay, more notice, fewer sessions."""
    here = chance_of_yes(HER, Facts(preferred, worked, distance, premium), notice, held)
    assert 0 < here < 1
    better = (
        (Facts(True, worked, distance, premium), notice, held),
        (Facts(preferred, True, distance, premium), notice, held),
        (Facts(preferred, worked, distance / 2, premium), notice, held),
        (Facts(preferred, worked, distance, premium + 0.1), notice, held),
        (Facts(preferred, worked, distance, premium), notice + 24, held),
        (Facts(preferred, worked, distance, premium), notice, 0),
    )
    assert all(chance_of_yes(HER, *each) >= here for each in better)


def test_each_of_fit_distance_rate_and_notice_matters():
    """Each of the four alone moves the chance."""
    plain = chance_of_yes(HER, Facts(False, False, 0.5, 0.0), 48, 0)
    assert chance_of_yes(HER, Facts(True, False, 0.5, 0.0), 48, 0) > plain
    assert chance_of_yes(HER, Facts(False, False, 0.1, 0.0), 48, 0) > plain
    assert chance_of_yes(HER, Facts(False, False, 0.5, 0.2), 48, 0) > plain
    assert chance_of_yes(HER, Facts(False, False, 0.5, 0.0), 96, 0) > plain


def test_draws_belong_to_the_pair():
    """The same person and session draw the same, another session something else."""
    first, second = (posting.vacancy for posting in WORLD.postings(0)[:2])
    assert drawn(1, HER, first) == drawn(1, HER, first)
    assert drawn(1, HER, first) != drawn(1, HER, second)
    assert drawn(1, HER, first) != drawn(2, HER, first)


@pytest.mark.parametrize(
    ("asked", "hours", "answers"),
    [
        ("2027-01-04T09:00", 2, "2027-01-04T11:00"),
        ("2027-01-04T21:30", 1, "2027-01-05T07:30"),
        ("2027-01-04T23:00", 1, "2027-01-05T08:00"),
        ("2027-01-04T03:00", 0, "2027-01-04T07:00"),
        ("2027-01-04T07:00", 31, "2027-01-06T08:00"),
    ],
)
def test_waking_hours(asked, hours, answers):
    """Nobody answers between 10pm and 7am; the night does not count."""
    moment = datetime.fromisoformat(asked).replace(tzinfo=UTC)
    assert after_waking_hours(moment, hours) == datetime.fromisoformat(answers).replace(tzinfo=UTC)


@given(st.datetimes(datetime(2027, 3, 20), datetime(2027, 4, 5)), st.floats(0, 100))
def test_answers_come_later_and_by_day(naive, hours):
    """Whenever she is asked, also over the change of clocks, she answers not before, and awake."""
    moment = naive.replace(tzinfo=UTC)
    answered = after_waking_hours(moment, hours)
    assert answered >= moment
    assert 7 <= to_local(answered).hour < 22
