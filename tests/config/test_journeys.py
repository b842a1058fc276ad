"""The pages of no room in a real browser: looked at, and walked through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit.models import Event
from desirepath.messages.letters import invite
from desirepath.organisations.models import Kind
from tests import cast
from tests.journeys.steps import set_up_an_app, show_code

pytestmark = pytest.mark.django_db(transaction=True)
Look = Callable[..., None]
LONG = "walnut lantern gravel"


@pytest.mark.parametrize(
    "address", ["/", "/sign-in", "/forgotten-password", "/accessibility", "/privacy", "/no-such-page"]
)
def test_open_pages(page: Any, look: Look, address: str) -> None:
    """What a stranger sees is accessible."""
    page.goto(address)
    look(page, f"open-{address.strip('/') or 'front'}")


def test_from_the_letter_to_the_first_page(page: Any, look: Look, alice: Person) -> None:
    """Invitation, a slip, a password, signed in, details, out again."""
    nell, invitation = invite(email="nell@example.org", name="Nell", by=alice, role="auditor")
    cast.role(nell, Role.AUDITOR)
    page.goto("/invitation/" + invitation.token)
    look(page, "invitation")
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Accept and begin").click()
    look(page, "invitation-error")
    page.get_by_label("New password").fill(LONG)
    page.get_by_role("button", name="Accept and begin").click()
    page.wait_for_url("**/your-account/second-factor")
    look(page, "second-factor-needed")
    set_up_an_app(page, look)
    page.wait_for_url("**/log")
    page.goto("/your-account")
    look(page, "your-account")
    page.get_by_label("Telephone").fill("01632 960 001")
    page.get_by_role("button", name="Save your details").click()
    assert page.get_by_role("alert").inner_text().split("\n")[0] == "Done"
    look(page, "your-account-saved")
    page.goto("/your-account/password")
    look(page, "change-password")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(nell.email)
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    look(page, "sign-in-error")
    page.get_by_label("Password", exact=True).fill(LONG)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Go on").click()
    look(page, "second-factor-error")
    show_code(page, nell)
    page.wait_for_url("**/log")
    for name in ("sessions", "second-factor", "second-factor/codes"):
        page.goto(f"/your-account/{name}")
        look(page, name.replace("/", "-"))


def test_several_roles(page: Any, look: Look, sign_in: Callable[..., Any], alice: Person) -> None:
    """A page closed in this role leads to the one in which it opens."""
    pool = cast.organisation(Kind.POOL, name="Sandhythe and Marram flexible staff pool", fictional=True)
    cast.role(alice, Role.POOL_MANAGER, pool)
    cast.role(alice, Role.AUDITOR)
    for tier in range(60):
        Event.record("released", alice, by=alice, tier=tier)
    sign_in(page, alice)
    page.goto("/change-role")
    look(page, "change-role")
    page.get_by_role("button", name="Pool manager").click()
    page.goto("/your-account")
    look(page, "pool-manager")
    page.goto("/log")
    look(page, "not-in-this-role")
    page.get_by_role("button", name="Go on as Auditor").click()
    page.wait_for_url("**/log")
    look(page, "log")
    page.get_by_text("Search the log").click()
    page.get_by_label("Id of a row or person").fill("7")
    page.get_by_role("button", name="Search").click()
    look(page, "log-error")


def test_nobody_needs_javascript(browser: Any, live: str, alice: Person) -> None:
    """Signing in, a second factor, the menu and signing out work without it."""
    context = browser.new_context(java_script_enabled=False, base_url=live)
    page = context.new_page()
    page.goto("/sign-in?next=/your-account")
    page.get_by_label("E-mail address").fill(alice.email)
    page.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/your-account/second-factor")
    set_up_an_app(page)
    page.goto("/your-account")
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_text("You have signed out").is_visible()
    context.close()


def test_somebody_without_a_role(page: Any, look: Look, sign_in: Callable[..., Any]) -> None:
    """A page that says whom to ask."""
    sign_in(page, cast.person("Nora Norole"))
    page.goto("/")
    look(page, "no-role")


def test_by_keyboard(page: Any) -> None:
    """The first key leads past the header."""
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "id_email"
