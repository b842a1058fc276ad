"""What makes a change of the log visible: the mark of a row, and the digest that chains sealed rows.

A *mark* is made with the installation's key when a row is written: whoever can write to the database but has
no key can neither change nor add a row unnoticed. A *seal* chains rows with plain SHA-256 in the order in
which they were sealed, so that an export can be checked by anyone, without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

# of a row, in this order; the number it got in the table belongs to the seal, not to the mark
COLUMNS = (
    "public_id",
    "at",
    "actor",
    "role",
    "place",
    "on_behalf_of",
    "door",
    "source",
    "verb",
    "entity",
    "entity_id",
)


def written(event: Any) -> str:
    """One line of JSON that says all of a row but its number and its mark, alike before and after storing."""
    said = [_plain(getattr(event, name)) for name in COLUMNS]
    return json.dumps([*said, _numbers(json.loads(json.dumps(event.details)))], sort_keys=True)


def mark(event: Any) -> str:
    """The mark of a row under the key of today."""
    return _keyed(settings.SECRET_KEY, written(event))


def is_marked(event: Any) -> bool:
    """Whether a row bears the mark of this installation, under the key of today or one before."""
    return _is_keyed(written(event), event.mark)


def line(event: Any) -> str:
    """What a seal covers of a row: its number, its words, its mark."""
    return f"{event.pk} {written(event)} {event.mark}"


def seal_digest(*, number: int, made_at: datetime, previous: str, lines: Iterable[str]) -> str:
    """SHA-256 over the seal before it and every line, in their order."""
    digest = hashlib.sha256(f"{number} {made_at.astimezone(UTC).isoformat()} {previous}".encode())
    for each in lines:
        digest.update(b"\n" + each.encode())
    return digest.hexdigest()


def seal_mark(digest: str) -> str:
    return _keyed(settings.SECRET_KEY, digest)


def is_seal_marked(digest: str, given: str) -> bool:
    return _is_keyed(digest, given)


def source_digest(salt: str, address: str, browser: str) -> str:
    """The salted hash under which the log knows an address and a browser."""
    return hashlib.sha256(json.dumps([salt, address, browser]).encode()).hexdigest()


def spans(ids: Iterable[int]) -> str:
    """Ascending numbers written short: "3-7,9"."""
    parts: list[list[int]] = []
    for each in ids:
        if parts and each == parts[-1][1] + 1:
            parts[-1][1] = each
        else:
            parts.append([each, each])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def numbers(text: str) -> Iterator[int]:
    """The numbers that ``spans`` wrote."""
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return "" if value is None else str(value)


def _numbers(value: Any) -> Any:
    """PostgreSQL keeps 1e22 as the whole number that it is: a whole float is written as one."""
    if isinstance(value, dict):
        return {name: _numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _keyed(key: str, text: str) -> str:
    return hmac.digest(f"audit {key}".encode(), text.encode(), "sha256").hex()


def _is_keyed(text: str, given: str) -> bool:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(_keyed(key, text), given) for key in keys)
