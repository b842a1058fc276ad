"""The smallest single changes that would each bring somebody to a vacancy that nobody is proposed for.

A change stands where it is verified: with it somebody passes every rule of one pair and every rule beside her
other sessions, so that the plan with her added is the proof; or, where nobody is free as the plan stands,
solving again with it fills the session and loses none.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desirepath.matching import rules, words
from desirepath.matching.plan import Change
from desirepath.matching.problem import Clinician, Problem, Vacancy
from desirepath.matching.unfilled_crowd import Almost
from desirepath.matching.validation import MOST

SHIFTS = (15, 30, 45, 60)
# So many changes of one kind, the smallest, are solved for; then the smallest that needs no solving stands.
TRIES = 3
LIMITS = {
    "sessions a day": "another session a day",
    "sessions a week": "another session a week",
    "minutes a week": "more hours a week",
    "days in a row": "more days in a row",
}

Sessions = dict[str, list[Vacancy]]
Proof = Callable[[Problem], bool]


@dataclass(slots=True)
class Case:
    """One unfilled vacancy: each clinician's sessions of the plan, who breaks at most one rule for it, and,
    where changes are to be solved for, the proof that a changed problem's plan fills it and loses nothing.
    """

    problem: Problem
    hers: Sessions
    vacancy: Vacancy
    almost: Almost
    proof: Proof | None = None
    tries: int = 0

    def broken(self, rule: str) -> list[Clinician]:
        """Who breaks this rule only ("" for none)."""
        return [clinician for clinician, only in self.almost if only == rule]

    def fits(self, clinician: Clinician, vacancy: Vacancy) -> bool:
        """Whether the session goes with her other sessions of the plan."""
        return rules.goes_with(self.problem, clinician, self.hers.get(clinician.id, ()), vacancy)

    def comes(self, clinician: Clinician, changed: Vacancy) -> bool:
        """Whether she could work the changed session beside her other sessions."""
        return self.fits(clinician, changed) and rules.feasible(self.problem, clinician, changed)

    def proven(self, changed: Callable[[], Problem]) -> bool:
        """Whether solving again shows it, as long as tries of this kind are left."""
        if self.proof is None or self.tries == TRIES:
            return False
        self.tries += 1
        return self.proof(changed())

    def with_vacancy(self, changed: Vacancy) -> Problem:
        """The problem with the vacancy changed."""
        swapped = tuple(changed if each.id == changed.id else each for each in self.problem.vacancies)
        return replace(self.problem, vacancies=swapped)

    def with_clinician(self, changed: Clinician) -> Problem:
        """The problem with a clinician changed."""
        swapped = tuple(changed if each.id == changed.id else each for each in self.problem.clinicians)
        return replace(self.problem, clinicians=swapped)


def changes(case: Case) -> tuple[Change, ...]:
    """The smallest single changes that would each bring somebody, the practice's own first."""
    found: list[Change] = []
    for kind in (higher_cap, fewer_skills, other_time, other_pools, further, own_limits):
        case.tries = 0
        found += kind(case)
    return tuple(found)


def counted(kind: str, amount: str, number: int, told: str) -> Change:
    """A change that brings so many."""
    return Change(kind, amount, number, f"{told}: {words.count(number, 'clinician')} could then come")


def higher_cap(case: Case) -> Iterator[Change]:
    """The lowest rate at which somebody would come."""
    vacancy = case.vacancy
    asked = sorted((rules.rate(case.problem, c, vacancy), c.id) for c in case.broken("rate"))
    for pence, who in asked:
        if pence > MOST:
            return
        changed = replace(vacancy, rate_cap=pence)
        if case.comes(case.problem.clinician_of[who], changed) or case.proven(
            lambda changed=changed: case.with_vacancy(changed)  # type: ignore[misc]
        ):
            more = words.pounds(pence - vacancy.rate_cap)
            yield Change("rate", str(pence), 1, f"Pay up to {words.hourly(pence)}, {more} more than now")
            return


