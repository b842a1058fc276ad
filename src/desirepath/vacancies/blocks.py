"""Who could take a block, and how to share it among the fewest people. Pure: no database.

Each candidate has the sessions of the block that she could work, all of them together, within her terms and
beside everything she has committed. What is looked for, in this order: the most sessions covered, the fewest
people, then the least cost; ``Candidate.cost`` holds tier, the practice's own list and pounds in one number,
for each session (see ``cost_of``). Where parts are allowed, everybody who takes part has at least ``least``
sessions. Exact up to ``MOST_PEOPLE`` people over the ``MOST_CONSIDERED`` candidates with the most sessions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

MOST_PEOPLE = 3
MOST_CONSIDERED = 24


@dataclass(frozen=True, slots=True)
class Candidate:
    """``cost`` by each session (a number of the block's, from 0) that she could work."""

    id: int
    cost: Mapping[int, int]

    @property
    def sessions(self) -> frozenset[int]:
        return frozenset(self.cost)


def cost_of(*, tier: int, place: int | None, pence: int) -> int:
    """What a session costs with her: her tier weighs most, then her place on the practice's own list, then
    the pence; each is capped so that it never outweighs the one before.
    """
    return (tier * 64 + min(place or 63, 63)) * 10_000_000 + min(pence, 9_999_999)


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those who could work the most of it first, among these the ones who cost least."""
    return sorted(
        (each for each in candidates if each.cost),
        key=lambda each: (-len(each.cost), sum(each.cost.values()), each.id),
    )


def shared(candidates: Sequence[Candidate], sessions: int, least: int = 1) -> dict[int, int]:
    """Which candidate takes which session of 0 to ``sessions``: session > id. Sessions that nobody can take
    within the fewest people and ``least`` are left out.
    """
    best: tuple[tuple[int, int, int], dict[int, int]] = ((0, 0, 0), {})
    hopeful = [each for each in ranked(candidates) if len(each.cost) >= least][:MOST_CONSIDERED]
    for people in range(1, MOST_PEOPLE + 1):
        if people * least > sessions:
            break
        for chosen in combinations(hopeful, people):
            reach = len(frozenset().union(*(each.sessions for each in chosen)))
            if (-reach, people) > best[0][:2]:
                continue
            parts = assigned(chosen, least)
            if parts:
                cost = sum(each.cost[s] for each in chosen for s, who in parts.items() if who == each.id)
                best = min(best, ((-len(parts), people, cost), parts), key=lambda found: found[0])
        if -best[0][0] == sessions:
            break
    return best[1]


def assigned(people: Sequence[Candidate], least: int) -> dict[int, int]:
    """Every session that any of them can work, to whoever costs least, each having at least ``least``; empty
    where that cannot be.

    Beginning with the cheapest for every session, whoever lacks sessions gets them by the cheapest chain of
    hand-overs from one who has more than enough: successive shortest paths, which are exact here.
    """
    everyone = {each.id: each for each in people}
    reach = sorted(frozenset().union(*(each.sessions for each in people)))
    parts = {
        s: min((each for each in people if s in each.cost), key=lambda each: (each.cost[s], each.id)).id
        for s in reach
    }
    held = {who: sum(1 for owner in parts.values() if owner == who) for who in everyone}
    while lacking := [who for who in everyone if held[who] < least]:
        chain = _cheapest_chain(everyone, parts, held, least, lacking[0])
        if chain is None:
            return {}
        for session, taker in chain:
            held[parts[session]] -= 1
            held[taker] += 1
            parts[session] = taker
    return parts


def _cheapest_chain(
    everyone: Mapping[int, Candidate],
    parts: Mapping[int, int],
    held: Mapping[int, int],
    least: int,
    needy: int,
) -> list[tuple[int, int]] | None:
    """Hand-overs (session, who takes it) that bring ``needy`` one session more and take one from somebody who
    has more than ``least``, at the least cost; None where there are none.
    """
    best = {needy: 0}
    came: dict[int, tuple[int, int]] = {}
    # Bellman's rounds: a hand-over may cost less than nothing, but no round of hand-overs does
    for _ in range(len(everyone)):
        for taker in list(best):
            for session, owner in parts.items():
                if owner == taker or session not in everyone[taker].cost:
                    continue
                further = best[taker] + everyone[taker].cost[session] - everyone[owner].cost[session]
                if further < best.get(owner, further + 1):
                    best[owner], came[owner] = further, (session, taker)
    ends = [(cost, who) for who, cost in best.items() if who != needy and held[who] > least]
    if not ends:
        return None
    _, who = min(ends)
    chain = []
    while who != needy:
        session, taker = came[who]
        chain.append((session, taker))
        who = taker
    return chain
