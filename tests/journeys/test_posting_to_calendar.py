"""The main job, whole: a practice posts, the pool plans and releases, a clinician says yes, both see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit.clock import LONDON
from desirepath.clinicians.models import Clinician
from tests import cast
from tests.journeys.steps import (
    expect_done,
    expect_fits,
    fill_date,
    follow,
    menu,
    plan,
    press,
    sign_in_by_form,
    sign_out,
)

DESK = pytest.mark.browser_context_args(viewport={"width": 1280, "height": 900})
PHONE = pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, java_script_enabled=False)
WHEN = "Tue 8 Dec, 8:30am to 12:40pm"


@dataclass
class Day:
    """The page one walks on, the clock on the wall, and whoever takes part."""

    page: Page
    look: Callable[..., None]
    clock_at: Callable[[str], datetime]
    alice: Person
    mia: Person
    clara: Clinician
    dora: Clinician

    def see(self, name: str) -> None:
        self.look(self.page, name)
        expect_fits(self.page)

    def row(self, name: str) -> Any:
        """The line of a plan that proposes somebody."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_text(name, exact=True))


@pytest.fixture
def day(page: Page, live, look, clock_at, settings, alice, quayside, hilltop) -> Day:
    """A pool of two practices and two GPs; Dora asks less than Clara, so a plan takes her first."""
    clock_at("2026-12-01 09:00")
    settings.SITE_URL = live
    pool = cast.pool("Harbour Pool", quayside, hilltop)
    mia = cast.person("Mia Marsh")
    cast.role(mia, Role.POOL_MANAGER, pool.organisation)
    clara = cast.clinician("Clara Cole", pool=pool, rate=95)
    dora = cast.clinician("Dora Dean", pool=pool, rate=85)
    return Day(page, look, clock_at, alice, mia, clara, dora)


@pytest.mark.parametrize(
    "device", [pytest.param("desk", marks=DESK), pytest.param("phone-without-javascript", marks=PHONE)]
)
def test_from_posting_to_calendar(day: Day, device: str):
    """Given a pool of two GPs, when Alice posts, Mia plans, chooses and releases, and Clara accepts, then
    both see the booking, her calendar's address serves it, and it keeps the version of terms it was made
    under.
    """
    posted = alice_posts(day)
    mia_plans_and_rules_out(day)
    mia_keeps_and_releases(day)
    clara_accepts(day)
    clara_looks_at_her_calendar(day)
    clara_raises_her_rate(day)
    alice_sees_who_is_coming(day, posted)


def alice_posts(day: Day) -> str:
    """She asks for cover, after seeing how many could come; returns the session's address."""
    page = day.page
    sign_in_by_form(page, day.alice)
    day.see("practice-week-empty")
    press(page, "Ask for cover")
    day.see("ask")
    page.get_by_label("Role").select_option("GP")
    fill_date(page, date(2026, 12, 8))
    page.get_by_label("Start").fill("8:30am")
    page.get_by_label("End").fill("12:40pm")
    page.get_by_text("What the session is").click()
    page.get_by_label("Duties").fill("15 appointments of 15 minutes, 1 visit")
    page.get_by_label("The most you will pay an hour").fill("110")
    page.get_by_role("group", name="Why you need cover").get_by_role("radio").first.check(force=True)
    press(page, "Check how many could come")
    expect(page.get_by_role("status")).to_contain_text("Fewer than 3 clinicians could come")
    expect(page.get_by_label("Duties")).to_have_value("15 appointments of 15 minutes, 1 visit")
    day.see("ask-counted")
    press(page, "Ask for cover")
    expect_done(page, f"Posted: {WHEN}")
    day.see("vacancy-posted")
    address = urlsplit(page.url).path
    follow(page, "Your practice's week")
    expect(page.get_by_text(re.compile("^\\s*1 session: .*1 not covered"))).to_be_visible()
    day.see("practice-week-open")
    sign_out(page)
    return address


def mia_plans_and_rules_out(day: Day) -> None:
    """She sees the week, plans it, reads who and why, rules Dora out and plans around that."""
    page = day.page
    day.clock_at("2026-12-01 10:00")
    sign_in_by_form(page, day.mia)
    follow(page, "Next week")
    expect(page.get_by_role("link", name=f"{WHEN}, Quayside Surgery")).to_be_visible()
    day.see("pool-week")
    plan(page, "Plan the week")
    expect(day.row("Dora Dean")).to_contain_text("From the rest of the pool")
    expect(day.row("Dora Dean")).to_contain_text("£354.16")
    day.see("plan")
    follow(page, "Who else was considered")
    expect(page.get_by_role("strong").filter(has_text="Clara Cole")).to_be_visible()
    day.see("plan-others")
    page.go_back()

    day.clock_at("2026-12-01 10:05")
    follow(page, "Rule out Dora Dean")
    day.see("choose-rule-out")
    page.get_by_label("Why").fill("She is on leave that morning")
    press(page, "Save")
    expect_done(page, "Dora Dean is ruled out for it")
    expect(day.row("Dora Dean")).to_contain_text("plan again")
    day.see("plan-ruled-out")
    plan(page, "Plan again")
    expect(day.row("Clara Cole")).to_be_visible()
    expect(day.row("Dora Dean")).to_have_count(0)
    expect(page.get_by_text("She is on leave that morning")).to_be_visible()


