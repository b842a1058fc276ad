"""A year of planning: what was passed over comes first, and filling does not suffer."""

from desirepath.matching import Clinician, Options, Problem, solve
from desirepath.simulation import Year, YearTrial, simulate_year, try_years
from desirepath.simulation.year import VARIANTS
from tests.matching.worlds import clinician, problem, vacancy


def passed_over_first(options: Options) -> tuple[Problem, Clinician]:
    """One session, Ann who had her wish of late and Zoe who had nothing; Zoe costs a pound more an hour."""
    had = clinician("ann", history_wished=8, history_offered=8)
    lacked = clinician("zoe", history_wished=8, history_offered=0, base_rate=8100)
    return problem(clinicians=(had, lacked), vacancies=(vacancy(),), options=options), lacked


def test_who_was_passed_over_comes_first():
    """With history the session goes to Zoe, without it to the cheaper Ann."""
    with_history, _ = passed_over_first(Options(fairness_history=True))
    without, _ = passed_over_first(Options())
    assert solve(with_history).clinician_for("v1") == "zoe"
    assert solve(without).clinician_for("v1") == "ann"


def test_a_year_is_the_same_twice(small):
    """Same seed, same year; every variant is there, in order, with shares between 0 and 1."""
    trial = YearTrial(weeks=3, seeds=(1, 2), history_weeks=2, size=small)
    years = try_years(trial)
    assert years == try_years(trial)
    assert [(each.seed, each.variant) for each in years] == [(s, v) for s in (1, 2) for v in VARIANTS]
    assert all(0 < each.fill <= 1 and 0 <= each.spread < 1 and 0 <= each.under_half <= 1 for each in years)


def test_history_spreads_the_work_and_filling_does_not_suffer():
    """Over a quarter the work is more evenly spread with history, more so where fairness weighs more."""
    from desirepath.simulation import Size, made_world

    size = Size(practices=12, clinicians=60, sessions=70)
    trial = YearTrial(weeks=13, seeds=(1,), size=size)
    world = made_world(1, size)
    alone, history, heavy, both = (simulate_year(world, trial, name) for name in VARIANTS)
    assert isinstance(alone, Year)
    assert history.spread < alone.spread
    assert both.spread < heavy.spread < alone.spread
    assert all(each.fill >= alone.fill - 0.005 for each in (history, heavy, both))
