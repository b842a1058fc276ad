"""What is measured: Gini, quantiles, intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import ProblemError
from desirepath.simulation import Trial, YearTrial, estimate, gini
from desirepath.simulation.measures import outcome, quantile, share_under_half

amounts = st.lists(st.integers(0, 1000), min_size=1, max_size=30)


@given(st.integers(1, 1000), st.integers(1, 30))
def test_gini_of_equal_is_none(value, people):
    """Where all have alike it is 0."""
    assert gini([value] * people) == pytest.approx(0, abs=1e-9)


@given(amounts)
def test_gini_lies_between_none_and_one_has_all(values):
    """From 0 to (n - 1) / n, whatever the order and the unit."""
    found = gini(values)
    assert 0 <= found <= (len(values) - 1) / len(values) + 1e-9
    assert found == pytest.approx(gini([3 * each for each in reversed(values)]))


@given(amounts)
def test_gini_is_half_the_mean_difference(values):
    """The definition: the mean difference of two people over twice the mean."""
    total, count = sum(values), len(values)
    apart = sum(abs(a - b) for a in values for b in values)
    assert gini(values) == pytest.approx(apart / (2 * count * total) if total else 0, abs=1e-9)


def test_gini_known():
    """One of four has it all: three quarters; nothing at all is 0; less than nothing is refused."""
    assert gini([0, 0, 0, 5]) == pytest.approx(0.75)
    assert gini([]) == gini([0, 0]) == 0
    with pytest.raises(ValueError):
        gini([1, -1])


def test_quantiles():
    """The least value that so large a share does not exceed."""
    assert [quantile([3, 1, 2, 4], share) for share in (0.5, 0.9, 1)] == [2, 4, 4]
    assert quantile([], 0.5) == 0


def test_share_under_half():
    """Half of the wish is not under half."""
    assert share_under_half([0, 0.49, 0.5, 1]) == 0.5
    assert share_under_half([]) == 0


def test_estimate():
    """Student's t by hand: 1, 2, 3 have mean 2 and half width 4.303 / sqrt 3."""
    found = estimate([1, 2, 3])
    assert (found.mean, found.high - found.mean) == (2, pytest.approx(4.303 / 3**0.5))
    assert not found.clear
    assert estimate([2, 2.1, 2.2]).clear
    assert estimate([5]).low == estimate([5]).high == 5
    assert estimate(list(range(100))).high == pytest.approx(49.5 + 1.96 * 29.011 / 10, abs=0.01)
    with pytest.raises(ValueError):
        estimate([])


def test_outcome_adds_up(lived, land):
    """Shares lie between 0 and 1, the tiers make one, and every session was counted."""
    for market in lived.values():
        found = outcome(market, 7)
        assert found.sessions == len(land.postings)
        assert found.fill == pytest.approx(len(market.filled) / found.sessions)
        assert found.own_pcn + found.neighbour + found.pool + found.agency == pytest.approx(1)
        assert 0 <= found.spread <= 1 >= found.under_half >= 0
        assert 0 < found.hours_median <= found.hours_p90
        assert found.messages == pytest.approx(market.messages / len(market.filled))
        assert 100 < found.cost < 1000


@pytest.mark.parametrize("changes", [{"weeks": 0}, {"seeds": ()}, {"weeks": -3}])
def test_trials_without_anything_are_refused(changes):
    """No weeks or no seeds is no trial, of policies or of years."""
    for kind in (Trial, YearTrial):
        with pytest.raises(ProblemError):
            kind(**changes)
    with pytest.raises(ProblemError):
        YearTrial(history_weeks=0)
