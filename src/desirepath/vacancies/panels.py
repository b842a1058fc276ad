"""What the rooms above show on a session's page: each registers its part, in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from desirepath.organisations.acting import Acting
from desirepath.vacancies.models import Vacancy

# what a part shows to whoever acts, or None for nothing
Asked = Callable[[Acting, Vacancy], "dict[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: the template finds what it shows as ``panel.shows``."""

    template: str
    shows: dict[str, Any]


_registered: dict[str, Asked] = {}


def register(template: str, shows: Asked) -> None:
    """``template`` is part of the page wherever ``shows`` finds something for whoever acts."""
    _registered[template] = shows


def panels_of(acting: Acting, vacancy: Vacancy) -> Iterator[Panel]:
    """The parts of the page of ``vacancy``, in the order in which they were registered."""
    for template, asked in _registered.items():
        if (shows := asked(acting, vacancy)) is not None:
            yield Panel(template, shows)
