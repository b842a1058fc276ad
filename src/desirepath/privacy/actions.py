"""Her own file, and what she asks to have put right."""

from __future__ import annotations

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.special import read_special
from desirepath.messages.actions import link, tell
from desirepath.organisations.models import RoleAssignment
from desirepath.privacy.export import zipped
from desirepath.privacy.models import Correction


def export_own(*, person: Person) -> bytes:
    """Everything about her, for herself."""
    made = zipped(person)
    Event.record("own data taken out", person, by=person, bytes=len(made))
    return made


def export_for(*, person: Person, by: Person | None) -> bytes:
    """Everything about her, for whoever hands it to her: noted as a reading of special categories."""
    read_special("everything", person, by=by)
    return zipped(person)


@transaction.atomic
def ask_for_correction(*, person: Person, wrong: str) -> Correction:
    """She says what is wrong; whoever looks after the installation is told."""
    made = Correction.objects.create(person=person, wrong=wrong)
    Event.record("asked", made, by=person)
    held = RoleAssignment.objects.current().filter(role=Role.SYSTEM_ADMINISTRATOR).select_related("person")
    for each in held:
        tell(
            to=each.person,
            subject="Somebody asks for a correction of what is kept about them",
            body=f"Answer it within a month: put it right, or say why not.\n\n{link('/corrections')}\n",
            key=f"correction {made.public_id} {each.person.public_id}",
        )
    return made


@transaction.atomic
def answer_correction(*, correction: Correction, by: Person, corrected: bool, answer: str) -> None:
    """It is put right, or she is told why not. Raises Refused where it is one's own, Stale where it was
    answered.
    """
    if correction.person_id == by.pk:
        raise Refused("This is your own: somebody else answers it.")
    correction.move("corrected" if corrected else "refused", by=by, answered_by=by, answer=answer)
    tell(
        to=correction.person,
        subject=f"Your correction of {clock.today():%-d %B} is answered",
        body=f"What you asked to have put right about you is answered.\n\n{link('/your-account/data')}\n",
        key=f"correction answered {correction.public_id}",
    )
