"""What the rooms above show on the page of a chambers: each registers its part, in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable

from desirepath.pools.models import Chambers

# sentences about sessions for which cover is asked among the members
Asked = Callable[[Chambers], list[str]]
_cover: list[Asked] = []


def register_cover(asked: Asked) -> None:
    if asked not in _cover:
        _cover.append(asked)


def cover_asked(chambers: Chambers) -> list[str]:
    """A sentence for each session that a member has handed back and no colleague has taken yet."""
    return [sentence for asked in _cover for sentence in asked(chambers)]
