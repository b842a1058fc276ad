"""Small planning problems: one of each value, and random ones full of boundaries."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from desirepath.matching import Clinician, Options, Practice, Preference, Problem, Vacancy, Window, rules
from desirepath.matching.objective import blend, levels
from desirepath.matching.problem import ProblemError
from desirepath.matching.times import from_local

MONDAY = date(2026, 12, 7)
SPRING_SUNDAY, AUTUMN_SUNDAY = date(2026, 3, 29), date(2026, 10, 25)


def at(text: str) -> datetime:
    """The UTC time of a Europe/London time such as "2026-12-07T08:30"."""
    return from_local(datetime.fromisoformat(text))


def practice(name: str = "D1", **changes: Any) -> Practice:
    """A practice in PCN U1 and pool north."""
    values = {"pcn": "U1", "pool": "north", "latitude": 52.6, "longitude": 1.2} | changes
    return Practice(id=name, **values)


def clinician(name: str = "ann", **changes: Any) -> Clinician:
    """A GP of PCN U1 and pool north, at the practice's door, free all week, with wide limits."""
    values: dict[str, Any] = {
        "role": "gp",
        "skills": frozenset({"coils"}),
        "latitude": 52.6,
        "longitude": 1.2,
        "pcn": "U1",
        "pools": frozenset({"north"}),
        "agency": False,
        "base_rate": 8000,
        "evening_pct": 0,
        "saturday_pct": 0,
        "day_pct": (0,) * 7,
        "bank_holiday_pct": 0,
        "far_km": 10.0,
        "far_pence_per_km": 0,
        "max_km": 20.0,
        "max_sessions_week": 9,
        "max_sessions_day": 2,
        "max_consecutive_days": 7,
        "wished_sessions_week": 4,
        "max_minutes_week": 3000,
        "min_rest_minutes": 660,
        "valid_until": None,
        "windows": (Window(at("2026-12-07T00:00"), at("2026-12-21T00:00")),),
    }
    return Clinician(id=name, **(values | changes))


def vacancy(
    name: str = "v1", start: str | datetime = "2026-12-07T08:30", minutes: int = 250, **changes: Any
) -> Vacancy:
    """A GP session at practice D1, Monday morning, 4 h 10 min."""
    begin = at(start) if isinstance(start, str) else start
    values: dict[str, Any] = {
        "practice": "D1",
        "start": begin,
        "end": begin + timedelta(minutes=minutes),
        "role": "gp",
        "skills": frozenset(),
        "urgency": 1,
        "rate_cap": 10000,
    }
    return Vacancy(id=name, **(values | changes))


def problem(**changes: Any) -> Problem:
    """Ann and one session at D1, with D2 about 11 km north."""
    values: dict[str, Any] = {
        "practices": (practice(), practice("D2", pcn="U2", latitude=52.7)),
        "neighbours": frozenset({("U1", "U2")}),
        "clinicians": (clinician(),),
        "vacancies": (vacancy(),),
    }
    return Problem(**(values | changes))


def random_problem(seed: int, *, people: int = 4, sessions: int = 5) -> Problem:
    """A random problem in which boundaries are hit often: equal distances, rates, rests, clock changes."""
    rng = random.Random(seed)
    first = rng.choice((MONDAY, SPRING_SUNDAY - timedelta(days=2), AUTUMN_SUNDAY - timedelta(days=2)))
    practices = tuple(random_practice(rng, i) for i in range(rng.randint(1, 4)))
    days = rng.randint(1, 5)
    vacancies = tuple(random_vacancy(rng, i, practices, first, days) for i in range(rng.randint(0, sessions)))
    options = Options(
        agency_markup=Decimal(rng.choice(("0.20", "0.175"))),
        bank_holidays=frozenset({first + timedelta(days=1)} if rng.random() < 0.5 else ()),
        fairness_history=seed % 2 == 1,
    )
    bare = Problem(practices, frozenset(), (), vacancies, options=options)
    clinicians = tuple(random_clinician(rng, i, bare, first, days) for i in range(rng.randint(0, people)))
    feelings = {
        Preference(
            rng.choice(clinicians).id,
            rng.choice(practices).id,
            rng.choice(("blocked", "preferred", "worked")),
        )
        for _ in range(rng.randint(0, 4))
        if clinicians
    }
    pcns = [(a, b) for a in ("U0", "U1", "U2") for b in ("U0", "U1", "U2") if a != b]
    sound = Problem(
        practices,
        frozenset(rng.sample(pcns, rng.randint(0, 4))),
        clinicians,
        vacancies,
        tuple(sorted(feelings, key=repr)),
        options=options,
    )
    return with_kept(rng, sound)


