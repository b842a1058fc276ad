"""Who drops out of a vacancy at which rule of one pair: all clinicians at once, in the order of the
funnel.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from desirepath.matching import rules
from desirepath.matching.columns import Columns, Flags, Floats, Ints, positions
from desirepath.matching.pairs import BORDER_KM, great_circle, hourly_rates
from desirepath.matching.problem import Clinician, Problem

# A clinician who breaks at most one rule of one pair, and that rule ("" for none).
Almost = list[tuple[Clinician, str]]
Passed = tuple[Ints, Ints, Counter[str]]
# More minutes than any time has: the windows of all clinicians stand in one order, hers together.
SPAN = 2**34
# So many stages of the funnel, skills and pool, ask nothing of time and place.
ENTRY = 2


class Crowd:
    """A problem's clinicians, to be asked who could work a vacancy. Agrees with the oracle in `rules`."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.columns = Columns.of(problem)
        people = self.columns.clinicians
        self.members = {int(role): np.flatnonzero(people.role == role) for role in np.unique(people.role)}
        owner = np.repeat(np.arange(len(people.role)), np.diff(people.window_first))
        self.window = owner * SPAN + people.window_start
        self.known: dict[tuple[int, int, int, bool], Passed] = {}
        self.place, self.session = positions(problem.clinicians), positions(problem.vacancies)
        self.hourly, self.kind = hourly_rates(self.columns)
        self.blocking: dict[str, list[int]] = {}
        for each in problem.preferences:
            if each.kind == "blocked":
                self.blocking.setdefault(each.practice, []).append(self.place[each.clinician])
        self.banned: dict[str, list[int]] = {}
        for vacancy, clinician in problem.forbidden:
            self.banned.setdefault(vacancy, []).append(self.place[clinician])

    def funnel(self, vacancy: str, *, deep: bool) -> tuple[Counter[str], Almost]:
        """How many drop out at which rule first ("" for nobody), and who breaks none.

        Where `deep`, those who break exactly one rule besides the role are named too.
        """
        number = self.session[vacancy]
        who, broken, dropped = self.entered(number, deep=deep)
        who, broken, dropped = self.passed(number, who, broken, dropped, slice(ENTRY, None), deep=deep)
        dropped[""] = int((broken < 0).sum())
        names = [*FUNNEL, ""]
        found = zip(who.tolist(), broken.tolist(), strict=True)
        return dropped, [(self.problem.clinicians[i], names[stage]) for i, stage in found]

    def entered(self, number: int, *, deep: bool) -> Passed:
        """Who is left by role, skills and pool: the same for many vacancies, so found once."""
        sessions = self.columns.vacancies
        role, skills = int(sessions.role[number]), int(sessions.skills[number])
        key = role, skills, int(self.columns.practices.pool[sessions.practice[number]]), deep
        if key not in self.known:
            who = self.members.get(role, np.empty(0, np.int64))
            dropped = Counter({"role": len(self.problem.clinicians) - len(who)})
            nobody = np.full(len(who), -1)
            self.known[key] = self.passed(number, who, nobody, dropped, slice(0, ENTRY), deep=deep)
        who, broken, dropped = self.known[key]
        return who, broken, Counter(dropped)

    def passed(
        self, number: int, who: Ints, broken: Ints, dropped: Counter[str], stages: slice, *, deep: bool
    ) -> Passed:
        """Who is left after some stages, and which each has broken (-1 for none); counts are added to
        `dropped`.
        """
        for stage, (name, holds) in list(enumerate(FUNNEL.items()))[stages]:
            fine = holds(self, number, who)
            first = ~fine & (broken < 0)
            dropped[name] += int(first.sum())
            stays = fine | first if deep else fine
            who, broken = who[stays], np.where(first, stage, broken)[stays]
        return who, broken, dropped

    def skilled(self, number: int, who: Ints) -> Flags:
        """Who holds every skill required."""
        columns = self.columns
        return flags(columns.holds[columns.vacancies.skills[number], columns.clinicians.skills[who]])

    def pooled(self, number: int, who: Ints) -> Flags:
        """Who is in the practice's pool, or comes through an agency."""
        columns = self.columns
        pool = columns.practices.pool[columns.vacancies.practice[number]]
        return flags(columns.belongs[columns.clinicians.pools[who], pool] | columns.clinicians.agency[who])

    def valid(self, number: int, who: Ints) -> Flags:
        """Whose last valid day is not before the session."""
        return flags(self.columns.vacancies.day[number] <= self.columns.clinicians.last_day[who])

    def free(self, number: int, who: Ints) -> Flags:
        """Who has a window around the session: the last that opens before it, as windows don't touch."""
        people, sessions = self.columns.clinicians, self.columns.vacancies
        if not len(self.window):
            return np.zeros(len(who), np.bool_)
        last = np.searchsorted(self.window, who * SPAN + sessions.start[number], side="right") - 1
        return flags((last >= people.window_first[who]) & (people.window_end[last] >= sessions.end[number]))

    def with_time(self, number: int, who: Ints) -> Flags:
        """Whose week is no shorter than the session."""
        return flags(self.columns.vacancies.minutes[number] <= self.columns.clinicians.max_minutes_week[who])

    def unblocked(self, number: int, who: Ints) -> Flags:
        """Who has not blocked the practice."""
        return ~np.isin(who, self.blocking.get(self.problem.vacancies[number].practice, []))

    def allowed(self, number: int, who: Ints) -> Flags:
        """Whom no manager has ruled out."""
        return ~np.isin(who, self.banned.get(self.problem.vacancies[number].id, []))

    def beyond(self, number: int, who: Ints, limit: Floats) -> Floats:
        """Kilometres to the practice beyond a limit of each; to the last bit where that is near a whole
        number.
        """
        people, vacancy = self.columns.clinicians, self.problem.vacancies[number]
        practice = self.problem.practice_for(vacancy)
        km = great_circle(people.latitude[who], people.longitude[who], practice)
        over = km - limit
        for i in np.flatnonzero(np.abs(over - np.rint(over)) < BORDER_KM):
            over[i] = rules.distance_km(self.problem.clinicians[who[i]], practice) - limit[i]
        return np.asarray(over, np.float64)

    def near(self, number: int, who: Ints) -> Flags:
        """Who travels as far."""
        return flags(self.beyond(number, who, self.columns.clinicians.max_km[who]) <= 0)

    def affordable(self, number: int, who: Ints) -> Flags:
        """Whose rate the practice pays."""
        people, sessions = self.columns.clinicians, self.columns.vacancies
        extra = np.floor(np.maximum(0.0, self.beyond(number, who, people.far_km[who]))).astype(np.int64)
        rate = self.hourly[who, self.kind[number]] + extra * people.far_pence_per_km[who]
        return flags(rate <= sessions.rate_cap[number])


def flags(values: Any) -> Flags:
    """Truth values as an array."""
    return np.asarray(values, np.bool_)


# The order in which people drop out; the rule at which nobody is left is the reason.
FUNNEL: dict[str, Callable[[Crowd, int, Ints], Flags]] = {
    "skills": Crowd.skilled,
    "pool": Crowd.pooled,
    "validity": Crowd.valid,
    "availability": Crowd.free,
    "weekly time": Crowd.with_time,
    "blocked": Crowd.unblocked,
    "forbidden": Crowd.allowed,
    "distance": Crowd.near,
    "rate": Crowd.affordable,
}
