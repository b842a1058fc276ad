"""Markets of small problems, and what the written rules say of them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from desirepath.matching import rules
from desirepath.matching.columns import Columns
from desirepath.matching.compiled.chains import new_ways, place_all
from desirepath.matching.market import Choice, Market, market_of
from desirepath.matching.objective import blend, pair_levels, session_worth
from desirepath.matching.pairs import feasible_pairs
from desirepath.matching.standing import Standing


def market_for(question) -> Market:
    """The market of a problem."""
    columns = Columns.of(question)
    return market_of(question, columns, feasible_pairs(question, columns))[0]


def placed(market, rng=None) -> Standing:
    """Everything placed, in the order of the vacancies or in one drawn."""
    choice, order = Choice.empty(market), list(range(market.vacancies))
    if rng is not None:
        rng.shuffle(order)
    place_all(market, choice, new_ways(market.vacancies), np.array(order, np.int64))
    return Standing.of(market, choice)


def kept_of(question, who) -> list:
    """Her fixed and pinned sessions."""
    return [question.vacancy_of[v] for v, c in question.fixed + question.pinned if c == who.id]


def held_edges(choice, c) -> list[int]:
    """The edges that a clinician holds."""
    first = choice.held_first[c]
    return choice.held[first : first + choice.held_count[c]].tolist()


def edges_of(market, c) -> list[int]:
    """All edges of a clinician."""
    return list(range(market.edge_first[c], market.edge_first[c + 1]))


def assert_sound(question, market, choice) -> None:
    """What everybody holds breaks no written rule, and the choice's tables agree."""
    held = [e for c in range(market.clinicians) for e in held_edges(choice, c)]
    assert sorted(held) == sorted(choice.filled().tolist())
    assert all(choice.holder[market.vacancy[e]] == e for e in held)
    for c, her in enumerate(question.clinicians):
        kept = kept_of(question, her)
        hers = [question.vacancies[market.vacancy[e]] for e in held_edges(choice, c)]
        assert all(market.clinician[e] == c for e in held_edges(choice, c))
        for each in hers:
            others = kept + [v for v in hers if v.id != each.id]
            assert rules.broken_together_rules(question, her, others, each) == []
            assert rules.feasible(question, her, each)


def holdings(choice) -> tuple:
    """Who holds what at which prices, whatever the order in which it is kept."""
    held = tuple(tuple(sorted(held_edges(choice, c))) for c in range(len(choice.held_count)))
    return held, tuple(choice.holder.tolist()), tuple(choice.price.tolist())


def weeks_of(question, market, c, price) -> Iterator[tuple[frozenset[int], int]]:
    """Every set of her edges that the written rules allow, with its worth at the prices."""
    her, kept = question.clinicians[c], kept_of(question, question.clinicians[c])
    mine = edges_of(market, c)

    def further(i, chosen):
        if i == len(mine):
            yield frozenset(chosen), worth_of(question, market, c, chosen, price)
            return
        yield from further(i + 1, chosen)
        others = kept + [question.vacancies[market.vacancy[e]] for e in chosen]
        if rules.goes_with(question, her, others, question.vacancies[market.vacancy[mine[i]]]):
            yield from further(i + 1, [*chosen, mine[i]])

    yield from further(0, [])


def worth_of(question, market, c, chosen, price) -> int:
    """What the edges add to the blend beside what she keeps, less their prices, by the written objective."""
    her, options = question.clinicians[c], question.options
    weeks = [v.monday for v in kept_of(question, her)]
    total = 0
    for e in chosen:
        vacancy = question.vacancies[market.vacancy[e]]
        total += blend(options, pair_levels(question, her, vacancy)) - int(price[market.vacancy[e]])
        total += options.weights.fairness * session_worth(options, her, weeks.count(vacancy.monday))
        weeks.append(vacancy.monday)
    return total


def free(question):
    """The problem with nothing fixed, pinned or forbidden."""
    return replace(question, fixed=(), pinned=(), forbidden=frozenset())


def drawn_prices(market, rng) -> np.ndarray:
    """Prices between nothing and more than anybody would pay."""
    dearest = int(market.worth.max(initial=1)) + int(market.fair.max(initial=0))
    some = [rng.choice((0, rng.randrange(dearest + 2), dearest)) for _ in range(market.vacancies)]
    return np.array(some, np.int64)
