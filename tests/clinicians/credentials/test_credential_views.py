"""Her page, the verifier's queue, what is asked for, and who gets a document."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.clinicians.actions import join_pool
from desirepath.clinicians.models import Clinician, Credential, Document, Policy
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from tests import cast, papers
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db
HERS, SEND = reverse("clinicians:credentials"), reverse("clinicians:send-credential")
QUEUE, LIST = reverse("clinicians:queue"), reverse("clinicians:requirements")


@pytest.fixture
def surgery() -> Organisation:
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery: Organisation) -> Pool:
    made = cast.pool("Saltmarsh pool", surgery)
    cast.wants(made.organisation)
    cast.wants(made.organisation, "life-support", level="warn", months=12)
    return made


@pytest.fixture
def ann(pool: Pool) -> Clinician:
    return cast.clinician("Ann Locum", pool=pool)


@pytest.fixture
def hers(ann: Clinician, sign_in: Any) -> Client:
    return sign_in(Client(), ann.person)


@pytest.fixture
def verifier(pool: Pool, sign_in: Any) -> Client:
    return sign_in(Client(), cast.holder(Role.CREDENTIAL_VERIFIER, pool.organisation))


def at(name: str, row: Any) -> str:
    return reverse(f"clinicians:{name}", args=[row.public_id])


def test_she_sends_a_document_and_it_waits(hers: Client, ann: Clinician) -> None:
    """Missing, then sent; the file is kept as it truly is, under a plain name."""
    assert "Not verified yet" in hers.get(HERS).text
    file = SimpleUploadedFile("../../etc/DBS <b>.PDF", papers.pdf(), "image/png")
    sent = {"item": "dbs", "file": file, "issued_on-day": "1", "issued_on-month": "2"}
    answer = hers.post(SEND, {**sent, "issued_on-year": "2026"})
    assert answer.status_code == 302 and answer["Location"] == HERS
    kept = Document.objects.get()
    assert (kept.kind, kept.name) == ("application/pdf", "DBS b.pdf")
    assert "Sent, and waits to be looked at" in hers.get(HERS).text


def test_a_wrong_file_keeps_what_she_chose(hers: Client) -> None:
    """422, the reason beside the field, the item still chosen; nothing is kept."""
    answer = hers.post(SEND, {"item": "dbs", "file": SimpleUploadedFile("dbs.pdf", b"MZ...")})
    assert answer.status_code == 422
    assert "whatever its name says" in answer.text
    assert '<option value="dbs" selected' in answer.text
    assert not Credential.objects.exists()


def test_the_queue_leads_from_one_to_the_next(verifier: Client, pool: Pool, ann: Clinician) -> None:
    """Oldest first; verified, the next is there; rejected, the queue is empty and she reads why."""
    first = cast.sent(ann)
    second = cast.sent(ann, "life-support", issued_on=clock.today() - timedelta(days=30))
    text = verifier.get(QUEUE).text
    assert text.index(at("verify", first)) < text.index(at("verify", second))
    answer = verifier.post(at("verify", first), {"against": "DBS update service"})
    assert answer["Location"] == at("verify", second)
    page = verifier.get(at("verify", second)).text
    assert "counts for 12 months" in page and "By your pool" in page
    assert verifier.post(at("reject", second), {"reason": ""}).status_code == 422
    answer = verifier.post(at("reject", second), {"reason": "It shows no name"})
    assert answer["Location"] == QUEUE
    client = Client()
    client.force_login(ann.person)
    assert "It shows no name" in client.get(HERS).text
    assert "Nothing waits" in verifier.get(QUEUE).text


def test_nobody_verifies_their_own_on_the_page(pool: Pool, ann: Clinician, sign_in: Any) -> None:
    """She is a verifier too: her own document is another's to look at."""
    sent = cast.sent(ann)
    ann.person.roles.all().delete()
    cast.role(ann.person, Role.CREDENTIAL_VERIFIER, pool.organisation)
    client = sign_in(Client(), ann.person)
    for name, data in (("verify", {"against": "me"}), ("reject", {"reason": "me"})):
        answer = client.post(at(name, sent), data)
        assert answer.status_code == 422 and "another verifier" in answer.text
    answer = client.post(at("member-checks", ann), {"item": "dbs", "against": "me"})
    assert answer.status_code == 422
    sent.refresh_from_db()
    assert sent.state == "submitted"


def test_a_document_is_saved_not_opened_and_only_by_whom_it_is_for(
    hers: Client, verifier: Client, pool: Pool, surgery: Organisation, ann: Clinician, sign_in: Any
) -> None:
    """As an attachment, of its true kind, never kept by a cache; managers, practices and others get none."""
    address = at("document", cast.sent(ann))
    for client in (hers, verifier):
        answer = client.get(address)
        assert answer.content == papers.pdf()
        assert answer["Content-Disposition"] == 'attachment; filename="paper.pdf"'
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
        assert answer["Cache-Control"] == "no-store"
    other = cast.pool("Other pool", cast.practice("Hilltop Practice"))
    refused = {
        cast.holder(Role.POOL_MANAGER, pool.organisation): 403,
        cast.booker("Alice Archer", surgery): 403,
        cast.clinician("Bea Locum", pool=pool).person: 404,
        cast.holder(Role.CREDENTIAL_VERIFIER, other.organisation): 404,
    }
    for person, status in refused.items():
        assert sign_in(Client(), person).get(address).status_code == status
    ann.memberships.update(shares=False)
    assert verifier.get(address).status_code == 404
    assert hers.get(address).status_code == 200