def mia_keeps_and_releases(day: Day) -> None:
    """She keeps Clara, plans around that, releases, takes it back, and releases again."""
    page = day.page
    day.clock_at("2026-12-01 10:10")
    follow(page, "Keep Clara Cole")
    page.get_by_label("Why").fill("She knows the partners")
    press(page, "Save")
    expect_done(page, "Clara Cole is kept for it")
    day.clock_at("2026-12-01 10:12")
    plan(page, "Plan again")
    expect(day.row("Clara Cole")).to_contain_text("kept by a manager")
    day.see("plan-kept")

    press(page, "Release all")
    expect_done(page, "1 offer sent")
    expect(day.row("Clara Cole")).to_contain_text("Offered until")
    day.see("plan-released")
    day.clock_at("2026-12-01 10:20")
    press(page, "Take back", exact=False)
    expect_done(page, "1 offer taken back")
    expect(page.get_by_text("taken back Tue 1 Dec, 10:20am")).to_be_visible()
    day.see("plan-taken-back")
    day.clock_at("2026-12-01 10:25")
    press(page, "Release Clara Cole", exact=False)
    expect_done(page, "1 offer sent")
    sign_out(page)


def clara_accepts(day: Day) -> None:
    """She finds the one offer that still stands, reads why she is asked, and says yes."""
    page = day.page
    day.clock_at("2026-12-01 18:00")
    sign_in_by_form(page, day.clara.person)
    expect(page.get_by_role("heading", name=WHEN)).to_have_count(1)
    day.see("your-week-offered")
    menu(page, "Offers")
    expect(page.get_by_text("1 offer waits for your answer")).to_be_visible()
    day.see("offers")
    press(page, "See it and answer", exact=False)
    expect(page.get_by_text("The pool manager chose you for it.")).to_be_visible()
    expect(page.get_by_text("0.0 km from you in a straight line").first).to_be_visible()
    expect(page.get_by_text("£395.83").first).to_be_visible()
    expect(page.get_by_role("link", name="version 1 of your terms")).to_be_visible()
    day.see("offer")
    press(page, "Accept")
    expect_done(page, f"You are booked: {WHEN}")
    expect(page.get_by_role("link", name="Version 1")).to_be_visible()
    day.see("booking-hers")


def clara_looks_at_her_calendar(day: Day) -> None:
    """The month shows it; a secret address gives it to other calendars until she revokes it."""
    page = day.page
    menu(page, "Calendar")
    expect(page.locator("table.desire-month")).to_contain_text("Quayside Surgery")
    day.see("calendar-hers")
    follow(page, "See your sessions in your own calendar")
    day.see("feeds-none")
    press(page, "Make an address")
    expect_done(page, "Your calendar has an address")
    day.see("feeds-made")
    address = page.locator("code").inner_text()

    status, body = fetched(address)
    assert status == 200
    (event,) = Calendar.from_ical(body).events
    assert event.start == datetime(2026, 12, 8, 8, 30, tzinfo=LONDON)
    assert event.end == datetime(2026, 12, 8, 12, 40, tzinfo=LONDON)
    assert (event["SUMMARY"], event["STATUS"]) == ("GP at Quayside Surgery", "CONFIRMED")
    assert b"395" not in body, "what is paid is nobody else's affair"

    press(page, "Revoke the address")
    expect_done(page, "The address no longer works")
    assert fetched(address)[0] == 404


def fetched(address: str) -> tuple[int, bytes]:
    """Status and body, as a calendar that knows no cookie gets them."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def clara_raises_her_rate(day: Day) -> None:
    """A new version of her terms leaves the booking under the one it was made under."""
    page = day.page
    day.clock_at("2026-12-01 19:00")
    menu(page, "My choices")
    follow(page, "My terms")
    follow(page, "Change rates")
    page.get_by_label("Your rate an hour").fill("105")
    page.get_by_label("Saturdays", exact=True).fill("25")
    press(page, "Save")
    press(page, "Publish your terms")
    expect_done(page, "Your terms are published: version 2")
    day.see("terms-version-2")
    follow(page, "See all versions")
    day.see("terms-history")
    menu(page, "Calendar")
    follow(page, "Quayside Surgery")
    expect(page.get_by_text("£395.83, at £95 an hour")).to_be_visible()
    follow(page, "Version 1")
    expect(page.get_by_text("Replaced")).to_be_visible()
    expect(page.get_by_text("£95").first).to_be_visible()
    day.see("terms-version-1")
    sign_out(page)


def alice_sees_who_is_coming(day: Day, posted: str) -> None:
    """The practice sees her name and the fee, never her rate or her terms."""
    page = day.page
    sign_in_by_form(page, day.alice)
    menu(page, "Who is coming")
    day.see("calendar-practice")
    follow(page, "Clara Cole")
    expect(page.get_by_text("£395.83")).to_be_visible()
    expect(page.get_by_text("an hour")).to_have_count(0)
    day.see("booking-practice")
    follow(page, "See how this session was filled")
    assert urlsplit(page.url).path == posted
    expect(page.locator(".desire-timeline")).to_be_visible()
    day.see("vacancy-covered")
