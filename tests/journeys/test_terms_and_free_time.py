"""She says on what terms and when she works; a mistake loses nothing she typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from desirepath.clinicians.models import Clinician
from tests import cast
from tests.journeys.steps import expect_done, expect_error, expect_fits, follow, go, menu, press


@pytest.fixture
def clara(clock_at, quayside, hilltop) -> Clinician:
    """A GP of a pool of two practices, who has published her terms but not said when she is free."""
    clock_at("2026-12-01 09:00")
    pool = cast.pool("Harbour Pool", quayside, hilltop)
    return cast.clinician("Clara Cole", pool=pool, rate=95, free=None)


def test_she_changes_her_rates_and_limits(page: Page, look, sign_in, clara):
    """Given published terms, when Clara mistypes two of them, then everything typed stays, each fault is
    told and leads to its field; put right part by part, they are published as version 2.
    """
    sign_in(page, clara.person).goto("/my/terms/")
    look(page, "terms")
    follow(page, "Change limits")
    limits = {"Most days in a row": "3", "Least hours of rest between days": "11.5"}
    fill(page, {**limits, "Farthest in kilometres": "25", "Most sessions a day": "9"})
    press(page, "Save")
    expect_error(page, "Most sessions a day must be between 0 and 4")
    expect(page.get_by_label("Farthest in kilometres", exact=True)).to_have_value("25")
    look(page, "terms-limits-wrong")
    fill(page, {"Most sessions a day": "1"})
    press(page, "Save")

    follow(page, "Change rates")
    rates = {
        "Your rate an hour": "98.50",
        "Evenings, from 6pm": "15",
        "Saturdays": "lots",
        "Bank holidays": "50",
    }
    fill(page, {**rates, "Far is beyond": "12", "Pence more an hour for each km beyond": "20"})
    press(page, "Save")
    expect_error(page, "Enter a whole number, like 4")
    for label, value in rates.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    look(page, "terms-rates-wrong")
    fill(page, {"Saturdays": "20"})
    page.get_by_text("Different rates for weekdays").click()
    fill(page, {"Mondays": "5"})
    press(page, "Save")
    expect(page.get_by_text("Your rate: £95 an hour, now £98.50 an hour")).to_be_visible()
    look(page, "terms-not-published")
    press(page, "Publish your terms")
    expect_done(page, "Your terms are published: version 2")
    look(page, "terms-published")
    clara.refresh_from_db()
    terms = clara.current_terms
    assert (terms.version, terms.saturday_pct, terms.mon_pct, terms.min_rest_minutes) == (2, 20, 5, 690)


def fill(page: Page, typed: dict[str, str]) -> None:
    """Type into the boxes of these labels."""
    for label, value in typed.items():
        page.get_by_label(label, exact=True).fill(value)


def test_she_says_when_she_is_free(page: Page, look, sign_in, clara):
    """Given no free time yet, when she enters her usual week (first with an end before its start) and takes
    a day off, then the month shows both.
    """
    sign_in(page, clara.person).goto("/week/")
    look(page, "your-week-not-free")
    menu(page, "My choices")
    look(page, "my-choices")
    expect_fits(page)
    follow(page, "When I'm free")
    look(page, "free-empty")
    page.get_by_role("group", name="Tuesday").get_by_label("Morning").check(force=True)
    page.get_by_text("Other times on Wednesdays").click()
    page.get_by_label("Wednesday: other time, from").fill("5pm")
    page.get_by_label("Wednesday: other time, to").fill("9:30am")
    press(page, "Save your week")
    expect_error(page, "The end must be after the start")
    expect(page.get_by_role("group", name="Tuesday").get_by_label("Morning")).to_be_checked()
    expect(page.get_by_label("Wednesday: other time, from")).to_have_value("5pm")
    look(page, "free-wrong")
    page.get_by_label("Wednesday: other time, from").fill("8am")
    press(page, "Save your week")
    expect_done(page, "Your week is saved")

    tuesday = page.get_by_role("cell").filter(has=page.locator("a[href$='2026-12-08/']"))
    expect(tuesday.get_by_label("Morning")).to_be_checked()
    go(page, tuesday.get_by_role("link"))
    look(page, "free-day")
    page.get_by_label("Free at the times below, and at no others").check(force=True)
    press(page, "Save this day")
    expect_error(page, "Choose a part of the day, or enter other times")
    page.get_by_label("Not free at all").check(force=True)
    press(page, "Save this day")
    expect_done(page, "Tue 8 Dec is saved")
    expect(tuesday).to_contain_text("Only this day")
    expect(tuesday.get_by_label("Morning")).not_to_be_checked()
    expect(tuesday).to_contain_text("Morning Tue 8 Dec: taken back")
    expect_fits(page)
    look(page, "free-month")


def test_she_prefers_and_blocks_practices(page: Page, look, sign_in, clara):
    """Given two practices, when she finds one and blocks it and prefers the other, then both are kept among
    her choices, and she may change her mind.
    """
    sign_in(page, clara.person).goto("/my/free/")
    menu(page, "My choices")
    follow(page, "My practices")
    look(page, "practices")
    page.get_by_label("Name or postcode").fill("hill")
    press(page, "Find practices")
    expect(page.get_by_role("button", name="Prefer Quayside Surgery")).to_have_count(0)
    look(page, "practices-found")
    page.locator("summary", has_text="Hilltop Practice").click()
    press(page, "Block Hilltop Practice")
    expect_done(page, "You have blocked Hilltop Practice: you will not be offered work there")
    page.goto("/my/practices/")
    page.locator("summary", has_text="Quayside Surgery").click()
    press(page, "Prefer Quayside Surgery")
    expect_done(page, "You prefer Quayside Surgery")
    expect(page.get_by_role("heading", name="Your choices")).to_be_visible()
    look(page, "practices-chosen")
    page.locator("summary", has_text="Hilltop Practice").first.click()
    go(page, page.get_by_role("button", name="Neither Hilltop Practice").first)
    expect_done(page, "You neither prefer, mute nor block Hilltop Practice")
    kinds = clara.practice_preferences.values_list("practice__name", "kind")
    assert list(kinds) == [("Quayside Surgery", "preferred")]
