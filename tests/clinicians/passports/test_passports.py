"""A passport from one installation to another: what is believed, and everything that is refused."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians.credentials.clearance import FOR_EVER, NEVER
from desirepath.clinicians.models import Credential, IssuerKey, Passport, TrustedIssuer
from desirepath.clinicians.passports import issuing, keys
from desirepath.clinicians.passports.receiving import code_for, take
from desirepath.clinicians.passports.trust import pin
from tests import cast

pytestmark = pytest.mark.django_db
HEAD = {"typ": "desirepath-passport+jwt"}


@pytest.fixture
def trusted(document) -> TrustedIssuer:
    return pin(by=None, text=document())


def bring(ann, pool, text):
    return take(by=ann.person, clinician=ann, pool=pool, text=text)


def refused(ann, pool, text, why):
    """It is refused for this reason, and nothing of it counts."""
    with pytest.raises(Refused, match=why):
        bring(ann, pool, text)
    assert not Credential.objects.filter(clinician=ann).exists()
    assert ann.memberships.get(pool=pool).cleared_until == NEVER


def claims_of(text: str) -> dict[str, Any]:
    return jwt.decode(text, options={"verify_signature": False})


def b64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_what_was_verified_elsewhere_counts_here(trusted, issued, ann, pool):
    """Signed there, checked against the pinned keys, kept with where it comes from: she is cleared."""
    made = bring(ann, pool, issued())
    assert {row.item for row in made} == {"dbs", "gmc"}
    assert all(row.against.startswith("Passport of elsewhere.example.org, verified there") for row in made)
    assert ann.memberships.get(pool=pool).cleared_until == FOR_EVER


def test_it_is_a_verifiable_credential(issued, ann):
    """The data model's claims, an Ed25519 head with the key's name, no document, no pool."""
    text = issued()
    head, claims = jwt.get_unverified_header(text), claims_of(text)
    assert head["alg"] == "EdDSA" and head["kid"] == IssuerKey.objects.get().kid
    assert claims["vc"]["@context"][0] == "https://www.w3.org/2018/credentials/v1"
    assert claims["vc"]["type"] == ["VerifiableCredential", "ClinicianPassport"]
    assert claims["vc"]["credentialSubject"]["registration"] == ann.registration
    assert "Home pool" not in json.dumps(claims) and "paper" not in json.dumps(claims)


def test_an_unknown_issuer_is_refused(issued, ann, pool):
    """Nobody has pinned it."""
    refused(ann, pool, issued(), "an issuer that is not trusted here")


def test_a_changed_passport_is_refused(trusted, issued, ann, pool):
    """One letter of what it says, and the signature no longer fits."""
    head, _, signature = issued().split(".")
    claims = claims_of(issued())
    claims["vc"]["credentialSubject"]["credentials"][0]["expires_on"] = "2099-01-01"
    refused(ann, pool, f"{head}.{b64(claims)}.{signature}", "Its signature does not fit")


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES256", "RS256"])
def test_another_algorithm_is_refused(trusted, issued, ann, pool, alg):
    """None at all, or a shared secret made of the public key: only EdDSA is ever tried."""
    claims = claims_of(issued())
    head = {**HEAD, "alg": alg, "kid": next(iter(trusted.keys))}
    signature = ""
    if alg == "HS256":
        public = next(iter(trusted.keys.values()))
        signature = jwt.encode(claims, public.ljust(64), algorithm="HS256", headers=head).rsplit(".", 1)[1]
    refused(ann, pool, f"{b64(head)}.{b64(claims)}.{signature}", "not signed in the way that counts")


def test_a_wrong_key_is_refused(trusted, issued, ann, pool):
    """Signed by somebody else, under the pinned key's name or under its own."""
    claims, other = claims_of(issued()), Ed25519PrivateKey.generate()
    for kid, why in ((next(iter(trusted.keys)), "signature does not fit"), ("other", "not pinned here")):
        text = jwt.encode(claims, other, algorithm="EdDSA", headers={**HEAD, "kid": kid})
        refused(ann, pool, text, why)


