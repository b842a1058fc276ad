"""Coming in by the front door: the first page, signing in, being told what was wrong, signing out."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests import cast
from tests.journeys.steps import needs_app, show_code


def test_a_person_signs_in_and_out_again(page: Page, look, alice):
    """Given Alice has an account, when she mistypes and then signs in, then she is told, let in, and can
    leave.
    """
    page.goto("/")
    look(page, "front")
    page.get_by_role("link", name="Sign in").first.click()
    look(page, "sign-in")

    page.get_by_label("E-mail address").fill(alice.email)
    page.get_by_label("Password", exact=True).fill("not her password")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    look(page, "sign-in-wrong")

    page.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    needs_app(alice)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    look(page, "second-factor")
    show_code(page, alice)
    expect(page.get_by_text("Quayside Surgery").first).to_be_visible()
    look(page, "signed-in")

    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_an_address_that_is_not_there(page: Page, look):
    """Whoever follows a dead link is told so on a page like the others."""
    page.goto("/no-such-page")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page, "not-found")
