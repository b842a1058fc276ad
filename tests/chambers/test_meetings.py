"""Governance meetings: enough of them, who keeps them, what somebody is to do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.chambers.actions import meetings
from desirepath.chambers.models import Meeting, MeetingTask
from desirepath.messages.models import Message

pytestmark = pytest.mark.django_db


def held(where, day: date) -> Meeting:
    made = meetings.plan_meeting(by=where.lead, chambers=where.chambers, day=day, agenda="How it goes")
    meetings.hold_meeting(by=where.lead, meeting=made, notes="Well.", present=[where.ann, where.bea])
    return made


def days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def test_a_meeting_is_logged_with_who_came(harbour):
    """Agenda, notes, who came; the log has who wrote it up and how many came."""
    made = held(harbour, days_ago(1))
    assert (made.state, made.notes, set(made.present.all())) == ("held", "Well.", {harbour.ann, harbour.bea})
    event = Event.objects.get(verb="planned > held")
    assert (event.actor, event.details) == (harbour.lead.public_id, {"present": 2})


def test_who_keeps_them(harbour, elsewhere):
    """The lead and the pool's manager; not a member, not another pool's manager or lead."""
    wanted = {"chambers": harbour.chambers, "day": clock.today(), "agenda": "Agenda"}
    for person in (harbour.ann.person, elsewhere.manager, elsewhere.lead):
        with pytest.raises(PermissionError):
            meetings.plan_meeting(by=person, **wanted)
    assert meetings.plan_meeting(by=harbour.manager, **wanted).state == "planned"


def test_members_are_told_of_one_to_come(harbour):
    """And of one that is called off; of one that was held nobody is."""
    made = meetings.plan_meeting(
        by=harbour.lead, chambers=harbour.chambers, day=clock.today() + timedelta(days=7), agenda="Agenda"
    )
    meetings.call_off_meeting(by=harbour.lead, meeting=made)
    held(harbour, days_ago(3))
    subjects = Message.objects.filter(to=harbour.ann.person, channel="in-app").values_list(
        "subject", flat=True
    )
    assert [subject.split(":")[0].split(" on ")[0] for subject in subjects.order_by("pk")] == [
        "Your chambers meets",
        "Called off",
    ]


def test_one_to_come_is_not_written_up(harbour):
    """Nor one that was called off or written up already."""
    made = meetings.plan_meeting(
        by=harbour.lead, chambers=harbour.chambers, day=clock.today() + timedelta(days=1), agenda="Agenda"
    )
    with pytest.raises(Refused, match="not been held"):
        meetings.hold_meeting(by=harbour.lead, meeting=made, notes="", present=[])
    done = held(harbour, days_ago(1))
    with pytest.raises(Refused, match="already"):
        meetings.hold_meeting(by=harbour.lead, meeting=done, notes="Otherwise", present=[])
    with pytest.raises(Refused, match="already"):
        meetings.call_off_meeting(by=harbour.lead, meeting=done)


def test_four_a_year(harbour):
    """Held each 91 days there are always at least four in a year; a gap of 92 days is late."""
    for days in (300, 250, 180, 91):
        held(harbour, days_ago(days))
    now = meetings.governance_of(harbour.chambers)
    assert (now.held, now.least, now.late, now.due_by) == (4, 4, False, clock.today())
    with clock.at(clock.now() + timedelta(days=1)):
        assert meetings.governance_of(harbour.chambers).late


def test_a_new_chambers_has_time_for_its_first(harbour):
    """The first meeting is due a quarter of a year after it was founded; without one it stays overdue."""
    founded = meetings.governance_of(harbour.chambers)
    assert (founded.held, founded.late) == (0, False)
    assert founded.due_by == clock.today() + timedelta(days=91)
    with clock.at(clock.now() + timedelta(days=800)):
        assert meetings.governance_of(harbour.chambers).late


def test_meetings_of_long_ago_do_not_count(harbour):
    """Only those of the last 365 days do; one that is planned is named."""
    held(harbour, days_ago(366))
    held(harbour, days_ago(2))
    day = clock.today() + timedelta(days=30)
    meetings.plan_meeting(by=harbour.lead, chambers=harbour.chambers, day=day, agenda="Agenda")
    now = meetings.governance_of(harbour.chambers)
    assert (now.held, now.planned) == (1, day)


def test_somebody_is_to_do_something(harbour, elsewhere):
    """A member is told, and says herself that it is done; twice is once; nobody else's member is asked."""
    meeting = held(harbour, days_ago(1))
    task = meetings.add_task(by=harbour.lead, meeting=meeting, what="Ask the practice", owner=harbour.cat)
    assert Message.objects.filter(
        to=harbour.cat.person, subject__startswith="Your chambers has asked"
    ).exists()
    with pytest.raises(PermissionError):
        meetings.finish_task(by=harbour.ann.person, task=task)
    meetings.finish_task(by=harbour.cat.person, task=task)
    meetings.finish_task(by=harbour.cat.person, task=task)
    assert MeetingTask.objects.get().done_at
    assert Event.objects.filter(verb="task done").count() == 1
    with pytest.raises(Refused):
        meetings.add_task(by=harbour.lead, meeting=meeting, what="It", owner=elsewhere.zoe)
