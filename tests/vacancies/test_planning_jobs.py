"""A plan as a job: asked for once, claimed by one, kept whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from desirepath import matching
from desirepath.audit.models import Event
from desirepath.audit.states import InvalidMove, Stale
from desirepath.pools.models import Pool
from desirepath.vacancies import planning, relay
from desirepath.vacancies.models import LEASE, PlanRun, Proposal
from desirepath.vacancies.presenters.making import gap_in_words, making, standing
from tests import cast

pytestmark = pytest.mark.django_db
SO_FAR = {"phase": "search", "share": 0.4, "gap": 0.0039, "filled": 0.92}


@pytest.fixture(autouse=True)
def now(clock_at: Any) -> Any:
    """A Tuesday morning; call it to jump."""
    return clock_at("2026-12-08 08:00")


@pytest.fixture
def pool(quayside: Any) -> Pool:
    made = cast.pool("Coast Pool", quayside)
    cast.clinician("Asha Patel", pool=made)
    cast.vacancy(quayside)
    return made


@pytest.fixture
def run(pool: Pool) -> PlanRun:
    return ask(pool)


def ask(pool: Pool, **wanted: Any) -> PlanRun:
    return planning.ask_for_plan(pool=pool, first_day=cast.at(6).date(), **wanted)


def again(run: PlanRun) -> PlanRun:
    """The row as another process reads it."""
    return PlanRun.objects.get(pk=run.pk)


@pytest.fixture
def long_search(monkeypatch: pytest.MonkeyPatch) -> list[matching.Progress]:
    """A search that goes on until it is told to stop, then returns the real plan with a gap; what it told."""
    told: list[matching.Progress] = []
    solve = matching.solve

    def slow(problem: Any, *, stop: Any, seed: int, on_progress: Any) -> Any:
        step = matching.Progress("search", 0.5, 1.0, 400_000_000, 500_000_000)
        while not stop.when(step):
            told.append(step)
            on_progress(step)
        return replace(solve(problem, seed=seed), gap=0.2)

    monkeypatch.setattr(matching, "solve", slow)
    monkeypatch.setattr(relay.Relay.wait_for, "__defaults__", (0.02,))
    return told


def test_asking_twice_is_asking_once(pool: Pool) -> None:
    """While one is under way, the same weeks give the same row; other weeks and later ones a new one."""
    first = ask(pool, by=cast.person())
    assert ask(pool).pk == first.pk
    assert ask(pool, weeks=2).pk != first.pk
    planning.stop_plan(by=None, run=first)
    assert ask(pool).pk != first.pk
    assert Event.objects.filter(verb="asked", entity="PlanRun").count() == 3


def test_the_database_refuses_a_second_of_the_same_weeks(run: PlanRun) -> None:
    """Whatever the code forgets."""
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanRun.objects.create(pool=run.pool, first_day=run.first_day, weeks=run.weeks)


@pytest.mark.django_db(transaction=True)
def test_asked_at_the_same_moment(pool: Pool) -> None:
    """Several managers press at once: one plan, and all of them see it."""
    start, seen = Barrier(4), []

    def press() -> None:
        start.wait()
        seen.append(ask(pool).pk)
        connection.close()

    pressing = [Thread(target=press) for _ in range(4)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    assert len(seen) == 4
    assert len(set(seen)) == 1


def test_one_claims_it(run: PlanRun) -> None:
    """Two workers read the same row: the second is told, and a claim is held exactly while planning."""
    other = again(run)
    run.take()
    with pytest.raises(Stale):
        other.take()
    assert (again(run).state, again(run).tries) == ("planning", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanRun.objects.filter(pk=run.pk).update(claim=None)


def test_a_dead_worker_is_noticed_after_the_lease(run: PlanRun, now: Any, clock_at: Any) -> None:
    """Until the lease is over nobody may claim it; then it is anybody's; the third time it has failed."""
    for tries in range(1, planning.MOST_TRIES + 1):
        run.take()
        assert planning.hand_back_abandoned() == 0
        now = clock_at(now + LEASE)
        assert planning.hand_back_abandoned() == 1
        run = again(run)
        assert run.tries == tries
    assert (run.state, run.failure) == ("failed", "died")
    assert "stopped several times" in standing(run)
    with pytest.raises(InvalidMove):
        run.take()


def test_a_report_renews_the_lease(run: PlanRun, now: Any, clock_at: Any) -> None:
    """Whoever still says how far it is keeps it."""
    run.take()
    now = clock_at(now + LEASE - timedelta(seconds=1))
    assert run.renew(SO_FAR)
    clock_at(now + LEASE - timedelta(seconds=1))
    assert planning.hand_back_abandoned() == 0
    assert again(run).progress == SO_FAR


