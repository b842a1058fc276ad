"""Sent, verified, refused, taken back, shared: and what each does to until when she is cleared."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.actions import join_pool
from desirepath.clinicians.credentials import actions, policy
from desirepath.clinicians.credentials.clearance import FOR_EVER, NEVER
from desirepath.clinicians.credentials.usual import usual
from desirepath.clinicians.models import Clinician, Credential
from desirepath.messages.models import Message
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.fit import fit
from tests import cast, papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    made = cast.pool("Saltmarsh pool", surgery)
    cast.wants(made.organisation)
    return made


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


def until(her: Clinician, pool: Pool):
    return her.memberships.get(pool=pool).cleared_until


def verifier(pool: Pool):
    return cast.holder(Role.CREDENTIAL_VERIFIER, pool.organisation)


def look(credential: Credential, pool: Pool, **details):
    values = {"against": "The original", "issued_on": None, "expires_on": None, **details}
    actions.verify(by=details.pop("by", None) or verifier(pool), credential=credential, pool=pool, **values)


def test_sent_and_verified_clears_her(pool, ann):
    """Nothing counts while it waits; verified, it does at once, with who and against what, and she hears."""
    sent = cast.sent(ann)
    assert until(ann, pool) == NEVER
    last = clock.today() + timedelta(days=400)
    by = verifier(pool)
    actions.verify(
        by=by, credential=sent, pool=pool, against="DBS update service", issued_on=None, expires_on=last
    )
    assert until(ann, pool) == last
    sent.refresh_from_db()
    assert (sent.verified_by, sent.against, sent.verified_in) == (by, "DBS update service", pool)
    assert Message.objects.for_user(ann.person).filter(subject="DBS certificate is verified").exists()


def test_rejected_with_a_reason_that_she_reads(pool, ann):
    """No reason, no rejection; the reason stays beside it, and a second answer is refused."""
    sent = cast.sent(ann)
    with pytest.raises(Refused, match="why it is rejected"):
        actions.reject(by=verifier(pool), credential=sent, pool=pool, reason="  ")
    actions.reject(by=verifier(pool), credential=sent, pool=pool, reason="The name is cut off")
    sent.refresh_from_db()
    assert (sent.state, sent.reason, until(ann, pool)) == ("rejected", "The name is cut off", NEVER)
    with pytest.raises(Refused, match="answered this one already"):
        actions.verify(
            by=verifier(pool), credential=sent, pool=pool, against="x", issued_on=None, expires_on=None
        )


def test_taken_back_it_counts_no_more(pool, ann):
    """A verification that was wrong."""
    held = cast.verified(ann, pool)
    assert until(ann, pool) == FOR_EVER
    actions.revoke(by=verifier(pool), credential=held, pool=pool, reason="It was another person's")
    assert until(ann, pool) == NEVER


def test_nobody_verifies_their_own_and_nobody_from_elsewhere(pool, ann):
    """A verifier who is a clinician too, a verifier of another pool, and a manager are refused."""
    sent = cast.sent(ann)
    cast.role(ann.person, Role.CREDENTIAL_VERIFIER, pool.organisation)
    other = cast.pool("Other pool")
    for by in (ann.person, verifier(other), cast.holder(Role.POOL_MANAGER, pool.organisation)):
        with pytest.raises(PermissionError):
            actions.verify(by=by, credential=sent, pool=pool, against="x", issued_on=None, expires_on=None)
    with pytest.raises(PermissionError):
        actions.submit(by=cast.person(), clinician=ann, item="dbs", name="a.pdf", content=papers.pdf())


def test_some_things_only_the_governance_lead_verifies(pool, ann):
    """By the pool's own list; the lead may verify what a verifier may, too."""
    cast.wants(pool.organisation, "references", verified_by="governance")
    sent = cast.sent(ann, "references")
    with pytest.raises(Refused, match="governance lead"):
        actions.verify(
            by=verifier(pool), credential=sent, pool=pool, against="x", issued_on=None, expires_on=None
        )
    lead = cast.holder(Role.GOVERNANCE_LEAD, pool.organisation)
    actions.verify(by=lead, credential=sent, pool=pool, against="x", issued_on=None, expires_on=None)
    cast.verified(ann, pool, by=lead)
    assert until(ann, pool) == FOR_EVER


def test_one_verification_serves_every_pool_she_shares_with(pool, ann):
    """Verified once, it counts in the other pool too; where she does not share, it does not."""
    other = cast.pool("Other pool", cast.practice("Hilltop Practice"))
    cast.wants(other.organisation)
    cast.verified(ann, pool)
    member = join_pool(by=None, clinician=ann, pool=other)
    assert until(ann, other) == FOR_EVER
    actions.share(by=ann.person, membership=member, on=False)
    assert (until(ann, other), until(ann, pool)) == (NEVER, FOR_EVER)
    actions.share(by=ann.person, membership=member, on=True)
    assert until(ann, other) == FOR_EVER
    with pytest.raises(PermissionError):
        actions.share(by=cast.person(), membership=member, on=False)


def test_a_stricter_pool_counts_fewer_months(pool, ann):
    """Each pool's own rule of months is applied to the same verification."""
    other = cast.pool("Other pool", cast.practice("Hilltop Practice"))
    cast.wants(other.organisation, months=12)
    today = clock.today()
    cast.verified(ann, pool, issued_on=today)
    join_pool(by=None, clinician=ann, pool=other)
    assert until(ann, pool) == FOR_EVER
    assert 364 <= (until(ann, other) - today).days <= 366


