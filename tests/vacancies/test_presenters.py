"""What pages say of vacancies: weeks, cells of a grid, why nobody comes; and what they must never say."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath import matching
from desirepath.clinicians.models import Skill
from desirepath.matching import Change, rules
from desirepath.vacancies import planning
from desirepath.vacancies.models import Unfilled, Vacancy
from desirepath.vacancies.presenters import grid, plan, unfilled, week
from tests import cast

SKILLS = {"coils": "Fitting coils", "minor-surgery": "Minor surgery"}


def told(reason="rate", *changes, cap=90):
    row = Unfilled(reason=reason, changes=list(changes), vacancy=Vacancy(role="gp", rate_cap=Decimal(cap)))
    return unfilled.why_nobody(row, SKILLS)


def change(kind, amount="", brings=1):
    return {"kind": kind, "amount": amount, "brings": brings}


def test_the_week_of_a_day(clock_at):
    """Any day of a week shows that week, Monday to Sunday."""
    clock_at("2026-12-08 08:30")
    found, wrong = week.chosen_week("2026-12-13")
    assert (found.monday, wrong) == (date(2026, 12, 7), "")
    assert str(found) == "Mon 7 Dec to Sun 13 Dec"
    assert found.is_now
    assert not found.is_over
    assert found.previous.is_over


def test_on_a_sunday_the_next_week_is_shown(clock_at):
    """Nothing of a week is left to arrange on its Sunday; the links still lead to it."""
    clock_at("2026-12-12 21:00")
    assert week.chosen_week(None)[0].monday == date(2026, 12, 7)
    clock_at("2026-12-13 08:30")
    found, wrong = week.chosen_week(None)
    assert (found.monday, wrong) == (date(2026, 12, 14), "")
    assert (found.now.monday, found.is_now) == (date(2026, 12, 7), False)


def test_a_week_over_new_year_names_its_years(clock_at):
    """Where the years differ, both are told."""
    clock_at("2026-12-30 08:30")
    assert str(week.Week.of(date(2027, 1, 1))) == "Mon 28 Dec 2026 to Sun 3 Jan 2027"


@pytest.mark.parametrize("asked", ["soon", "2026-02-30", "0001-01-01", "9999-12-31", "2026-12-08T10"])
def test_a_date_that_is_none_shows_this_week(asked, clock_at):
    """A wrong date in the address shows this week and says so."""
    clock_at("2026-12-08 08:30")
    found, wrong = week.chosen_week(asked)
    assert found.monday == date(2026, 12, 7)
    assert wrong


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_every_day_is_in_its_week(day):
    """A week holds the day it was asked for, and its neighbours begin where it ends."""
    found = week.Week.of(day)
    assert day in found.days
    assert found.next.monday - found.days[-1] == timedelta(days=1)
    assert found.previous.next == found
    assert found.moments[1] == found.next.moments[0]


needs = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)).map(
    lambda parts: grid.Need(sum(parts), parts[0], parts[1])
)


@given(needs)
def test_the_words_of_a_cell_say_what_its_colour_says(need):
    """Green exactly where all are covered; what is missing is written in every cell that lacks somebody."""
    assert (need.css == "desire-covered") == (need.needed > 0 and need.covered == need.needed)
    assert bool(need.missing) == (need.gaps > 0)
    assert bool(need.words) == (need.needed > 0)


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 6), st.sampled_from(("filled", "offered", "released")))
    )
)
def test_the_sums_of_a_grid_agree(rows):
    """The lines, the days and the week count the same sessions."""
    days = [date(2026, 12, 7) + timedelta(days=n) for n in range(7)]
    made = grid.by_practice([grid.Row(practice, "gp", days[n], state) for practice, n, state in rows], days)
    assert made.week.needed == len(rows)
    assert grid.total(line.week for line in made.lines) == made.week == grid.total(made.days)
    gaps = [line.week.gaps for line in made.lines]
    assert gaps == sorted(gaps, reverse=True)


def test_a_cell_in_words():
    """Two of three covered, the third being asked."""
    assert grid.Need(3, 1, 1).words == "1 of 3 covered, 1 being asked"
    assert grid.Need(3, 1, 1).missing == "1 not covered"
    assert (
        grid.in_a_sentence(grid.Need(3, 1, 1)) == "3 sessions needed: 1 covered, 1 being asked, 1 not covered"
    )


@pytest.mark.parametrize("reason", ["blocked", "limits", "distance", "weekly time"])
def test_what_her_terms_rule_out_is_told_as_one(reason):
    """A blocked practice, a distance and a limit read the same: neither can be told from the other."""
    assert told(reason).reason == "Nobody who is free then can come within the terms they have set"


@pytest.mark.django_db
@pytest.mark.parametrize("cause", [*rules.PAIR_RULES, "limits", "elsewhere", "stopped", "worth"])
def test_every_cause_of_the_library_has_words(cause):
    """A cause added to the library without words for people fails here."""
    place = cast.practice()
    cast.pool("", place)
    skill = Skill.objects.create(code="coils", name="Fitting coils", role="gp")
    row = Unfilled(reason=cause, changes=[], vacancy=cast.vacancy(place, skills=[skill]))
    assert unfilled.why_nobody(row, SKILLS).reason


def test_a_higher_rate_is_told_with_the_difference():
    """The amount, and how much more than now it is."""
    assert told("rate", change("rate", "95", 3), cap=Decimal("91.50")).changes == (
        "Pay up to £95 an hour, £3.50 more than now: 3 clinicians could then come",
    )


def test_a_distance_is_not_kept_or_told():
    """How much farther somebody would have to travel is nobody's business but hers."""
    left = matching.Unfilled(
        "1", "", 1, (Change("distance", "2300", 5, "2.3 km"), Change("limit", "", 5, ""))
    )
    assert planning.told_changes(None, left) == []
    assert told("distance", change("distance")).changes == ()


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0, "Proven the best possible"),
        (0.00004, "Proven within 0.01% of the best possible"),
        (0.0123, "Proven within 1.23% of the best possible"),
        (0.01231, "Proven within 1.24% of the best possible"),
    ],
)
def test_a_proof_is_never_told_as_better_than_it_is(gap, words):
    """The gap is rounded up."""
    assert plan.proof(gap) == words


def test_the_figures_of_a_plan():
    """Fees and the agency's cost in pounds; a role without an agency rate says nothing of it."""
    summary = {"needed": 10, "asked": 2, "filled": 6, "tiers": [4, 1, 1, 0], "fees": "2250.00", "gap": 0.0}
    figures = dict(plan.plan_figures(summary).figures)
    assert figures == {
        "Sessions proposed": "6 of 8",
        "Asked already": "2",
        "Nobody found": "2",
        "Fees": "£2,250.00",
    }
    with_agency = dict(plan.plan_figures({**summary, "agency": "4000.00", "saved": "1750.00"}).figures)
    assert with_agency["Against an agency"] == "£1,750.00 less"


def test_so_few_are_not_counted_out():
    """What brings one or two is not told at all; more as a number; skills by name."""
    few = change("time", "End 15 minutes sooner", 2), change("rate", "95", 2)
    found = told("rate", *few, change("skill", "coils", 3), change("time", "Start 15 minutes later", 12))
    assert found.changes == (
        "Don't ask for Fitting coils: 3 clinicians could then come",
        "Start 15 minutes later: 12 clinicians could then come",
    )
