"""Neighbouring pools as a tier: its number, and what may be told of those who are asked there. Pure."""

from __future__ import annotations

from desirepath.vacancies.disclosure import FEWEST

# after a practice's own PCN bank (0), neighbouring PCNs (1) and the whole pool (2); an agency is asked for by
# people, never by an offer
NEXT_POOLS = 3


def about(number: int) -> str:
    """How many of them, in whole steps of three: another pool's members are not counted out one by one."""
    return f"fewer than {FEWEST}" if number < FEWEST else f"at least {number // FEWEST * FEWEST}"
