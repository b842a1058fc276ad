"""What the rooms above show on a session's page, and say of each in a week: each registers its part, in
``AppConfig.ready``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desirepath.organisations.acting import Acting
from desirepath.vacancies.models import Vacancy

# what a part shows to whoever acts, or None for nothing
Asked = Callable[[Acting, Vacancy], "dict[str, Any] | None"]
# a sentence for each of many sessions that there is something to say of, by key: a fixed number of queries
Said = Callable[[Acting, Sequence[Vacancy]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: the template finds what it shows as ``panel.shows``."""

    template: str
    shows: dict[str, Any]


_registered: dict[str, Asked] = {}
_words: list[Said] = []


def register(template: str, shows: Asked) -> None:
    """``template`` is part of the page wherever ``shows`` finds something for whoever acts."""
    _registered[template] = shows


def panels_of(acting: Acting, vacancy: Vacancy) -> Iterator[Panel]:
    """The parts of the page of ``vacancy``, in the order in which they were registered."""
    for template, asked in _registered.items():
        if (shows := asked(acting, vacancy)) is not None:
            yield Panel(template, shows)


def register_words(says: Said) -> None:
    """What ``says`` has to say is told with each session of a week."""
    if says not in _words:
        _words.append(says)


def words_of(acting: Acting, vacancies: Sequence[Vacancy]) -> dict[int, list[str]]:
    """By key of a session, the sentences for whoever acts, in the order in which they were registered.

    ``vacancies`` with their offers at hand, as ``with_people`` reads them.
    """
    told: dict[int, list[str]] = defaultdict(list)
    for says in _words:
        for key, sentence in says(acting, vacancies).items():
            told[key].append(sentence)
    return dict(told)
