"""A block from the practice's wish to her booked sessions: seen by all three, answered once."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from desirepath.accounts.roles import Role
from desirepath.bookings.models import Booking
from desirepath.clinicians.actions import set_day
from desirepath.vacancies.models import Block
from tests import cast
from tests.journeys.steps import expect_done, expect_fits, fill_date, follow, go, menu, press


def test_every_tuesday_to_one_person(page: Page, look, sign_in, clock_at, quayside):
    """Given a practice that needs every Tuesday covered, when it asks for a block, then the manager offers
    all of it to one clinician, who sees every date and says yes once.
    """
    clock_at("2026-12-01 09:00")
    pool = cast.pool("Harbour Pool", quayside)
    alice, mary = cast.booker("Alice Archer", quayside), cast.person("Mary Manager")
    cast.role(mary, Role.POOL_MANAGER, pool.organisation)
    asha = cast.clinician("Asha Patel", pool=pool)
    cast.clinician("Late Larry", pool=pool, pcn=None, free=None)
    cast.vacancy(quayside, start=cast.at(1), by=alice)

    sign_in(page, alice).goto("/practice/ask/")
    fill_date(page, date(2026, 12, 8))
    page.get_by_label("Again and again, until a date").check(force=True)
    page.get_by_text("For a series: which days, until when").click()
    for label, number in (("Day", 29), ("Month", 12), ("Year", 2026)):
        page.get_by_role("group", name="Until").get_by_label(label, exact=True).fill(str(number))
    page.get_by_label("All of it to one person, as a block").check(force=True)
    page.get_by_label("Name of the block").fill("Maternity cover on Tuesdays")
    press(page, "Ask for cover")
    look(page, "block-preview")
    press(page, "Post the ticked sessions")
    expect_done(page, "4 sessions posted")
    follow(page, "Blocks")
    look(page, "blocks")
    follow(page, "Maternity cover on Tuesdays")
    expect(page.get_by_text("Fewer than 3 clinicians could take all of it")).to_be_visible()
    look(page, "block-of-practice")

    sign_in(page, mary).goto("/pool/?week=2026-12-08")
    follow(page, "Blocks")
    follow(page, "Maternity cover on Tuesdays")
    expect_fits(page)
    look(page, "block-of-manager")
    go(page, page.get_by_role("button", name="Offer all of it to Asha Patel"))
    expect_done(page, "Offered to Asha Patel")
    look(page, "block-asked")

    sign_in(page, asha.person).goto("/week/")
    menu(page, "Offers")
    look(page, "offers-with-block")
    follow(page, "Maternity cover on Tuesdays")
    expect(page.get_by_text("all of them, or none")).to_be_visible()
    expect_fits(page)
    look(page, "block-offer")
    press(page, "Accept all 4")
    expect_done(page, "You are booked for 4 sessions")
    assert Booking.objects.filter(state="confirmed").count() == 4


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, java_script_enabled=False)
def test_a_part_of_a_block_on_a_phone(page: Page, look, sign_in, clock_at, quayside):
    """Given a block that may be shared, when the part that she can work is offered to her, she finds it on
    her start page, accepts it, sees it in her calendar, and cancels one session of it: the others stay.
    """
    clock_at("2026-12-01 09:00")
    pool = cast.pool("Harbour Pool", quayside)
    mary = cast.person("Mary Manager")
    cast.role(mary, Role.POOL_MANAGER, pool.organisation)
    asha = cast.clinician("Asha Patel", pool=pool)
    block = Block.objects.create(
        pool=pool, practice=quayside, title="Maternity cover on Tuesdays", how="parts", least=2
    )
    for week in range(1, 5):
        cast.vacancy(quayside, start=cast.at(7 * week), block=block)
    set_day(by=asha.person, clinician=asha, day=cast.at(14).date(), windows=[])

    sign_in(page, mary).goto("/blocks/")
    follow(page, "Maternity cover on Tuesdays")
    expect_fits(page)
    go(page, page.get_by_role("button", name="Offer this part to Asha Patel").first)
    expect_done(page, "Offered to Asha Patel")

    sign_in(page, asha.person).goto("/week/")
    expect(page.get_by_text("3 sessions together")).to_be_visible()
    expect_fits(page)
    look(page, "your-week-with-block")
    follow(page, "See every date and answer")
    expect_fits(page)
    press(page, "Accept all 3")
    expect_done(page, "You are booked for 3 sessions")
    page.goto("/calendar/?view=list&month=2026-12")
    expect_fits(page)
    look(page, "calendar-with-block")
    follow(page, "Quayside Surgery")
    follow(page, "Cancel this booking")
    press(page, "Cancel the booking")
    assert sorted(Booking.objects.values_list("state", flat=True)) == [
        "cancelled by clinician",
        "confirmed",
        "confirmed",
    ]
