"""What a change moves: the chains of proposals that it touches, and an exact search around those that are
split.

Where the relaxation differs from the plan before, the differences fall into separate groups of clinicians and
vacancies. A group of whole numbers is a best answer as it stands. Around a group with fractions a ball is
grown along the columns that cost least to take up, and solved exactly.
"""

from collections.abc import Collection, Iterable
from heapq import heapify, heappop, heappush

import numpy as np

from desirepath.matching.columns import Floats, Ints
from desirepath.matching.replanning.program import UNITS, Program

# How far from 0 or 1 a value of the relaxation may be and count as whole.
WHOLE = 1e-6


# How many clinicians and vacancies a ball takes before its borders are closed.
BALL = 40
# Columns that lose more than this beside the relaxation are left out: a fifth of a tier, four points of
# preference.
FAR = 1_000_000 * UNITS
# What one step away costs beside what its column loses: less than half a point of preference.
STEP = 100_000 * UNITS

Node = tuple[bool, int]  # a clinician (True, block) or a vacancy (False, row)


class Groups:
    """Sets of nodes that are joined pair by pair."""

    def __init__(self) -> None:
        self.parent: dict[Node, Node] = {}

    def root(self, node: Node) -> Node:
        """What stands for the node's group."""
        parent = self.parent
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, a: Node, b: Node) -> None:
        """The two are of one group."""
        self.parent[self.root(a)] = self.root(b)


def chosen(program: Program, x: Floats, reduced: Ints, touched: set[Node]) -> set[int] | None:
    """The columns of the new plan: the plan before, changed where a change reaches, or where the relaxation
    shows that it can be bettered. None where the exact search found nothing in its time.
    """
    result = set(np.flatnonzero(program.stays).tolist())
    groups = groups_of(program, x)
    reached = {groups.root(node) for node in touched}
    split: set[Node] = set()
    for root, columns in members(program, x, groups).items():
        if bool(np.any(np.minimum(x[columns], 1 - x[columns]) > WHOLE)):
            if root in reached:
                split |= {node for column in columns for node in ends(program, column)}
            continue
        changed = result.symmetric_difference(columns)
        if root in reached or gain(program, result, changed, columns) > 0:
            result = changed
    return settled(program, x, result, split, reduced) if split else result


def ends(program: Program, column: int) -> tuple[Node, Node]:
    """The clinician and the vacancy of a column."""
    return (True, int(program.matrix.who[column])), (False, int(program.matrix.what[column]))


def differing(program: Program, x: Floats) -> list[int]:
    """The session columns where the relaxation is not the plan before."""
    differ = np.abs(x - program.stays) > WHOLE
    return [int(column) for column in np.flatnonzero(differ & program.matrix.is_session)]


def groups_of(program: Program, x: Floats) -> Groups:
    """The nodes joined by columns that differ."""
    groups = Groups()
    for column in differing(program, x):
        groups.join(*ends(program, column))
    return groups


def members(program: Program, x: Floats, groups: Groups) -> dict[Node, list[int]]:
    """The columns that differ, by group."""
    found: dict[Node, list[int]] = {}
    for column in differing(program, x):
        found.setdefault(groups.root(ends(program, column)[0]), []).append(column)
    return found


def gain(program: Program, before: set[int], after: set[int], columns: list[int]) -> int:
    """What the blend gains, in points, where only `columns` differ."""
    people = {int(program.matrix.who[column]) for column in columns}
    return sum(value_at(program, after, each) - value_at(program, before, each) for each in people)


def value_at(program: Program, result: set[int], person: int) -> int:
    """What her sessions of a choice are worth, in points."""
    first, last = int(program.matrix.begin[person]), int(program.matrix.begin[person + 1])
    return program.matrix.blocks[person].gives(c - first for c in range(first, last) if c in result)


def settled(
    program: Program, x: Floats, result: set[int], around: set[Node], reduced: Ints
) -> set[int] | None:
    """The choice with the neighbourhood of `around` solved exactly; None where nothing was found.

    Columns that lose more than FAR are left out at first. Where those around which it began are worth less
    by more than that than in the relaxation, they are taken in as far as they could matter.
    """
    cost = np.maximum(-reduced, 0)
    best = settled_within(program, result, around, cost, FAR)
    if best is None:
        return None
    lost = short_of(program, x, best, {number for is_person, number in around if is_person})
    if lost <= FAR:
        return best
    return settled_within(program, result, around, cost, lost) or best


def short_of(program: Program, x: Floats, result: set[int], people: Collection[int]) -> int:
    """What a choice is worth less than the relaxation to these people, in parts of a point."""
    hers = np.isin(program.matrix.who, list(people))
    at_best = int(program.worth[hers] @ x[hers])
    return at_best - UNITS * sum(value_at(program, result, each) for each in people)


def settled_within(
    program: Program, result: set[int], around: set[Node], cost: Ints, far: int
) -> set[int] | None:
    """The neighbourhood of `around` solved exactly among the columns that lose no more than `far`."""
    matrix = program.matrix
    people, vacancies = np.zeros(len(matrix.blocks), np.bool_), np.zeros(len(matrix.names) + 1, np.bool_)
    for is_person, number in closed(program, result, grown(program, result, around, cost, far)):
        (people if is_person else vacancies)[number] = True
    # the last flag of `vacancies` stands for the columns that are no session
    vacancies[-1] = True
    held = np.zeros(len(cost), np.bool_)
    held[list(result)] = True
    keep = people[matrix.who] & vacancies[matrix.what] & program.is_open & ((cost <= far) | held)
    found = program.best(keep)
    if found is None:
        return None
    return {column for column in result if not people[matrix.who[column]]} | set(found)


def grown(program: Program, result: set[int], around: set[Node], cost: Ints, far: int) -> set[Node]:
    """The nodes nearest to `around`: a step costs what its column loses, and a little for being a step."""
    inside: set[Node] = set()
    heap = [(0, node) for node in around]
    heapify(heap)
    while heap and len(inside) < max(BALL, len(around)):
        away, node = heappop(heap)
        if node in inside:
            continue
        inside.add(node)
        for column in columns_at(program, node):
            loses = 0 if column in result else int(cost[column])
            if program.matrix.what[column] >= 0 and program.is_open[column] and loses <= far:
                mine, other = ends(program, column)
                heappush(heap, (away + loses + STEP, other if mine == node else mine))
    return inside


def closed(program: Program, result: set[int], ball: set[Node]) -> set[Node]:
    """The ball with whoever holds its vacancies, and all that its clinicians hold."""
    held = {ends(program, column) for column in result}
    people = {person for person, vacancy in held if person in ball or vacancy in ball}
    return ball | people | {vacancy for person, vacancy in held if person in people}


def columns_at(program: Program, node: Node) -> Iterable[int]:
    """The columns of a clinician or a vacancy."""
    is_person, number = node
    if is_person:
        return range(int(program.matrix.begin[number]), int(program.matrix.begin[number + 1]))
    return [int(column) for column in program.matrix.columns_of(number)]
