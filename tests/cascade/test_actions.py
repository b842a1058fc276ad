"""Plan, release, undo, decline, expire, withdraw."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.cascade import actions
from desirepath.cascade.models import Offer
from desirepath.clinicians.actions import set_practice_preference
from desirepath.clinicians.choosing import set_quiet_choices
from desirepath.clinicians.models import Clinician
from desirepath.messages.models import Message
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies import actions as vacancies
from desirepath.vacancies.models import PlanRun, Vacancy
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


def plan(pool: Pool, session: Vacancy) -> PlanRun:
    return actions.plan_pool(pool=pool, first_day=session.day, weeks=1)


def test_plan_release_asks_the_proposed(surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """The plan proposes her; releasing asks her, tells her once, and the vacancy is being asked."""
    session = cast.vacancy(surgery)
    run = plan(pool, session)
    released = actions.release_proposals(by=None, run=run, proposals=run.proposals.all())
    session.refresh_from_db()
    assert [o.clinician for o in released.offers] == [ann]
    assert (session.state, released.offers[0].fee) == ("offered", Decimal("375.00"))
    assert sorted(told.channel for told in Message.objects.filter(to=ann.person)) == ["e-mail", "in-app"]


def test_undo_takes_unanswered_offers_back(surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """After undo nobody is asked and the session is open; a second undo is refused."""
    session = cast.vacancy(surgery)
    run = plan(pool, session)
    released = actions.release_proposals(by=None, run=run, proposals=run.proposals.all())
    manager = cast.person()
    assert actions.undo_release(by=manager, release=released.release) == 1
    session.refresh_from_db()
    assert (session.state, Offer.objects.get().state) == ("released", "withdrawn")
    with pytest.raises(Refused, match="already"):
        actions.undo_release(by=manager, release=released.release)


def test_undo_leaves_what_was_accepted(surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """An answer given stays: undo takes back only offers that nobody has answered."""
    session = cast.vacancy(surgery)
    booking = cast.booking(session, ann)
    assert booking.offer is not None
    assert booking.offer.release is not None
    assert actions.undo_release(by=cast.person(), release=booking.offer.release) == 0
    session.refresh_from_db()
    assert session.state == "filled"


def test_declining_reopens_without_a_reason(surgery: Organisation, ann: Clinician) -> None:
    """No is enough; the session is open again and she is not asked why."""
    session = cast.vacancy(surgery)
    offer = cast.offer(session, ann)
    actions.decline_offer(by=ann.person, offer=offer)
    session.refresh_from_db()
    assert (offer.state, offer.decline_reason, session.state) == ("declined", "", "released")
    with pytest.raises(PermissionError):
        actions.decline_offer(by=cast.person(), offer=offer)


def test_a_declined_pair_is_not_proposed_again(surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """She said no to this session: the next plan asks somebody else, or nobody."""
    session = cast.vacancy(surgery)
    actions.decline_offer(by=ann.person, offer=cast.offer(session, ann))
    assert not plan(pool, session).proposals.exists()


def test_a_plan_from_before_her_no_asks_her_no_more(
    surgery: Organisation, pool: Pool, ann: Clinician
) -> None:
    """Proposed, then asked by the cascade, she declined: releasing that plan passes her over."""
    session = cast.vacancy(surgery)
    run = plan(pool, session)
    actions.decline_offer(by=ann.person, offer=cast.offer(session, ann))
    with pytest.raises(Refused, match="not free then"):
        actions.release_proposals(by=None, run=run, proposals=run.proposals.all())
    assert not Offer.objects.live().exists()


def test_expired_offers_reopen_once(surgery: Organisation, ann: Clinician) -> None:
    """The worker expires what is due, once, however often it comes round."""
    session = cast.vacancy(surgery)
    offer = cast.offer(session, ann)
    with clock.at(offer.expires_at + timedelta(hours=6)):
        assert actions.expire_due() == 1
        assert actions.expire_due() == 0
    session.refresh_from_db()
    assert session.state == "released"


def test_a_pin_is_kept_and_a_forbidden_pair_is_not_proposed(
    surgery: Organisation, pool: Pool, ann: Clinician
) -> None:
    """The plan is made around the manager's word."""
    bea = cast.clinician("Bea Locum", pool=pool, rate=60)
    session = cast.vacancy(surgery)
    manager = cast.person()
    assert plan(pool, session).proposals.get().clinician == bea
    vacancies.choose_pair(by=manager, vacancy=session, clinician=ann, kind="pin", reason="knows the patients")
    pinned = plan(pool, session).proposals.get()
    assert (pinned.clinician, pinned.reasons) == (ann, ["pinned"])
    vacancies.choose_pair(by=manager, vacancy=session, clinician=ann, kind="forbid", reason="on a course")
    assert plan(pool, session).proposals.get().clinician == bea


