"""The second factor: who needs one, how it is set up, shown, used up and taken away."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.converters import UUIDConverter
from django.utils.http import urlencode

from desirepath.accounts import factors, limits
from desirepath.accounts.models import Person
from desirepath.accounts.roles import EVERYWHERE, Role, sees_others
from desirepath.audit.models import Event
from desirepath.config.navigation import home_of
from desirepath.demo import samples
from desirepath.messages.letters import invite
from desirepath.organisations.models import Organisation
from desirepath.privacy.forgetting import forget
from tests import cast
from tests.architecture.access import ACCESS
from tests.architecture.test_routes import ROUTES
from tests.architecture.world import Side
from tests.second_factor import code_of, come_in, give_password, next_code, set_up, set_up_on_the_page

PAGES = "/your-account/second-factor"
ASKED = "/sign-in/second-factor"
LONG = "walnut lantern gravel"
# what a person whose role needs a second factor may open before she has one
BEFORE = {
    "accounts:sign-out",
    "accounts:confirm",
    "accounts:second-factors",
    "accounts:set-up-app",
    "accounts:recovery-codes",
    "accounts:add-passkey",
    "accounts:passkey-to-make",
}


@pytest.fixture
def side(db: None) -> Side:
    """Somebody in every role."""
    return Side("Near")


@pytest.fixture
def nell(db: None) -> Person:
    """Somebody with nothing but an account."""
    return cast.person("Nell Newcomer")


def test_every_role_but_the_clinicians_own_needs_one() -> None:
    """By what the role may do, not by its name."""
    assert {role for role in Role if not sees_others(role)} == {Role.CLINICIAN}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.CLINICIAN])
def test_without_one_she_is_sent_to_set_one_up(role: Role, side: Side) -> None:
    """Whoever holds the role and has shown her password only; also where she holds it beside her own."""
    for person in (side.person(role), cast.clinician("Cleo Clinician").person):
        if person != side.person(role):
            cast.role(person, role, None if role in EVERYWHERE else side.place(role))
        client, answer = give_password(person)
        assert answer["Location"] == "/"
        assert client.get("/")["Location"] == PAGES
        page = client.get(PAGES).content.decode()
        assert "It opens as soon as you have set up a second factor" in page
        assert reverse("messages:inbox") not in page
        assert "Menu" not in page


def test_she_reaches_nothing_else(side: Side) -> None:
    """Every address of Desirepath, read and sent: the pages that set one up, and no other."""
    client, _ = give_password(side.person(Role.POOL_MANAGER))
    opened = {
        name
        for name, route in ROUTES.items()
        for ask in (client.get, client.post)
        if name != "accounts:sign-out" and not is_held_up(ask(some_address(name, route, side)), name)
    }
    assert opened | {"accounts:sign-out"} == BEFORE


def some_address(name: str, route: URLPattern, side: Side) -> str:
    """An address of this name; where it names a row, of one that is not there."""
    asked = route.pattern.converters
    if any(isinstance(kind, UUIDConverter) for kind in asked.values()):
        return reverse(name, kwargs={part: uuid.uuid4() for part in asked})
    return reverse(name, kwargs=ACCESS[name].args(side))


def is_held_up(answer: Any, name: str) -> bool:
    """Whether she was sent to set one up; that page itself leads nowhere."""
    return bool(answer.get("Location") == PAGES) and name != "accounts:second-factors"


def test_a_clinician_needs_none(side: Side) -> None:
    """Her own work opens with her password."""
    client, _ = give_password(side.clinician.person)
    assert client.get("/")["Location"] == home_of(Role.CLINICIAN)


def test_a_role_given_while_she_is_in_holds_her_up(nell: Person, quayside: Organisation) -> None:
    """At once, in the session that she has; ended, it lets her go."""
    client, _ = give_password(nell)
    assert client.get("/your-account").status_code == 200
    held = cast.role(nell, Role.PRACTICE_BOOKER, quayside)
    assert client.get("/your-account")["Location"] == PAGES
    held.delete()
    assert client.get("/your-account").status_code == 200


def test_setting_up_an_app(alice: Person) -> None:
    """A picture and a key, the first code, ten recovery codes shown once; then her role opens."""
    client, _ = give_password(alice)
    page = client.get(f"{PAGES}/app").content.decode()
    secret = client.session["secret_of_an_app"]
    assert "<svg" in page
    assert " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) in page
    assert client.post(f"{PAGES}/app", {"code": "000000"}).status_code == 422
    assert client.session["secret_of_an_app"] == secret, "a slip does not change the picture"
    before = client.session.session_key
    assert client.post(f"{PAGES}/app", {"code": code_of(secret)})["Location"] == f"{PAGES}/codes"
    assert client.session.session_key != before
    assert "secret_of_an_app" not in client.session
    shown = client.get(f"{PAGES}/codes").content.decode()
    codes = Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()
    assert len(codes) == 10
    assert all(code in shown for code in codes)
    again = client.get(f"{PAGES}/codes").content.decode()
    assert not any(code in again for code in codes)
    assert client.get("/", follow=True).status_code == 200
    assert client.get("/your-account/sessions").content.decode().count('data-label="Browser"') == 1
    kinds = Event.objects.filter(actor=alice.public_id, entity="Person").values_list("verb", flat=True)
    assert {"second factor set up", "recovery codes made"} <= set(kinds)


def test_the_database_holds_no_secret(alice: Person) -> None:
    """Neither the key of the app nor what recovery codes are made from can be read there."""
    secret = set_up(alice)
    codes = factors.new_recovery_codes(person=alice)
    for kept in Authenticator.objects.all():
        assert secret not in str(kept.data)
        assert not any(code in str(kept.data) for code in codes)
        for value in (kept.data.get("secret"), kept.data.get("seed")):
            assert value is None or value.startswith("gAAAA"), "enciphered"


def test_coming_in_with_a_code(alice: Person) -> None:
    """The password alone signs nobody in; with the code she goes on to where she was going."""
    set_up(alice)
    client, answer = give_password(alice, next="/your-account")
    assert answer["Location"] == f"{ASKED}?next=%2Fyour-account"
    assert "_auth_user_id" not in client.session
    assert client.get("/your-account")["Location"].startswith("/sign-in?")
    assert client.get(f"{PAGES}/app")["Location"].startswith("/sign-in?")
    page = client.get(answer["Location"]).content.decode()
    assert 'value="/your-account"' in page
    right = {"code": next_code(alice), "next": "/your-account"}
    assert client.post(ASKED, {**right, "code": "000000"}).status_code == 422
    assert client.post(ASKED, right)["Location"] == "/your-account"
    assert "Password and code from an app" in client.get("/your-account/sessions").content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "javascript:x"]
)
def test_never_on_to_another_site(alice: Person, elsewhere: str) -> None:
    """Neither by the address of the page nor by what its form sends, nor after one's password again."""
    set_up(alice)
    client, answer = give_password(alice, next=elsewhere)
    assert answer["Location"] == f"{ASKED}?next=%2F"
    assert 'name="next" value="/"' in client.get(ASKED, {"next": elsewhere}).content.decode()
    assert client.post(ASKED, {"code": next_code(alice), "next": elsewhere})["Location"] == "/"
    shown = {"password": cast.PASSWORD, "next": elsewhere}
    assert client.post("/your-account/confirm", shown)["Location"] == "/"


