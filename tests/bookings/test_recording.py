"""A practice records what was agreed by phone, and can't search a rate by trying."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.models import Booking, RefusedTry
from desirepath.bookings.recording import record_agreed
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.bookings.test_races import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed():
    """Record a booking of Ann at a rate, at a practice of her pool."""
    surgery = cast.practice("Quayside Surgery")
    ann = cast.clinician("Ann Locum", pool=cast.pool("", surgery), rate=90)
    alice = cast.booker("Alice Booker", surgery)

    def record(rate, days: int = 7, practice=surgery) -> Booking:
        start = cast.at(days)
        end = start + timedelta(hours=4)
        details = {"practice": practice, "clinician": ann, "start": start, "end": end}
        return record_agreed(by=alice, rate=Decimal(rate), **details)

    record.ann = ann
    return record


def test_few_refusals_a_day(agreed):
    """Three are answered; the fourth is not, even at a rate that she would take; tomorrow is another day."""
    for rate in (60, 70, 80):
        with pytest.raises(Refused, match="outside the terms"):
            agreed(rate)
    with pytest.raises(Refused, match="tried several times today"):
        agreed(100)
    assert not Booking.objects.exists() and not Vacancy.objects.exists()
    with clock.at(cast.at(1, 9)):
        assert agreed(100).state == "provisional"


def test_what_says_nothing_of_her_is_not_counted(agreed):
    """A booking that is made, and a session that can't be, leave the tries as they were."""
    agreed(100)
    with pytest.raises(Refused, match="in the future"):
        agreed(100, days=-1)
    assert RefusedTry.objects.get().tries == 0


def test_another_practice_has_its_own_tries(agreed):
    """What one practice tried keeps no other from booking her."""
    for _ in range(3):
        with pytest.raises(Refused):
            agreed(60)
    other = cast.practice("Hilltop Surgery")
    from desirepath.pools.actions import add_practice

    pool = agreed.ann.memberships.get().pool
    add_practice(by=None, pool=pool, practice=other, since=cast.LONG_AGO)
    assert agreed(100, practice=other).state == "provisional"


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_not_more(agreed):
    """Eight tries at the same moment: three are answered."""
    results = race(*(lambda rate=rate: agreed(rate) for rate in range(50, 58)))
    told = [str(result) for result in results]
    assert sum("outside the terms" in each for each in told) == 3
    assert sum("tried several times" in each for each in told) == 5
