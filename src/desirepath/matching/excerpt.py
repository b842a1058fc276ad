"""A few vacancies cut out of a market with all that bears on them: small enough to be sent elsewhere.

Around the vacancies stand all clinicians who could take one, with those of their other edges in the same
weeks that they hold or would take at the prices; the rest can be in no best week while those prices stay. Of
the weeks before and after they bring what they hold: a run of days or a night's rest may join the two.
"""

from typing import NamedTuple

import numpy as np

from desirepath.matching.columns import FAR_FUTURE, Flags, Ints, firsts
from desirepath.matching.market import Choice, Market
from desirepath.matching.standing import Standing


class Excerpt(NamedTuple):
    """A market of its own with a choice in it. `edges` and `vacancies` say which of the whole market's each
    one is; `inside` flags the vacancies asked about, the others are outside: their prices stay, what is held
    is kept.
    """

    market: Market
    choice: Choice
    edges: Ints
    vacancies: Ints
    inside: Flags

    def asked(self) -> Ints:
        """The vacancies asked about, as positions in the excerpt."""
        return np.flatnonzero(self.inside)


class Answer(NamedTuple):
    """What was found for an excerpt: prices of the vacancies asked about, and edges of the whole market that
    fill them; None where nothing better was.
    """

    prices: Ints | None
    edges: list[int] | None


def excerpt(standing: Standing, asked: Ints) -> Excerpt:
    """The vacancies with what bears on them."""
    market, choice = standing.market, standing.choice
    within = np.zeros(market.vacancies, np.bool_)
    within[asked] = True
    who = np.unique(market.clinician[standing.edges_of(asked)])
    edges = slices(market.edge_first, who)
    vacancy = market.vacancy[edges]
    gain = market.worth[edges] - choice.price[vacancy] + market.first_fair()[market.clinician[edges]]
    same, next_ = beside(market, edges, within[vacancy])
    held = choice.holder[vacancy] == edges
    edges = edges[within[vacancy] | (same & (gain > 0)) | ((same | next_) & held)]
    vacancies = np.union1d(np.unique(market.vacancy[edges]), asked)
    small = cut(market, who, vacancies, edges)
    return Excerpt(small, cut_choice(small, choice, edges, vacancies), edges, vacancies, within[vacancies])


def beside(market: Market, edges: Ints, asked: Flags) -> tuple[Flags, Flags]:
    """Which edges lie in a week in which their clinician has an asked one, and which in a week next to it."""
    week = market.clinician[edges] * FAR_FUTURE + market.week[market.vacancy[edges]]
    weeks = np.unique(week[asked])
    return np.isin(week, weeks), np.isin(week, np.concatenate([weeks - 7, weeks + 7]))


def cut(market: Market, who: Ints, vacancies: Ints, edges: Ints) -> Market:
    """The market of some clinicians, vacancies and edges (all in order), numbered anew."""
    from desirepath.matching.compiled.clashes import cut_clash

    clinician = np.searchsorted(who, market.clinician[edges])
    vacancy = np.searchsorted(vacancies, market.vacancy[edges])
    edge_first = np.searchsorted(clinician, np.arange(len(who) + 1))
    by_vacancy = np.argsort(vacancy, kind="stable")
    fair, kept = slices(market.fair_first, who), slices(market.kept_first, who)
    small = Market(
        clinician=clinician,
        vacancy=vacancy,
        worth=market.worth[edges],
        edge_first=edge_first,
        by_vacancy_first=np.searchsorted(vacancy[by_vacancy], np.arange(len(vacancies) + 1)),
        by_vacancy=by_vacancy,
        start=market.start[vacancies],
        end=market.end[vacancies],
        day=market.day[vacancies],
        week=market.week[vacancies],
        minutes=market.minutes[vacancies],
        day_limit=market.day_limit[who],
        week_limit=market.week_limit[who],
        minutes_limit=market.minutes_limit[who],
        run_limit=market.run_limit[who],
        fair_first=firsts(np.diff(market.fair_first)[who]),
        fair=market.fair[fair],
        kept_first=firsts(np.diff(market.kept_first)[who]),
        kept_day=market.kept_day[kept],
        kept_week=market.kept_week[kept],
        kept_minutes=market.kept_minutes[kept],
        clash_first=np.empty(0, np.int64),
        clash=np.empty(0, np.uint64),
    )
    first, clash = cut_clash(market, edges, small)
    return small._replace(clash_first=first, clash=clash)


def cut_choice(small: Market, choice: Choice, edges: Ints, vacancies: Ints) -> Choice:
    """The same prices and holders in the excerpt; whoever holds a vacancy from outside does not appear."""
    from desirepath.matching.compiled.chains import take

    cut = Choice.empty(small)
    cut.price[:] = choice.price[vacancies]
    for edge in np.flatnonzero(np.isin(edges, choice.holder[vacancies])).tolist():
        take(small, cut, edge)
    return cut


def slices(first: Ints, rows: Ints) -> Ints:
    """All positions from `first[row]` to `first[row + 1]`, row after row."""
    counts = first[rows + 1] - first[rows]
    starts = np.repeat(first[rows] - firsts(counts)[:-1], counts)
    return np.asarray(starts + np.arange(int(counts.sum())), np.int64)
