"""Which other installations are believed: pinned from their own document, by somebody who has it from them.

The first time the document is believed because an administrator says so. After that a new one counts only
where a key that is pinned already has signed its list of the revoked, or has endorsed the key that did.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import jwt
from django.conf import settings
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.credentials.clearing import work_out
from desirepath.clinicians.models import Clinician, Credential, TrustedIssuer
from desirepath.clinicians.passports import keys
from desirepath.clinicians.passports.issuing import number_digest

LARGEST = 1_000_000
MOST_KEYS, MOST_REVOKED = 50, 100_000
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_/-]{1,180}")
WRONG = "This is not an issuer's document"


def statement(token: str, pinned: dict[str, str], *, kind: str) -> dict[str, Any]:
    """What a signed statement of one ``kind`` says, if a ``pinned`` key has signed it. Raises Refused.

    The algorithm is ours, never the token's: nothing but EdDSA is tried, and only the key it names.
    """
    try:
        head = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Refused("It is not a signed file, or it was cut off.") from error
    if head.get("alg") != keys.ALGORITHM:
        raise Refused("It is not signed in the way that counts (EdDSA).")
    if head.get("typ") != f"desirepath-{kind}+jwt":
        raise Refused("It is signed, but it is another kind of file.")
    x = pinned.get(str(head.get("kid")))
    if x is None:
        raise Refused("It is signed with a key that is not pinned here.")
    try:
        # days are looked at by our own clock, below
        unchecked: Any = {
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
            "verify_aud": False,
            "require": ["iss"],
        }
        found: dict[str, Any] = jwt.decode(
            token, keys.public_key(x), algorithms=[keys.ALGORITHM], options=unchecked
        )
    except (jwt.PyJWTError, ValueError) as error:
        raise Refused("Its signature does not fit: it was changed, or somebody else signed it.") from error
    return found


def seconds(claims: dict[str, Any], name: str) -> datetime:
    """A moment out of a statement. Raises Refused."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**11:
        raise Refused(f"It does not say its {name}.")
    return datetime.fromtimestamp(value, UTC)


@transaction.atomic
def pin(*, by: Person | None, text: str, anew: bool = False) -> TrustedIssuer:
    """Believe an issuer, or take its newer document; ``anew``: forget its pinned keys. Raises Refused."""
    document = _document(text)
    issuer = document["issuer"]
    if issuer == settings.SITE_URL:
        raise Refused("This is this installation's own document.")
    offered = {key["kid"]: key["x"] for key in document["keys"]}
    known = TrustedIssuer.objects.select_for_update().filter(issuer=issuer).first()
    believed = offered if known is None or anew else _followed(known, document["keys"])
    claims = statement(document["revocations"], believed, kind="revocations")
    made, ends = seconds(claims, "iat"), seconds(claims, "exp")
    revoked = claims.get("revoked")
    if claims["iss"] != issuer or not isinstance(revoked, list) or len(revoked) > MOST_REVOKED:
        raise Refused(f"{WRONG}: its list of the revoked is not its own.")
    if ends <= clock.now():
        raise Refused("This document is out of date: get a new one from the issuer.")
    if known and not anew and made < known.revoked_at:
        raise Refused("A newer document of this issuer is pinned already.")
    values = {
        "name": document["name"],
        # a key that the issuer no longer names is believed no longer
        "keys": {kid: x for kid, x in believed.items() if kid in offered},
        "revoked": sorted(str(each) for each in revoked),
        "revoked_at": made,
        "revoked_until": ends,
    }
    row, new = TrustedIssuer.objects.update_or_create(issuer=issuer, defaults=values)
    Event.record("issuer pinned" if new else "issuer updated", row, by=by, keys=len(row.keys))
    _take_back(row, by)
    return row


def _document(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise Refused(f"{WRONG}: it is too large.")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{WRONG}: it is not JSON.") from error
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise Refused(f"{WRONG}: it names no keys.")
    if not ADDRESS.fullmatch(str(found.get("issuer"))) or not isinstance(found.get("revocations"), str):
        raise Refused(f"{WRONG}: it does not say whose it is.")
    if not 0 < len(found["keys"]) <= MOST_KEYS:
        raise Refused(f"{WRONG}: it names {len(found['keys'])} keys.")
    for key in found["keys"]:
        try:
            keys.public_key(key["x"])
            fits = key["kid"] == keys.thumbprint(key["x"])
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(f"{WRONG}: one of its keys is none.") from error
        if not fits:
            raise Refused(f"{WRONG}: one of its keys has another's name.")
    found["name"] = " ".join(str(found.get("name") or found["issuer"]).split())[:120]
    return found


def _followed(known: TrustedIssuer, offered: list[dict[str, Any]]) -> dict[str, str]:
    """The pinned keys, and those that follow them by endorsement, one after another."""
    believed: dict[str, str] = dict(known.keys)
    for key in offered:
        if key["kid"] in believed or not isinstance(key.get("endorsed"), str) or not key["endorsed"]:
            continue
        try:
            said = statement(key["endorsed"], believed, kind="endorsement")
        except Refused:
            continue
        if (said["iss"], said.get("kid"), said.get("x")) == (known.issuer, key["kid"], key["x"]):
            believed[key["kid"]] = key["x"]
    return believed


def _take_back(issuer: TrustedIssuer, by: Person | None) -> None:
    """What came in a passport that its issuer has revoked since counts no more."""
    revoked = set(issuer.revoked)
    touched: set[int] = set()
    for row in Credential.objects.valid().filter(brought__issuer=issuer).select_related("brought"):
        if row.brought and number_digest(row.brought.number) in revoked:
            row.move("revoked", by=by, reason=f"{issuer} has revoked the passport in which it came")
            touched.add(row.clinician_id)
    if touched:
        work_out(list(Clinician.objects.filter(pk__in=touched).select_related("person")))
