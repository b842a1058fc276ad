"""Plain tier cascade: own PCN, neighbouring PCNs, pool, agency, each asked as a whole after a pause."""

from datetime import timedelta
from functools import partial

from desirepath.matching import Vacancy
from desirepath.simulation.market import Market

LONGEST_PAUSE = timedelta(hours=24)
# no more than this share of the time that is left, so that every tier is reached
SHARE_OF_NOTICE = 5


class Cascade:
    """Those able are asked tier by tier, a whole tier at once; the first yes has it."""

    name = "Plain tier cascade"

    def begin(self, market: Market) -> None:
        """Nothing goes before the first session."""

    def posted(self, market: Market, vacancy: Vacancy) -> None:
        """Plan when each tier that has anybody is asked."""
        tiers: dict[int, list[str]] = {}
        for who in market.ground.able[vacancy.id]:
            tiers.setdefault(market.ground.tier[vacancy.id, who], []).append(who)
        pause = min(LONGEST_PAUSE, (vacancy.start - market.now) / SHARE_OF_NOTICE)
        for step, tier in enumerate(sorted(tiers)):
            market.later(market.now + step * pause, partial(self.release, market, vacancy, tiers[tier]))

    def release(self, market: Market, vacancy: Vacancy, people: list[str]) -> None:
        """Ask a tier, where the session is still open."""
        if vacancy.id in market.open:
            for who in people:
                market.ask(who, vacancy)
