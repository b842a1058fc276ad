"""The passport's pages: taking it away, a link and its end, bringing one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from desirepath.audit import clock
from desirepath.clinicians.models import Clinician, Passport
from desirepath.clinicians.passports.receiving import code_for
from desirepath.clinicians.passports.trust import pin
from desirepath.pools.models import Pool
from tests import cast
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db
PAGE, TAKE, SHARE = (reverse(f"clinicians:{n}") for n in ("passport", "take-passport", "share-passport"))


@pytest.fixture
def hers(ann: Clinician, sign_in: Any) -> Client:
    return sign_in(Client(), ann.person)


def test_she_takes_it_away(hers: Client, ann: Clinician, pool: Pool) -> None:
    """Nothing to carry, then a file to be saved; a wrong code is said."""
    assert "Nothing is verified yet" in hers.get(PAGE).text
    cast.verified(ann, pool)
    assert hers.post(TAKE, {"code": "too short"}).status_code == 422
    answer = hers.post(TAKE, {"code": "a-code-of-some-pool"})
    assert answer["Content-Disposition"].startswith('attachment; filename="passport-')
    assert answer.content.count(b".") == 2
    assert "A passport, made" in hers.get(PAGE).text


def test_a_link_shows_it_until_it_ends(hers: Client, ann: Clinician, pool: Pool, clock_at: Any) -> None:
    """To anybody who has it, what is verified as of today; revoked or over, it leads nowhere."""
    held = cast.verified(ann, pool, expires_on=clock.today() + timedelta(days=100))
    addresses = []
    for _ in range(2):
        text = hers.post(SHARE, {"days": "7"}, follow=True).text
        addresses.append(re.search(r"http://[^/]+(/passport/[\w-]+/)", text).group(1))
    first, second = addresses
    answer = Client().get(first)
    assert "DBS certificate" in answer.text and "Ann Locum" in answer.text
    assert "Receiving pool" not in without_tokens(answer.text) and held.verified_by.name not in answer.text
    assert answer["X-Robots-Tag"] == "noindex"
    given = Passport.objects.get(digest=Passport.digest_of(first.split("/")[2]))
    hers.post(reverse("clinicians:revoke-passport", args=[given.public_id]))
    assert Client().get(first).status_code == 404
    type(held).objects.filter(pk=held.pk).update(state="revoked", reason="Wrong")
    assert "Nothing of what was shared is valid" in Client().get(second).text
    clock_at(cast.at(8))
    assert Client().get(second).status_code == 404
    assert Client().get(reverse("clinicians:shown-passport", args=["x" * 43])).status_code == 404


def test_nobody_revokes_anothers(hers: Client, ann: Clinician, pool: Pool, sign_in: Any) -> None:
    """Not even by its number."""
    cast.verified(ann, pool)
    hers.post(TAKE, {"code": "a-code-of-some-pool"})
    other = sign_in(Client(), cast.clinician("Bea Locum", pool=pool).person)
    address = reverse("clinicians:revoke-passport", args=[Passport.objects.get().public_id])
    assert other.post(address).status_code == 404
    assert Passport.objects.open().exists()


def test_she_brings_one(hers: Client, ann: Clinician, pool: Pool, issued: Any, document: Any) -> None:
    """The page shows the code and whom it believes; a wrong file is said, the right one counts."""
    pin(by=None, text=document())
    page = reverse("clinicians:bring-passport", args=[pool.public_id])
    text = hers.get(page).text
    assert code_for(clinician=ann, pool=pool).code in text and "elsewhere.example.org" in text
    wrong = hers.post(page, {"file": SimpleUploadedFile("p.jwt", b"\xff\xfe no")})
    assert wrong.status_code == 422 and "not a passport" in wrong.text
    answer = hers.post(page, {"file": SimpleUploadedFile("p.jwt", issued().encode())}, follow=True)
    assert "Believed, and counts from now on" in answer.text
    assert "You may be offered work" in answer.text


def test_the_issuers_document_is_public_and_holds_no_secret(client: Client, hers: Client) -> None:
    """Keys' public parts and the signed list; nothing of anybody."""
    found = client.get(reverse("clinicians:passport-issuer")).json()
    assert set(found) == {"issuer", "name", "keys", "revocations"}
    assert set(found["keys"][0]) == {"kty", "crv", "alg", "use", "kid", "x", "endorsed"}