def test_a_clinician_who_set_one_up_is_asked_too(nell: Person) -> None:
    """Nobody need have one to want one."""
    set_up(nell)
    client, answer = give_password(nell)
    assert answer["Location"].startswith(ASKED)
    assert "_auth_user_id" not in client.session


def test_a_letter_or_an_invitation_is_no_way_around(
    alice: Person, bob: Person, mailoutbox: list[Any]
) -> None:
    """A new password by letter signs nobody in; an invitation accepted with a password asks for the code."""

    set_up(bob)
    _, invitation = invite(email=bob.email, name="", by=alice)
    client = Client()
    answer = client.post(f"/invitation/{invitation.token}", {"password": cast.PASSWORD})
    assert answer["Location"].startswith(ASKED)
    assert "_auth_user_id" not in client.session


def test_waiting_ends(alice: Person, clock_at: Callable[..., Any]) -> None:
    """After ten minutes, with a new password, or with the account: then from the beginning."""
    start = clock_at("2026-12-08 09:00")
    secret = set_up(alice)
    client, _ = give_password(alice)
    clock_at(start + timedelta(minutes=10, seconds=1))
    assert client.post(ASKED, {"code": code_of(secret)}).status_code == 410
    client, _ = give_password(alice)
    alice.set_password(LONG)
    alice.save()
    assert client.post(ASKED, {"code": code_of(secret)}).status_code == 410
    assert Client().get(ASKED).status_code == 410


def test_recovery_codes(alice: Person) -> None:
    """One opens in place of the app, and says how many are left; new ones replace all."""
    set_up(alice)
    codes = factors.new_recovery_codes(person=alice)
    client, _ = give_password(alice)
    assert client.post(ASKED, {"code": f" {codes[3][:4]}-{codes[3][4:]} "}).status_code == 302
    assert "You have 9 recovery codes left" in client.get("/your-account").content.decode()
    client.post(f"{PAGES}/codes")
    client, _ = give_password(alice)
    assert client.post(ASKED, {"code": codes[4]}).status_code == 422


