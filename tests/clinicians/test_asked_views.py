"""How she is asked: the page of her quiet choices, and of a standing yes to one practice."""

from datetime import date, time

import pytest
from django.urls import reverse

from desirepath.clinicians.actions import set_practice_preference
from desirepath.clinicians.choosing import end_standing_yes, give_standing_yes, set_quiet_choices
from desirepath.clinicians.models import Clinician, QuietChoices, StandingYes
from tests import cast

pytestmark = pytest.mark.django_db
ASKED = "/my/asked/"


@pytest.fixture
def ann(quayside) -> Clinician:
    return cast.clinician("Ann Locum", pool=cast.pool("", quayside))


def test_she_says_how_she_is_asked(client, sign_in, ann):
    """One Save keeps all of it; saved again with boxes emptied, the limits are gone."""
    sign_in(client, ann.person)
    sent = {
        "most_offers_day": "3",
        "quiet_from": "9:30pm",
        "quiet_until": "7am",
        "digest_at": "midday",
        "paused_until": "2099-01-04",
        "standby": "on",
        "phone": "01632 960 001",
        "phone_allowed": "on",
        "sms": "on",
    }
    assert client.post(ASKED, sent).status_code == 302
    kept = QuietChoices.objects.get(clinician=ann)
    assert (kept.most_offers_day, kept.quiet_from, kept.quiet_until) == (3, time(21, 30), time(7))
    assert (kept.digest_at, kept.paused_until) == (time(12), date(2099, 1, 4))
    assert kept.standby and kept.phone_allowed and kept.sms
    ann.person.refresh_from_db()
    assert ann.person.phone == "01632 960 001"
    page = client.get(ASKED).content.decode()
    assert "You are paused" in page and 'value="9:30pm"' in page
    week = client.get(reverse("bookings:your-week")).content.decode()
    assert "You are paused until Sun 4 Jan 2099" in week and "At most 3 offers a day" in week
    assert "Quiet from 9:30pm until 7am" in week
    assert client.post(ASKED, {}).status_code == 302
    kept.refresh_from_db()
    assert kept.quiet_from is None and kept.paused_until is None and not kept.standby


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"quiet_from": "10pm"}, "Enter both the start and the end of your quiet hours, or neither"),
        ({"quiet_from": "10pm", "quiet_until": "10pm"}, "Your quiet hours must end at another time"),
        ({"sms": "on"}, "Enter your telephone number, or untick what needs it"),
        ({"paused_until": "2020-01-01"}, "must be in the future"),
        ({"most_offers_day": "0"}, "Most offers a day must be between 1 and 50"),
    ],
)
def test_what_cannot_be_is_told(client, sign_in, ann, sent, told):
    """What contradicts itself is refused beside the field it is about, and nothing is kept."""
    answer = sign_in(client, ann.person).post(ASKED, sent)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not QuietChoices.objects.exists()


def test_a_standing_yes_is_switched_on_with_limits_and_off(client, sign_in, ann, quayside):
    """Off until she says; switched on within her limits; off again at once, its limits kept."""
    address = reverse("clinicians:standing-yes", args=[quayside.public_id])
    sign_in(client, ann.person)
    assert "asks you before every session" in client.get(address).content.decode()
    assert not StandingYes.objects.exists()
    sent = {"days": ["0", "4"], "least_notice_hours": "12", "most": "50", "unit": "percent"}
    assert client.post(address, sent).status_code == 302
    given = StandingYes.objects.get()
    assert given.on and given.days == (0, 4) and given.most_in_a_week(5) == 2 and given.most_in_a_week(1) == 1
    page = client.get(address).content.decode()
    assert "On Mondays and Fridays, at least 12 hours before, at most 50% of the sessions" in page
    assert "Standing yes" in client.get("/my/practices/").content.decode()
    assert client.post(address, {"off": "off"}).status_code == 302
    given.refresh_from_db()
    assert not given.on and given.least_notice_hours == 12
    wrong = client.post(address, {"least_notice_hours": "12", "most": "40", "unit": "sessions"})
    assert wrong.status_code == 422 and "between 1 and 20 sessions" in wrong.content.decode()


def test_a_muted_or_blocked_practice_has_no_standing_yes(ann, quayside):
    """To mute or block a practice ends her yes to it; a new one is refused until she changes that."""
    from desirepath.audit.refusal import Refused

    for kind in ("muted", "blocked"):
        give_standing_yes(by=ann.person, clinician=ann, practice=quayside, most_sessions=1)
        set_practice_preference(by=ann.person, clinician=ann, practice=quayside, kind=kind)
        assert not StandingYes.objects.on().exists()
        with pytest.raises(Refused, match="blocked or muted"):
            give_standing_yes(by=ann.person, clinician=ann, practice=quayside, most_sessions=1)
        set_practice_preference(by=ann.person, clinician=ann, practice=quayside, kind=None)


def test_nobody_else_decides_it(ann, quayside, alice):
    """Only she chooses how she is asked and gives a standing yes."""
    with pytest.raises(PermissionError):
        set_quiet_choices(by=alice, clinician=ann, values={})
    with pytest.raises(PermissionError):
        give_standing_yes(by=alice, clinician=ann, practice=quayside, most_sessions=1)
    end_standing_yes(by=alice, clinician=ann, practice=quayside)
    assert not StandingYes.objects.exists()


def test_she_mutes_a_practice(client, sign_in, ann, quayside):
    """It is among her choices, and she may change her mind."""
    sign_in(client, ann.person)
    sent = {"practice": quayside.public_id, "kind": "muted"}
    page = client.post("/my/practices/", sent, follow=True).content.decode()
    assert "You have muted Quayside Surgery" in page and "Give a standing yes" not in page
    assert ann.practice_preferences.get().kind == "muted"


def test_her_choices_on_one_page(client, sign_in, ann, quayside):
    """Each page of hers with what she has said, and what a newcomer must still say."""
    set_practice_preference(by=ann.person, clinician=ann, practice=quayside, kind="preferred")
    page = sign_in(client, ann.person).get(reverse("clinicians:choices")).content.decode()
    for name in ("terms", "free", "practices", "asked"):
        assert f'href="{reverse(f"clinicians:{name}")}"' in page
    assert "Version 1 is in force since" in page and "1 preferred." in page
    assert "You have said when you are free in a usual week." in page
    assert "No limit: at any time, as often as something suits." in page
    new = cast.clinician("Nina New", free=None)
    page = sign_in(client, new.person).get(reverse("clinicians:choices")).content.decode()
    assert "Not said yet: you are offered no work before you do." in page
