"""Where one is signed in: listed, ended one by one, ended everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from desirepath.accounts import actions, entering
from desirepath.accounts.models import Person, SignedIn
from desirepath.audit.models import Event
from tests.cast import PASSWORD, person

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def nell(db: None) -> Person:
    """Somebody with nothing but an account."""
    return person("Nell Newcomer")


def come_in(someone: Person, agent: str = FIREFOX) -> Client:
    """A browser in which she has signed in by the form."""
    client = Client(headers={"user-agent": agent})
    assert client.post("/sign-in", {"email": someone.email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/your-account").status_code == 200


def test_each_browser_is_listed(nell: Person) -> None:
    """By its name and machine, with this one marked; nobody else's stands there."""
    here, _ = come_in(nell), come_in(nell, PHONE)
    come_in(person("Somebody else"), "curl/8")
    page = here.get("/your-account/sessions").content.decode()
    assert page.count('data-label="Browser"') == 2
    assert "Firefox on Windows <strong" in page.replace("\n", "")
    assert "Safari on iPhone" in page
    assert "A browser" not in page
    assert "2 browsers" in here.get("/your-account").content.decode()


def test_one_is_ended(nell: Person) -> None:
    """The other browser is out at once, this one stays, and the log says so."""
    here, there = come_in(nell), come_in(nell, PHONE)
    ended = SignedIn.objects.get(browser="Safari on iPhone")
    answer = here.post("/your-account/sessions", {"end": str(ended.public_id)})
    assert answer["Location"] == "/your-account/sessions"
    assert (is_in(here), is_in(there)) == (True, False)
    assert Event.objects.filter(verb="session ended", actor=nell.public_id).count() == 1
    # pressed twice, or made up: nothing more
    for unknown in (str(ended.public_id), "", "1"):
        assert here.post("/your-account/sessions", {"end": unknown}).status_code == 302
    assert is_in(here)


def test_nobody_ends_anothers(nell: Person) -> None:
    """Neither by the page nor by the action."""
    mallory = person("Mallory")
    hers, his = come_in(nell), come_in(mallory)
    target = nell.signed_in.get()
    his.post("/your-account/sessions", {"end": str(target.public_id)})
    assert is_in(hers)
    with pytest.raises(PermissionError):
        entering.end_session(by=mallory, session=target)


def test_out_everywhere(nell: Person) -> None:
    """Every browser is out, also this one, and no session of hers is left in the database."""
    here, there = come_in(nell), come_in(nell, PHONE)
    other = come_in(person("Somebody else"))
    assert here.post("/your-account/sessions", {"everywhere": "1"})["Location"] == "/sign-in"
    assert (is_in(here), is_in(there), is_in(other)) == (False, False, True)
    assert Session.objects.count() == 1, "the other's"
    assert Event.objects.get(verb="every session ended").details == {"sessions": 2}


def test_a_new_password_ends_them(nell: Person) -> None:
    """Set by letter: all. Changed on the page: all but this one, which is listed anew."""
    here, there = come_in(nell), come_in(nell, PHONE)
    changed = {"old_password": PASSWORD, "password": "walnut lantern gravel"}
    assert here.post("/your-account/password", changed).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert [one.browser for one in entering.open_sessions(nell)] == ["Firefox on Windows"]
    actions.set_password(person=nell, password="another three odd words")
    assert not is_in(here)
    assert not entering.open_sessions(nell).exists()


def test_signing_out_leaves_the_list(nell: Person) -> None:
    """Only this browser's row goes."""
    here, _ = come_in(nell), come_in(nell, PHONE)
    here.post("/sign-out")
    assert [one.browser for one in entering.open_sessions(nell)] == ["Safari on iPhone"]


def test_what_ran_out_is_not_listed(nell: Person) -> None:
    """A session the browser no longer has is not shown, and its row goes with the next sign-in."""
    come_in(nell)
    Session.objects.update(expire_date=nell.created_at - timedelta(days=1))
    assert not entering.open_sessions(nell).exists()
    here = come_in(nell, PHONE)
    assert SignedIn.objects.count() == 1
    assert is_in(here)


def test_last_used(nell: Person, clock_at: Callable[..., Any]) -> None:
    """Kept to ten minutes: a page more within them writes nothing."""
    start = clock_at("2026-12-08 09:00")
    here = come_in(nell)
    clock_at(start + timedelta(minutes=9))
    here.get("/your-account")
    assert nell.signed_in.get().seen_at == start
    later = clock_at(start + timedelta(minutes=25))
    here.get("/your-account")
    assert nell.signed_in.get().seen_at == later


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_what_a_browser_is_called(agent: str, name: str) -> None:
    """By what people call it; nothing that it says of itself is shown as it came."""
    assert entering.browser_of(agent) == name