def fewer_skills(case: Case) -> Iterator[Change]:
    """A single skill without which somebody would come; the one that brings most."""
    vacancy = case.vacancy
    brings: Counter[str] = Counter()
    for clinician in case.broken("skills"):
        missing = vacancy.skills - clinician.skills
        if len(missing) == 1:
            changed = replace(vacancy, skills=vacancy.skills - missing)
            brings[next(iter(missing))] += case.comes(clinician, changed)
    for skill, number in sorted(brings.items(), key=lambda item: (-item[1], item[0])):
        less = replace(vacancy, skills=vacancy.skills - {skill})
        if number or case.proven(lambda less=less: case.with_vacancy(less)):  # type: ignore[misc]
            yield counted("skill", skill, max(1, number), f"Don't ask for {skill}")
            return


def other_time(case: Case) -> Iterator[Change]:
    """The smallest move or cut, by quarters of an hour up to an hour, with which somebody would come."""
    asked = [clinician for clinician, rule in case.almost if rule in ("", "availability", "weekly time")]
    for told, start, end in moves(case.vacancy):
        free = [c for c in asked if any(w.start <= start and end <= w.end for w in c.windows)]
        if free:
            changed = replace(case.vacancy, start=start, end=end)
            number = sum(case.comes(clinician, changed) for clinician in free)
            if number or case.proven(lambda changed=changed: case.with_vacancy(changed)):  # type: ignore[misc]
                yield counted("time", told, max(1, number), told)
                return


def moves(vacancy: Vacancy) -> Iterator[tuple[str, datetime, datetime]]:
    """Moves and cuts of a session in words, the smallest first, with the new start and end."""
    for minutes in SHIFTS:
        step = timedelta(minutes=minutes)
        for told, start, end in (
            (f"Start and end {minutes} minutes later", vacancy.start + step, vacancy.end + step),
            (f"Start and end {minutes} minutes earlier", vacancy.start - step, vacancy.end - step),
            (f"Start {minutes} minutes later and end as now", vacancy.start + step, vacancy.end),
            (f"End {minutes} minutes earlier and start as now", vacancy.start, vacancy.end - step),
        ):
            if start < end:
                yield told, start, end


def other_pools(case: Case) -> Iterator[Change]:
    """Clinicians of other pools who would come if it were opened to them."""
    number = sum(case.fits(clinician, case.vacancy) for clinician in case.broken("pool"))
    if number:
        yield counted("pools", "", number, "Open it to other pools")


def further(case: Case) -> Iterator[Change]:
    """How much further somebody would have to travel than she does."""
    place = case.problem.practice_for(case.vacancy)
    beyond = sorted(
        (rules.distance_km(c, place) - c.max_km, c.id, rules.distance_km(c, place))
        for c in case.broken("distance")
    )
    for more, who, km in beyond:
        clinician = case.problem.clinician_of[who]
        goes = replace(clinician, max_km=km)
        if case.fits(clinician, case.vacancy) or case.proven(
            lambda goes=goes: case.with_clinician(goes)  # type: ignore[misc]
        ):
            told = f"Somebody would come who travels {max(0.1, more):.1f} km further than now"
            yield Change("distance", str(round(more * 1000)), 1, told)
            return


def own_limits(case: Case) -> Iterator[Change]:
    """How many only a limit of their own keeps away: theirs to change, so told as a number of people."""
    kept_away: Counter[str] = Counter()
    for clinician in case.broken(""):
        hers = case.hers.get(clinician.id, ())
        broken = rules.broken_together_rules(case.problem, clinician, hers, case.vacancy)
        if len(broken) == 1 and broken[0] in LIMITS:
            kept_away[broken[0]] += 1
    if kept_away:
        rule, number = min(kept_away.items(), key=lambda item: (-item[1], item[0]))
        people = words.count(number, "clinician")
        told = f"{people} would come who {'works' if number == 1 else 'work'} {LIMITS[rule]}"
        yield Change("limit", rule, number, told)
