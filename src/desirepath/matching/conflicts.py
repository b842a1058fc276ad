"""Which of a clinician's feasible sessions exclude each other, and the cliques they form, as bit masks."""

from collections.abc import Iterator

import numpy as np

from desirepath.matching.pairs import BORDER_KM, Flags, Floats, Ints, great_circle, ints, minute
from desirepath.matching.problem import Clinician, Practice, Problem, Vacancy
from desirepath.matching.rules import travel_minutes

MOST_CLIQUES_PER_SESSION = 12
# all cliques of somebody who could work everywhere at any time would be a hundred times the program
MOST_MEMBERS_PER_SESSION = 40
# with more sessions than these the cliques are too many anyway: not even looked for
MOST_SESSIONS = 250


def clashes(problem: Problem, clinician: Clinician, sessions: list[Vacancy]) -> Flags:
    """Which sessions can't be hers beside each other: they overlap, or leave too little rest or travel."""
    starts, ends = ints(minute(s.start) for s in sessions), ints(minute(s.end) for s in sessions)
    days = ints(s.day.toordinal() for s in sessions)
    gap = np.maximum(starts[None, :] - ends[:, None], starts[:, None] - ends[None, :])
    same_day = days[:, None] == days
    found = (gap < 0) | ~same_day & (gap < clinician.min_rest_minutes)
    if len(sessions) > 1:
        found |= too_far(problem, sessions, gap, same_day)
    np.fill_diagonal(found, False)
    return np.asarray(found, np.bool_)


def too_far(problem: Problem, sessions: list[Vacancy], gap: Ints, same_day: Flags) -> Flags:
    """Pairs of one day at two practices with too little time to travel between."""
    names = sorted({session.practice for session in sessions})
    practices = [problem.practice_of[name] for name in names]
    position = {name: i for i, name in enumerate(names)}
    at = ints(position[session.practice] for session in sessions)
    between = travel_between(problem, practices)[at[:, None], at]
    elsewhere = same_day & (at[:, None] != at)
    result = elsewhere & (gap < between)
    for i, j in np.argwhere(elsewhere & (np.abs(gap - between) < BORDER_KM)):
        result[i, j] = gap[i, j] < travel_minutes(problem, practices[at[i]], practices[at[j]])
    return np.asarray(result, np.bool_)


def travel_between(problem: Problem, practices: list[Practice]) -> Floats:
    """Minutes of travel between each two practices."""
    latitude = np.array([each.latitude for each in practices])
    longitude = np.array([each.longitude for each in practices])
    km = np.array([great_circle(latitude, longitude, each) for each in practices])
    options = problem.options
    return km * options.road_factor / options.speed_kmh * 60 + options.travel_buffer_minutes


def as_masks(matrix: Flags) -> list[int]:
    """Each row of flags as one whole number, bit i for column i."""
    packed = np.packbits(matrix, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def bits(mask: int) -> Iterator[int]:
    """Positions of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def maximal_cliques(masks: list[int]) -> list[int]:
    """Maximal cliques of two or more: all, or enough to cover every conflict where they are very many."""
    return [
        clique << first
        for first, last in stretches(masks)
        if last - first > 1
        for clique in cliques_of([mask >> first for mask in masks[first:last]])
    ]


def stretches(masks: list[int]) -> Iterator[tuple[int, int]]:
    """Positions from and to before which no conflict leads out: in order of time hardly more than a day."""
    first = furthest = 0
    for position, mask in enumerate(masks):
        furthest = max(furthest, mask.bit_length() - 1)
        if furthest <= position:
            yield first, position + 1
            first = position + 1


def cliques_of(masks: list[int]) -> list[int]:
    """The maximal cliques of one stretch."""
    most, most_members = (
        each * len(masks) + 100 for each in (MOST_CLIQUES_PER_SESSION, MOST_MEMBERS_PER_SESSION)
    )
    if len(masks) > MOST_SESSIONS:
        return covering_cliques(masks)
    found: list[int] = []
    members = 0
    for clique in all_maximal_cliques(masks):
        if clique & (clique - 1):
            found.append(clique)
            members += clique.bit_count()
        if len(found) > most or members > most_members:
            return covering_cliques(masks)
    return found


def all_maximal_cliques(masks: list[int]) -> Iterator[int]:
    """Bron and Kerbosch with a pivot, without recursion."""
    stack = [(0, (1 << len(masks)) - 1, 0)]
    while stack:
        clique, open_, closed = stack.pop()
        if not open_:
            if not closed and clique:
                yield clique
            continue
        for v in bits(open_ & ~masks[pivot(masks, open_, closed)]):
            stack.append((clique | 1 << v, open_ & masks[v], closed & masks[v]))
            open_ ^= 1 << v
            closed |= 1 << v


def pivot(masks: list[int], open_: int, closed: int) -> int:
    """The vertex that excludes most branches, or the first that excludes all but one."""
    best, most, enough = 0, -1, open_.bit_count() - 1
    for v in bits(open_ | closed):
        excluded = (masks[v] & open_).bit_count()
        if excluded > most:
            best, most = v, excluded
        if most >= enough:
            break
    return best


def covering_cliques(masks: list[int]) -> list[int]:
    """Maximal cliques that together cover every conflict, each grown greedily from one not covered yet."""
    left = list(masks)
    found = []
    for i in range(len(masks)):
        while left[i]:
            clique, open_ = 1 << i, masks[i]
            wanted = left[i]
            while open_:
                v = next(bits(open_ & wanted or open_))
                clique |= 1 << v
                open_ &= masks[v]
            for v in bits(clique):
                left[v] &= ~clique
            found.append(clique)
    return found