def with_kept(rng: random.Random, problem: Problem) -> Problem:
    """The problem with some pairs fixed, pinned and forbidden."""
    if not problem.clinicians or not problem.vacancies or rng.random() < 0.5:
        return problem
    some = [(v.id, rng.choice(problem.clinicians).id) for v in problem.vacancies]
    fixed = tuple(pair for pair in some if rng.random() < 0.2)
    forbidden = frozenset(
        (v.id, rng.choice(problem.clinicians).id) for v in problem.vacancies if rng.random() < 0.2
    )
    pinned = tuple(
        pair for pair in some if pair not in fixed and pair not in forbidden and rng.random() < 0.2
    )
    kept = {"fixed": fixed, "forbidden": forbidden}
    base = Problem(
        problem.practices,
        problem.neighbours,
        problem.clinicians,
        problem.vacancies,
        problem.preferences,
        options=problem.options,
        **kept,
    )
    try:
        with_pins = Problem(
            problem.practices,
            problem.neighbours,
            problem.clinicians,
            problem.vacancies,
            problem.preferences,
            options=problem.options,
            pinned=pinned,
            **kept,
        )
        rules.refuse_bad_pins(with_pins)
    except ProblemError:
        return base
    return with_pins


def random_practice(rng: random.Random, i: int) -> Practice:
    """A practice at one of few places, so that distances of 0 and equal ones occur."""
    place = rng.choice(((52.6, 1.2), (52.6, 1.2), (52.65, 1.2), (52.7, 1.25), (52.6 + rng.random() / 5, 1.3)))
    return Practice(f"D{i}", rng.choice(("U0", "U1", "U2", "")), rng.choice(("north", "south")), *place)


def random_vacancy(
    rng: random.Random, i: int, practices: tuple[Practice, ...], first: date, days: int
) -> Vacancy:
    """A session at a time that touches others."""
    day = first + timedelta(days=rng.randrange(days))
    clock = rng.choice(
        (time(8), time(8, 30), time(12, 30), time(12, 40), time(13), time(18), time(21), time(23))
    )
    start = from_local(datetime.combine(day, clock))
    return Vacancy(
        f"v{i}",
        rng.choice(practices).id,
        start,
        start + timedelta(minutes=rng.choice((240, 250, 250, 120, 300, 600))),
        rng.choice(("gp", "gp", "nurse")),
        frozenset(rng.sample(("coils", "minor"), rng.choice((0, 0, 1, 2)))),
        rng.choice((1, 2, 3, 5)),
        rng.choice((8000, 8800, 9600, 10400, 12000)),
    )


