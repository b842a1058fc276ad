"""The program cut where no row joins: roles, far places and often weeks are independent questions."""

from desirepath.matching.engine import Part
from desirepath.matching.own_rows import Row
from desirepath.matching.program import Program


def split(program: Program) -> list[Part]:
    """The parts of the program, the smallest first. Every column is in exactly one."""
    parent = list(range(len(program.worth)))

    def root(c: int) -> int:
        while parent[c] != c:
            parent[c] = parent[parent[c]]
            c = parent[c]
        return c

    for row in program.rows:
        first = root(row.columns[0])
        for c in row.columns[1:]:
            parent[root(c)] = first
    columns: dict[int, list[int]] = {}
    for c in range(len(parent)):
        columns.setdefault(root(c), []).append(c)
    rows: dict[int, list[Row]] = {}
    for row in program.rows:
        rows.setdefault(root(row.columns[0]), []).append(row)
    parts = [as_part(program, members, rows.get(key, [])) for key, members in columns.items()]
    return sorted(parts, key=lambda part: (part.whole, part.columns))


def as_part(program: Program, members: list[int], rows: list[Row]) -> Part:
    """One part with its columns renumbered from 0, the 0/1 ones first."""
    number = {c: i for i, c in enumerate(members)}
    own = tuple(Row(tuple(number[c] for c in row.columns), row.coefficients, row.upper) for row in rows)
    return Part(tuple(members), sum(c < len(program.edges) for c in members), own)
