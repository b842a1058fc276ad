"""She finds work by herself: on a phone she applies, at a desk the practice confirms, another sees it go."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from tests import cast
from tests.journeys.steps import expect_done, expect_fits, fill_date, follow, go, menu, press

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def test_work_is_found_applied_for_and_confirmed(
    page: Page, look, live, sign_in, clock_at, browser, quayside
):
    """Given a session that nobody was asked for, when Clara finds it and applies and Alice confirms, then it
    is booked, and Dora, who had applied too, reads kindly that it is gone.
    """
    clock_at("2026-12-01 09:00")
    pool = cast.pool("Harbour Pool", quayside)
    clara, dora, *_ = (cast.clinician(f"{name} Cole", pool=pool) for name in ("Clara", "Dora", "Ella", "Fay"))
    session = cast.vacancy(quayside, minutes=240, duties="15 appointments of 15 minutes")
    cast.vacancy(quayside, start=cast.at(9), rate_cap=Decimal(85))
    other = cast.vacancy(quayside, start=cast.at(10))
    cast.application(session, dora)

    page.set_viewport_size(PHONE)
    sign_in(page, clara.person)
    page.goto("/")
    menu(page, "Find work")
    expect(page.get_by_text("£360.00")).to_be_visible()
    expect_fits(page)
    page.get_by_text("Your pool").first.click()
    expect(page.get_by_text("You are a member of the practice's pool").first).to_be_visible()
    look(page, "find-work")
    page.get_by_text("Just outside your terms").click()
    expect(page.get_by_text("1 under your rate")).to_be_visible()
    follow(page, "Look at them")
    expect(page.get_by_text("£5 an hour under your rate")).to_be_visible()
    expect_fits(page)
    look(page, "find-work-outside")
    follow(page, "Back to what fits your terms")

    go(page, page.get_by_role("button", name=re.compile("Not for me.*11 Dec")))
    expect(page.get_by_text("Hidden: Fri 11 Dec")).to_be_visible()
    look(page, "find-work-hidden")
    press(page, "Undo")
    expect_done(page, "Shown again")

    go(page, page.get_by_role("link", name=re.compile("8:30am to 12:30pm.*8 Dec")))
    expect(page.get_by_role("heading", name="Why wasn't I offered this?")).to_be_visible()
    expect(page.get_by_text("It fits your terms in every way.")).to_be_visible()
    expect(page.get_by_text("Dora")).to_have_count(0)
    look(page, "session")
    press(page, "Apply")
    expect_done(page, "Your time is held.")
    expect_fits(page)
    look(page, "session-applied")

    theirs = browser.new_context(base_url=live, viewport=DESK)
    desk = sign_in(theirs.new_page(), cast.booker("Alice Able", quayside))
    desk.goto(f"/vacancy/{session.public_id}/")
    expect(desk.get_by_role("heading", name="2 clinicians have applied")).to_be_visible()
    look(desk, "vacancy-applied")
    go(desk, desk.get_by_role("button", name=re.compile("Confirm.*Clara Cole")))
    expect_done(desk, "Clara Cole is booked: Tue 8 Dec")
    desk.goto(f"/vacancy/{other.public_id}/")
    expect(desk.get_by_text("4 clinicians could come as it stands.")).to_be_visible()
    look(desk, "vacancy-fill")

    desk.goto("/practice/ask/")
    fill_date(desk, cast.at(14).date())
    expect(desk.locator("[data-fill]").get_by_text("clinicians could come")).to_be_visible()
    look(desk, "ask-fill")
    theirs.close()

    second = browser.new_context(base_url=live, viewport=PHONE)
    window = sign_in(second.new_page(), dora.person)
    window.goto(f"/work/{session.public_id}/")
    expect(window.get_by_text("Somebody is coming")).to_be_visible()
    expect(window.get_by_text("Clara")).to_have_count(0)
    expect(window.get_by_role("button", name="Apply")).to_have_count(0)
    look(window, "session-gone")
    second.close()
