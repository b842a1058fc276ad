"""A sound plan at once: the most valuable pair first. The search begins here, and falls back on it."""

from desirepath.matching.model import Model
from desirepath.matching.objective import session_worth
from desirepath.matching.problem import Problem, Vacancy
from desirepath.matching.rules import goes_with


def greedy_choice(problem: Problem, model: Model) -> set[int]:
    """Columns of pairs that together break no rule and each add to the blend."""
    edges = model.edges
    chosen: set[int] = set()
    filled: set[int] = set()
    excluded: dict[int, int] = {}
    place = {e: i for members in model.by_clinician.values() for i, e in enumerate(members)}
    hers: dict[int, list[Vacancy]] = {}
    for e in sorted(range(len(edges)), key=lambda e: (-edges.full_worth(e), e)):
        who, vacancy = edges.clinician[e], problem.vacancies[edges.vacancy[e]]
        if edges.vacancy[e] in filled or excluded.get(who, 0) >> place[e] & 1:
            continue
        sessions = hers.setdefault(who, list(edges.rooms[who].kept))
        k = sum(each.monday == vacancy.monday for each in sessions)
        room = edges.rooms[who]
        more = session_worth(problem.options, room.clinician, k) * problem.options.weights.fairness
        if edges.worth[e] + more <= 0 or not goes_with(problem, room.clinician, sessions, vacancy):
            continue
        chosen.add(e)
        filled.add(edges.vacancy[e])
        sessions.append(vacancy)
        excluded[who] = excluded.get(who, 0) | model.masks[e] | 1 << place[e]
    return chosen


def value_of(problem: Problem, model: Model, chosen: set[int] | tuple[int, ...]) -> int:
    """What a sound choice of pairs adds to the blend beside what is kept, level 4 included."""
    edges, options = model.edges, problem.options
    total = 0
    weeks: dict[tuple[int, object], int] = {}
    for e in chosen:
        who, monday = edges.clinician[e], problem.vacancies[edges.vacancy[e]].monday
        room = edges.rooms[who]
        k = weeks.get((who, monday), room.kept_in(monday))
        weeks[who, monday] = k + 1
        total += edges.worth[e] + session_worth(options, room.clinician, k) * options.weights.fairness
    return total
