"""She says how she is asked; what a practice needs is booked by her standing yes, or asked in one tap."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from desirepath.bookings.models import Booking
from desirepath.clinicians.choosing import set_quiet_choices
from desirepath.clinicians.models import Clinician, QuietChoices
from tests import cast
from tests.journeys.steps import expect_done, expect_error, expect_fits, fill_date, follow, go, menu, press

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def clara(clock_at, quayside, hilltop) -> Clinician:
    """A GP of a pool of two practices, at half past seven on a Tuesday."""
    clock_at("2026-12-08 07:30")
    return cast.clinician("Clara Cole", pool=cast.pool("Harbour Pool", quayside, hilltop), rate=95)


def test_quiet_hours_a_muted_practice_and_a_standing_yes(
    page: Page, look, sign_in, clara, alice, quayside, hilltop
):
    """Given a GP of two practices, when she mutes one, sets her quiet hours and gives the other a standing
    yes, then that practice posts a session and has it booked by one button, and her week shows all of it.
    """
    page.set_viewport_size(PHONE)
    sign_in(page, clara.person).goto("/week/")
    follow(page, "How I'm asked")
    look(page, "asked")
    page.get_by_label("Quiet hours, from").fill("9:30pm")
    page.get_by_label("Most offers a day").fill("3")
    press(page, "Save")
    expect_error(page, "Enter both the start and the end of your quiet hours, or neither")
    look(page, "asked-wrong")
    page.get_by_label("Quiet hours, until").fill("7am")
    press(page, "Save")
    expect_done(page, "Saved: from now on you are asked as you say here")
    expect_fits(page)
    look(page, "asked-saved")
    page.goto("/my/practices/")
    page.locator("summary", has_text="Hilltop Practice").click()
    press(page, "Mute Hilltop Practice")
    expect_done(page, "You have muted Hilltop Practice")
    expect_fits(page)
    look(page, "practices-muted")
    page.locator("summary", has_text="Quayside Surgery").click()
    go(page, page.get_by_role("link", name="Give a standing yes to Quayside Surgery").first)
    look(page, "standing-yes")
    for day in ("Saturday", "Sunday"):
        page.get_by_label(day).uncheck(force=True)
    press(page, "Switch on")
    expect_done(page, "Switched on: Quayside Surgery may book you at once, within these limits")
    expect(page.get_by_text("On Mondays to Fridays, at least 24 hours before")).to_be_visible()
    expect_fits(page)
    look(page, "standing-yes-on")
    press(page, "Sign out")

    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, alice).goto("/practice/")
    menu(page, "Ask for cover")
    page.get_by_label("Role", exact=True).select_option("gp")
    fill_date(page, cast.at(7).date())
    page.get_by_label("Start", exact=True).fill("8:30am")
    page.get_by_label("End", exact=True).fill("12:40pm")
    page.get_by_label("The most you will pay an hour").fill("100")
    page.get_by_label("Sickness").check(force=True)
    press(page, "Ask for cover")
    look(page, "could-be-booked-at-once")
    press(page, "Book Clara Cole")
    expect_done(page, "Booked: Clara Cole is coming")
    press(page, "Sign out")

    sign_in(page, clara.person).goto("/week/")
    expect(page.get_by_text("Standing yes at 1 practice")).to_be_visible()
    expect(page.get_by_text("Quiet from 9:30pm until 7am")).to_be_visible()
    look(page, "your-week-asked")
    assert Booking.objects.get().origin == "standing"


def test_a_sickness_morning(page: Page, look, sign_in, clara, alice, quayside):
    """Given three who could come, when the practice says what it needs and taps once, on a phone, then all
    are asked, Clara accepts from hers, and the practice sees that she is coming.
    """
    pool = clara.memberships.get().pool
    cast.vacancy(quayside, start=cast.at(9), by=alice)
    for name in ("Dora Dean", "Eve Ellis"):
        cast.clinician(name, pool=pool)
    set_quiet_choices(
        by=clara.person,
        clinician=clara,
        values={"phone_allowed": True, "sms": True},
        phone="01632 960 001",
    )
    page.set_viewport_size(PHONE)
    sign_in(page, alice).goto("/today/")
    expect(page.get_by_label("From", exact=True)).to_have_value("8:30am")
    expect_fits(page)
    look(page, "today")
    press(page, "See who could come")
    expect(page.get_by_role("link", name="01632 960 001")).to_be_visible()
    expect_fits(page)
    look(page, "could-come")
    press(page, "Ask all 3 in order")
    expect_done(page, "3 clinicians asked")
    look(page, "everybody-asked")
    press(page, "Sign out")

    sign_in(page, clara.person).goto("/week/")
    go(page, page.get_by_role("button", name="See it and answer").first)
    look(page, "urgent-offer")
    press(page, "Accept")
    expect_done(page, "You are booked")
    press(page, "Sign out")

    sign_in(page, alice).goto("/today/")
    page.goto(f"/today/{Booking.objects.get().vacancy.public_id}/")
    expect(page.get_by_role("heading", name="Clara Cole is coming")).to_be_visible()
    expect(page.get_by_text("Said yes")).to_be_visible()
    expect_fits(page)
    look(page, "somebody-comes")
    assert QuietChoices.objects.get().sms
