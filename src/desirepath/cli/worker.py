"""``desirepath worker``: what falls due by itself - offers expire, sessions complete, messages leave.

The plans that are asked for are made in a process of their own beside it: a long search holds nothing up,
and one that takes too much memory takes nothing else down.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from threading import Event
from typing import Annotated

import typer

PROGRAM = "from desirepath.cli import main; main()"
# seconds between two looks for a plan that is asked for: somebody is waiting
LOOK = 0.5
# a planner that is told to stop hands its plan back within a second or two
PATIENCE = 15


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    every: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds between two rounds.")] = 5,
    plans: Annotated[
        bool, typer.Option("--plans", help="Only make plans: for a machine that does nothing else.")
    ] = False,
    beside: Annotated[int, typer.Option(hidden=True, help="End when this process does.")] = 0,
) -> None:
    """Do what is due and make the plans that are asked for, until told to stop. Several may run at once; one
    that was killed loses nothing.
    """
    from desirepath.cli.start import django_ready

    django_ready(migrate=not beside)
    from desirepath.audit import context

    context.enter(door=context.WORKER)
    stop = Event()
    if once:
        for told in [] if plans else round_of_work():
            typer.echo(told)
        for told in round_of_work(steps=planning):
            typer.echo(told)
        return
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())

    def ending() -> bool:
        return stop.is_set() or bool(beside and os.getppid() != beside)

    if plans:
        _make_plans(stop, ending)
    else:
        _do_what_is_due(stop, ending, every)


def _do_what_is_due(stop: Event, ending: Callable[[], bool], every: float) -> None:
    """Round after round, with a planner beside that is started again should it die."""
    from django.db import close_old_connections

    planner = _planner()
    try:
        while not ending():
            # a connection that broke is made anew
            close_old_connections()
            for told in round_of_work(stop):
                typer.echo(told)
            if planner.poll() is not None:
                planner = _planner()
            stop.wait(every)
    finally:
        planner.terminate()
        try:
            planner.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            # its plan is claimed again when the lease runs out
            planner.kill()
            planner.wait()


def _planner() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "worker", "--plans", "--beside", str(os.getpid())]
    )


def _make_plans(stop: Event, ending: Callable[[], bool]) -> None:
    """Plan after plan; told to end in the middle of one, it is handed back for another to make."""
    from django.db import close_old_connections

    while not ending():
        close_old_connections()
        for told in round_of_work(steps=lambda: planning(ending)):
            typer.echo(told)
        stop.wait(LOOK)
    # a search that was left behind ends with the process, whatever it is at
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def planning(leaving: Callable[[], bool] = lambda: False) -> dict[str, Callable[[], int]]:
    """The plans that are asked for, as a step of work."""
    from desirepath.cascade.actions import make_asked

    return {"plans made": lambda: make_asked(leaving=leaving)}


def what_is_due() -> dict[str, Callable[[], int]]:
    """What may fall due, in order, by the words for what was done."""
    from desirepath.audit.sealing import seal_due
    from desirepath.bookings.actions import complete_due, unfilled_due
    from desirepath.bookings.applying import applications_due
    from desirepath.bookings.handing import settle_due
    from desirepath.bookings.instant import book_due
    from desirepath.bookings.swapping import expire_swaps
    from desirepath.cascade.actions import expire_due
    from desirepath.cascade.blocks import settle_due as settle_due_blocks
    from desirepath.cascade.next_pools import take_back_due
    from desirepath.cascade.reserves import ask_due, stand_down_due
    from desirepath.cascade.running import advance_due, begin_due
    from desirepath.cascade.urgent import advance_due as ask_this_morning
    from desirepath.chambers.actions.charter import close_due
    from desirepath.clinicians.credentials.due import look_due
    from desirepath.memberships.actions.joining import forget_lapsed
    from desirepath.messages.sending import send_due
    from desirepath.organisations.induction import review_due
    from desirepath.vacancies.could_come import forget_due

    return {
        # before anybody is asked or booked: who may still work
        "checks looked at": look_due,
        "block offers ended": settle_due_blocks,
        "offers expired": expire_due,
        "offers of neighbouring pools taken back": take_back_due,
        "asked of those in reserve": ask_due,
        "stood down": stand_down_due,
        "booked by a standing yes": book_due,
        "applications ended": applications_due,
        "bookings moved on": complete_due,
        "sessions handed back": settle_due,
        "swaps expired": expire_swaps,
        "sessions left unfilled": unfilled_due,
        # after what has run out: a machine that was off first lets go, then asks
        "asked this morning": ask_this_morning,
        "induction packs to be reviewed": review_due,
        "votes on a charter closed": close_due,
        "cascades begun": begin_due,
        "cascades moved on": advance_due,
        "counts told before today forgotten": forget_due,
        "requests to join forgotten": forget_lapsed,
        "messages sent": send_due,
        "events sealed": seal_due,
    }


def round_of_work(
    stop: Event | None = None, steps: Callable[[], dict[str, Callable[[], int]]] | None = None
) -> Iterator[str]:
    """Do everything that is due once; a line for each kind of thing that was. What fails waits for the next
    round.
    """
    from django.db import DatabaseError

    from desirepath.audit.states import InvalidMove

    for words, act in (steps or what_is_due)().items():
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
        except Exception:
            # a fault of one step leaves the others to be done, now and in every round
            print(f"{words}: {traceback.format_exc()}", file=sys.stderr)
            continue
        if done:
            yield f"{words}: {done:,}"