def test_a_claim_taken_over_is_another_s(run: PlanRun) -> None:
    """Whoever had it before may not renew it, though it is being planned."""
    run.take()
    again(run).give_back()
    other = again(run)
    other.take()
    assert not run.renew(SO_FAR)
    assert other.renew()
    assert again(run).progress == {}


def test_who_lost_the_claim_writes_nothing(run: PlanRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that slept past its lease finds the plan another's: nothing of its own is kept."""
    keep = planning.keep_plan

    def late(mine: PlanRun, **plan: Any) -> bool:
        monkeypatch.setattr(planning, "keep_plan", keep)
        again(run).give_back()
        other = again(run)
        other.take()
        assert planning.make_plan(other)
        return keep(mine, **plan)

    monkeypatch.setattr(planning, "keep_plan", late)
    run.take()
    assert planning.make_plan(run) is False
    assert again(run).state == "proposed"
    assert Proposal.objects.count() == 1
    assert Event.objects.filter(verb="planned").count() == 1


def test_stopped_with_the_best_so_far(run: PlanRun, long_search: list[Any]) -> None:
    """What somebody else writes into the row is heard: the plan of that moment is kept, as stopped."""
    run.take()
    planning.stop_plan(by=cast.person(), run=again(run))
    assert planning.make_plan(run)
    assert long_search, "it was searching"
    assert (run.state, run.is_made, run.summary["gap"]) == ("stopped", True, 0.2)
    assert run.proposals.count() == 1
    assert Event.objects.filter(verb="stop asked").count() == 1


def test_stopping_before_it_begins_and_after_it_ended(run: PlanRun) -> None:
    """Before: called off, without a plan. After: nothing changes."""
    planning.stop_plan(by=cast.person(), run=run)
    assert (run.state, run.is_made) == ("called off", False)
    other = ask(run.pool)
    other.take()
    planning.make_plan(other)
    planning.stop_plan(by=None, run=other)
    assert (other.state, other.stop_asked_at) == ("proposed", None)


def test_whoever_leaves_hands_it_back(run: PlanRun, long_search: list[Any]) -> None:
    """A worker told to end in the middle gives the plan to the next at once, with nothing written."""
    run.take()
    assert planning.make_plan(run, leaving=lambda: bool(long_search)) is False
    assert (again(run).state, again(run).claim) == ("asked", None)
    assert not Proposal.objects.exists()


def test_a_fault_is_said_and_leaves_nothing(run: PlanRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planner that breaks: the row says so, the fault is raised, nothing else is written."""

    def broken(*_: Any, **__: Any) -> None:
        raise matching.UnsoundPlanError("two at once")

    monkeypatch.setattr(matching, "solve", broken)
    run.take()
    with pytest.raises(matching.UnsoundPlanError):
        planning.make_plan(run)
    assert (again(run).state, again(run).failure) == ("failed", "fault")
    assert not Proposal.objects.exists()


def test_a_failure_while_it_is_kept_leaves_nothing(run: PlanRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last statement of keeping fails: no proposal stays behind."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(planning, "_summary", broken)
    run.take()
    with pytest.raises(RuntimeError):
        planning.make_plan(run)
    assert again(run).state == "failed"
    assert not Proposal.objects.exists()


def test_in_words(run: PlanRun, now: Any, clock_at: Any) -> None:
    """Waiting, late, reading, searching, stopping: each in plain words, with figures where there are any."""
    assert (making(run).phase, making(run).so_far) == ("Waiting to begin", "0 seconds")
    clock_at(now + timedelta(minutes=3))
    assert making(run).phase == "Waiting: the machine that plans is busy or off"
    run.take()
    assert making(run).phase == "Reading sessions, terms and free time"
    assert standing(run).startswith("Being made: reading sessions")
    run.progress = SO_FAR
    assert dict(making(run).figures) == {
        "Filled so far": "about 92%",
        "How good so far": "within 0.4% of the best possible",
    }
    run.stop_asked_at = now
    assert making(run).phase == "Stopping with the best plan so far"
    assert [making(run).again, making(again(run)).so_far] == [3, "0 seconds"]
    clock_at(now + timedelta(minutes=6))
    assert (making(run).again, making(run).so_far) == (15, "3 minutes")


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0, "the best possible"),
        (0.00391, "within 0.4% of the best possible"),
        (0.0401, "within 4.1% of the best possible"),
        (0.000012, "within 0.01% of the best possible"),
        (1.0, "within 100.0% of the best possible"),
    ],
)
def test_a_gap_is_never_told_as_smaller(gap: float, words: str) -> None:
    """Rounded up."""
    assert gap_in_words(gap) == words