def test_a_key_in_the_head_is_not_believed(trusted, issued, ann, pool):
    """A token that brings its own key, or the address of one: the pinned one is tried."""
    other = Ed25519PrivateKey.generate()
    x = keys.b64(other.public_key().public_bytes_raw())
    head = {**HEAD, "kid": next(iter(trusted.keys)), "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}}
    text = jwt.encode(claims_of(issued()), other, algorithm="EdDSA", headers={**head, "jku": "https://evil/"})
    refused(ann, pool, text, "signature does not fit")


def test_another_kind_of_statement_is_no_passport(trusted, document, ann, pool):
    """The signed list of the revoked, handed in as a passport."""
    refused(ann, pool, json.loads(document())["revocations"], "another kind of file")


def test_an_expired_passport_is_refused(trusted, issued, ann, pool, clock_at):
    """After its days it counts no more, though its code still would."""
    text = issued()
    clock_at(cast.at(15))
    refused(ann, pool, text, "has expired")


def test_a_passport_of_tomorrow_is_refused(trusted, issued, ann, pool, clock_at):
    """Dated in the future by more than clocks differ."""
    noon = cast.at(1, 12, 0)
    clock_at(noon)
    text = issued()
    clock_at(noon - timedelta(hours=3))
    refused(ann, pool, text, "dated in the future")


def test_a_revoked_passport_is_refused_once_it_is_heard(trusted, issued, document, elsewhere, ann, pool):
    """She revokes it there; the document fetched anew says so here."""
    text = issued()
    given = Passport.objects.get()
    with elsewhere():
        issuing.revoke(by=given.clinician.person, passport=given)
    pin(by=None, text=document())
    refused(ann, pool, text, "has been revoked at elsewhere")


def test_what_is_taken_back_there_is_taken_back_here(trusted, issued, document, elsewhere, ann, pool):
    """A verification that was wrong there ends what came of it here, when it is heard."""
    bring(ann, pool, issued())
    with elsewhere():
        Credential.objects.filter(clinician=issued.there, item="dbs").update(state="revoked", reason="Wrong")
    pin(by=None, text=document())
    assert set(Credential.objects.filter(clinician=ann).values_list("state", flat=True)) == {"revoked"}
    assert ann.memberships.get(pool=pool).cleared_until == NEVER


def test_a_list_of_the_revoked_that_is_too_old_stops_belief(trusted, issued, ann, pool, clock_at):
    """Who has not heard from an issuer for a month believes nothing of it."""
    clock_at(cast.at(31))
    refused(ann, pool, issued(), "ask your administrator to fetch its document anew")


def test_a_replay_is_refused(trusted, issued, ann, pool):
    """Handed in twice; by somebody else; in another pool; with an invented code."""
    text = issued()
    bea = cast.clinician("Bea Locum", pool=pool)
    refused(bea, pool, text, "not made for this pool")
    other = cast.pool("Other pool")
    cast.wants(other.organisation)
    join = cast.clinicians.join_pool
    join(by=None, clinician=ann, pool=other)
    refused_in = pytest.raises(Refused, match="not made for this pool")
    with refused_in:
        bring(ann, other, text)
    bring(ann, pool, text)
    with pytest.raises(Refused, match="handed in already"):
        bring(ann, pool, text)
    with pytest.raises(Refused, match="not made for this pool"):
        bring(ann, pool, issued("an-invented-code-of-hers"))
    assert Credential.objects.filter(clinician=ann).count() == 2


def test_a_code_is_used_up_only_by_a_passport_that_is_believed(trusted, issued, ann, pool):
    """What is refused leaves the code as it was."""
    code = code_for(clinician=ann, pool=pool).code
    there = issued.there
    text = issued()
    claims = claims_of(text)
    claims["vc"]["credentialSubject"]["registration"] = "7999999"
    refused(ann, pool, keys.sign(claims, kind="passport"), "another registration number")
    assert code_for(clinician=ann, pool=pool).code == code
    assert bring(ann, pool, text) and there.pk != ann.pk


def test_a_code_is_too_old_after_two_weeks(trusted, issued, ann, pool, clock_at):
    """And the next visit gives a new one."""
    code = code_for(clinician=ann, pool=pool).code
    nearly, over = cast.at(13), cast.at(15)
    clock_at(nearly)
    text = issued(code)
    clock_at(over)
    refused(ann, pool, text, "code in this passport is too old")
    assert code_for(clinician=ann, pool=pool).code != code


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "é.é.é", "." * 50, "e30.e30.", "A" * 300_000, "eyJhbGciOiJub25lIn0.bnVsbA."]
)
def test_what_is_no_passport_at_all(trusted, ann, pool, text):
    """Said in words, whatever it is."""
    refused(ann, pool, text, "not a passport|not trusted|not signed")


