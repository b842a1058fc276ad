"""Ask to join a pool, confirm it by e-mail, be checked and taken in, or declined.

A stranger's request is read by nobody before she has followed the link in her own post: until then anybody
may have written it. Whether an address is known here is told to nobody but its owner.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Invitation, Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.retrying import retried
from desirepath.audit.states import InvalidMove
from desirepath.clinicians.actions import register_clinician, take_place
from desirepath.clinicians.models import Clinician, Engagement, Membership
from desirepath.memberships.missing import in_the_way, record_checks
from desirepath.memberships.models import JoinRequest
from desirepath.messages.actions import link, tell
from desirepath.messages.letters import BY_POST
from desirepath.nhsuk.formats import moment
from desirepath.pools.models import Chambers, Pool

# letters that strangers can have sent to one address, and to all addresses for one pool, in a day
MOST_TO_ONE, MOST_IN_ALL = 3, 200
SETTLED = "This has been settled already."
CANT = (
    "This can't be taken as it stands. If you have used Desirepath before, sign in with the e-mail address "
    "of then and ask again; or write to the manager of the pool."
)


@transaction.atomic
def ask_to_join(
    *,
    pool: Pool,
    email: str,
    name: str,
    role: str,
    registration: str,
    latitude: float,
    longitude: float,
    words: str = "",
    chambers: Chambers | None = None,
) -> JoinRequest | None:
    """Somebody who is not signed in asks; a letter with a secret link goes to the address.

    None, silently, where too many letters were asked for, or the address is of the other world (fictional or
    real): whoever asks sees the same either way.
    """
    since = clock.now() - timedelta(days=1)
    today = JoinRequest.objects.for_pool(pool).filter(created_at__gt=since)
    if today.count() >= MOST_IN_ALL:
        return None
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        person = Person.objects.create_user(email, name=name, fictional=pool.fictional)
    if not person.is_active or person.fictional != pool.fictional:
        return None
    if JoinRequest.objects.filter(person=person, created_at__gt=since).count() >= MOST_TO_ONE:
        return None
    made = JoinRequest(
        pool=pool,
        person=person,
        name=name,
        role=role,
        registration=registration.strip().upper(),
        latitude=latitude,
        longitude=longitude,
        words=words.strip(),
        chambers=chambers,
    )
    made.give_token()
    made.save()
    Event.record("asked, not confirmed", made, by=None)
    address = link(reverse("memberships:confirm", args=[made.token]))
    tell(
        to=person,
        subject=f"Confirm that you want to join {pool}",
        body=(
            f"Somebody, we hope you, asked to join {pool} at Desirepath with this address.\n\n"
            f"Look at it and confirm it, until {moment(made.expires_at or clock.now())}:\n{address}\n\n"
            "If it was not you, do nothing: nobody reads it, and it is forgotten.\n"
        ),
        key=f"join {made.public_id}",
        channels=BY_POST,
    )
    return made


@retried
@transaction.atomic
def confirm_request(*, token: str) -> tuple[JoinRequest, Invitation | None]:
    """It was she. She becomes a clinician of the system where she is none, and applies to the pool; an
    invitation opens her account where she has no password yet.

    Raises Refused where the link is over, the number is somebody else's, or she belongs to the pool already.
    """
    found = JoinRequest.find(token)
    if found is None or _confirmed_meanwhile(found):
        raise Refused("This link is over. Ask again.")
    person = found.person
    clinician = Clinician.objects.filter(person=person).first()
    if clinician is None:
        if not person.has_usable_password():
            person.name = found.name
            person.save(update_fields=["name"])
        assert found.latitude is not None
        assert found.longitude is not None
        try:
            clinician = register_clinician(
                by=person,
                person=person,
                role=found.role,
                registration=found.registration,
                latitude=found.latitude,
                longitude=found.longitude,
            )
        except Refused as error:
            raise Refused(CANT) from error
    membership = _applied(by=person, clinician=clinician, pool=found.pool)
    # where she sets out from is hers alone: it lies in her profile now
    found.move(
        "made", by=person, membership=membership, digest=None, latitude=None, longitude=None, registration=""
    )
    _tell_managers(found)
    return found, None if person.has_usable_password() else Invitation.issue(person)


def _confirmed_meanwhile(found: JoinRequest) -> bool:
    """By another press of the button; the row stays locked."""
    now = JoinRequest.objects.select_for_update(of=("self",)).get(pk=found.pk)
    return now.state != "unconfirmed"


@retried
@transaction.atomic
def apply_to(
    *, by: Person, clinician: Clinician, pool: Pool, words: str = "", chambers: Chambers | None = None
) -> JoinRequest:
    """A clinician of the system applies to another pool, or to one she has left. Raises Refused where she
    belongs to it already, or has asked.
    """
    if by.pk != clinician.person_id:
        raise PermissionError("only she may apply")
    if by.fictional != pool.fictional:
        raise PermissionError("a fictional person and a real pool, or the other way round")
    membership = _applied(by=by, clinician=clinician, pool=pool)
    made: JoinRequest = JoinRequest.objects.create(
        pool=pool,
        person=by,
        membership=membership,
        role=clinician.role,
        words=words.strip(),
        chambers=chambers,
        state="made",
    )
    Event.record("made", made, by=by)
    _tell_managers(made)
    return made


def _applied(*, by: Person, clinician: Clinician, pool: Pool) -> Membership:
    clinician.locked()
    membership, _ = Membership.objects.get_or_create(clinician=clinician, pool=pool)
    try:
        membership.move("applied", by=by)
    except InvalidMove as error:
        waits = membership.state in ("applied", "checking")
        raise Refused(
            f"You have asked to join {pool} already: it is being looked at."
            if waits
            else f"You belong to {pool} already."
        ) from error
    return membership


@transaction.atomic
def start_checks(*, by: Person, membership: Membership) -> None:
    """The manager begins to check; she is told what the pool asks for."""
    _only_a_manager(by, membership.pool)
    try:
        membership.move("checking", by=by)
    except InvalidMove as error:
        raise Refused(SETTLED) from error
    _tell_her(
        membership,
        f"{membership.pool} has begun your checks",
        "See what the pool asks for, and send what is missing.",
        "checking",
    )


@retried
@transaction.atomic
def take_in(
    *,
    by: Person,
    membership: Membership,
    chambers: Chambers | None = None,
    checked_until: date | None = None,
) -> None:
    """She is an active member from now on, in a chambers where one is named; ``checked_until`` is how long
    her checks are valid, as the manager has seen it.

    Raises Refused while something is missing without which she may not work, or the chambers is full.
    """
    _only_a_manager(by, membership.pool)
    membership.clinician.locked()
    membership.refresh_from_db()
    if membership.state != "checking":
        raise Refused(SETTLED)
    record_checks(by=by, membership=membership, until=checked_until)
    if lacks := in_the_way(membership):
        raise Refused(f"Still missing: {', '.join(lacks)}.")
    if chambers is not None:
        take_place(chambers, membership)
    membership.move("active", by=by)
    Engagement.objects.get_or_create(
        clinician=membership.clinician,
        host=membership.pool.organisation,
        kind=Engagement.Kind.SELF_EMPLOYED,
        defaults={"state": "active"},
    )
    _settle(membership, "taken in", by=by)
    _tell_her(
        membership,
        f"Welcome: you are a member of {membership.pool}",
        "You can be offered work as soon as you have published your terms and said when you are free.",
        "taken in",
    )


@transaction.atomic
def decline_member(*, by: Person, membership: Membership, because: str) -> None:
    """She is not taken in, and reads why. She may ask again."""
    _only_a_manager(by, membership.pool)
    try:
        membership.move("declined", by=by)
    except InvalidMove as error:
        raise Refused(SETTLED) from error
    _settle(membership, "declined", by=by, because=because.strip())
    _tell_her(
        membership,
        f"{membership.pool} has not taken you in",
        "The reason is on the page of your pools. You may ask again at any time.",
        "declined",
    )


@transaction.atomic
def withdraw_request(*, by: Person, membership: Membership) -> None:
    """She takes it back before it is settled."""
    if by.pk != membership.clinician.person_id:
        raise PermissionError("only she may take it back")
    try:
        membership.move("declined", by=by, details={"withdrawn": True})
    except InvalidMove as error:
        raise Refused(SETTLED) from error
    _settle(membership, "withdrawn", by=by)


def forget_lapsed() -> int:
    """Requests that nobody confirmed in time are over, and what was written in them is forgotten, with the
    person where nothing else is known of her; the number.
    """
    ended = 0
    for row in JoinRequest.objects.lapsed().select_related("person"):
        ended += _forget(row)
    return ended


@retried
@transaction.atomic
def _forget(row: JoinRequest) -> bool:
    row.move(
        "lapsed", by=None, digest=None, name="", registration="", words="", latitude=None, longitude=None
    )
    person = row.person
    stranger = not person.has_usable_password() and not person.roles.exists()
    if (
        stranger
        and not person.invitations.exists()
        and not person.join_requests.exclude(state="lapsed").exists()
    ):
        person.join_requests.all().delete()
        person.messages.all().delete()
        person.delete()
    return True


def _settle(membership: Membership, state: str, *, by: Person, because: str = "") -> None:
    for request in membership.join_requests.filter(state="made"):
        request.move(state, by=by, because=because)


def _only_a_manager(by: Person, pool: Pool) -> None:
    if by not in pool.managers():
        raise PermissionError("only a manager of the pool decides who joins it")


def _tell_managers(request: JoinRequest) -> None:
    membership = request.membership
    assert membership is not None
    address = link(reverse("memberships:member", args=[membership.public_id]))
    for manager in request.pool.managers():
        tell(
            to=manager,
            subject=f"{request.person.name} asks to join {request.pool}",
            body=(
                f"{request.person.name}, {membership.clinician.get_role_display()}, asks to join "
                f"{request.pool}.\n\nSee it: {address}\n"
            ),
            key=f"join {request.public_id} {manager.public_id}",
        )


def _tell_her(membership: Membership, subject: str, words: str, what: str) -> None:
    since = int(membership.state_since.timestamp())
    tell(
        to=membership.clinician.person,
        subject=subject,
        body=f"{words}\n\nSee it: {link(reverse('memberships:pools'))}\n",
        key=f"membership {membership.public_id} {what} {since}",
    )
