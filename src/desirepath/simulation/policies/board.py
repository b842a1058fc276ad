"""First-come board: sessions stand on a list; people look at it when they like, and take what they like."""

from desirepath.matching import Vacancy
from desirepath.simulation.answers import after_waking_hours
from desirepath.simulation.market import Market
from desirepath.simulation.people import seeded
from desirepath.simulation.policies.agency import AGENCY, LAST_RESORT


class Board:
    """Nobody is sent anything. At each look she takes what she is willing to, what she likes best first."""

    name = "First-come board"

    def begin(self, market: Market) -> None:
        """Everybody has her own rhythm of looking."""
        everybody = [person.terms.id for person in market.ground.world.people]
        self.standing: dict[str, list[Vacancy]] = {who: [] for who in everybody}
        for who in everybody:
            self.look_again(market, who, 0)

    def posted(self, market: Market, vacancy: Vacancy) -> None:
        """It stands on the board for all who are able."""
        for who in market.ground.able[vacancy.id]:
            self.standing[who].append(vacancy)

    def look_again(self, market: Market, who: str, looks: int) -> None:
        """Her next look, as long as there is something to come."""
        person = market.ground.person(who)
        pause = seeded(market.ground.world.seed, "look", who, looks).expovariate(1 / person.looks_every)
        moment = after_waking_hours(market.now, pause)

        def look() -> None:
            self.take(market, who)
            self.look_again(market, who, looks + 1)

        if moment < market.end:
            market.later(moment, look)

    def take(self, market: Market, who: str) -> None:
        """What she takes at one look; sessions show to agency people two days before."""
        self.standing[who] = [v for v in self.standing[who] if v.id in market.open]
        shown = [
            v
            for v in self.standing[who]
            if market.ground.tier[v.id, who] != AGENCY or v.start - market.now <= LAST_RESORT
        ]
        for vacancy in sorted(shown, key=lambda v: (-market.liking(who, v), v.id)):
            if market.willing(who, vacancy) and market.free(who, vacancy):
                market.book(who, vacancy)
