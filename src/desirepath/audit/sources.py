"""From where something was done: the log keeps a salted hash, the address itself lies beside it for a while.

Salt and address go together when their time is over: the hash in the log stays, and can't be turned back.
"""

from __future__ import annotations

import secrets

from django.db import connection

from desirepath.audit import clock
from desirepath.audit.marks import source_digest
from desirepath.audit.models import Source

LONGEST = 200
# one process answers so many at most before it writes them down anew
MOST_KNOWN = 10_000
_known: dict[tuple[str, str, int], str] = {}


def source_of(address: str, browser: str, *, settled: bool = False) -> str:
    """The hash for an address and a browser this month; written down when a process first meets them.

    ``settled``: nothing is under way that could undo the writing, so that it need not be done again.
    """
    address, browser = _tidy(address), _tidy(browser)
    key = (address, browser, clock.today().month)
    if known := _known.get(key):
        return known
    salt = secrets.token_hex(16)
    digest = source_digest(salt, address, browser)
    Source.objects.create(digest=digest, salt=salt, address=address, browser=browser)
    if settled or not connection.in_atomic_block:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[key] = digest
    return digest


def forget_known() -> None:
    """Write every source down anew: after the rows were erased."""
    _known.clear()


def _tidy(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST]
