"""A search in a thread of its own: it is heard, asked to stop, and waited for."""

from __future__ import annotations

import threading
import time

import pytest

from desirepath.matching import Progress
from desirepath.vacancies.relay import Relay, figures
from tests.matching import worlds

STEP = Progress("search", 0.5, 1.0)


def until_stopped(relay: Relay) -> str:
    """A search that ends when it is told to."""
    give_up = time.monotonic() + 20
    while not relay.when(STEP) and time.monotonic() < give_up:
        relay.hear(STEP)
        time.sleep(0.005)
    return "the best so far"


def test_the_search_runs_elsewhere_and_the_rest_here():
    """The search has a thread of its own; ticks stay in the thread that waits, and see the newest report."""
    relay, ticked, searched = Relay(), [], []

    def tick() -> None:
        ticked.append((threading.current_thread(), relay.latest))
        relay.stop()

    def search() -> str:
        searched.append(threading.current_thread())
        return until_stopped(relay)

    assert relay.wait_for(search, tick, every=0.02) == "the best so far"
    assert ticked[0] == (threading.current_thread(), STEP)
    assert searched[0] is not threading.current_thread()


def test_what_was_found_stays_known():
    """A later phase that tells no figures does not make the page forget them."""
    heard = []
    relay = Relay(heard.append)
    relay.hear(STEP)
    relay.hear(STEP._replace(objective=3, bound=4))
    relay.hear(Progress("check", 0.0, 2.0))
    assert relay.latest == Progress("check", 0.0, 2.0, 3, 4)
    assert [(each.phase, each.objective) for each in heard] == [("search", None), ("search", 3), ("check", 3)]


def test_what_the_search_raises_is_raised_here():
    """A fault of the search reaches whoever waits, a time-out of its own among them."""
    for fault in (ValueError("wrong"), TimeoutError("late")):

        def search(fault: Exception = fault) -> None:
            raise fault

        with pytest.raises(type(fault)) as raised:
            Relay().wait_for(search, lambda: None, every=0.01)
        assert raised.value is fault


def test_ctrl_c_stops_with_the_best_and_twice_breaks_off():
    """The first Ctrl-C lets the search end well, the second leaves it."""
    relay, pressed = Relay(), []

    def once() -> None:
        if not pressed:
            pressed.append(1)
            raise KeyboardInterrupt

    assert relay.wait_for(lambda: until_stopped(relay), once, every=0.01) == "the best so far"

    stubborn, free = Relay(), threading.Event()

    def always() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stubborn.wait_for(lambda: free.wait(20), always, every=0.01)
    free.set()
    assert stubborn.stopping


def test_figures_of_a_report():
    """Phase and share at first; later the gap, and about how much of what is open is filled."""
    week = worlds.problem(vacancies=(worlds.vacancy("v1", urgency=2), worlds.vacancy("v2", urgency=2)))
    assert figures(None, week) == {}
    assert figures(STEP, week) == {"phase": "search", "share": 0.5}
    found = STEP._replace(objective=1_000_000_000, bound=1_250_000_000)
    assert figures(found, week) == {"phase": "search", "share": 0.5, "gap": 0.2, "filled": 0.5}
    kept = worlds.problem(
        vacancies=(worlds.vacancy("v1"), worlds.vacancy("v2")),
        clinicians=(worlds.clinician("ann"),),
        fixed=(("v1", "ann"),),
    )
    none = STEP._replace(objective=500_000_000, bound=500_000_000)
    assert figures(none, kept)["filled"] == 0.0, "what is kept was filled before"
    all_kept = worlds.problem(
        vacancies=(worlds.vacancy("v1"),), clinicians=(worlds.clinician("ann"),), fixed=(("v1", "ann"),)
    )
    assert "filled" not in figures(none, all_kept), "nothing was open"
