"""Why wasn't I offered this: her own numbers, where she stands, and nothing of anybody else."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from desirepath.audit import clock
from desirepath.bookings.standing import BEFORE, FEWEST, Standing, told_apart
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import QuietChoices, Skill
from desirepath.organisations.models import Kind
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def pcn():
    return cast.organisation(Kind.PCN, name="Quay PCN")


@pytest.fixture
def surgery(pcn):
    return cast.practice("Quayside Surgery", pcn=pcn)


@pytest.fixture
def pool(surgery):
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def ann(pool):
    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def shows(client, ann):
    client.force_login(ann.person)

    def shown(session) -> str:
        answer = client.get(reverse("bookings:session", args=[session.public_id]))
        assert answer.status_code == 200
        # as it is read: no tags, no tokens of forms
        text = re.sub(r"<[^>]+>", " ", answer.content.decode())
        return re.sub(r"\s+", " ", text.replace("&#39;", "'"))

    return shown


def test_rules_with_her_own_numbers(shows, ann, surgery):
    """What fails and what fits, each with her figures."""
    coil = Skill.objects.create(code="coil", name="Coil fitting", role="gp")
    told = shows(cast.vacancy(surgery, start=cast.at(7, 6), rate_cap=Decimal(80), skills=[coil]))
    assert "It needs Coil fitting, which is not in your profile" in told
    assert "Your rate for it is £90 an hour; the practice pays up to £80" in told
    assert "it starts 30 minutes before you are free" in told
    assert "0.0 km from you in a straight line; you travel up to 30 km" in told
    assert "As things stand you can't be asked for it" in told


def test_where_she_stands(shows, ann, surgery, pool, pcn):
    """Her place among those who could come, and who is before her, in counts of three and more."""
    for _ in range(4):
        cast.clinician(pool=pool, pcn=pcn)
    for _ in range(3):
        her = cast.clinician(pool=pool)
        clinicians.set_practice_preference(by=her.person, clinician=her, practice=surgery, kind="preferred")
    for _ in range(2):
        cast.clinician(pool=pool)
    told = shows(cast.vacancy(surgery))
    assert "You are 8th of the 10 who could come." in told
    assert "4 are in the bank of the practice's own PCN" in told
    assert "3 come from as near in the cascade as you" in told
    assert "Nobody has been asked yet." in told


def test_a_cheaper_rate_does_not_move_her(shows, ann, surgery, pool):
    """Her place tells no rate: those who cost less stand where they stood."""
    for rate in (70, 75, 80, 85):
        cast.clinician(pool=pool, rate=rate)
    session = cast.vacancy(surgery)
    before = re.search(r"You are among [^.]+|You are \d[^.]+", shows(session)).group()
    clinicians.publish_terms(by=ann.person, clinician=ann, values={"base_rate": Decimal(60)})
    assert re.search(r"You are among [^.]+|You are \d[^.]+", shows(session)).group() == before


def test_few_are_not_told_apart(shows, surgery, pool, pcn):
    """With one or two others, or one or two before her, no number and no reason is told."""
    cast.clinician(pool=pool, pcn=pcn)
    told = shows(cast.vacancy(surgery))
    assert "You are among the first few who could come." in told and "are in the bank" not in told
    for _ in range(3):
        cast.clinician(pool=pool)
    told = shows(cast.vacancy(surgery))
    assert "You are among the first few of the 5 who could come." in told and "are in the bank" not in told


@given(st.dictionaries(st.sampled_from(list(BEFORE)), st.integers(0, 6)))
def test_no_count_under_three_can_be_worked_out(above):
    """What is told, and what is left when it is taken from the whole, is none or at least three."""
    told, rest = told_apart(above)
    whole = sum(above.values())
    assert all(count >= FEWEST for _, count in told)
    assert rest == whole - sum(count for _, count in told)
    assert rest == 0 or rest >= FEWEST or (not told and whole < FEWEST)
    assert Standing(True, 20, above).reasons == [] or whole >= FEWEST


def test_quiet_choices_and_what_happened(shows, ann, surgery, pool):
    """A pause of hers, an offer that is gone, a session that somebody else has."""
    session = cast.vacancy(surgery)
    QuietChoices.objects.update_or_create(
        clinician=ann, defaults={"paused_until": clock.today() + timedelta(days=30)}
    )
    assert "You are not asked for anything just now, as you chose" in shows(session)
    QuietChoices.objects.all().delete()
    cast.booking(session, cast.clinician("Bea Secret", pool=pool))
    told = shows(session)
    assert "Somebody is coming: the first who said yes is booked." in told and "Bea" not in told


def test_nothing_of_anybody_else(shows, ann, surgery, pool, pcn):
    """No name, no rate, no place and no limit of another is on the page, whoever has what to do with it."""
    place = {"latitude": 52.123456, "longitude": 1.098765}
    others = [
        cast.clinician(name, pool=pool, pcn=pcn, rate=rate, terms={"max_km": 27}, **place)
        for name, rate in (("Bea Secret", 71), ("Cora Hidden", 73), ("Dora Unseen", 77))
    ]
    session = cast.vacancy(surgery)
    cast.application(session, others[0])
    cast.offer(session, others[1])
    told = shows(session)
    for secret in ("Bea", "Secret", "Cora", "Hidden", "Dora", "Unseen", "£71", "£73", "£77", "27 km", "52.1"):
        assert secret not in told, secret


def test_only_sessions_of_her_pools(client, ann, surgery):
    """Another pool's session, and a draft, are not there."""
    client.force_login(ann.person)
    elsewhere = cast.practice("Elsewhere")
    cast.pool("Other pool", elsewhere)
    for session in (cast.vacancy(elsewhere), cast.vacancy(surgery, draft=True)):
        assert client.get(reverse("bookings:session", args=[session.public_id])).status_code == 404
