"""The pages of a chambers, as a member, the lead and the manager see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from desirepath.audit import clock
from desirepath.bookings import handing
from desirepath.chambers.actions import meetings
from desirepath.chambers.models import Charter, Meeting, MeetingTask, Vote
from desirepath.pools.models import Chambers
from tests import cast

pytestmark = pytest.mark.django_db
# what one page may ask of the database, whoever looks and however many members there are
MOST_QUERIES = 30


def as_(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def home(where) -> str:
    return f"/chambers/{where.chambers.public_id}/"


def test_a_charter_from_the_first_word_to_its_adoption(harbour):
    """Ann proposes, Bea and Cat vote, on the pages; what it says stands on the chambers' page."""
    ann, bea, cat = (as_(each.person) for each in (harbour.ann, harbour.bea, harbour.cat))
    sent = {
        "why": "So that we know.",
        "text": "We are kind.",
        "days": "14",
        "invoice_day": "5",
        "first_refusal_hours": "0",
    }
    answer = ann.post(f"{home(harbour)}charter/propose/", sent)
    change = answer["Location"]
    assert "2 must say yes" in page(bea, change)
    bea.post(change, {"choice": "yes"})
    assert "You have voted." in page(bea, home(harbour))
    told = cat.post(change, {"choice": "yes"}, follow=True).content.decode()
    assert "With your vote it is adopted" in told
    shown = page(ann, home(harbour))
    assert "Members send them on day 5 of each month" in shown
    assert "open to everyone at once" in shown
    assert "We are kind." in page(as_(harbour.manager), f"{home(harbour)}charter/")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("invoice_day", "31", "must be between 1 and 28"),
        ("text", "Patient 943 476 5919 said", "looks like an NHS number"),
        ("days", "1", "must be between 3 and 28"),
        ("why", "", "Enter"),
    ],
)
def test_what_a_charter_cannot_be(harbour, field, value, told):
    """The page says what is wrong, and nobody is asked to vote."""
    sent = {"why": "Why.", "text": "Rules.", "days": "14", field: value}
    answer = as_(harbour.ann.person).post(f"{home(harbour)}charter/propose/", sent)
    assert (answer.status_code, Charter.objects.count()) == (422, 0)
    assert told in answer.content.decode()


def test_nobody_but_members_votes_on_the_page(harbour, elsewhere, propose):
    """The lead and the manager read it and have no vote; another chambers' member finds nothing."""
    address = f"/chambers/charters/{propose(harbour).public_id}/"
    for person in (harbour.lead, harbour.manager):
        assert "Your vote" not in page(as_(person), address)
        assert as_(person).post(address, {"choice": "yes"}).status_code == 404
    assert as_(elsewhere.zoe.person).get(address).status_code == 404
    assert as_(harbour.bea.person).post(address, {"choice": "maybe"}).status_code == 422
    assert not Vote.objects.exists()


def test_a_break_is_no_time_to_propose(harbour):
    """She reads everything and is told why she can't propose now."""
    harbour.ann.memberships.get().move("paused", by=harbour.ann.person)
    client = as_(harbour.ann.person)
    assert "Propose" not in page(client, f"{home(harbour)}charter/")
    answer = client.get(f"{home(harbour)}charter/propose/")
    assert (answer.status_code, "once you are back" in answer.content.decode()) == (403, True)


def test_the_lead_logs_a_meeting(harbour):
    """Planned, written up, a task given and done, all on the pages."""
    lead = as_(harbour.lead)
    day = clock.today() - timedelta(days=1)
    sent = {"day-day": day.day, "day-month": day.month, "day-year": day.year, "agenda": "Rota"}
    address = lead.post(f"{home(harbour)}meetings/plan/", sent)["Location"]
    present = [str(harbour.ann.public_id)]
    assert (
        "Written up"
        in lead.post(address, {"present": present, "notes": "Agreed."}, follow=True).content.decode()
    )
    lead.post(address, {"what": "Write to the practice", "owner": str(harbour.bea.public_id)})
    task = MeetingTask.objects.get()
    assert "Write to the practice" in page(lead, home(harbour))
    member = as_(harbour.bea.person)
    assert member.post(f"/chambers/tasks/{task.public_id}/done/").status_code == 302
    assert "Write to the practice" not in page(lead, home(harbour))
    assert "1 of at least 4 meetings held" in page(member, f"{home(harbour)}meetings/")


