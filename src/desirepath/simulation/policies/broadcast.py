"""Broadcast to all: every session goes to the pool's group chat of its role; the first yes has it."""

from desirepath.matching import Vacancy
from desirepath.simulation.market import Market
from desirepath.simulation.policies.agency import ask_agency_late, members


class Broadcast:
    """A message to every member of the pool with the role, able or not; an agency two days before."""

    name = "Broadcast to all"

    def begin(self, market: Market) -> None:
        """Nothing goes before the first message."""

    def posted(self, market: Market, vacancy: Vacancy) -> None:
        """Tell everybody at once."""
        pool = market.ground.problem.practice_for(vacancy).pool
        able = members(market, vacancy)
        group = [
            person.terms.id
            for person in market.ground.world.people
            if person.terms.role == vacancy.role and pool in person.terms.pools
        ]
        market.notify(len(set(group) - set(able)))
        for who in able:
            market.ask(who, vacancy)
        ask_agency_late(market, vacancy)
