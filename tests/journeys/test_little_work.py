"""A practice's side is little work: a series, a spreadsheet mended, a copied week, an induction pack."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from desirepath.accounts.models import Person
from desirepath.organisations.induction import shown_of
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.journeys.steps import expect_done, expect_error, expect_fits, fill_date, follow, go, press

PHONE = pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, java_script_enabled=False)
HEAD = "date,start,end,role,rate,contacts\n"


@pytest.fixture
def alice(clock_at, quayside) -> Person:
    """She books for a practice of a pool, which has asked for cover once."""
    clock_at("2026-12-01 09:00")
    cast.pool("Harbour Pool", quayside)
    made = cast.booker("Alice Archer", quayside)
    cast.vacancy(quayside, start=cast.at(1), by=made)
    return made


def post_a_series(page: Page, look) -> None:
    """Tuesdays until the new year, each day looked at, Christmas week unticked."""
    page.goto("/practice/ask/")
    look(page, "ask-for-cover")
    fill_date(page, date(2026, 12, 8))
    page.get_by_label("Again and again, until a date").check(force=True)
    page.get_by_text("For a series: which days, until when").click()
    for label, number in (("Day", 5), ("Month", 1), ("Year", 2027)):
        page.get_by_role("group", name="Until").get_by_label(label, exact=True).fill(str(number))
    press(page, "Ask for cover")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Every day of the series")
    page.get_by_label("Tue 22 Dec").uncheck(force=True)
    expect_fits(page)
    look(page, "series-preview")
    assert Vacancy.objects.count() == 1
    press(page, "Post the ticked sessions")
    expect_done(page, "4 sessions posted, Tue 8 Dec to Tue 5 Jan")


def mend_a_spreadsheet(page: Page, look) -> None:
    """Its wrong cell is named; sent again, both rows are posted."""
    page.goto("/practice/ask/")
    follow(page, "send a spreadsheet")
    look(page, "sessions-spreadsheet")
    rows = "9/12/2026,8:30am,12:40pm,GP,95,30\n10/12/2026,8:30am,{},GP,95,12\n"
    send(page, HEAD + rows.format("8am"))
    expect(page.get_by_text("row 3, end: must be after the start")).to_be_visible()
    expect_fits(page)
    look(page, "sessions-wrong")
    press(page, "Send the corrected file")
    send(page, HEAD + rows.format("12:40pm"))
    expect(page.get_by_text("at most 25 contacts a day")).to_be_visible()
    look(page, "sessions-right")
    press(page, "Confirm: take 2 rows")
    expect_done(page, "2 sessions posted")


def send(page: Page, text: str) -> None:
    data = {"name": "cover.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(data)
    press(page, "Look at the rows")


def copy_a_week(page: Page, look) -> None:
    """The week of 7 December to that of 14 December, where one is there already."""
    page.goto("/practice/?week=2026-12-08")
    look(page, "practice-week-full")
    follow(page, "Copy this week")
    expect(page.get_by_label("Tue 15 Dec")).not_to_be_checked()
    expect(page.get_by_label("Wed 16 Dec")).to_be_checked()
    expect_fits(page)
    look(page, "copy-week")
    press(page, "Post the ticked sessions")
    expect_done(page, "2 sessions posted, Wed 16 Dec to Thu 17 Dec")
    follow(page, "The whole month")
    look(page, "practice-month")


def write_the_pack(page: Page, look) -> None:
    """An NHS number is refused and what was typed stays; looked at, then made current."""
    page.goto("/practice/induction/")
    look(page, "pack-none")
    press(page, "Write your induction pack")
    page.get_by_label("Parking and the way in").fill("Bays 1 to 4 behind the surgery")
    page.get_by_label("Anything else").fill("Ask for 943 476 5919")
    press(page, "Save and look at it")
    expect(page.get_by_label("Parking and the way in")).to_have_value("Bays 1 to 4 behind the surgery")
    look(page, "pack-wrong")
    page.get_by_label("Anything else").fill("Coffee at 11am")
    page.get_by_label("Clinical system").select_option("SystmOne")
    press(page, "Save and look at it")
    expect(page.get_by_text("Nobody sees it yet")).to_be_visible()
    look(page, "pack-draft")
    press(page, "Make it current")
    expect_done(page, "Current: everybody who is booked reads it")
    expect_fits(page)
    look(page, "pack-current")


def put_people_first(page: Page, look) -> None:
    """Found by their number, on the list, asked earlier."""
    page.goto("/practice/people/")
    look(page, "people-first-none")
    for number in ("7000001", "7000002"):
        page.get_by_label("Or their registration number").fill(number)
        press(page, "Add to the list")
    go(page, page.get_by_role("button", name="Ask earlier Bea Brown"))
    expect(page.get_by_role("listitem").filter(has_text="1. Bea Brown")).to_be_visible()
    expect_fits(page)
    look(page, "people-first")


def all_of_it(page: Page, look, alice: Person, quayside) -> None:
    post_a_series(page, look)
    mend_a_spreadsheet(page, look)
    copy_a_week(page, look)
    write_the_pack(page, look)
    assert shown_of(quayside).parking == "Bays 1 to 4 behind the surgery"
    pool = alice.roles.get().organisation.pool_places.get().pool
    cast.clinician("Asha Patel", pool=pool, registration="7000001")
    cast.clinician("Bea Brown", pool=pool, registration="7000002")
    put_people_first(page, look)
    assert Vacancy.objects.count() == 9


def test_at_a_desk(page: Page, look, sign_in, alice, quayside):
    """Given a practice that has asked once, when Alice does a month's work, then each step shows what it will
    do before it does it; and a mistake is told at its field.
    """
    all_of_it(sign_in(page, alice), look, alice, quayside)
    page.goto("/practice/ask/")
    page.get_by_label("End", exact=True).fill("8:30am")
    press(page, "Ask for cover")
    expect_error(page, "Enter the date")


@PHONE
def test_on_a_phone_without_scripts(page: Page, look, sign_in, alice, quayside):
    """The same in one hand, with no script to help."""
    all_of_it(sign_in(page, alice), look, alice, quayside)