def test_a_member_keeps_no_meeting(harbour):
    """She reads a meeting; writing it up, calling it off and another's task are not hers."""
    made = meetings.plan_meeting(
        by=harbour.lead, chambers=harbour.chambers, day=clock.today(), agenda="Agenda"
    )
    member, address = as_(harbour.ann.person), f"/chambers/meetings/{made.public_id}/"
    assert "Write it up" not in page(member, address)
    for sent in ({"call_off": "1"}, {"notes": "Mine"}):
        assert member.post(address, sent).status_code == 404
    meetings.hold_meeting(by=harbour.lead, meeting=made, notes="", present=[])
    task = meetings.add_task(by=harbour.lead, meeting=made, what="It", owner=harbour.bea)
    assert member.post(f"/chambers/tasks/{task.public_id}/done/").status_code == 404
    assert Meeting.objects.get().state == "held"


def test_a_meeting_is_called_off(harbour):
    """By the lead, before it is held."""
    made = meetings.plan_meeting(
        by=harbour.lead, chambers=harbour.chambers, day=clock.today() + timedelta(days=9), agenda="Agenda"
    )
    told = as_(harbour.lead).post(f"/chambers/meetings/{made.public_id}/", {"call_off": "1"}, follow=True)
    assert "Called off. The members are told" in told.content.decode()


def test_the_lead_sees_cover_asked_for(harbour):
    """Who can't come and when, not where; a member does not see it here."""
    booked = cast.booking(cast.vacancy(harbour.practice), harbour.ann)
    handing.hand_back(by=harbour.ann.person, booking=booked, otherwise="keep")
    shown = page(as_(harbour.lead), home(harbour))
    assert "Ann Locum can&#39;t work" in shown and "Harbour Surgery" not in shown
    assert "can&#39;t work" not in page(as_(harbour.bea.person), home(harbour))


def test_the_lead_has_one_home(harbour):
    """The menu's first link leads to her chambers."""
    answer = as_(harbour.lead).get("/", follow=True)
    assert answer.redirect_chain[-1][0] == home(harbour)


def test_the_manager_founds_and_fills_one(harbour):
    """A new chambers, its size and manager, and its first member."""
    manager = as_(harbour.manager)
    dee = cast.clinician("Dee Locum", pool=harbour.pool)
    address = manager.post("/chambers/", {"name": "Tide Chambers"})["Location"]
    made = Chambers.objects.get(organisation__name="Tide Chambers")
    manager.post(address, {"member": str(dee.memberships.get().public_id)})
    assert [each.clinician for each in made.members.all()] == [dee]
    sent = {"most_members": "12", "least_meetings": "6", "manager": str(harbour.manager.public_id)}
    manager.post(address, sent)
    made.refresh_from_db()
    assert (made.most_members, made.least_meetings, made.manager) == (12, 6, harbour.manager)
    assert "Tide Chambers" in page(manager, "/chambers/")


def test_a_manager_adds_nobody_of_elsewhere(harbour, elsewhere):
    """A form that names another pool's member finds nothing."""
    sent = {"member": str(elsewhere.zoe.memberships.get().public_id)}
    assert as_(harbour.manager).post(f"{home(harbour)}settings/", sent).status_code == 404


def test_she_leaves_on_the_page(harbour):
    """What it means is said first; then she is out, and still in the pool."""
    client = as_(harbour.ann.person)
    assert "You owe no reason" in page(client, f"{home(harbour)}leave/")
    told = client.post(f"{home(harbour)}leave/", follow=True).content.decode()
    assert "You have left Harbour Chambers" in told
    assert client.get(home(harbour)).status_code == 404


@pytest.mark.parametrize("who", ["member", "lead", "manager"])
def test_a_page_asks_little(harbour, adopt, django_assert_max_num_queries, who):
    """Within a fixed number of queries, with a charter, a vote and tasks."""
    adopt(harbour, invoice_day=5)
    person = {"member": harbour.ann.person, "lead": harbour.lead, "manager": harbour.manager}[who]
    client = as_(person)
    for address in (home(harbour), f"{home(harbour)}charter/", f"{home(harbour)}meetings/"):
        with django_assert_max_num_queries(MOST_QUERIES):
            page(client, address)