def test_live_offers_stay_in_the_next_plan(surgery: Organisation, pool: Pool, ann: Clinician) -> None:
    """Who has been asked counts as taken: her limits hold across offers and proposals."""
    cheap = cast.clinician("Ann Once", pool=pool, terms={"max_sessions_week": 1}, rate=50)
    first = cast.vacancy(surgery)
    cast.offer(first, cheap)
    second = cast.vacancy(surgery, start=cast.at(7, 14))
    proposed = plan(pool, second).proposals.get()
    assert (proposed.vacancy, proposed.clinician) == (second, ann)


def test_a_proposal_that_no_longer_holds_is_passed_over(
    surgery: Organisation, pool: Pool, ann: Clinician
) -> None:
    """She was booked meanwhile: the release says so and asks nobody."""
    session = cast.vacancy(surgery)
    run = plan(pool, session)
    cast.booking(cast.vacancy(surgery, start=cast.at(7, 9)), ann)
    with pytest.raises(Refused, match="busy then"):
        actions.release_proposals(by=None, run=run, proposals=run.proposals.all())
    assert not Offer.objects.filter(vacancy=session).exists()


def test_one_live_offer_per_pair(surgery: Organisation, ann: Clinician) -> None:
    """The database refuses to ask her twice for the same session."""
    offer = cast.offer(cast.vacancy(surgery), ann)
    offer.pk, offer.public_id = None, cast.person().public_id
    with pytest.raises(IntegrityError), transaction.atomic():
        offer.save(force_insert=True)


def test_withdrawing_a_vacancy_takes_its_offers_back(surgery: Organisation, ann: Clinician) -> None:
    """Nobody is left with an offer for a session that is not needed; a covered one is a cancellation."""
    session = cast.vacancy(surgery)
    offer = cast.offer(session, ann)
    actions.withdraw_vacancy(by=cast.person(), vacancy=session)
    offer.refresh_from_db()
    assert (session.state, offer.state) == ("withdrawn", "withdrawn")
    covered = cast.vacancy(surgery, start=cast.at(8))
    cast.booking(covered, ann)
    with pytest.raises(Refused, match="cancel the booking"):
        actions.withdraw_vacancy(by=cast.person(), vacancy=covered)


@pytest.mark.parametrize(
    ("sent_before", "open_for"),
    [
        (timedelta(days=5), timedelta(hours=24)),
        (timedelta(hours=20), timedelta(hours=18)),
        (timedelta(hours=4), timedelta(hours=2)),
        (timedelta(hours=1), timedelta(minutes=30)),
    ],
)
def test_an_offer_leaves_time_to_find_somebody_else(
    surgery: Organisation, ann: Clinician, sent_before: timedelta, open_for: timedelta
) -> None:
    """The pool's 24 hours, until two hours before the session, or half of what is left."""
    session = cast.vacancy(surgery)
    with clock.at(session.start - sent_before):
        assert cast.offer(session, ann).expires_at == session.start - sent_before + open_for


def test_a_release_keeps_to_how_she_is_asked(surgery):
    """A proposal made before she muted the practice, paused, or had enough for the day sends no offer; the
    manager is told what is told of whoever is busy.
    """
    ann = cast.clinician("Ann Locum", pool=cast.pool("", surgery))
    first, second = (cast.proposal(cast.vacancy(surgery, start=cast.at(day)), ann) for day in (7, 8))
    second.run = first.run
    second.save()
    set_quiet_choices(by=ann.person, clinician=ann, values={"most_offers_day": 1})
    released = actions.release_proposals(by=None, run=first.run, proposals=[first, second])
    assert len(released.offers) == 1 and released.passed_over == [(second, "they are not free then")]
    set_quiet_choices(by=ann.person, clinician=ann, values={"most_offers_day": None})
    set_practice_preference(by=ann.person, clinician=ann, practice=surgery, kind="muted")
    with pytest.raises(Refused, match="they are not free then"):
        actions.release_proposals(by=None, run=first.run, proposals=[type(second).objects.get(pk=second.pk)])
