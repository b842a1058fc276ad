"""One integrated care system, invented: 600 sessions, 400 clinicians, one week. Solved on five seeds."""

import random
from datetime import date, datetime, time, timedelta
from statistics import median
from time import perf_counter

from desirepath.matching import (
    Clinician,
    Options,
    Practice,
    Preference,
    Problem,
    Vacancy,
    Window,
    check,
    solve,
)
from desirepath.matching.times import from_local

MONDAY = date(2026, 12, 7)
ROLES = (("gp", 70), ("nurse", 15), ("pharmacist", 10), ("paramedic", 5))
SKILLS = ("minor surgery", "coil fitting", "baby checks", "urgent care")
TIMES = ((8, 30, 250), (13, 30, 250), (8, 30, 250), (14, 0, 240), (18, 30, 120))


def at(day: date, minutes: int) -> datetime:
    """The UTC time of so many wall-clock minutes into a local day."""
    return from_local(datetime.combine(day, time()) + timedelta(minutes=minutes))


def ics(
    seed: int, *, sessions: int = 600, clinicians: int = 400, practices: int = 60, days: int = 7
) -> Problem:
    """A random integrated care system: towns with practices, clinicians around them, a weekday pattern."""
    rng = random.Random(seed)
    towns = [(52.6 + rng.uniform(-0.25, 0.25), 1.2 + rng.uniform(-0.4, 0.4)) for _ in range(9)]
    pcns = [f"U{i:05}" for i in range(12)]
    surgeries = []
    for i in range(practices):
        lat, lon = rng.choice(towns)
        where = lat + rng.gauss(0, 0.04), lon + rng.gauss(0, 0.06)
        surgeries.append(Practice(f"D{i:05}", pcns[i % 12], f"pool{i % 2}", *where))
    people = [person(rng, i, surgeries, days) for i in range(clinicians)]
    liked = {
        (p.id, rng.choice(surgeries).id, rng.choice(("preferred", "worked", "worked", "blocked")))
        for p in people
        for _ in range(3)
    }
    return Problem(
        practices=tuple(surgeries),
        neighbours=frozenset((pcns[i], pcns[(i + step) % 12]) for i in range(12) for step in (2, 10)),
        clinicians=tuple(people),
        vacancies=tuple(vacancy(rng, i, surgeries, days) for i in range(sessions)),
        preferences=tuple(Preference(*each) for each in sorted(liked)),  # type: ignore[arg-type]
        options=Options(),
    )


def role(rng: random.Random) -> str:
    """A role, as often as it occurs."""
    return rng.choices([name for name, _ in ROLES], [share for _, share in ROLES])[0]


def person(rng: random.Random, i: int, surgeries: list[Practice], days: int) -> Clinician:
    """A clinician near some practice, free on some half days."""
    home = rng.choice(surgeries)
    windows = []
    for day in range(days):
        if rng.random() < (0.55 if day % 7 < 5 else 0.2):
            first, last = rng.choice(((480, 780), (780, 1110), (480, 1110), (780, 1260), (480, 1290)))
            on = MONDAY + timedelta(days=day)
            windows.append(Window(at(on, first), at(on, last)))
    agency = rng.random() < 0.08
    pools = frozenset() if agency and rng.random() < 0.7 else frozenset({home.pool})
    wished = rng.randint(1, 7)
    return Clinician(
        id=f"C{i:05}",
        role=role(rng),
        skills=frozenset(s for s in SKILLS if rng.random() < 0.4),
        latitude=home.latitude + rng.gauss(0, 0.06),
        longitude=home.longitude + rng.gauss(0, 0.09),
        pcn=home.pcn if rng.random() < 0.5 else None,
        pools=pools,
        agency=agency,
        base_rate=rng.randrange(7000, 10500, 50),
        evening_pct=rng.choice((0, 10, 20)),
        saturday_pct=rng.choice((0, 20, 30)),
        day_pct=(rng.choice((0, 0, 5)), 0, 0, 0, rng.choice((0, 5, 10)), 0, 30),
        bank_holiday_pct=50,
        far_km=rng.choice((10.0, 15.0, 20.0)),
        far_pence_per_km=rng.choice((20, 45, 60)),
        max_km=rng.choice((10.0, 15.0, 20.0, 30.0, 40.0)),
        max_sessions_week=wished + rng.randint(0, 2),
        max_sessions_day=rng.choice((1, 2, 2, 3)),
        max_consecutive_days=rng.choice((2, 3, 4, 5)),
        wished_sessions_week=wished,
        max_minutes_week=rng.choice((900, 1250, 1500, 2250)),
        min_rest_minutes=660,
        valid_until=None,
        windows=tuple(windows),
    )


def vacancy(rng: random.Random, i: int, surgeries: list[Practice], days: int) -> Vacancy:
    """A session: more on Mondays, few at the weekend."""
    day = rng.choices(range(days), [(26, 19, 17, 17, 16, 4, 1)[d % 7] for d in range(days)])[0]
    hour, minute, length = rng.choice(TIMES)
    start = at(MONDAY + timedelta(days=day), hour * 60 + minute)
    return Vacancy(
        id=f"V{i:05}",
        practice=rng.choice(surgeries).id,
        start=start,
        end=start + timedelta(minutes=length),
        role=role(rng),
        skills=frozenset(rng.sample(SKILLS, rng.choice((0, 0, 0, 1)))),
        urgency=rng.choice((1, 1, 2, 3, 5)),
        rate_cap=rng.randrange(8000, 12500, 250),
    )


def main() -> None:
    """Print pairs, time, gap and what was filled for five seeds."""
    times = []
    for seed in range(1, 6):
        problem = ics(seed)
        began = perf_counter()
        plan = solve(problem, seed=seed)
        times.append(perf_counter() - began)
        faults = check(problem, plan)
        phases = ", ".join(f"{name} {spent:.2f}" for name, spent in plan.seconds.items() if name != "total")
        print(
            f"seed {seed}: {plan.edges:,} pairs, {times[-1]:.2f} s ({phases}), gap {plan.gap:.1e}, "
            f"level 1 {plan.levels.l1:,} of at most {plan.level_1_bound:,} (gap {plan.level_1_gap:.2%}), "
            f"{len(plan.assignments)} filled, {len(faults)} faults, {plan.peak_memory_mb:.0f} MB"
        )
    print(f"median {median(times):.2f} s")


if __name__ == "__main__":
    main()