def test_taking_it_away(alice: Person, nell: Person) -> None:
    """The last one takes the recovery codes along; whose role needs one is held up at once."""
    for person, after in ((alice, 302), (nell, 200)):
        set_up(person)
        factors.new_recovery_codes(person=person)
        client = come_in(person)
        client.post(PAGES, {"remove": "webauthn"})
        assert factors.of(person).count() == 1, "nothing of that kind is hers"
        client.post(PAGES, {"remove": "totp"})
        assert not Authenticator.objects.filter(user=person).exists()
        assert client.get("/your-account").status_code == after


def test_her_password_again(alice: Person, clock_at: Callable[..., Any]) -> None:
    """A quarter of an hour after she came in, nobody at her desk changes how she signs in."""
    start = clock_at("2026-12-08 09:00")
    set_up(alice)
    client = come_in(alice)
    assert client.get(f"{PAGES}/app").status_code == 200
    clock_at(start + timedelta(minutes=15, seconds=1))
    for address in (f"{PAGES}/app", f"{PAGES}/codes"):
        assert client.get(address)["Location"] == f"/your-account/confirm?{urlencode({'next': address})}"
    assert client.post(PAGES, {"remove": "totp"})["Location"].startswith("/your-account/confirm")
    assert factors.of(alice).exists()
    again = {"password": "wrong", "next": f"{PAGES}/app"}
    assert client.post("/your-account/confirm", again).status_code == 422
    answer = client.post("/your-account/confirm", {**again, "password": cast.PASSWORD})
    assert answer["Location"] == f"{PAGES}/app"
    assert client.get(f"{PAGES}/app").status_code == 200


def test_a_session_from_before_replaces_nothing(alice: Person) -> None:
    """Whoever is in with her password only when she sets up her first is out, and can't set up another."""
    thief, _ = give_password(alice)
    assert thief.get(f"{PAGES}/app").status_code == 200
    set_up(alice)
    before = Authenticator.objects.get().data
    code = code_of(thief.session["secret_of_an_app"])
    assert thief.post(f"{PAGES}/app", {"code": code})["Location"].startswith("/sign-in?")
    assert Authenticator.objects.get().data == before
    assert "_auth_user_id" not in thief.session


def test_setting_up_the_first_ends_other_sessions(nell: Person) -> None:
    """Those that came in without it; a later change leaves those that came in with it."""
    here, _ = give_password(nell)
    there, _ = give_password(nell)
    set_up_on_the_page(here)
    assert (here.get("/your-account").status_code, there.get("/your-account").status_code) == (200, 302)
    app = Authenticator.objects.get(type="totp")
    app.data[factors.LAST] -= 5
    app.save()
    there = come_in(nell)
    set_up_on_the_page(here)
    assert (here.get("/your-account").status_code, there.get("/your-account").status_code) == (200, 200)


def test_guessing_codes(alice: Person) -> None:
    """Ten tries, then the right one waits too; her password's tries are counted apart."""
    set_up(alice)
    client, _ = give_password(alice)
    for _ in range(limits.MOST):
        assert client.post(ASKED, {"code": "000000"}).status_code == 422
    answer = client.post(ASKED, {"code": next_code(alice)})
    assert answer.status_code == 422
    assert "too many wrong codes" in answer.content.decode()
    assert Event.objects.filter(verb="second factor failed").count() == limits.MOST
    assert give_password(alice)[1].status_code == 302


def test_tokens_need_it_as_their_page_does(alice: Person) -> None:
    """A token of a role that sees others' data is made only by who has shown a second factor."""
    asked = {"name": "Rota", "scopes": ["vacancies:read"], "days": "30"}
    client, _ = give_password(alice)
    assert client.post("/your-account/tokens", asked)["Location"] == PAGES
    set_up(alice)
    assert "dp_" in come_in(alice).post("/your-account/tokens", asked).content.decode()


def test_one_click_counts_in_a_demonstration_only(side: Side, settings: Any) -> None:
    """A session of the demonstration's door opens nothing once it is no demonstration."""
    settings.DEMO = True
    held = side.person(Role.POOL_MANAGER).roles.get()
    Person.objects.update(fictional=True)
    client = Client(SERVER_NAME="127.0.0.1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "sample", lambda _: held)
        client.post("/demo/sign-in/", {"role": str(held.public_id)})
    assert client.get("/people/").status_code == 200
    settings.DEMO = False
    assert client.get("/people/")["Location"] == PAGES


def test_who_has_left_has_no_way_in(alice: Person) -> None:
    """Forgotten as the schedule says, she is out everywhere, and nothing that she set up stays."""
    set_up(alice)
    factors.new_recovery_codes(person=alice)
    SocialAccount.objects.create(user=alice, provider="cis2", uid="hers")
    client = come_in(alice)
    forget(person=alice, by=None)
    assert not Authenticator.objects.exists()
    assert not SocialAccount.objects.exists()
    assert not alice.signed_in.exists()
    assert client.get("/your-account").status_code == 302
