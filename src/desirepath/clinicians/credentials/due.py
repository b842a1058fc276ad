"""What falls due about her checks: notices 60, 30 and 7 days ahead, the day on which something has run out,
and the day on which what stopped her is over.

Each timer is one transaction, claimed by a conditional UPDATE: safe to run twice, late, and on several
machines. A timer whose credential has been renewed meanwhile says nothing.
"""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from desirepath.audit import clock
from desirepath.audit.retrying import retried, taking_turns
from desirepath.clinicians.credentials.clearing import keep_timers, tell_changed, timer, truth_of, work_out
from desirepath.clinicians.credentials.usual import name_of
from desirepath.clinicians.models import CheckTimer, Clinician, Credential, Membership
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import day_and_year, plural

# notices that gather while no worker runs are sent by turns of so many
AT_ONCE = 500


def look_due() -> int:
    """Everything about checks that is due; how many."""
    done = 0
    rows = CheckTimer.objects.due().select_related("clinician__person")
    for row in rows[:AT_ONCE]:
        with taking_turns(f"checks of {row.clinician.public_id}"):
            done += _look(row)
    return done


@retried
@transaction.atomic
def _look(row: CheckTimer) -> bool:
    clinician = row.clinician.locked()
    claimed = CheckTimer.objects.filter(pk=row.pk, done_at=None).update(done_at=clock.now())
    if not claimed:
        return False
    if not row.item:
        work_out([clinician])
        return True
    today = clock.today()
    concerned = _concerned(clinician, row)
    if row.until < today:
        _run_out(clinician, row, concerned)
    elif concerned:
        _notice(clinician, row, concerned)
        following = timer(clinician, row.item, row.until, today, below=row.days)
        keep_timers([following])
    return True


def _concerned(clinician: Clinician, row: CheckTimer) -> list[tuple[Membership, bool]]:
    """The pools in which this end still is one, and whether it blocks there."""
    memberships = Membership.objects.filter(clinician=clinician).exclude(state__in=("left", "declined"))
    found = list(memberships.select_related("pool__organisation"))
    truth = truth_of([clinician], [each.pool_id for each in found])
    concerned = []
    for membership in found:
        lines = [
            line
            for line in truth.of(membership, clinician).lines
            if line.source == row.item and line.until == row.until
        ]
        if lines:
            concerned.append((membership, any(line.blocks for line in lines)))
    return concerned


def _own(clinician: Clinician, row: CheckTimer) -> list[Credential]:
    return list(clinician.credentials.valid().filter(item=row.item, expires_on=row.until))


def _notice(clinician: Clinician, row: CheckTimer, concerned: list[tuple[Membership, bool]]) -> None:
    for credential in _own(clinician, row):
        if credential.state == "verified":
            credential.move("expiring", by=None)
    left = (row.until - clock.today()).days
    when = f"in {plural(left, 'day')}" if left else "today"
    name = name_of(row.item)
    blocks = [membership.pool.name for membership, blocking in concerned if blocking]
    then = (
        f"Without it you can't be offered work in {', '.join(blocks)} after that day."
        if blocks
        else "It is advised, and its lack keeps you from no work."
    )
    tell(
        to=clinician.person,
        subject=f"{name} runs out {when}",
        body=(
            f"It is valid until {day_and_year(row.until)}. {then} Sessions you have booked stay.\n\n"
            f"Send the new one: {link(reverse('clinicians:send-credential'))}\n"
        ),
        key=f"checks {clinician.public_id} {row.item} {row.until} {row.days}",
    )


def _run_out(clinician: Clinician, row: CheckTimer, concerned: list[tuple[Membership, bool]]) -> None:
    for credential in _own(clinician, row):
        credential.move("expired", by=None)
    work_out([clinician])
    # until when she is cleared has not moved: its day has come
    tell_changed(clinician)
    if not concerned:
        return
    blocks = [membership.pool.name for membership, blocking in concerned if blocking]
    then = f"You can't be offered work in {', '.join(blocks)} until it is renewed." if blocks else ""
    tell(
        to=clinician.person,
        subject=f"{name_of(row.item)} has run out",
        body=(
            f"It was valid until {day_and_year(row.until)}. {then} No session of yours is cancelled.\n\n"
            f"Send the new one: {link(reverse('clinicians:send-credential'))}\n"
        ),
        key=f"checks {clinician.public_id} {row.item} {row.until} 0",
    )
