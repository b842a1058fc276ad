"""What was agreed before, for those who ask for cover. The room of bookings knows it, and registers here."""

from __future__ import annotations

from collections.abc import Callable

from desirepath.pools.models import Pool

_known: list[Callable[[Pool], list[str]]] = []


def register(known: Callable[[Pool], list[str]]) -> None:
    """``known`` gives sentences about what was agreed in a pool."""
    _known.append(known)


def agreed_before(pool: Pool | None) -> list[str]:
    """Sentences for whoever asks for cover, beside the most it will pay."""
    return [sentence for known in _known for sentence in known(pool)] if pool else []
