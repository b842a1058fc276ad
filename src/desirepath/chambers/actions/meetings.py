"""Governance meetings: planned or logged, with agenda, who came, notes, and who is to do what by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.chambers.actions.charter import leads_of, members_of
from desirepath.chambers.models import Meeting, MeetingTask
from desirepath.clinicians.models import Clinician
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import day_and_year, local
from desirepath.pools.models import Chambers

YEAR = timedelta(days=365)


def _may_keep(by: Person, chambers: Chambers) -> None:
    if by not in [*leads_of(chambers), *chambers.pool.managers()]:
        raise PermissionError("only the lead or a manager keeps the meetings")


@transaction.atomic
def plan_meeting(*, by: Person, chambers: Chambers, day: date, agenda: str) -> Meeting:
    """A meeting to come, or one that is to be written up at once; members are told of one to come."""
    _may_keep(by, chambers)
    made: Meeting = Meeting.objects.create(chambers=chambers, day=day, agenda=agenda.strip())
    Event.record("planned", made, by=by, day=str(day))
    if day >= clock.today():
        for member in members_of(chambers):
            if member.person != by:
                _tell(made, member.person, f"Your chambers meets on {day_and_year(day)}", "planned")
    return made


@transaction.atomic
def hold_meeting(*, by: Person, meeting: Meeting, notes: str, present: Iterable[Clinician]) -> None:
    """It took place. Raises Refused for one of a day to come, or one that is settled."""
    _may_keep(by, meeting.chambers)
    if meeting.day > clock.today():
        raise Refused("It has not been held yet: write it up on the day, or after it.")
    present = list(present)
    try:
        meeting.move("held", by=by, details={"present": len(present)}, notes=notes.strip())
    except InvalidMove as error:
        raise Refused("This meeting has been written up, or called off, already.") from error
    meeting.present.set(present)


@transaction.atomic
def call_off_meeting(*, by: Person, meeting: Meeting) -> None:
    """It does not take place; members are told."""
    _may_keep(by, meeting.chambers)
    try:
        meeting.move("called off", by=by)
    except InvalidMove as error:
        raise Refused("This meeting has been written up, or called off, already.") from error
    for member in members_of(meeting.chambers):
        if member.person != by:
            _tell(
                meeting,
                member.person,
                f"Called off: the meeting of your chambers on {day_and_year(meeting.day)}",
                "called off",
            )


@transaction.atomic
def add_task(
    *, by: Person, meeting: Meeting, what: str, owner: Clinician | None = None, due_on: date | None = None
) -> MeetingTask:
    """Somebody, or (None) everyone, is to do something. She is told."""
    _may_keep(by, meeting.chambers)
    if owner is not None and owner not in members_of(meeting.chambers):
        raise Refused(f"{owner} is no active member of the chambers.")
    made: MeetingTask = MeetingTask.objects.create(
        meeting=meeting, what=what.strip(), owner=owner, due_on=due_on
    )
    Event.record("task added", meeting, by=by, task=str(made.public_id))
    if owner is not None and owner.person != by:
        _tell(meeting, owner.person, "Your chambers has asked you to do something", f"task {made.pk}")
    return made


@transaction.atomic
def finish_task(*, by: Person, task: MeetingTask) -> None:
    """It is done, as its owner or whoever keeps the meetings says; twice is once."""
    if task.owner is None or task.owner.person != by:
        _may_keep(by, task.meeting.chambers)
    if MeetingTask.objects.filter(pk=task.pk, done_at=None).update(done_at=clock.now()):
        Event.record("task done", task.meeting, by=by, task=str(task.public_id))


def _tell(meeting: Meeting, person: Person, subject: str, what: str) -> None:
    tell(
        to=person,
        subject=subject,
        body=f"{subject}.\n\nSee it: {link(reverse('chambers:meeting', args=[meeting.public_id]))}\n",
        key=f"meeting {meeting.public_id} {what} {person.public_id}",
    )


@dataclass(frozen=True, slots=True)
class Governance:
    """How the meetings of a chambers stand: ``held`` in the last 365 days, at least ``least`` wanted, the
    next one planned for ``planned`` (or none), to be held by ``due_by``.
    """

    held: int
    least: int
    planned: date | None
    due_by: date
    late: bool


def governance_of(chambers: Chambers) -> Governance:
    """One meeting in every fourth part of a year (or as many as the chambers wants) makes enough of them,
    whenever one looks; counted from the last one held, at first from the day it was founded. Two queries.
    """
    today = clock.today()
    days = chambers.meetings.held().filter(day__lte=today).values_list("day", flat=True)
    held = list(days.filter(day__gt=today - YEAR).order_by("-day"))
    last = held[0] if held else local(chambers.created_at).date()
    due_by = last + timedelta(days=365 // chambers.least_meetings)
    planned = chambers.meetings.planned().filter(day__gte=today).order_by("day").first()
    return Governance(
        held=len(held),
        least=chambers.least_meetings,
        planned=planned.day if planned else None,
        due_by=due_by,
        late=due_by < today,
    )
