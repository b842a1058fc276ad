"""Passports that others bring: a code for her, the file checked in every way, and what is believed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.privacy import nhs_numbers_in
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.clinicians.credentials.clearing import work_out
from desirepath.clinicians.credentials.usual import RECORDED, name_of, names
from desirepath.clinicians.models import (
    BroughtPassport,
    Clinician,
    Credential,
    PassportCode,
    TrustedIssuer,
)
from desirepath.clinicians.models.passport import CODE_LASTS
from desirepath.clinicians.passports.issuing import number_digest
from desirepath.clinicians.passports.trust import seconds, statement
from desirepath.nhsuk.formats import day_and_year
from desirepath.pools.models import Pool

LARGEST = 200_000
MOST_ITEMS = 60
# clocks of two machines differ
LENIENT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Believed:
    """One verified thing that a passport says, as it may be kept here."""

    item: str
    issued_on: date | None
    expires_on: date | None
    verified_on: date
    authority: str
    against: str


@retried
@transaction.atomic
def code_for(*, clinician: Clinician, pool: Pool) -> PassportCode:
    """The code that her passport for this pool must carry; a new one where the last was used or is old."""
    clinician.locked()
    rows = PassportCode.objects.filter(clinician=clinician, pool=pool, used_at=None)
    rows.filter(expires_at__lte=clock.now()).delete()
    found = rows.first()
    return found or PassportCode.objects.create(
        clinician=clinician, pool=pool, expires_at=clock.now() + CODE_LASTS
    )


@retried
@transaction.atomic
def take(*, by: Person, clinician: Clinician, pool: Pool, text: str) -> list[Credential]:
    """Believe a passport, once: what it says is verified counts here from now on. Raises Refused with the
    reason.
    """
    if by.pk != clinician.person_id:
        raise PermissionError("only she may bring her passport")
    clinician.locked()
    issuer, claims = _signed(text.strip())
    number = str(claims.get("jti"))[:64]
    _refuse_days(claims)
    if number_digest(str(claims.get("jti"))) in set(issuer.revoked):
        raise Refused(f"This passport has been revoked at {issuer}.")
    if issuer.revoked_until <= clock.now():
        raise Refused(
            f"What {issuer} has revoked was last heard until {day_and_year(issuer.revoked_until.date())}: "
            "ask your administrator to fetch its document anew."
        )
    _use_code(clinician, pool, claims)
    subject = _subject(claims)
    if (subject.get("role"), subject.get("registration")) != (clinician.role, clinician.registration):
        raise Refused("This passport is of somebody with another registration number.")
    found = _believed(subject)
    if BroughtPassport.objects.filter(issuer=issuer, number=number, pool=pool).exists():
        raise Refused("This passport has been brought here before.")
    brought = BroughtPassport.objects.create(
        clinician=clinician, pool=pool, issuer=issuer, number=number, taken_by=by
    )
    made = [
        Credential.objects.create(
            clinician=clinician,
            item=each.item,
            state="verified",
            issued_on=each.issued_on,
            expires_on=each.expires_on,
            verified_in=pool,
            authority=each.authority,
            verified_at=clock.now(),
            against=f"Passport of {issuer}, verified there {day_and_year(each.verified_on)}: {each.against}"[
                :200
            ],
            brought=brought,
        )
        for each in found
    ]
    Event.record("passport taken", brought, by=by, credentials=len(made))
    work_out([clinician])
    return made


def _signed(text: str) -> tuple[TrustedIssuer, dict[str, Any]]:
    """Whose it is, and what it says, once its signature is checked against the keys pinned of that issuer."""
    if not text or len(text) > LARGEST or not text.isascii():
        raise Refused("This is not a passport.")
    import jwt

    try:
        # read without belief, only to know whose keys to try
        claimed = jwt.decode(text, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError as error:
        raise Refused("This is not a passport, or it was cut off.") from error
    issuer = TrustedIssuer.objects.filter(issuer=str(claimed)).first()
    if issuer is None:
        raise Refused("This passport is of an issuer that is not trusted here. Ask your pool to pin it.")
    return issuer, statement(text, issuer.keys, kind="passport")


def _refuse_days(claims: dict[str, Any]) -> None:
    now = clock.now()
    if seconds(claims, "exp") <= now:
        raise Refused("This passport has expired: make a new one where it came from.")
    if seconds(claims, "nbf") > now + LENIENT or seconds(claims, "iat") > now + LENIENT:
        raise Refused("This passport is dated in the future.")


def _use_code(clinician: Clinician, pool: Pool, claims: dict[str, Any]) -> None:
    """The code in it is hers, for this pool, and is taken with it: handed in again, it is refused."""
    code = claims.get("nonce")
    found = PassportCode.objects.filter(clinician=clinician, pool=pool, code=str(code)).first()
    if not isinstance(code, str) or found is None:
        raise Refused("This passport was not made for this pool: it carries another code than yours here.")
    if found.expires_at <= clock.now():
        raise Refused("The code in this passport is too old: make a new one with the code below.")
    used = PassportCode.objects.filter(pk=found.pk, used_at=None).update(used_at=clock.now())
    if not used:
        raise Refused("This passport has been handed in already.")


def _subject(claims: dict[str, Any]) -> dict[str, Any]:
    vc = claims.get("vc")
    kinds = vc.get("type") if isinstance(vc, dict) else None
    subject = vc.get("credentialSubject") if isinstance(vc, dict) else None
    if not isinstance(kinds, list) or "ClinicianPassport" not in kinds or not isinstance(subject, dict):
        raise Refused("This is signed, but it is no passport of a clinician.")
    return subject


def _believed(subject: dict[str, Any]) -> list[Believed]:
    rows = subject.get("credentials")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ITEMS:
        raise Refused("There is nothing in this passport.")
    found = [_one(row) for row in rows]
    today = clock.today()
    found = [each for each in found if each.expires_on is None or each.expires_on >= today]
    if not found:
        raise Refused("Everything in this passport has run out.")
    return found


def _one(row: Any) -> Believed:
    try:
        item, against = str(row["item"]), " ".join(str(row["against"]).split())
        authority = str(row["authority"])
        days = [
            date.fromisoformat(row[n]) if row[n] else None for n in ("issued_on", "expires_on", "verified_on")
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("Something in this passport can't be read.") from error
    known = item in names() and item != RECORDED
    fits = (known or 0 < len(item) <= 80) and item != RECORDED and authority in ("verifier", "governance")
    if not fits or days[2] is None or not against or nhs_numbers_in(f"{item} {against}"):
        raise Refused("Something in this passport can't be read.")
    return Believed(item, days[0], days[1], days[2], authority, against)


def in_words(made: list[Credential]) -> str:
    """What was believed, by name."""
    return ", ".join(name_of(row.item) for row in made)
