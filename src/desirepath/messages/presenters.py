"""A message in one's own inbox: what it says as paragraphs and links, and whether it still stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from desirepath.messages.models import Message
from desirepath.messages.standing import fallen, kind_of

# "See what it is and answer: https://..." is a link with these words
LINKED = re.compile(r"(?:(?P<words>.*?):?\s+)?(?P<address>https?://\S+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph; with an ``href``, a link to a page of ours."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message: ``gone`` says in a few words that what it is about does not stand any more."""

    message: Message
    parts: list[Part]
    gone: str

    @property
    def opening(self) -> str:
        """Its first words, beneath the subject in a list."""
        return next((part.text for part in self.parts if not part.href), "")

    @property
    def unread(self) -> bool:
        return self.message.read_at is None


def shown(messages: Iterable[Message]) -> list[Shown]:
    """Messages for their reader."""
    rows = list(messages)
    gone = fallen(rows)
    return [
        Shown(row, parts_of(row.body), kind_of(row.about_kind).gone if row.pk in gone else "") for row in rows
    ]


def parts_of(body: str) -> list[Part]:
    """Paragraphs, as an empty line divides them."""
    texts = (" ".join(text.split()) for text in re.split(r"\n\s*\n", body))
    return [_part(text) for text in texts if text]


def _part(text: str) -> Part:
    found = LINKED.fullmatch(text)
    if not found:
        return Part(text)
    address = urlsplit(found["address"])
    try:
        resolve(address.path or "/")
    except Resolver404:
        return Part(text)
    # of this very installation, whatever name it was reached by when the message was written
    href = f"{address.path or '/'}{'?' + address.query if address.query else ''}"
    return Part(found["words"] or "Open Desirepath", href)
