"""What falls due is done row by row: a fault of one is written down, and the others are done."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import pytest
from django.db import OperationalError, models

from desirepath.audit import clock, retrying
from desirepath.audit.models import Stateful
from desirepath.bookings import actions as bookings
from desirepath.bookings import applying, handing, instant, swapping
from desirepath.bookings.models import Application, Booking, HandBack, HandBackAsk, Swap
from desirepath.cascade import actions, agency, reserves, running
from desirepath.cascade.models import AgencyRequest, Cascade, Offer, Reserve
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians import choosing
from desirepath.pools.actions import found_chambers
from desirepath.vacancies.models import Vacancy
from tests import cast

pytestmark = pytest.mark.django_db


class Ground:
    """A practice, and two colleagues of a chambers."""

    def __init__(self) -> None:
        self.place = cast.practice("Quayside Surgery")
        pool = cast.pool("", self.place)
        chambers = found_chambers(by=None, pool=pool, name="Harbour Chambers")
        self.ann, self.bea = cast.clinician("Ann Locum"), cast.clinician("Bea Locum")
        for her in (self.ann, self.bea):
            clinicians.join_pool(by=None, clinician=her, pool=pool, chambers=chambers)

    def session(self, days: int) -> Vacancy:
        return cast.vacancy(self.place, start=cast.at(days))

    @cached_property
    def booked(self) -> list[Booking]:
        return [cast.booking(self.session(days), self.ann) for days in (7, 8)]


def offers(ground: Ground) -> None:
    for days in (7, 8):
        cast.offer(ground.session(days), ground.ann)


def swaps(ground: Ground) -> None:
    for given in ground.booked:
        swapping.propose_swap(
            by=ground.ann.person, booking=given, colleague=ground.bea, day=clock.today() + timedelta(days=9)
        )


def hand_backs(ground: Ground) -> None:
    for given in ground.booked:
        handing.hand_back(by=ground.ann.person, booking=given, otherwise="keep")


def applications(ground: Ground) -> None:
    for days in (7, 8):
        cast.application(ground.session(days), ground.ann)


def standing_by(ground: Ground) -> None:
    for row in ground.booked:
        reserves.stand_by(by=ground.bea.person, clinician=ground.bea, vacancy=row.vacancy)
    Vacancy.objects.update(state="released", cover=None)


def agreed_beforehand(ground: Ground) -> None:
    offers(ground)
    choosing.give_standing_yes(
        by=ground.ann.person,
        clinician=ground.ann,
        practice=ground.place,
        least_notice_hours=2,
        most_sessions=5,
    )


def begun(ground: Ground) -> None:
    assert ground.booked


def nobody_came(ground: Ground) -> None:
    for days in (7, 8):
        ground.session(days)


@pytest.mark.parametrize(
    ("begin", "rows", "left", "due", "room", "act", "days"),
    [
        (offers, Offer, "sent", actions.expire_due, actions, "_expire", 9),
        (swaps, Swap, "proposed", swapping.expire_swaps, swapping, "_expire", 4),
        (hand_backs, HandBack, "asked", handing.settle_due, handing, "_settle", 2),
        (applications, Application, "made", applying.applications_due, applying, "_end_due", 9),
        (standing_by, Reserve, "standing by", reserves.ask_due, reserves, "_ask", 0),
        (agreed_beforehand, Offer, "sent", instant.book_due, instant, "book_asked", 0),
        (begun, Booking, "confirmed", bookings.complete_due, bookings, "_begin", 9),
        (nobody_came, Vacancy, "released", bookings.unfilled_due, bookings, "_leave_unfilled", 9),
    ],
    ids=lambda value: value.__name__ if callable(value) and not isinstance(value, type) else None,
)
@pytest.mark.parametrize("error", [RuntimeError("a fault"), OperationalError("busy")], ids=["fault", "busy"])
def test_one_that_fails_holds_up_no_other(
    begin: Callable[[Ground], None],
    rows: type[models.Model],
    left: str,
    due: Callable[[], int],
    room: Any,
    act: str,
    days: int,
    error: Exception,
    clock_at: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The first of two fails: the other is done, a line says so, and the next round does the first."""
    now = clock_at("2026-12-01 12:00")
    begin(Ground())
    clock_at(now + timedelta(days=days))
    does, tried = getattr(room, act), []

    def fails_first(row: Any) -> Any:
        tried.append(row)
        if len(tried) == 1:
            raise error
        return does(row)

    monkeypatch.setattr(room, act, fails_first)
    with caplog.at_level(logging.WARNING):
        assert due()
    assert rows._default_manager.filter(state=left).count() == 1
    assert len(caplog.records) == 1
    due()
    assert rows._default_manager.filter(state=left).count() == 0


