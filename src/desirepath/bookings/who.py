"""Whom a practice means: a member of its pool by name, initials or registration number."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import QuerySet

from desirepath.clinicians.models import Clinician

# more than these are no choice: she writes more of the name
MOST_SHOWN = 12
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Meant:
    """Keys of those whom the words fit, by name; ``sure`` where they name one person in full."""

    found: list[int]
    sure: bool


def meant(members: QuerySet[Clinician], words: str) -> Meant:
    """Those among ``members`` whom ``words`` fit: one question, however many members there are."""
    rows = members.order_by("person__name", "pk").values_list("pk", "person__name", "registration")
    fitting = [row for row in rows if fits(words, name=row[1], registration=row[2])]
    whole = [key for key, name, number in fitting if in_full(words, name=name, registration=number)]
    if len(whole) == 1:
        return Meant(whole, sure=True)
    return Meant([row[0] for row in fitting], sure=False)


def fits(words: str, *, name: str, registration: str) -> bool:
    """Whether a name begins so, word by word ("c kent"), has these initials, or the number is the whole one.

    Pure.
    """
    asked, names = _words(words), _words(name)
    if len("".join(asked)) < SHORTEST:
        return False
    if in_full(words, name=name, registration=registration):
        return True
    initials = "".join(each[0] for each in names)
    if len(asked) == 1 and asked[0] == initials:
        return True
    left = iter(names)
    return all(any(each.startswith(word) for each in left) for word in asked)


def in_full(words: str, *, name: str, registration: str) -> bool:
    """Whether these are somebody's whole name, or her number. Pure."""
    return _words(words) == _words(name) or "".join(words.split()).upper() == registration


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
