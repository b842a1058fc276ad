"""When practices that find nobody turn to an agency."""

from datetime import timedelta

from desirepath.matching import Vacancy
from desirepath.simulation.market import Market

AGENCY = 3
# a practice without cover turns to an agency two days before
LAST_RESORT = timedelta(hours=48)


def members(market: Market, vacancy: Vacancy) -> list[str]:
    """Those able to work it who are not reached through an agency."""
    tier = market.ground.tier
    return [who for who in market.ground.able[vacancy.id] if tier[vacancy.id, who] != AGENCY]


def ask_agency_late(market: Market, vacancy: Vacancy) -> None:
    """Two days before the session, if it is still open, ask all who are able through an agency."""

    def ask() -> None:
        if vacancy.id in market.open:
            for who in market.ground.able[vacancy.id]:
                if market.ground.tier[vacancy.id, who] == AGENCY:
                    market.ask(who, vacancy)

    market.later(vacancy.start - LAST_RESORT, ask)