BUSY = sqlite3.OperationalError("database is locked")
BUSY.sqlite_errorcode = sqlite3.SQLITE_BUSY


def start(vacancy: Vacancy, by: Any) -> None:
    running.start(vacancy=vacancy, by=by)
    running.stop(vacancy=vacancy, by=by)
    running.start(vacancy=vacancy, by=by)


def stop(vacancy: Vacancy, by: Any) -> None:
    running.start(vacancy=vacancy, by=by)
    running.stop(vacancy=vacancy, by=by)


def skip_tier(vacancy: Vacancy, by: Any) -> None:
    running.start(vacancy=vacancy, by=by)
    Cascade.objects.update(state="waiting")
    running.skip_tier(vacancy=vacancy, by=by, reason="To see")


def want_agency(vacancy: Vacancy, by: Any) -> AgencyRequest:
    running.start(vacancy=vacancy, by=by)
    Cascade.objects.update(tier=3)
    return agency.request_agency(by=by, vacancy=vacancy, why="Nobody")


def approve(vacancy: Vacancy, by: Any) -> AgencyRequest:
    request = want_agency(vacancy, by)
    agency.approve_agency(by=cast.person(), request=request, reason="Needed")
    return request


def refuse(vacancy: Vacancy, by: Any) -> None:
    agency.refuse_agency(by=cast.person(), request=want_agency(vacancy, by), reason="Too dear")


def comes(vacancy: Vacancy, by: Any) -> AgencyRequest:
    request = approve(vacancy, by)
    agency.agency_comes(by=by, request=request, who="Sam", fee=Decimal(500))
    return request


def nobody_comes(vacancy: Vacancy, by: Any) -> None:
    agency.agency_nobody(by=by, request=comes(vacancy, by))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("act", "state"),
    [
        (start, "running"),
        (stop, "stopped"),
        (skip_tier, "running"),
        (want_agency, "agency wanted"),
        (approve, "agency approved"),
        (refuse, "running"),
        (comes, "ended"),
        (nobody_comes, "running"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_a_busy_database_is_asked_again_for_a_cascade(
    act: Callable[[Vacancy, Any], Any], state: str, busy_once: list[str]
) -> None:
    """Whoever presses a button of a cascade never hears that the database was busy."""
    act(Ground().session(7), cast.person())
    assert busy_once
    assert Cascade.objects.get().state == state


@pytest.mark.django_db(transaction=True)
def test_a_busy_database_is_asked_again_among_colleagues(busy_once: list[str]) -> None:
    """A no to a colleague is kept, and so is the end of a swap."""
    ground = Ground()
    hand_backs(ground)
    swaps(ground)
    ask = HandBackAsk.objects.all()[0]
    handing.say_no(by=ask.clinician.person, ask=ask)
    declined, withdrawn = Swap.objects.order_by("pk")
    swapping.decline_swap(by=ground.bea.person, swap=declined)
    swapping.withdraw_swap(by=ground.ann.person, swap=withdrawn)
    assert busy_once[-3:] == ["no", "declined", "withdrawn"]
    assert [row.state for row in (ask, declined, withdrawn)] == ["no", "declined", "withdrawn"]


@pytest.fixture
def busy_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The database is busy at the first try of every move; gives the moves that it was too busy for."""
    moves, met = Stateful.move, []

    def move(row: Stateful, to: str, **given: Any) -> Stateful:
        met_before = (row.pk, type(row), to) in tried
        if isinstance(row, Cascade | AgencyRequest | HandBackAsk | Swap) and not met_before:
            tried.add((row.pk, type(row), to))
            met.append(to)
            raise OperationalError("database is locked") from BUSY
        return moves(row, to, **given)

    tried: set[tuple[int, type, str]] = set()
    monkeypatch.setattr(Stateful, "move", move)
    monkeypatch.setattr(retrying, "PAUSE", 0)
    return met
