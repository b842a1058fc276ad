"""How people answer: whether a clinician would take a session, and how long she takes to say so.

Two numbers are drawn once for each person and session, so that under every policy the same person asked for
the same session with the same notice says the same. The odds are an assumption of this experiment, published
here; none of it was measured on people.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log

from desirepath.matching import Vacancy
from desirepath.matching.times import to_local
from desirepath.simulation.people import Person, at, seeded

BASE = -0.2
# log odds: a practice she prefers, one she has worked at
PREFERRED, WORKED = 1.2, 0.8
# log odds from her door to as far as she travels at all
NEAR, FAR = 0.8, -0.8
# log odds for each tenth by which the session pays more than her base rate
TENTH_MORE = 0.3
# log odds: less than 12 hours of notice, at least 5 days; in proportion to the logarithm between them
SHORT, LONG = -1.2, 0.4
SHORT_HOURS, LONG_HOURS = 12, 120
# log odds once she has as many sessions that week as she wished for
SATISFIED = -1.5
# sessions she never reacts to at all, through whatever channel
SILENT = 0.15
AWAKE = (7, 22)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a pair is like: `distance` as a share of the most she travels (0 to 1), `premium` the share by
    which the session pays more an hour than her base rate.
    """

    preferred: bool
    worked: bool
    distance: float
    premium: float


@dataclass(frozen=True, slots=True)
class Draw:
    """What chance gives one person and one session: `bar` is the least chance at which she says yes (0 to 1),
    `patience` multiplies the hours she takes on average."""

    bar: float
    patience: float
    silent: bool


def drawn(seed: int, person: Person, vacancy: Vacancy) -> Draw:
    """The draw of a pair: a function of the seed and the two names alone."""
    chance = seeded(seed, "answer", person.terms.id, vacancy.id)
    return Draw(chance.random(), chance.expovariate(1.0), chance.random() < SILENT)


def chance_of_yes(person: Person, facts: Facts, notice_hours: float, sessions_that_week: int) -> float:
    """The probability (0 to 1) that she takes the session, by fit, distance, rate and notice."""
    odds = BASE + person.keenness
    odds += PREFERRED * facts.preferred + WORKED * facts.worked
    odds += NEAR + (FAR - NEAR) * min(1.0, facts.distance)
    odds += TENTH_MORE * 10 * facts.premium
    within = min(max(notice_hours, SHORT_HOURS), LONG_HOURS)
    odds += SHORT + (LONG - SHORT) * log(within / SHORT_HOURS) / log(LONG_HOURS / SHORT_HOURS)
    if sessions_that_week >= person.terms.wished_sessions_week:
        odds += SATISFIED
    return 1 / (1 + exp(-odds))


def after_waking_hours(moment: datetime, hours: float) -> datetime:
    """The time when so many waking hours (7am to 10pm) have passed since a moment."""
    left = timedelta(hours=hours)
    local = to_local(moment)
    if local.hour >= AWAKE[1]:
        moment = at(local.date() + timedelta(days=1), AWAKE[0] * 60)
    elif local.hour < AWAKE[0]:
        moment = at(local.date(), AWAKE[0] * 60)
    while True:
        bedtime = at(to_local(moment).date(), AWAKE[1] * 60)
        if moment + left < bedtime:
            return moment + left
        left -= bedtime - moment
        moment = at(to_local(moment).date() + timedelta(days=1), AWAKE[0] * 60)
