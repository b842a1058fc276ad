"""Joining a pool: by a stranger and by somebody known; checked, taken in, declined, taken back, forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Clinician, Membership
from desirepath.memberships.actions import joining
from desirepath.memberships.models import JoinRequest
from desirepath.messages.models import Message
from tests import cast

pytestmark = pytest.mark.django_db
NEW = "new.locum@example.org"


def ask(where: SimpleNamespace, email: str = NEW, **details: Any) -> JoinRequest | None:
    wanted = {
        "name": "New Locum",
        "role": "gp",
        "registration": "7654321",
        "latitude": 52.0,
        "longitude": 1.0,
    }
    return joining.ask_to_join(pool=where.pool, email=email, **{**wanted, **details})


def confirmed(where: SimpleNamespace, **details: Any) -> Membership:
    made = ask(where, **details)
    assert made
    request, _ = joining.confirm_request(token=made.token)
    assert request.membership
    return request.membership


def next_year() -> Any:
    return clock.today() + timedelta(days=365)


def test_nobody_reads_a_request_before_it_is_confirmed(coast):
    """The letter alone has the link; no manager is told, nobody is a clinician yet."""
    made = ask(coast)
    letter = Message.objects.get(to__email=NEW)
    assert made.token in letter.body and letter.channel == "e-mail"
    assert made.token not in str(JoinRequest.objects.values().get())
    assert not Message.objects.filter(to=coast.manager).exists()
    assert not Clinician.objects.exists()


def test_a_stranger_joins_from_the_open_page(client, coast):
    """She asks, follows the link, sets her password, is checked and taken in; each step is told."""
    cast.wants(coast.pool.organisation)
    near = {
        "near": "Coast Surgery",
        "email": NEW,
        "name": "New Locum",
        "role": "gp",
        "registration": "765 4321",
    }
    page = client.post(f"/join/{coast.pool.code}/", {**near, "words": "Ten years a locum."})
    assert "Look into your e-mail" in page.content.decode()
    made = JoinRequest.objects.get()
    letter = Message.objects.get(to__email=NEW)
    address = next(word for word in letter.body.split() if "/join/confirm/" in word)
    path = address[address.index("/join/") :]
    assert "7654321" in client.get(path).content.decode()
    onward = client.post(path)
    page = client.get(onward["Location"]).content.decode()
    assert "password" in page and NEW in page
    made.refresh_from_db()
    assert (made.state, made.registration, made.latitude, made.digest) == ("made", "", None, None)
    manager = Client()
    manager.force_login(coast.manager)
    queue = manager.get("/members/joining/").content.decode()
    assert "New Locum" in queue
    address = reverse("memberships:member", args=[made.membership.public_id])
    assert "Ten years a locum." in manager.get(address).content.decode()
    manager.post(address, {"do": "check"})
    day = next_year()
    checked = {"checked_until-day": day.day, "checked_until-month": day.month, "checked_until-year": day.year}
    sent = {"do": "take in", "chambers": str(coast.chambers.public_id), **checked}
    told = manager.post(address, sent, follow=True).content.decode()
    assert "New Locum is a member now" in told
    membership = Membership.objects.get()
    assert (membership.state, membership.chambers) == ("active", coast.chambers)
    assert membership.cleared_until == day
    assert membership.clinician.engagements.get().host == coast.pool.organisation
    subjects = set(Message.objects.filter(to__email=NEW, channel="in-app").values_list("subject", flat=True))
    assert subjects == {"Coast Pool has begun your checks", "Welcome: you are a member of Coast Pool"}


def test_without_checks_nobody_is_taken_in(coast):
    """A day until which they are valid is needed, and one that is over does not do."""
    cast.wants(coast.pool.organisation)
    membership = confirmed(coast)
    with pytest.raises(Refused, match="settled"):
        joining.take_in(by=coast.manager, membership=membership)
    joining.start_checks(by=coast.manager, membership=membership)
    with pytest.raises(Refused, match="DBS certificate"):
        joining.take_in(by=coast.manager, membership=membership)
    with pytest.raises(Refused, match="valid today"):
        joining.take_in(
            by=coast.manager, membership=membership, checked_until=clock.today() - timedelta(days=1)
        )
    membership.refresh_from_db()
    assert (membership.state, membership.cleared_until) == ("checking", date.min)


def test_an_address_tells_nothing(client, coast):
    """Known or not, the page says the same; and three letters a day are the most for one address."""
    cast.person("Known Person", email="known@example.org")
    sent = {"near": "Coast Surgery", "name": "X Y", "role": "gp", "registration": "7654321"}
    pages = [
        client.post(f"/join/{coast.pool.code}/", {**sent, "email": email}).content.decode()
        for email in (NEW, "known@example.org", NEW, NEW, NEW)
    ]
    assert len({page.replace(NEW, "").replace("known@example.org", "") for page in pages}) == 1
    assert Message.objects.filter(to__email=NEW).count() == 3


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("registration", "12345", "GMC number of 7 digits"),
        ("near", "Nowhere", "No practice whose place is known here"),
        ("words", "943 476 5919", "looks like an NHS number"),
        ("email", "nonsense", "Enter an e-mail address"),
        ("role", "king", "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked(client, coast, field, value, told):
    """The page says what is wrong, and no letter goes out."""
    sent = {"near": "Coast Surgery", "name": "X Y", "role": "gp", "registration": "7654321", "email": NEW}
    page = client.post(f"/join/{coast.pool.code}/", {**sent, field: value})
    assert (page.status_code, told in page.content.decode()) == (422, True)
    assert not JoinRequest.objects.exists()


def test_a_number_that_is_somebody_elses(coast, ann):
    """It is refused in words that name nobody, and nothing is made."""
    made = ask(coast, registration=ann.registration)
    with pytest.raises(Refused, match="can't be taken as it stands"):
        joining.confirm_request(token=made.token)
    made.refresh_from_db()
    assert (made.state, Membership.objects.count()) == ("unconfirmed", 1)


def test_a_link_works_once_and_for_three_days(client, coast):
    """Used, too old or made up, it says so and does nothing."""
    made = ask(coast)
    with clock.at(clock.now() + timedelta(days=4)):
        assert client.get(reverse("memberships:confirm", args=[made.token])).status_code == 410
    joining.confirm_request(token=made.token)
    for token in (made.token, "made-up"):
        assert client.post(reverse("memberships:confirm", args=[token])).status_code == 410
        with pytest.raises(Refused):
            joining.confirm_request(token=token)
    assert Membership.objects.count() == 1


def test_what_nobody_confirms_is_forgotten(coast):
    """After its days the worker forgets it, and the person of whom nothing else is known; once."""
    ask(coast)
    assert joining.forget_lapsed() == 0
    with clock.at(clock.now() + timedelta(days=4)):
        assert [joining.forget_lapsed(), joining.forget_lapsed()] == [1, 0]
    assert not Person.objects.filter(email=NEW).exists()
    assert not JoinRequest.objects.exists()


def test_somebody_who_is_known_is_not_forgotten(coast, ann):
    """What she wrote is, she herself is not."""
    ask(coast, email=ann.person.email, words="Written")
    with clock.at(clock.now() + timedelta(days=4)):
        assert joining.forget_lapsed() == 1
    request = JoinRequest.objects.get()
    assert (request.state, request.words, request.person) == ("lapsed", "", ann.person)


def test_a_known_clinician_applies_on_her_page(coast, inland, ann):
    """With the profile she has; the other pool's manager sees nothing of where else she works."""
    client, manager = Client(), Client()
    client.force_login(ann.person)
    manager.force_login(inland.manager)
    address = f"/my/pools/join/{inland.pool.public_id}/"
    assert address in client.get("/my/pools/").content.decode()
    told = client.post(address, {"words": "", "chambers": ""}, follow=True).content.decode()
    assert "Asked to join" in told
    membership = ann.memberships.get(pool=inland.pool)
    shown = manager.get(reverse("memberships:member", args=[membership.public_id])).content.decode()
    assert "Ann Locum" in shown and "Coast" not in shown
    with pytest.raises(Refused, match="being looked at"):
        joining.apply_to(by=ann.person, clinician=ann, pool=inland.pool)
    with pytest.raises(Refused, match="belong to"):
        joining.apply_to(by=ann.person, clinician=ann, pool=coast.pool)
    # the open page leads somebody who is signed in to her own
    assert client.get(f"/join/{inland.pool.code}/")["Location"] == address