def test_a_record_of_the_pool_counts_there_alone_and_the_newest_counts(pool, ann):
    """What one pool wrote down is no other pool's check; a later record takes the place of an earlier."""
    other = cast.pool("Other pool", cast.practice("Hilltop Practice"))
    cast.wants(other.organisation)
    join_pool(by=None, clinician=ann, pool=other)
    cast.cleared(ann, pool)
    assert (until(ann, pool), until(ann, other)) == (FOR_EVER, NEVER)
    shorter = clock.today() + timedelta(days=9)
    cast.cleared(ann, pool, shorter)
    assert until(ann, pool) == shorter


def test_the_usual_set_holds_until_a_pool_says_otherwise(surgery):
    """A new pool asks for the usual set; its own list begins as a copy, and then counts alone."""
    pool = cast.pool("Asking pool", surgery, asks=True)
    her = cast.clinician("New Locum", pool=pool)
    blockers = [u.item for u in usual() if u.role == "gp" and u.level == "block"]
    assert len(blockers) == 8 and her.memberships.get().checks["blockers"] == blockers
    policy.ask_no_more(by=None, place=pool.organisation, role="gp", item="dbs")
    assert "dbs" not in her.memberships.get().checks["blockers"]
    assert len(her.memberships.get().checks["blockers"]) == 7
    policy.ask_for_nothing(by=None, pool=pool)
    assert until(her, pool) == FOR_EVER
    cast.wants(pool.organisation, "Our own course", since=clock.today() + timedelta(days=10))
    assert until(her, pool) == clock.today() + timedelta(days=9)


@pytest.mark.parametrize("role", ["gp", "nurse", "pharmacist", "paramedic"])
def test_every_role_has_its_register_in_the_usual_set(role):
    """Each is asked for their own register, identity, DBS and the right to work, which block."""
    register = {"gp": "gmc", "nurse": "nmc", "pharmacist": "gphc", "paramedic": "hcpc"}[role]
    blocks = {u.item for u in usual() if u.role == role and u.level == "block"}
    assert {register, "identity", "dbs", "right-to-work", "references", "child-safeguarding"} <= blocks


def test_a_practice_asks_for_more_than_its_pool(pool, surgery, ann):
    """She is not offered its sessions until she has shown it, and is told what; those of others she is."""
    hilltop = cast.practice("Hilltop Practice")
    from desirepath.pools.actions import add_practice

    add_practice(by=None, pool=pool, practice=hilltop, since=cast.LONG_AGO)
    cast.verified(ann, pool)
    cast.wants(surgery, "adult-safeguarding")
    here, there = cast.vacancy(surgery), cast.vacancy(hilltop, start=cast.at(9))
    judged = fit(ann, here)
    assert judged.broken == ("practice checks",)
    assert "Adults' safeguarding level 3" in judged.why_not_for_others
    assert fit(ann, there).fits
    sent = cast.sent(ann, "adult-safeguarding")
    look(sent, pool)
    assert fit(ann, here).fits


def test_what_cannot_be_is_refused(pool, ann):
    """Days that contradict each other, what nobody asks for, an NHS number in what it was checked against."""
    today = clock.today()
    for days in (
        {"issued_on": today + timedelta(days=1)},
        {"issued_on": today, "expires_on": today - timedelta(days=1)},
        {"expires_on": today - timedelta(days=1)},
        {"expires_on": today + timedelta(days=400 * 50)},
    ):
        with pytest.raises(Refused):
            cast.sent(ann, **days)
    with pytest.raises(Refused, match="No pool of yours asks"):
        cast.sent(ann, "hepatitis-b")
    sent = cast.sent(ann)
    with pytest.raises(Refused, match="NHS number"):
        look(sent, pool, against="patient 943 476 5919")
    assert not Credential.objects.exclude(state="submitted").exists()


def test_sent_twice_is_sent_once(pool, ann):
    """Two taps, one document in the queue."""
    assert cast.sent(ann) == cast.sent(ann)
    assert Credential.objects.count() == 1


def test_reading_a_document_is_kept_in_the_log(pool, ann):
    """Who read it, as an opaque id."""
    sent, by = cast.sent(ann), verifier(pool)
    assert bytes(actions.read_document(by=by, credential=sent).content) == papers.pdf()
    assert Event.objects.filter(verb="document read", entity_id=sent.public_id, actor=by.public_id).exists()


def test_a_booking_by_phone_is_checked_when_recorded_and_when_confirmed(pool, surgery, ann):
    """Neither the practice's word nor her yes books somebody who is not cleared for the day."""
    from desirepath.bookings.actions import confirm_booking, record_booking

    by, session = cast.person(), cast.vacancy(surgery)
    with pytest.raises(Refused, match="DBS certificate"):
        record_booking(by=by, vacancy=session, clinician=ann, rate=Decimal(95))
    held = cast.verified(ann, pool)
    booking = record_booking(by=by, vacancy=session, clinician=ann, rate=Decimal(95))
    actions.revoke(by=verifier(pool), credential=held, pool=pool, reason="It was another's")
    with pytest.raises(Refused, match="not verified for that day"):
        confirm_booking(by=ann.person, booking=booking)
    cast.verified(ann, pool)
    confirm_booking(by=ann.person, booking=booking)
    booking.refresh_from_db()
    assert booking.state == "confirmed"


def test_a_member_of_two_pools_who_left_one_is_still_the_others(pool, ann, sign_in, client):
    """Leaving one pool hides nothing from the verifier of the other."""
    other = cast.pool("Other pool")
    join_pool(by=None, clinician=ann, pool=other).move("left", by=None)
    page = reverse("clinicians:member-checks", args=[ann.public_id])
    assert sign_in(client, verifier(pool)).get(page).status_code == 200
    assert sign_in(client, verifier(other)).get(page).status_code == 404