def random_clinician(rng: random.Random, i: int, world: Problem, first: date, days: int) -> Clinician:
    """A clinician whose limits often meet a session exactly."""
    home = rng.choice(world.practices)
    place = rng.choice(
        ((home.latitude, home.longitude), (52.6, 1.2), (52.62, 1.21), (52.6 + rng.random() / 5, 1.25))
    )
    me = clinician(latitude=place[0], longitude=place[1])
    exact = rules.distance_km(me, rng.choice(world.practices))
    length = {v.minutes for v in world.vacancies} or {250}
    gaps = {
        rules.minutes_between(a.end, b.start)
        for a in world.vacancies
        for b in world.vacancies
        if a.end <= b.start
    }
    hard = clinician(
        f"c{i}",
        role=rng.choice(("gp", "gp", "gp", "nurse")),
        skills=frozenset(rng.sample(("coils", "minor"), rng.randint(0, 2))),
        latitude=place[0],
        longitude=place[1],
        pcn=rng.choice(("U0", "U1", "U2", None)),
        pools=frozenset(rng.sample(("north", "south"), rng.randint(0, 2))),
        agency=rng.random() < 0.3,
        base_rate=rng.choice((8000, 8000, 8335, 9600)),
        evening_pct=rng.choice((0, 10, Decimal("12.5"))),
        saturday_pct=rng.choice((0, 20)),
        day_pct=tuple(rng.choice((0, 0, 5, Decimal("7.25"), -10)) for _ in range(7)),
        bank_holiday_pct=rng.choice((0, 50)),
        far_km=rng.choice((0.0, exact, max(0.0, exact - 2), 3.0)),
        far_pence_per_km=rng.choice((0, 45, 400)),
        max_km=rng.choice((exact, exact * 2, exact * 4, 20.0, 20.0, 0.0)),
        max_sessions_week=rng.choice((0, 1, 2, 3, 9, 9)),
        max_sessions_day=rng.choice((0, 1, 2, 2, 3)),
        max_consecutive_days=rng.choice((0, 1, 2, 3, 7)),
        wished_sessions_week=rng.choice((0, 1, 2, 3, 7)),
        max_minutes_week=rng.choice((250, 500, sum(sorted(length)[:2]), 3000, 3000)),
        min_rest_minutes=rng.choice((0, 660, 660, *(gaps or {600}), 3000)),
        valid_until=rng.choice((None, None, first, first + timedelta(days=2))),
        windows=tuple(random_windows(rng, world, first, days)),
        history_wished=(8, 0, 30)[i % 3],
        history_offered=(3, 0, 40, 8)[i % 4],
    )
    return easier(rng, hard, first) if rng.random() < 0.6 else hard


def easier(rng: random.Random, hard: Clinician, first: date) -> Clinician:
    """The clinician with few limits of one pair, so that what counts is her sessions together."""
    whole = Window(
        datetime.combine(first, time(), UTC) - timedelta(days=1),
        datetime.combine(first, time(), UTC) + timedelta(days=9),
    )
    return replace(
        hard,
        role="gp",
        skills=frozenset({"coils", "minor"}),
        agency=rng.random() < 0.8,
        base_rate=rng.choice((6000, 7000, 8000)),
        far_pence_per_km=rng.choice((0, 45)),
        max_km=50.0,
        max_sessions_week=rng.choice((1, 2, 3, 9)),
        max_sessions_day=rng.choice((1, 2, 3)),
        max_consecutive_days=rng.choice((1, 2, 3, 7)),
        max_minutes_week=rng.choice((610, 900, 1250, 3000)),
        valid_until=None,
        windows=(whole,),
    )


def random_windows(rng: random.Random, world: Problem, first: date, days: int) -> Iterator[Window]:
    """Windows of whole days, over midnight, exactly a session, touching or a minute short."""
    start = datetime.combine(first, time(), UTC)
    for step in range(days):
        begin = start + timedelta(days=step, hours=rng.choice((0, 6, 7, 12)))
        if rng.random() < 0.8:
            yield Window(begin, begin + timedelta(hours=rng.choice((6, 12, 18, 24))))
    for each in world.vacancies:
        if rng.random() < 0.3:
            yield Window(each.start, each.end - timedelta(minutes=rng.choice((0, 0, 1))))


def best_value(problem: Problem) -> int:
    """The best value of the blend, by trying every choice that the written rules allow."""
    options = problem.options
    kept = problem.fixed + problem.pinned
    taken = {name for name, _ in kept}
    hers: dict[str, list[Vacancy]] = {each.id: [] for each in problem.clinicians}
    for name, who in kept:
        hers[who].append(problem.vacancy_of[name])
    open_ = [v for v in problem.vacancies if v.id not in taken]
    able = {v.id: [c for c in problem.clinicians if rules.feasible(problem, c, v)] for v in open_}

    def best(i: int, chosen: tuple[tuple[str, str], ...]) -> int:
        if i == len(open_):
            return blend(options, levels(problem, kept + chosen))
        vacancy = open_[i]
        values = [best(i + 1, chosen)]
        for each in able[vacancy.id]:
            if not rules.broken_together_rules(problem, each, hers[each.id], vacancy):
                hers[each.id].append(vacancy)
                values.append(best(i + 1, (*chosen, (vacancy.id, each.id))))
                hers[each.id].pop()
        return max(values)

    return best(0, ())
