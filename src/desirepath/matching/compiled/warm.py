"""Compile every loop once and keep it: `python -m desirepath.matching.compiled.warm` in `make install`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from desirepath.matching import Clinician, Practice, Problem, Vacancy, Window, solve
from desirepath.matching.closing import losses
from desirepath.matching.columns import Columns
from desirepath.matching.excerpt import excerpt
from desirepath.matching.improving import neighbourhood
from desirepath.matching.local import settle
from desirepath.matching.market import Choice, market_of
from desirepath.matching.pairs import feasible_pairs
from desirepath.matching.standing import Standing

MONDAY = datetime(2026, 12, 7, 8, tzinfo=UTC)


def tiny() -> Problem:
    """Two clinicians and three sessions of one day, so that there is something to choose."""
    place: dict[str, Any] = {"latitude": 52.6, "longitude": 1.2}
    day = Window(MONDAY, MONDAY + timedelta(hours=12))
    people = [
        Clinician(
            id=name,
            role="gp",
            skills=frozenset(),
            pcn=None,
            pools=frozenset({"pool"}),
            agency=False,
            base_rate=8000,
            evening_pct=0,
            saturday_pct=0,
            day_pct=(0,) * 7,
            bank_holiday_pct=0,
            far_km=10.0,
            far_pence_per_km=0,
            max_km=20.0,
            max_sessions_week=4,
            max_sessions_day=2,
            max_consecutive_days=5,
            wished_sessions_week=3,
            max_minutes_week=2250,
            min_rest_minutes=660,
            valid_until=None,
            windows=(day,),
            **place,
        )
        for name in ("ann", "bob")
    ]
    sessions = [
        Vacancy(
            str(i),
            "D1",
            MONDAY + timedelta(hours=start),
            MONDAY + timedelta(hours=start + 4),
            "gp",
            frozenset(),
            1,
            9000,
        )
        for i, start in enumerate((0, 2, 5))
    ]
    return Problem((Practice("D1", "", "pool", **place),), frozenset(), tuple(people), tuple(sessions))


def main() -> None:
    """Go through every compiled loop."""
    from desirepath.matching.compiled.chains import new_ways, place_all

    problem = tiny()
    solve(problem)
    columns = Columns.of(problem)
    market, _ = market_of(problem, columns, feasible_pairs(problem, columns))
    choice, ways = Choice.empty(market), new_ways(market.vacancies)
    place_all(market, choice, ways, np.arange(market.vacancies))
    standing = Standing.of(market, choice)
    losses(standing, np.arange(len(market.vacancy)))
    settle(excerpt(standing, neighbourhood(standing, ways, np.array([0]), 2)), 0)


if __name__ == "__main__":
    main()
