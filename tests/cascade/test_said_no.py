"""Her no is kept by whoever asks."""

import pytest

from desirepath.cascade import advancing, running
from desirepath.cascade.models import Cascade, Offer
from desirepath.cascade.not_for_me import not_for_me
from tests import cast

pytestmark = pytest.mark.django_db


def test_the_cascade_leaves_whoever_said_no_since_it_looked(monkeypatch, quayside, clock_at):
    """Found as one to be asked, she says no before her turn: another is asked in that same turn."""
    clock_at("2026-12-07 10:00")  # at an hour at which the policy asks
    pool = cast.pool("", quayside)
    first, second = cast.clinician("Ann Locum", pool=pool), cast.clinician("Bea Locum", pool=pool)
    vacancy = cast.vacancy(quayside)
    running.start(vacancy=vacancy, by=None)
    Cascade.objects.update(tier=2)
    found = advancing.candidates

    def then_says_no(**given):
        those = found(**given)
        not_for_me(by=first.person, clinician=first, vacancy=vacancy)
        return those

    monkeypatch.setattr(advancing, "candidates", then_says_no)
    assert running.advance_due() == 1
    assert [offer.clinician for offer in Offer.objects.live()] == [second]
