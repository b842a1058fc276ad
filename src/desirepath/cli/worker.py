"""``desirepath worker``: what falls due by itself - offers expire, sessions complete, messages leave."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from threading import Event
from typing import Annotated

import typer


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    every: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds between two rounds.")] = 15,
    beside: Annotated[int, typer.Option(hidden=True, help="End when this process does.")] = 0,
) -> None:
    """Do what is due, again and again, until told to stop. Several may run at once; one that was killed loses
    nothing.
    """
    from desirepath.cli.start import django_ready

    django_ready(migrate=not beside)
    stop = Event()
    if once:
        for told in round_of_work():
            typer.echo(told)
        return
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    from django.db import close_old_connections

    while not stop.is_set():
        # a connection that broke is made anew
        close_old_connections()
        for told in round_of_work(stop):
            typer.echo(told)
        if beside and os.getppid() != beside:
            return
        stop.wait(every)


def steps() -> dict[str, Callable[[], int]]:
    """What may fall due, in order, by the words for what was done."""
    from desirepath.bookings.actions import complete_due, unfilled_due
    from desirepath.cascade.actions import expire_due
    from desirepath.messages.actions import send_due

    return {
        "offers expired": expire_due,
        "bookings moved on": complete_due,
        "sessions left unfilled": unfilled_due,
        "messages sent": send_due,
    }


def round_of_work(stop: Event | None = None) -> Iterator[str]:
    """Do everything that is due once; a line for each kind of thing that was. What fails waits for the next
    round.
    """
    from django.db import DatabaseError

    from desirepath.audit.states import InvalidMove

    for words, act in steps().items():
        if stop and stop.is_set():
            return
        try:
            done = act()
        except InvalidMove:
            # another worker was there first
            continue
        except DatabaseError as error:
            print(f"{words}: {str(error).splitlines()[0]}", file=sys.stderr)
            continue
        if done:
            yield f"{words}: {done:,}"
