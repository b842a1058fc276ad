"""Where a search stands: the choice so far with its value, and the prices with the bound they prove."""

from dataclasses import dataclass

import numpy as np

from desirepath.matching.columns import Ints
from desirepath.matching.market import Choice, Market, value_of


@dataclass(slots=True)
class Standing:
    """A sound choice and a sound set of prices, each only ever replaced by a better one.

    `best[c]` is the most clinician c's weeks could be worth at `choice.price`. For any prices not below 0 the
    sum of prices and best weeks is above every plan, so `bound` is a certificate in whole numbers whoever
    found the prices: every vacancy is filled at most once, and nobody has better weeks than her best.
    """

    market: Market
    choice: Choice
    best: Ints
    value: int

    @classmethod
    def of(cls, market: Market, choice: Choice) -> "Standing":
        """The standing of a choice at its prices."""
        from desirepath.matching.compiled.weeks import best_weeks

        best = best_weeks(market, choice.price, np.arange(market.clinicians))
        return cls(market, choice, best, value_of(market, choice.filled()))

    def bound(self) -> int:
        """No plan is worth more beside what is kept."""
        return int(self.choice.price.sum()) + int(self.best.sum())

    def part_bound(self, vacancies: Ints, clinicians: Ints) -> int:
        """The certificate of a part that shares no edge with the rest."""
        return int(self.choice.price[vacancies].sum()) + int(self.best[clinicians].sum())

    def regrets(self) -> tuple[Ints, Ints]:
        """Where the bound is above the value: for each vacancy the price of one that nobody holds, for each
        clinician how much better her best weeks are than those she holds. Their sum is bound - value."""
        from desirepath.matching.compiled.chains import held_worth

        open_ = np.where(self.choice.holder < 0, self.choice.price, 0)
        return open_, self.best - held_worth(self.market, self.choice)

    def regret_of(self, vacancy: int, clinician: int) -> int:
        """The present regret of one vacancy, or where that is -1 of one clinician."""
        choice = self.choice
        if vacancy >= 0:
            return int(choice.price[vacancy]) if choice.holder[vacancy] < 0 else 0
        first, count = int(choice.held_first[clinician]), int(choice.held_count[clinician])
        held = choice.held[first : first + count]
        paid = int(choice.price[self.market.vacancy[held]].sum())
        return int(self.best[clinician]) - (value_of(self.market, held) - paid)

    def edges_of(self, vacancies: Ints) -> Ints:
        """All edges of the vacancies."""
        first, last = (self.market.by_vacancy_first[vacancies + i].tolist() for i in (0, 1))
        slices = [self.market.by_vacancy[a:b] for a, b in zip(first, last, strict=True)]
        return np.concatenate(slices) if slices else np.empty(0, np.int64)

    def reprice(self, vacancies: Ints, prices: Ints) -> bool:
        """Take other prices for some vacancies where they prove a lower bound; whether they do."""
        from desirepath.matching.compiled.weeks import best_weeks

        if (prices < 0).any():
            return False
        price = self.choice.price.copy()
        price[vacancies] = prices
        who = np.unique(self.market.clinician[self.edges_of(vacancies)])
        best = best_weeks(self.market, price, who)
        before = int(self.choice.price[vacancies].sum()) + int(self.best[who].sum())
        if before <= int(prices.sum()) + int(best.sum()):
            return False
        self.choice.price[vacancies] = prices
        self.best[who] = best
        return True

    def rechoose(self, vacancies: Ints, edges: list[int]) -> bool:
        """Fill some vacancies by other edges where that is worth more and breaks no rule; whether it is."""
        from desirepath.matching.compiled.chains import fits, give_up, take
        from desirepath.matching.compiled.weeks import NONE

        held = self.choice.holder[vacancies]
        before = held[held >= 0]
        who = np.unique(self.market.clinician[np.concatenate([before, np.array(edges, np.int64)])])
        worth = self.worth_of(who)
        for vacancy in vacancies.tolist():
            give_up(self.market, self.choice, vacancy)
        sound = True
        for edge in edges:
            sound = sound and bool(fits(self.market, self.choice, edge, NONE))
            if sound:
                take(self.market, self.choice, edge)
        more = self.worth_of(who) - worth
        if sound and more > 0:
            self.value += more
            return True
        for vacancy in vacancies.tolist():
            give_up(self.market, self.choice, vacancy)
        for edge in before.tolist():
            take(self.market, self.choice, edge)
        return False

    def worth_of(self, who: Ints) -> int:
        """What the clinicians hold adds to the blend."""
        choice = self.choice
        spans = zip(choice.held_first[who].tolist(), choice.held_count[who].tolist(), strict=True)
        held = [choice.held[first : first + count] for first, count in spans]
        return value_of(self.market, np.concatenate(held) if held else np.empty(0, np.int64))