@pytest.mark.parametrize(
    "change",
    [
        {"credentials": "all"},
        {"credentials": []},
        {"credentials": [{"item": "dbs"}]},
        {"credentials": [None]},
        {"credentials": [{}] * 61},
    ],
)
def test_a_trusted_issuer_may_still_write_nonsense(trusted, issued, ann, pool, change):
    """Signed and wrong: refused in words."""
    claims = claims_of(issued())
    claims["vc"]["credentialSubject"] |= change
    refused(ann, pool, keys.sign(claims, kind="passport"), "nothing in this passport|can't be read")


@pytest.mark.parametrize(
    ("name", "value"),
    [("item", "recorded"), ("authority", "king"), ("against", "NHS 943 476 5919"), ("verified_on", None)],
)
def test_what_no_passport_may_say(trusted, issued, ann, pool, name, value):
    """One record for everything, a made-up authority, a patient's number."""
    claims = claims_of(issued())
    claims["vc"]["credentialSubject"]["credentials"][0][name] = value
    refused(ann, pool, keys.sign(claims, kind="passport"), "can't be read")


def test_what_came_in_a_passport_is_not_passed_on(trusted, issued, ann, pool):
    """Its own issuer signs it: no chain of believing."""
    bring(ann, pool, issued())
    assert issuing.carried(ann) == []
    with pytest.raises(Refused, match="nothing to carry"):
        issuing.issue(by=ann.person, clinician=ann, code="a-code-of-some-pool")


# Keys that follow each other, and the issuer's document


def test_a_key_that_follows_is_believed_by_its_endorsement(trusted, issued, document, elsewhere, ann, pool):
    """After a rotation the new document is taken without asking again, old passports and new ones count."""
    old = issued()
    with elsewhere():
        keys.rotate(by=None)
    row = pin(by=None, text=document())
    assert len(row.keys) == 2
    assert bring(ann, pool, old)
    assert jwt.get_unverified_header(issued())["kid"] != jwt.get_unverified_header(old)["kid"]
    assert IssuerKey.objects.exclude(private="").count() == 1


def test_a_withdrawn_key_is_believed_no_longer(trusted, issued, document, elsewhere, ann, pool):
    """It may be known to others: nothing it signed counts, and it can endorse nothing; a person pins anew."""
    old = issued()
    with elsewhere():
        keys.rotate(by=None, withdraw=True)
    with pytest.raises(Refused, match="not pinned here"):
        pin(by=None, text=document())
    pin(by=None, text=document(), anew=True)
    refused(ann, pool, old, "not pinned here")


def test_nobody_else_can_replace_a_pinned_issuer(trusted, document, settings):
    """A document with the same address and other keys, an older one, an altered one."""
    older = document()
    settings.SITE_URL, here = "https://elsewhere.example.org", settings.SITE_URL
    mine = Ed25519PrivateKey.generate()
    x = keys.b64(mine.public_key().public_bytes_raw())
    kid = keys.thumbprint(x)
    seconds = int(clock.now().timestamp())
    said = {"iss": settings.SITE_URL, "iat": seconds, "exp": seconds + 1000, "revoked": []}
    head = {"kid": kid, "typ": "desirepath-revocations+jwt"}
    forged = {
        **json.loads(older),
        "keys": [{"kid": kid, "x": x, "endorsed": ""}],
        "revocations": jwt.encode(said, mine, algorithm="EdDSA", headers=head),
    }
    settings.SITE_URL = here
    with pytest.raises(Refused, match="not pinned here"):
        pin(by=None, text=json.dumps(forged))
    swapped = json.loads(older)
    swapped["keys"][0]["x"] = x
    with pytest.raises(Refused, match="another's name"):
        pin(by=None, text=json.dumps(swapped))
    TrustedIssuer.objects.update(revoked_at=clock.now() + timedelta(days=1))
    with pytest.raises(Refused, match="newer document"):
        pin(by=None, text=older)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": []}', "[" * 100_000, "x" * 1_000_001])
def test_what_is_no_issuers_document(text):
    """Said in words."""
    with pytest.raises(Refused, match="not an issuer's document"):
        pin(by=None, text=text)


def test_private_keys_are_kept_encrypted(issued):
    """What lies in the database can't sign."""
    issued()
    key = IssuerKey.objects.get()
    assert len(key.private) > 100 and key.private.startswith("gAAAA")
    assert keys.b64(keys._safe().decrypt(key.private.encode())) not in key.private


def test_one_key_signs_by_the_database(issued):
    """Two that sign can't be."""
    from django.db import IntegrityError, transaction

    issued()
    with pytest.raises(IntegrityError), transaction.atomic():
        keys._new().save()
