"""She sets her conditions; a practice cancels and sees the fee first; both records show it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from desirepath.clinicians.models import Clinician
from tests import cast
from tests.journeys.steps import expect_done, expect_fits, follow, press, sign_out


@pytest.fixture
def clara(clock_at, quayside) -> Clinician:
    clock_at("2026-12-01 09:00")
    return cast.clinician("Clara Cole", pool=cast.pool("Harbour Pool", quayside), rate=90)


def test_conditions_and_cancelling(page: Page, look, sign_in, clock_at, quayside, alice, clara):
    """Given published rates, when Clara says what cancelling costs, then the practice reads it on her
    booking, is told the fee before it cancels, and both find it on their record.
    """
    she_sets_her_conditions(sign_in(page, clara.person), look)
    booking = cast.booking(cast.vacancy(quayside, start=cast.at(7), minutes=240), clara)
    address = f"/booking/{booking.public_id}/"
    sign_out(page)

    clock_at("2026-12-06 07:00")
    sign_in(page, alice).goto(address)
    expect(page.get_by_text("Less than 3 days before: 50% of the fee")).to_be_visible()
    expect_fits(page)
    look(page, "who-is-coming")
    follow(page, "Cancel this booking")
    expect(
        page.get_by_text("You would owe £180.00: 50% of the fee, because it is 2 days before.")
    ).to_be_visible()
    look(page, "cancel-fee-first")

    clock_at("2026-12-07 20:00")
    press(page, "Cancel, and owe £180.00")
    expect(page.get_by_text("The fee has changed since you saw it")).to_be_visible()
    look(page, "cancel-fee-changed")
    page.get_by_label("Why").fill("Our own doctor is back")
    press(page, "Cancel, and owe £360.00")
    expect_done(page, "Cancelled. Clara Cole has been told")
    expect(page.get_by_text("You owe Clara Cole £360.00, 100% of the fee")).to_be_visible()
    look(page, "cancelled-practice")
    sign_out(page)

    sign_in(page, clara.person).goto(address)
    expect(page.get_by_text("Quayside Surgery owes you £360.00, 100% of the fee")).to_be_visible()
    look(page, "cancelled-hers")
    booking.refresh_from_db()
    assert booking.cancellation_fee == Decimal(360)


def she_sets_her_conditions(page: Page, look) -> None:
    """A step the wrong way round is told; put right, it is saved, previewed and published."""
    page.goto("/my/terms/")
    follow(page, "Change conditions")
    steps = {1: ("1", "40"), 2: ("3", "50")}
    for number, (days, percent) in steps.items():
        about = f"Step {number} when the practice cancels"
        page.get_by_label(f"{about}: days before").fill(days)
        page.get_by_label(f"{about}: per cent of the fee").fill(percent)
    page.get_by_label("Most patients a session").fill("15")
    press(page, "Save")
    expect(page.get_by_role("link", name="More notice can't cost more")).to_be_visible()
    look(page, "terms-conditions-wrong")
    page.get_by_label("Step 1 when the practice cancels: per cent of the fee").fill("100")
    press(page, "Save")
    expect_done(page, "Conditions: saved, but not published yet")

    follow(page, "Change extras and kinds of session")
    page.get_by_label("Extra 1", exact=True).fill("Coil fitting")
    page.get_by_label("Fee of extra 1").fill("25")
    page.get_by_label("Kind 1 (optional)", exact=True).fill("Duty doctor")
    look(page, "terms-extras")
    press(page, "Save")
    follow(page, "Preview as a practice sees it")
    expect(page.get_by_text("Coil fitting: £25 each time")).to_be_visible()
    expect_fits(page)
    look(page, "terms-preview")
    follow(page, "My terms")
    follow(page, "What this would have changed last month")
    look(page, "terms-last-month")
    follow(page, "My terms")
    follow(page, "Rates that were agreed")
    look(page, "rates-history")
    follow(page, "My terms")
    press(page, "Publish your terms")
    expect_done(page, "Your terms are published: version 2")
