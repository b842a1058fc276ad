"""Steps that several journeys take, each as a person takes it: by labels, buttons and links."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page, expect

from desirepath.accounts import factors
from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role, sees_others
from desirepath.cascade.actions import make_asked
from tests import cast, second_factor


def sign_in_by_form(page: Page, person: Person, password: str = cast.PASSWORD) -> None:
    """From the front page to her own home."""
    page.goto("/")
    follow(page, "Sign in")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(password)
    app = needs_app(person)
    press(page, "Sign in")
    if app:
        show_code(page, person)
    expect(page.get_by_role("link", name=person.name)).to_be_visible()


def needs_app(person: Person) -> bool:
    """Whether a role of hers needs a second factor: then she has an app from here on."""
    needed = any(sees_others(Role(held.role)) for held in person.roles.current())
    if needed and not factors.of(person).exists():
        second_factor.set_up(person)
    return needed


def show_code(page: Page, person: Person) -> None:
    """What her app shows now."""
    page.get_by_label("Code", exact=True).fill(second_factor.next_code(person))
    press(page, "Go on")


def set_up_an_app(page: Page, look: Any = None) -> None:
    """Held up for want of a second factor, she types the key into an app, and keeps the codes."""
    press(page, "Set up an app")
    if look:
        look(page, "set-up-app")
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(second_factor.code_of(secret))
    press(page, "Set up the app")
    if look:
        look(page, "recovery-codes")
    press(page, "I have kept them")


def sign_out(page: Page) -> None:
    press(page, "Sign out")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def go(page: Page, to: Locator) -> None:
    """Click what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        to.click()


def press(page: Page, button: str, *, exact: bool = True) -> None:
    """Press the button of this name, which sends a form or is a link that looks like a button."""
    go(page, page.get_by_role("button", name=button, exact=exact))


def follow(page: Page, link: str) -> None:
    """Follow the first link of this name."""
    go(page, page.get_by_role("link", name=link).first)


def menu(page: Page, link: str) -> None:
    """Go by the menu."""
    go(page, page.get_by_role("navigation", name="Menu").get_by_role("link", name=link, exact=True))


def plan(page: Page, button: str) -> None:
    """Press the button that plans, let a worker make it, and wait until the page shows it by itself."""
    press(page, button)
    expect(page.get_by_role("heading", name="Making the plan")).to_be_visible()
    assert make_asked() == 1
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\sPlan for "))


def fill_date(page: Page, day: date) -> None:
    """The three boxes of a date."""
    for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        # a closed part of the page may hold another date
        page.get_by_label(label, exact=True).locator("visible=true").fill(str(number))


def expect_done(page: Page, words: str) -> None:
    """The banner that says it is done."""
    expect(page.locator(".nhsuk-notification-banner--success")).to_contain_text(words)


def expect_fits(page: Page) -> None:
    """Nothing makes the page wider than the screen."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{page.url} is {wider} pixels wider than the screen"


def expect_error(page: Page, sentence: str, *, javascript: bool = True) -> None:
    """The error summary says it first, its link leads to the field, the title begins with "Error: "."""
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.locator(".nhsuk-error-summary")
    if javascript:
        expect(summary).to_be_focused()
    link = summary.get_by_role("link", name=sentence)
    target = link.get_attribute("href") or ""
    assert target.startswith("#"), f"“{sentence}” leads nowhere"
    expect(page.locator(f"[id='{target[1:]}']")).to_be_visible()
    if javascript:
        link.click()
        expect(page.locator(f"[id='{target[1:]}']")).to_be_focused()


def link_in(letter: Any, words: str) -> str:
    """The first address with ``words`` in it that a letter holds, without the name of the host."""
    found = re.search(rf"https?://[^/\s]+(\S*{re.escape(words)}\S*)", letter.body)
    assert found, f"no address with {words!r} in: {letter.body}"
    return found.group(1)
