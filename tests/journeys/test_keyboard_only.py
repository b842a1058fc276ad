"""Whoever uses no mouse signs in and posts a session with Tab, Space, Enter and the arrows."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests import cast
from tests.second_factor import next_code, set_up

MOST_TABS = 80
OUTLINED = """() => {
  const here = document.activeElement, seen = [here, here.labels?.[0], here.parentElement];
  return seen.some(one => {
    if (!one) return false;
    return [getComputedStyle(one), getComputedStyle(one, "::before")].some(style =>
      (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none");
  });
}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it is there; each stop on the way can be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(OUTLINED), f"the focus can't be seen: {here(page)}"
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by Tab; it stopped at {here(page)}")


def here(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def test_she_signs_in_and_posts_without_a_mouse(page: Page, look, clock_at, alice, quayside):
    """Given Alice uses the keyboard only, when she signs in, skips the menu and fills in the form, then the
    session is posted, and every stop of the focus could be seen.
    """
    clock_at("2026-12-01 09:00")
    cast.pool("Harbour Pool", quayside)
    page.goto("/sign-in")
    tab_to(page, field(page, "E-mail address"))
    page.keyboard.type(alice.email)
    tab_to(page, field(page, "Password"))
    page.keyboard.type(cast.PASSWORD)
    set_up(alice)
    enter(page)
    tab_to(page, field(page, "Code"))
    page.keyboard.type(next_code(alice))
    enter(page)
    tab_to(page, page.get_by_role("navigation", name="Menu").get_by_role("link", name="Ask for cover"))
    enter(page)

    look(page, "ask-keyboard")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#maincontent")).to_be_focused()
    fill_in_by_keyboard(page)
    tab_to(page, page.get_by_role("button", name="Ask for cover"))
    enter(page)
    expect(page.get_by_text("Posted: Tue 8 Dec, 8:30am to 12:40pm")).to_be_visible()
    look(page, "posted-by-keyboard")


def fill_in_by_keyboard(page: Page) -> None:
    """From the first field to the last, forward only."""
    tab_to(page, field(page, "Role"))
    page.keyboard.type("GP")
    expect(field(page, "Role").locator("option:checked")).to_have_text("GP")
    # a series has a last day too: the boxes of the date are told apart by their names
    for part, text in {"day": "8", "month": "12", "year": "2026"}.items():
        tab_to(page, page.locator(f"[name=date-{part}]"))
        page.keyboard.type(text)
    typed = {"Start": "8:30am", "End": "12:40pm", "The most you will pay an hour": "110"}
    for label, text in typed.items():
        tab_to(page, field(page, label))
        page.keyboard.type(text)
    urgency = page.get_by_role("group", name="How much it matters")
    tab_to(page, urgency.get_by_role("radio", checked=True))
    page.keyboard.press("ArrowDown")
    reason = page.get_by_role("group", name="Why you need cover").get_by_role("radio").first
    tab_to(page, reason)
    page.keyboard.press("Space")
    expect(reason).to_be_checked()


def test_the_focus_goes_round_and_is_never_caught(page: Page, look, clock_at, alice, quayside, sign_in):
    """Given the form for cover, when she presses Tab on and on, then she passes every control once and
    leaves the page at its end; Shift and Tab lead back.
    """
    clock_at("2026-12-01 09:00")
    cast.pool("Harbour Pool", quayside)
    sign_in(page, alice).goto("/practice/ask/")
    stops = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        stops.append(here(page))
    else:
        raise AssertionError(f"caught in {stops[-2:]}")
    assert len(stops) == len(set(stops)), "a control was passed twice"
    assert "Skip to main content" in stops[0] or "skip-link" in stops[0]
    assert "Privacy and cookies" in stops[-1]
    page.keyboard.press("Shift+Tab")
    assert here(page) == stops[-1]
    look(page, "ask-tabbed")
