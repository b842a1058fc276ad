"""Where she stands among those who could come, in counts that tell nobody apart.

The order is the plan's: tier, then how well clinician and practice suit each other, then who has had less of
the work she wishes for that week. What a session costs with each decides only between equals and is left out:
whoever tried other rates would read the rates of others from her place. Counts under three are not told, nor
any from which one could be worked out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desirepath.matching.words import ordinal
from desirepath.vacancies.could_come import FEWEST

if TYPE_CHECKING:
    from desirepath import matching

SUITS, FAIR = "suits", "fair"
# how those before her come before her; each after a number
BEFORE: dict[object, str] = {
    0: "are in the bank of the practice's own PCN",
    1: "are in the bank of a neighbouring PCN",
    2: "are members of the practice's pool",
    SUITS: "come from as near in the cascade as you, and they and the practice suit each other more: "
    "they prefer it, have worked there, or have less far to go",
    FAIR: "are in other ways your equals, and have had less of the work they wish for that week",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """``others`` could come beside her, ``above`` counts those before her by the first level that tells."""

    could: bool
    others: int
    above: dict[object, int]

    @property
    def sentence(self) -> str:
        """ "You are 7th of the 23 who could come." """
        if not self.could:
            known = self.others >= FEWEST
            return f"{self.others:,} clinicians could come." if known else "Few clinicians could come."
        if self.others < FEWEST:
            return "You are among the first few who could come."
        before = sum(self.above.values())
        place = "among the first few" if before < FEWEST else ordinal(before + 1)
        return f"You are {place} of the {self.others + 1:,} who could come."

    @property
    def reasons(self) -> list[str]:
        """What ranks above her, in the levels' words: "5 are in the bank of the practice's own PCN"."""
        if not self.could or sum(self.above.values()) < FEWEST:
            return []
        told, rest = told_apart(self.above)
        lines = [f"{count:,} {BEFORE[kind]}" for kind, count in told]
        return [*lines, f"{rest:,} come before you for one reason or another"] if rest else lines


def told_apart(above: dict[object, int]) -> tuple[list[tuple[object, int]], int]:
    """The groups that may be told by themselves, and how many are told only together.

    No group of fewer than three is told, and what is left over is none or at least three, so that taking
    those told from the whole leaves nobody by herself.
    """
    groups = [(kind, count) for kind in BEFORE if (count := above.get(kind, 0))]
    told = [(kind, count) for kind, count in groups if count >= FEWEST]
    rest = sum(count for _, count in groups) - sum(count for _, count in told)
    while 0 < rest < FEWEST and told:
        smallest = min(told, key=lambda group: group[1])
        told.remove(smallest)
        rest += smallest[1]
    return told, rest


def standing_of(problem: matching.Problem, her: matching.Clinician, session: matching.Vacancy) -> Standing:
    """Hers for ``session``, by the rules of one pair and of all sessions together."""
    keys = dict(_able(problem, session))
    mine = keys.pop(her.id, None)
    if mine is None:
        return Standing(False, len(keys), {})
    above: Counter[object] = Counter()
    for tier, points, worth in keys.values():
        if tier < mine[0]:
            above[tier] += 1
        elif tier == mine[0] and points > mine[1]:
            above[SUITS] += 1
        elif (tier, points) == mine[:2] and worth > mine[2]:
            above[FAIR] += 1
    return Standing(True, len(keys), dict(above))


def _able(problem: matching.Problem, session: matching.Vacancy) -> list[tuple[str, tuple[int, int, int]]]:
    """Everybody who could come, with her levels: tier, preference, what the session is worth to her week."""
    from desirepath.matching import feasible_pairs, objective, rules

    hers: dict[str, list[matching.Vacancy]] = {}
    for vacancy, who in problem.fixed:
        hers.setdefault(who, []).append(problem.vacancy_of[vacancy])
    pairs = feasible_pairs(problem)
    columns = [getattr(pairs, name).tolist() for name in ("clinician", "vacancy", "tier", "preference")]
    able = []
    for place, vacancy, tier, points in zip(*columns, strict=True):
        person = problem.clinicians[place]
        others = hers.get(person.id, [])
        if problem.vacancies[vacancy] is not session:
            continue
        if rules.goes_with(problem, person, others, session):
            held = sum(each.monday == session.monday for each in others)
            worth = objective.session_worth(problem.options, person, held)
            able.append((person.id, (tier, points, worth)))
    return able
