"""Passports that are given out here: a signed file, a link that shows the same, and the list of the revoked.

The file is a W3C verifiable credential (data model 1.1) as a JSON web token. It carries the code of the
receiving pool, so that nobody else can hand it in again.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.credentials.usual import RECORDED, name_of
from desirepath.clinicians.models import Clinician, Credential, Passport
from desirepath.clinicians.passports import keys

FILE_LASTS, LINK_LASTS = timedelta(days=14), (1, 7, 30)
REVOCATIONS_LAST = timedelta(days=30)
MOST_OPEN = 20
CODE = re.compile(r"[A-Za-z0-9_-]{16,32}")


def carried(clinician: Clinician) -> list[Credential]:
    """What goes into a passport: verified by somebody, for a person; not what a pool recorded for itself, and
    not what came in a passport, which its own issuer signs.
    """
    today = clock.today()
    rows = Credential.objects.for_clinician(clinician).valid().exclude(item=RECORDED).filter(brought=None)
    return [row for row in rows if row.expires_on is None or row.expires_on >= today]


def _subject(clinician: Clinician, rows: list[Credential]) -> dict[str, Any]:
    return {
        "name": clinician.person.name,
        "role": clinician.role,
        "registration": clinician.registration,
        "credentials": [
            {
                "item": row.item,
                "name": name_of(row.item),
                "issued_on": _iso(row.issued_on),
                "expires_on": _iso(row.expires_on),
                "verified_on": _iso(row.verified_at.date() if row.verified_at else None),
                "authority": row.authority,
                "against": row.against,
            }
            for row in rows
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@transaction.atomic
def issue(*, by: Person, clinician: Clinician, code: str) -> tuple[Passport, str]:
    """A signed file for the pool whose code it is; (its row, the file). Raises Refused."""
    code = code.strip()
    if by.pk != clinician.person_id:
        raise PermissionError("only she may take her passport")
    if not CODE.fullmatch(code):
        raise Refused("Enter the code of the receiving pool as it stands on its page.")
    rows = _to_carry(clinician)
    now = clock.now()
    made = Passport.objects.create(
        clinician=clinician, items=[str(row.public_id) for row in rows], expires_at=now + FILE_LASTS
    )
    seconds = int(now.timestamp())
    claims = {
        "iss": settings.SITE_URL,
        "sub": f"urn:uuid:{clinician.public_id}",
        "jti": f"urn:uuid:{made.public_id}",
        "iat": seconds,
        "nbf": seconds,
        "exp": int(made.expires_at.timestamp()),
        "nonce": code,
        "vc": {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential", "ClinicianPassport"],
            "credentialSubject": _subject(clinician, rows),
        },
    }
    Event.record("passport issued", made, by=by, credentials=len(rows))
    return made, keys.sign(claims, kind="passport")


def _to_carry(clinician: Clinician) -> list[Credential]:
    clinician.locked()
    rows = carried(clinician)
    if not rows:
        raise Refused("Nothing of yours is verified yet, so there is nothing to carry.")
    if clinician.passports.open().count() >= MOST_OPEN:
        raise Refused(f"You have {MOST_OPEN} passports and links that still work: revoke some first.")
    return rows


@transaction.atomic
def make_link(*, by: Person, clinician: Clinician, days: int) -> tuple[Passport, str]:
    """A link that shows what is verified, for so many days; (its row, the token, told but once)."""
    if by.pk != clinician.person_id:
        raise PermissionError("only she may share what she holds")
    if days not in LINK_LASTS:
        raise Refused("Choose for how many days the link works.")
    rows = _to_carry(clinician)
    token = secrets.token_urlsafe(32)
    made = Passport.objects.create(
        clinician=clinician,
        digest=Passport.digest_of(token),
        items=[str(row.public_id) for row in rows],
        expires_at=clock.now() + timedelta(days=days),
    )
    Event.record("link made", made, by=by, credentials=len(rows), days=days)
    return made, token


@transaction.atomic
def revoke(*, by: Person, passport: Passport) -> None:
    """It counts no more: a link at once, a file with whoever reads the list of the revoked."""
    if by.pk != passport.clinician.person_id:
        raise PermissionError("only she may revoke it")
    if Passport.objects.filter(pk=passport.pk, revoked_at=None).update(revoked_at=clock.now()):
        Event.record("passport revoked", passport, by=by)


def shown_by(token: str) -> tuple[Passport, list[Credential]] | None:
    """What a link shows: of what it was made for, that which still counts. None where it does not work."""
    found = (
        Passport.objects.select_related("clinician__person").filter(digest=Passport.digest_of(token)).first()
    )
    if found is None or not found.works:
        return None
    return found, [row for row in carried(found.clinician) if str(row.public_id) in found.items]


def number_digest(number: str) -> str:
    """A passport's number as the list of the revoked names it: it tells nothing to who does not hold it."""
    return hashlib.sha256(number.encode()).hexdigest()


def revoked_numbers() -> list[str]:
    """Of files that have not expired: revoked by her, or holding something that was taken back."""
    now = clock.now()
    found = []
    gone = {
        str(public_id)
        for public_id in Credential.objects.filter(state="revoked").values_list("public_id", flat=True)
    }
    for row in Passport.objects.filter(digest=None, expires_at__gt=now):
        if row.revoked_at or gone & set(row.items):
            found.append(number_digest(f"urn:uuid:{row.public_id}"))
    return sorted(found)


def issuer_document() -> dict[str, Any]:
    """What another installation needs to trust this one: its keys, and the signed list of the revoked."""
    seconds = int(clock.now().timestamp())
    revocations = {
        "iss": settings.SITE_URL,
        "iat": seconds,
        "exp": seconds + int(REVOCATIONS_LAST.total_seconds()),
        "revoked": revoked_numbers(),
    }
    return {
        "issuer": settings.SITE_URL,
        "name": urlsplit(settings.SITE_URL).hostname or settings.SITE_URL,
        "keys": keys.own_keys(),
        "revocations": keys.sign(revocations, kind="revocations"),
    }
