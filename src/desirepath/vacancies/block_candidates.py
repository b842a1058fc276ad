"""Who could take a block or a part of it, as things stand now: rows into ``blocks``' question and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from desirepath.audit import clock
from desirepath.clinicians.models import Clinician
from desirepath.vacancies import blocks
from desirepath.vacancies.models import Block, Vacancy
from desirepath.vacancies.preferred import places_of
from desirepath.vacancies.problem import build

if TYPE_CHECKING:
    from desirepath import matching


@dataclass(frozen=True, slots=True)
class CouldTake:
    """``sessions`` of a block that she could work, all of them together; ``fee`` is pounds for them all."""

    clinician: Clinician
    sessions: tuple[Vacancy, ...]
    fee: Decimal
    tier: int
    place: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whom a block may be offered to: everybody by how much of it, and a sharing among the fewest people."""

    sessions: tuple[Vacancy, ...]
    could: tuple[CouldTake, ...]
    sharing: tuple[CouldTake, ...]

    @property
    def whole(self) -> tuple[CouldTake, ...]:
        """Those who could take all of it."""
        return tuple(each for each in self.could if len(each.sessions) == len(self.sessions))


def open_sessions(block: Block) -> list[Vacancy]:
    """Its sessions that nobody is asked for or comes to, and that are still to come."""
    rows = Vacancy.objects.filter(
        block=block, state__in=("released", "unfilled"), start__gt=clock.now()
    ).select_related("practice", "pool")
    return list(rows.order_by("start", "id"))


def outlook(block: Block, clinicians: Iterable[Clinician] | None = None) -> Outlook:
    """Candidates for what is open of a block, under their terms, beside all that they have committed; whoever
    has declined one of its offers is left out by the caller.
    """
    sessions = open_sessions(block)
    if not sessions:
        return Outlook((), (), ())
    people = list(clinicians) if clinicians is not None else None
    problem = build(pool=block.pool, vacancies=sessions, clinicians=people, asking=True)
    places = places_of(block.practice)
    rows = Clinician.objects.select_related("person").in_bulk([int(each.id) for each in problem.clinicians])
    could: dict[int, CouldTake] = {}
    asked: list[blocks.Candidate] = []
    for person in problem.clinicians:
        place = places.get(int(person.id))
        found, cost, fee, tier = _hers(problem, person, sessions, place)
        if found:
            asked.append(blocks.Candidate(int(person.id), cost))
            could[int(person.id)] = CouldTake(rows[int(person.id)], tuple(found), fee, tier, place)
    return Outlook(
        tuple(sessions),
        tuple(could[each.id] for each in blocks.ranked(asked)),
        tuple(_shared(problem, block, asked, could, sessions)) if block.in_parts else (),
    )


def _hers(
    problem: matching.Problem, person: matching.Clinician, sessions: list[Vacancy], place: int | None
) -> tuple[list[Vacancy], dict[int, int], Decimal, int]:
    """What she could work of it, one after the other in time, each beside those before and all her own."""
    from desirepath.matching import objective, rules

    hers = [problem.vacancy_of[v] for v, c in problem.fixed if c == person.id]
    found: list[Vacancy] = []
    cost: dict[int, int] = {}
    pence, tier = 0, 0
    for number, session in enumerate(sessions):
        wanted = problem.vacancy_of[str(session.pk)]
        if rules.broken_pair_rules(problem, person, wanted):
            continue
        if not rules.goes_with(problem, person, hers, wanted):
            continue
        hers.append(wanted)
        found.append(session)
        pay = objective.pay(problem, person, wanted)
        tier = objective.tier(problem, person, problem.practice_for(wanted))
        cost[number] = blocks.cost_of(tier=tier, place=place, pence=pay)
        pence += pay
    return found, cost, Decimal(pence) / 100, tier


def _shared(
    problem: matching.Problem,
    block: Block,
    asked: list[blocks.Candidate],
    could: dict[int, CouldTake],
    sessions: list[Vacancy],
) -> Iterable[CouldTake]:
    from desirepath.matching import objective

    least = min(block.least, len(sessions))
    parts = blocks.shared(asked, len(sessions), least)
    for who in dict.fromkeys(parts.values()):
        hers = tuple(sessions[number] for number, owner in sorted(parts.items()) if owner == who)
        person = problem.clinician_of[str(who)]
        pence = sum(objective.pay(problem, person, problem.vacancy_of[str(row.pk)]) for row in hers)
        known = could[who]
        yield CouldTake(known.clinician, hers, Decimal(pence) / 100, known.tier, known.place)
