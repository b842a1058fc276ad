"""Whether what a message is about still stands: an offer still open, a booking not called off.

The rooms above say so, in their AppConfig.ready; it is asked at the moment of sending, and by the inbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from desirepath.messages.models import Message

Standing = Callable[[Collection[UUID]], Iterable[UUID]]
More = Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """``standing`` gives those of some public ids that still stand, in one query; ``gone`` says of the others
    what has become of them. ``one`` and ``many`` count them in the subject of a digest. ``more`` says what
    can only be said when a letter leaves.
    """

    standing: Standing
    one: str
    many: str
    gone: str
    more: More | None = None


_kinds: dict[str, Kind] = {}


def register(
    kind: str,
    standing: Standing,
    *,
    one: str = "message",
    many: str = "",
    gone: str = "No longer open",
    more: More | None = None,
) -> None:
    """Messages about a ``kind`` are sent only while their thing stands.

    ``register("offer", live, one="session offered to you", many="sessions offered to you")``, where
    ``live(public_ids)`` returns those of them that are still open. ``more(public_id)`` is added to an e-mail
    as it leaves, so that it is never out of date: "" for nothing.
    """
    _kinds[kind] = Kind(standing, one, many or f"{one}s", gone, more)


def kind_of(name: str) -> Kind:
    """What was registered under ``name``. Raises LookupError where nobody did."""
    if name not in _kinds:
        raise LookupError(f"nobody has registered what stands of {name!r}")
    return _kinds[name]


def as_it_leaves(message: Message) -> str:
    """The body of an e-mail with what is true only now."""
    if not (message.about_kind and message.about_id) or (more := kind_of(message.about_kind).more) is None:
        return message.body
    return "\n".join(part for part in (message.body, more(message.about_id)) if part)


def fallen(messages: Iterable[Message]) -> set[int]:
    """The row numbers of those messages whose thing does not stand any more."""
    rows: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        if message.about_kind and message.about_id:
            rows[message.about_kind].append(message)
    gone: set[int] = set()
    for kind, some in rows.items():
        standing = set(kind_of(kind).standing({row.about_id for row in some if row.about_id}))
        gone |= {row.pk for row in some if row.about_id not in standing}
    return gone