def test_another_pool_is_not_told_where_it_was_verified(pool: Pool, ann: Clinician, sign_in: Any) -> None:
    """It counts there, and says neither the pool nor the person; it can't be taken back there."""
    other = cast.pool("Other pool", cast.practice("Hilltop Practice"))
    held = cast.verified(ann, pool, by=cast.holder(Role.GOVERNANCE_LEAD, pool.organisation))
    join_pool(by=None, clinician=ann, pool=other)
    client = sign_in(Client(), cast.holder(Role.CREDENTIAL_VERIFIER, other.organisation))
    text = without_tokens(client.get(at("member-checks", ann)).text)
    assert "by a verifier of another pool" in text
    assert "Saltmarsh" not in text and held.verified_by.name not in text
    assert client.get(at("revoke", held)).status_code == 404


def test_recording_and_taking_back(verifier: Client, pool: Pool, ann: Clinician) -> None:
    """A check without a document clears her; taken back with a reason, she is blocked, and it is named."""
    page = at("member-checks", ann)
    assert verifier.post(page, {"item": "dbs", "against": ""}).status_code == 422
    assert verifier.post(page, {"item": "dbs", "against": "Update service"})["Location"] == page
    assert "May be offered work" in verifier.get(page).text
    held = Credential.objects.get()
    assert verifier.post(at("revoke", held), {"reason": "Wrong person"})["Location"] == page
    assert "Can't be offered work" in verifier.get(page).text.replace("&#39;", "'")


def test_she_shares_with_one_pool_and_no_longer(hers: Client, pool: Pool, ann: Clinician) -> None:
    """One button, and what it means."""
    address = reverse("clinicians:share-credentials", args=[pool.public_id])
    assert hers.post(address, {"share": "off"})["Location"] == HERS
    assert not ann.memberships.get().shares
    assert "You don't share" in hers.get(HERS).text
    hers.post(address, {"share": "on"})
    assert ann.memberships.get().shares


def test_a_pools_list_and_a_practices(
    pool: Pool, surgery: Organisation, ann: Clinician, sign_in: Any
) -> None:
    """The manager changes the pool's, the booker her practice's; neither touches the other's."""
    manager = sign_in(Client(), cast.holder(Role.POOL_MANAGER, pool.organisation))
    day = clock.today() + timedelta(days=30)
    since = {"since-day": day.day, "since-month": day.month, "since-year": day.year}
    asked = {"role": "gp", "item": "hepatitis-b", "level": "block", "verified_by": "verifier", **since}
    address = reverse("clinicians:ask-for-check")
    assert manager.post(address, {**asked, "own": "Also this"}).status_code == 422
    assert manager.post(address, asked)["Location"] == LIST
    assert "Hepatitis B immunity" in manager.get(LIST).text
    manager.post(reverse("clinicians:drop-check"), {"role": "gp", "item": "dbs"})
    assert [r.item for r in Policy.objects.get(pool=pool).requirements.all()] == [
        "life-support",
        "hepatitis-b",
    ]
    booker = sign_in(Client(), cast.booker("Alice Archer", surgery))
    assert "Nothing beside what your pool asks for" in booker.get(LIST).text
    booker.post(address, {**asked, "item": "", "own": "Our fire drill"})
    assert "Our fire drill" in booker.get(LIST).text
    assert "Our fire drill" not in manager.get(LIST).text


def test_the_usual_set_is_shown_where_a_pool_has_no_list(surgery: Organisation, sign_in: Any) -> None:
    """With where it comes from."""
    asking = cast.pool("Asking pool", surgery, asks=True)
    text = sign_in(Client(), cast.holder(Role.POOL_MANAGER, asking.organisation)).get(LIST).text
    assert "This is the usual set" in text and "CQC mythbuster 50" in text


def test_pages_ask_few_questions(
    hers: Client, verifier: Client, pool: Pool, ann: Clinician, django_assert_max_num_queries: Any
) -> None:
    """However much is held and waits: bounded."""
    for number in range(12):
        item = f"Course {number}"
        cast.wants(pool.organisation, item)
        cast.sent(ann, item)
        cast.verified(cast.clinician(pool=pool), pool)
    for client, address in (
        (hers, HERS),
        (hers, SEND),
        (verifier, QUEUE),
        (verifier, at("member-checks", ann)),
    ):
        client.get(address)
        with django_assert_max_num_queries(22):
            assert client.get(address).status_code == 200