def test_she_is_declined_and_reads_why(coast):
    """And may ask again."""
    membership = confirmed(coast)
    joining.decline_member(by=coast.manager, membership=membership, because="We take no more GPs just now")
    person = membership.clinician.person
    client = Client()
    client.force_login(person)
    assert "We take no more GPs just now" in client.get("/my/pools/").content.decode()
    joining.apply_to(by=person, clinician=membership.clinician, pool=coast.pool)
    membership.refresh_from_db()
    assert membership.state == "applied"


def test_she_takes_it_back(coast):
    """Before it is settled; the log says that it was she."""
    membership = confirmed(coast)
    client = Client()
    client.force_login(membership.clinician.person)
    client.post(reverse("memberships:withdraw", args=[membership.public_id]))
    membership.refresh_from_db()
    assert (membership.state, membership.join_requests.get().state) == ("declined", "withdrawn")
    with pytest.raises(Refused):
        joining.withdraw_request(by=membership.clinician.person, membership=membership)


def test_who_decides(coast, inland):
    """Only a manager of this very pool begins checks, takes in or declines."""
    membership = confirmed(coast)
    for person in (inland.manager, membership.clinician.person):
        with pytest.raises(PermissionError):
            joining.start_checks(by=person, membership=membership)
        with pytest.raises(PermissionError):
            joining.take_in(by=person, membership=membership, checked_until=next_year())
        with pytest.raises(PermissionError):
            joining.decline_member(by=person, membership=membership, because="No")
    manager = Client()
    manager.force_login(inland.manager)
    assert manager.get(reverse("memberships:member", args=[membership.public_id])).status_code == 404


def test_a_full_chambers_takes_nobody_in(coast, ann):
    """The manager is told, and she is not taken in half."""
    coast.chambers.most_members = 1
    coast.chambers.save()
    ann.memberships.update(chambers=coast.chambers)
    membership = confirmed(coast)
    joining.start_checks(by=coast.manager, membership=membership)
    with pytest.raises(Refused, match="1 members already"):
        joining.take_in(
            by=coast.manager, membership=membership, chambers=coast.chambers, checked_until=next_year()
        )
    membership.refresh_from_db()
    assert (membership.state, membership.cleared_until) == ("checking", date.min)


def test_a_fictional_pool_is_no_place_for_real_people(client, coast, settings):
    """It is not shown where real people are, and takes no request of a real person."""
    coast.pool.organisation.fictional = True
    coast.pool.organisation.save()
    assert "Coast Pool" not in client.get("/join/").content.decode()
    assert client.get(f"/join/{coast.pool.code}/").status_code == 404
    real = cast.person("Real Person")
    assert ask(coast, email=real.email) is None
    settings.DEMO = True
    assert "Coast Pool" in client.get("/join/").content.decode()
