"""Letters about one's account."""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from desirepath.accounts.models import Invitation, Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.messages.actions import link, tell
from desirepath.nhsuk import formats

# one letter in so many seconds, however often the button is pressed
QUIET_SECONDS = 300
# their links open an account: they go to the person's own post and are kept nowhere here
BY_POST = ("e-mail",)

LINK_LETTER = """Somebody, we hope you, asked for a new password at Desirepath.

Set it here within 3 hours:
{link}

If it was not you, do nothing: your password stays as it is.
"""

INVITATION_LETTER = """{inviter} has invited you to Desirepath{role}.

Desirepath is where practices ask for cover and clinicians choose the sessions they want to work.

Begin here, until {until}:
{link}
"""


@transaction.atomic
def send_password_link(*, email: str) -> None:
    """Send whoever has this address a link to set a new password; nothing, silently, if nobody has."""
    person = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None or not person.has_usable_password():
        return
    uid = urlsafe_base64_encode(force_bytes(person.public_id))
    path = reverse("accounts:new-password", args=[uid, default_token_generator.make_token(person)])
    window = int(clock.now().timestamp()) // QUIET_SECONDS
    Event.record("password link asked for", person, by=None)
    tell(
        to=person,
        subject="Set a new password for Desirepath",
        body=LINK_LETTER.format(link=link(path)),
        key=f"password:{person.public_id}:{window}",
        channels=BY_POST,
    )


@transaction.atomic
def invite(*, email: str, name: str, by: Person | None, role: str = "") -> tuple[Person, Invitation]:
    """Invite a person (found by e-mail address, or new) and write to her; the caller gives her the role.

    ``role`` is what the letter says she is invited as ("Practice booker at Elm Surgery"). ``by`` is None
    for the first administrator, whom nobody invites. An open invitation is withdrawn: the newest link counts.
    """
    person = Person.objects.filter(email__iexact=email.strip()).first()
    person = person or Person.objects.create_user(email, name=name)
    for older in person.invitations.filter(state="sent"):
        older.move("withdrawn", by=by)
    invitation = Invitation.issue(person)
    Event.record("invited", invitation, by=by)
    body = INVITATION_LETTER.format(
        inviter=by.name if by else "Your pool",
        role=f" as {role}" if role else "",
        until=formats.moment(invitation.expires_at),
        link=invitation_link(invitation),
    )
    subject = f"{by.name if by else 'Your pool'} has invited you to Desirepath"
    key = f"invitation:{invitation.public_id}"
    tell(to=person, subject=subject, body=body, key=key, channels=BY_POST)
    return person, invitation


def invitation_link(invitation: Invitation) -> str:
    """The address at which an invitation just issued is accepted."""
    return link(reverse("accounts:invitation", args=[invitation.token]))
