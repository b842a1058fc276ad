"""What is done about what she holds: send it, verify it, refuse it with a reason, take it back.

Whatever changes what counts works out at once until when she is cleared, in the same transaction.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.privacy import refuse_nhs_number
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.audit.states import InvalidMove
from desirepath.clinicians.credentials.clearing import asked_of, work_out
from desirepath.clinicians.credentials.files import checked
from desirepath.clinicians.credentials.usual import RECORDED, name_of
from desirepath.clinicians.models import Clinician, Credential, Document, Membership, Requirement
from desirepath.messages.actions import link, tell
from desirepath.organisations.models import RoleAssignment
from desirepath.pools.models import Pool

MOST_WAITING = 30
# nothing is valid longer than somebody works
LONGEST = timedelta(days=366 * 50)
ANSWERED = "Somebody has answered this one already."
AUTHORITY = {
    Role.CREDENTIAL_VERIFIER: Requirement.Authority.VERIFIER,
    Role.GOVERNANCE_LEAD: Requirement.Authority.GOVERNANCE,
}


@retried
@transaction.atomic
def submit(
    *,
    by: Person,
    clinician: Clinician,
    item: str,
    name: str,
    content: bytes,
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> Credential:
    """She sends a document that shows something she holds. Raises Refused with what is wrong with it."""
    if by.pk != clinician.person_id:
        raise PermissionError("only she may send what she holds")
    _refuse_days(issued_on, expires_on)
    if expires_on and expires_on < clock.today():
        raise Refused("It has run out already: send the new one.")
    clinician.locked()
    if item not in asked_of(clinician):
        raise Refused("No pool of yours asks for that.")
    if clinician.credentials.filter(state="submitted").count() >= MOST_WAITING:
        raise Refused(
            f"{MOST_WAITING} documents of yours wait to be looked at: send more when they have been."
        )
    file = checked(name, content)
    digest = hashlib.sha256(content).hexdigest()
    waiting = clinician.credentials.filter(state="submitted", item=item, document__sha256=digest).first()
    if waiting:
        return waiting
    made = Credential.objects.create(
        clinician=clinician, item=item, issued_on=issued_on, expires_on=expires_on
    )
    Document.objects.create(
        credential=made,
        kind=file.kind,
        name=file.name,
        size=len(file.content),
        sha256=digest,
        content=file.content,
    )
    Event.record("submitted", made, by=by)
    return made


def _refuse_days(issued_on: date | None, expires_on: date | None) -> None:
    today = clock.today()
    if issued_on and issued_on > today:
        raise Refused("The day of issue is still to come.")
    if issued_on and expires_on and expires_on < issued_on:
        raise Refused("It runs out before it was issued.")
    if expires_on and expires_on > today + LONGEST:
        raise Refused("The last day is too far away.")


def _refuse_text(text: str, what: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(f"Say {what}.")
    try:
        refuse_nhs_number(text)
    except ValidationError as error:
        raise Refused(f"{error.messages[0]}.") from error
    return text


def authority_of(by: Person, clinician: Clinician, pool: Pool) -> str:
    """As what ``by`` may verify in a pool: the higher of what they are there. PermissionError for nobody, and
    for what is one's own.
    """
    if by.pk == clinician.person_id:
        raise PermissionError("nobody verifies what is their own")
    held = RoleAssignment.objects.current().filter(person=by, organisation=pool.organisation_id)
    roles = {Role(role) for role in held.values_list("role", flat=True)}
    if Role.GOVERNANCE_LEAD in roles:
        return AUTHORITY[Role.GOVERNANCE_LEAD]
    if Role.CREDENTIAL_VERIFIER in roles:
        return AUTHORITY[Role.CREDENTIAL_VERIFIER]
    raise PermissionError("only a verifier of the pool may verify")


def may_settle(authority: str, clinician: Clinician, pool: Pool, item: str) -> bool:
    """Whether an authority is enough for an item in a pool."""
    wanted = asked_of(clinician, pool).get(item)
    return wanted is None or wanted.verified_by != "governance" or authority == "governance"


@retried
@transaction.atomic
def verify(
    *,
    by: Person,
    credential: Credential,
    pool: Pool,
    against: str,
    issued_on: date | None,
    expires_on: date | None,
) -> None:
    """It is what it should be, seen against what ``against`` names; it counts from now on in every pool that
    she shares with. Raises Refused.
    """
    authority = authority_of(by, credential.clinician, pool)
    against = _refuse_text(against, "what it was checked against")
    _refuse_days(issued_on, expires_on)
    if expires_on and expires_on < clock.today():
        raise Refused("It has run out: reject it with that reason.")
    if not may_settle(authority, credential.clinician, pool, credential.item):
        raise Refused("Your pool wants its clinical-governance lead to verify this.")
    credential.clinician.locked()
    try:
        credential.move(
            "verified",
            by=by,
            details={"item": credential.item},
            verified_by=by,
            verified_in=pool,
            authority=authority,
            verified_at=clock.now(),
            against=against,
            issued_on=issued_on,
            expires_on=expires_on,
        )
    except InvalidMove as error:
        raise Refused(ANSWERED) from error
    work_out([credential.clinician])
    _tell_her(credential, "verified", f"{name_of(credential.item)} is verified", "It counts from now on.")


@retried
@transaction.atomic
def reject(*, by: Person, credential: Credential, pool: Pool, reason: str) -> None:
    """It does not show what it should; she reads the reason. Raises Refused."""
    authority_of(by, credential.clinician, pool)
    reason = _refuse_text(reason, "why it is rejected")
    try:
        credential.move("rejected", by=by, details={"item": credential.item}, reason=reason)
    except InvalidMove as error:
        raise Refused(ANSWERED) from error
    what = f"{name_of(credential.item)} was not accepted"
    _tell_her(credential, "rejected", what, "The reason stands beside it. Send another document there.")


@retried
@transaction.atomic
def revoke(*, by: Person, credential: Credential, pool: Pool, reason: str) -> None:
    """A verification was wrong, or what was verified is no longer so: it counts nowhere from now on."""
    authority_of(by, credential.clinician, pool)
    reason = _refuse_text(reason, "why it is taken back")
    credential.clinician.locked()
    try:
        credential.move("revoked", by=by, details={"item": credential.item}, reason=reason)
    except InvalidMove as error:
        raise Refused("It is not verified any more.") from error
    work_out([credential.clinician])
    what = f"{name_of(credential.item)} no longer counts"
    _tell_her(credential, "revoked", what, "The reason stands beside it.")


def _tell_her(credential: Credential, what: str, subject: str, then: str) -> None:
    tell(
        to=credential.clinician.person,
        subject=subject,
        body=f"{then}\n\nSee what you hold: {link(reverse('clinicians:credentials'))}\n",
        key=f"credential {what} {credential.public_id}",
    )


@retried
@transaction.atomic
def record(
    *,
    by: Person,
    clinician: Clinician,
    pool: Pool,
    item: str,
    against: str,
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> Credential:
    """A verifier has looked it up (a register, an original) and needs no document. Raises Refused."""
    authority = authority_of(by, clinician, pool)
    against = _refuse_text(against, "what it was checked against")
    _refuse_days(issued_on, expires_on)
    if expires_on and expires_on < clock.today():
        raise Refused("It has run out already.")
    if item not in asked_of(clinician, pool):
        raise Refused("Your pool does not ask for that.")
    if not may_settle(authority, clinician, pool, item):
        raise Refused("Your pool wants its clinical-governance lead to verify this.")
    clinician.locked()
    return _kept(by, clinician, pool, item, authority, against, issued_on, expires_on)


@retried
@transaction.atomic
def record_whole(
    *, by: Person | None, clinician: Clinician, pool: Pool, until: date | None, against: str
) -> Credential:
    """Checks that a pool made before it kept them here, as one: they count in that pool alone, for everything
    it asks, until a day (or without one). A later record takes the place of an earlier.
    """
    clinician.locked()
    for old in clinician.credentials.valid().filter(item=RECORDED, verified_in=pool):
        old.move("revoked", by=by, reason="A later record took its place")
    return _kept(by, clinician, pool, RECORDED, "governance", against, None, until)


def _kept(
    by: Person | None,
    clinician: Clinician,
    pool: Pool,
    item: str,
    authority: str,
    against: str,
    issued_on: date | None,
    expires_on: date | None,
) -> Credential:
    made = Credential.objects.create(
        clinician=clinician,
        item=item,
        state="verified",
        issued_on=issued_on,
        expires_on=expires_on,
        verified_by=by,
        verified_in=pool,
        authority=authority,
        verified_at=clock.now(),
        against=against,
    )
    Event.record("recorded", made, by=by, item=item)
    work_out([clinician])
    return made


@retried
@transaction.atomic
def share(*, by: Person, membership: Membership, on: bool) -> None:
    """Whether what she holds counts in a pool and is seen by its verifiers."""
    clinician = membership.clinician
    if by.pk != clinician.person_id:
        raise PermissionError("only she may share what she holds")
    clinician.locked()
    if Membership.objects.filter(pk=membership.pk, shares=not on).update(shares=on):
        Event.record("credentials shared" if on else "credentials no longer shared", membership, by=by)
        work_out([clinician])


@transaction.atomic
def read_document(*, by: Person, credential: Credential) -> Document:
    """The file, for somebody who may see it; that it was read is kept in the log."""
    document = Document.objects.get(credential=credential)
    Event.record("document read", credential, by=by)
    return document
