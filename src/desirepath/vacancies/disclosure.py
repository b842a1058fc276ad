"""Counts of people from which nobody's own answer can be worked out. Pure: no database.

Whoever asks how many could come, again and again with a little changed, would learn from the differences who
makes them. So every set whose size has been told is a union of *groups* that share nobody, each of at least
``FEWEST`` people. A new set is told as the union of groups nearest to it: a group is cut in two only where
both parts have enough, people who were in no set before enter only together with enough others, and a group
that can't be cut counts whole or not at all, by where most of it lies. Sums and differences of what is told
are then sums of whole groups: they speak of nobody, or of three and more.
"""

from __future__ import annotations

from collections.abc import Iterable

# below this a count would say too much about too few
FEWEST = 3


class Ledger:
    """What has been told, as groups of people (any numbers that stand for them)."""

    def __init__(self, groups: Iterable[Iterable[int]] = ()) -> None:
        self.groups = [frozenset(group) for group in groups]

    def tell(self, wanted: Iterable[int]) -> frozenset[int]:
        """The people of whom ``len`` may be told for ``wanted``; the groups are cut and widened as needed."""
        asked = frozenset(wanted)
        told: set[int] = set()
        kept: list[frozenset[int]] = []
        for group in self.groups:
            inside, outside = group & asked, group - asked
            if len(inside) >= FEWEST and len(outside) >= FEWEST:
                kept += [inside, outside]
                told |= inside
                continue
            kept.append(group)
            if len(inside) >= len(outside):
                told |= group
        fresh = asked.difference(*self.groups)
        if len(fresh) >= FEWEST:
            kept.append(fresh)
            told |= fresh
        self.groups = kept
        return frozenset(told)
