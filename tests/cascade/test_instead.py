"""The letter that a session has been taken names what else fits her, as things stand when it leaves."""

from __future__ import annotations

import pytest
from django.core import mail

from desirepath.bookings.actions import accept_offer
from desirepath.cascade.actions import withdraw_vacancy
from desirepath.cascade.asking import ask
from desirepath.messages.models import Message
from desirepath.messages.sending import digested, send_due
from tests import cast

pytestmark = pytest.mark.django_db
SENT = "What else fits you, as this letter left"


@pytest.fixture
def race(clock_at, quayside):
    """Two were asked for one session, and their letters have left; Bea is faster."""
    clock_at("2026-12-07 10:00")
    pool = cast.pool("Wex", quayside)
    asha, bea = cast.clinician("Asha", pool=pool), cast.clinician("Bea", pool=pool)
    vacancy = cast.vacancy(quayside)
    offer = cast.offer(vacancy, asha)
    hers = ask(vacancy=vacancy, clinician=bea, by=None)
    send_due()
    mail.outbox.clear()
    return quayside, asha, vacancy, offer, hers


def letter_of(asha) -> str:
    send_due()
    (found,) = [each for each in mail.outbox if each.to == [asha.person.email]]
    return found.body


def test_what_fits_when_it_leaves_never_more_than_three(race):
    """Five fit; one is withdrawn before the letter leaves, and three of the others are named."""
    practice, asha, vacancy, _, hers = race
    others = [cast.vacancy(practice, start=cast.at(day)) for day in (8, 9, 10, 11, 12)]
    accept_offer(by=hers.clinician.person, offer=hers)
    withdraw_vacancy(by=cast.person(), vacancy=others[0])
    body = letter_of(asha)
    assert SENT in body
    named = [other for other in others if str(other.public_id) in body]
    assert len(named) == 3 and others[0] not in named and str(vacancy.public_id) not in body


def test_what_came_up_after_it_was_written_is_in_it(race):
    """Nothing fitted when the session was taken; what was posted since does."""
    practice, asha, _, _, hers = race
    accept_offer(by=hers.clinician.person, offer=hers)
    later = cast.vacancy(practice, start=cast.at(9))
    assert str(later.public_id) in letter_of(asha)


def test_where_nothing_fits_it_says_nothing_of_it(race):
    """No heading over an empty list; the page is a link away."""
    _, asha, _, offer, hers = race
    accept_offer(by=hers.clinician.person, offer=hers)
    body = letter_of(asha)
    assert SENT not in body and f"/offers/{offer.public_id}/" in body


def test_a_session_no_longer_needed_is_not_followed_by_others(race):
    """Only one that was taken is."""
    practice, asha, vacancy, _, _ = race
    cast.vacancy(practice, start=cast.at(9))
    withdraw_vacancy(by=cast.person(), vacancy=vacancy)
    assert SENT not in letter_of(asha)


def test_the_daily_message_says_it_too(race):
    """Gathered with others, it is worked out as the one letter leaves."""
    practice, asha, _, _, hers = race
    accept_offer(by=hers.clinician.person, offer=hers)
    row = Message.objects.get(to=asha.person, channel="e-mail", subject__startswith="No answer")
    later = cast.vacancy(practice, start=cast.at(9))
    subject, body = digested([row, row])
    assert subject == "2 answers no longer needed" and body.count(str(later.public_id)) == 2
    assert SENT not in row.body
