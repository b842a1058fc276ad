"""Her time in her own hands: painted, copied, read in from another calendar, handed back to a colleague."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import Clinician
from desirepath.pools.actions import found_chambers
from tests import cast
from tests.clinicians.calendars import calendar, once
from tests.journeys.steps import expect_done, expect_fits, follow, go, press

PHONE = pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, java_script_enabled=False)


@pytest.fixture
def pair(clock_at, quayside) -> tuple[Clinician, Clinician]:
    """Clara and Dora of one chambers; Clara is free on mornings."""
    clock_at("2026-12-01 09:00")
    chambers = found_chambers(by=None, pool=cast.pool("Harbour Pool", quayside), name="Harbour Chambers")
    made = [
        cast.clinician("Clara Cole", rate=95, free=(time(8), time(13))),
        cast.clinician("Dora Dean", rate=90),
    ]
    for clinician in made:
        clinicians.join_pool(by=None, clinician=clinician, pool=chambers.pool, chambers=chambers)
    return made[0], made[1]


def days(clinician: Clinician) -> dict[date, list[tuple[time | None, time | None]]]:
    found: dict[date, list[tuple[time | None, time | None]]] = {}
    for row in clinician.exceptions.order_by("day", "start"):
        found.setdefault(row.day, []).append((row.start, row.end))
    return found


def test_she_paints_with_mouse_and_keys(page: Page, look, sign_in, pair):
    """Given mornings free, when Clara pulls the mouse across three evenings and paints on with the keyboard,
    then five evenings are saved at once, and nothing before she saves.
    """
    clara, _ = pair
    sign_in(page, clara.person).goto("/my/free/?month=2026-12")
    expect(page.get_by_text("Hold the mouse button and pull")).to_be_visible()
    evening = lambda day: page.locator(f"input[value='2026-12-{day:02} evening']")  # noqa: E731
    evening(16).scroll_into_view_if_needed()
    start, end = (evening(day).bounding_box() for day in (7, 9))
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, end["y"] + 5, steps=20)
    page.mouse.up()
    expect(page.locator("[data-changed]")).to_have_text("3 changes not saved yet")
    evening(9).focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(evening(11)).to_be_focused()
    expect(page.locator("[data-changed]")).to_have_text("5 changes not saved yet")
    look(page, "painting")
    assert not clara.exceptions.exists()
    press(page, "Save this month")
    expect_done(page, "5 days saved")
    assert list(days(clara)) == [date(2026, 12, day) for day in range(7, 12)]
    page.get_by_label("Morning Mon 14 Dec").click()
    expect(page.locator("[data-changed]")).to_have_text("1 change not saved yet")


@pytest.mark.parametrize("device", ["desk", pytest.param("phone", marks=PHONE)])
def test_her_time_from_painting_to_a_colleague(
    device: str, page: Page, look, sign_in, pair, quayside, tmp_path: Path
):
    """Given a week of Clara's, when she ticks an evening, copies the week, reads in another calendar and
    hands back a session, then Dora takes it, and each calendar shows what became of it. On the phone there
    is no script.
    """
    clara, dora = pair
    booked = cast.booking(cast.vacancy(quayside, start=cast.at(9)), clara)
    sign_in(page, clara.person).goto("/my/free/?month=2026-12")
    page.get_by_label("Evening Tue 8 Dec").check()
    press(page, "Save this month")
    expect_done(page, "1 day saved")
    page.get_by_label("The week to copy").select_option("2026-12-07")
    page.get_by_role("group", name="Copy it to").get_by_label("Mon 14 Dec to Sun 20 Dec").check(force=True)
    press(page, "Copy the week")
    expect_done(page, "Copied to 1 week: 1 day changed")
    assert list(days(clara)) == [date(2026, 12, 8), date(2026, 12, 15)]
    expect_fits(page)
    look(page, f"free-painted-{device}")

    follow(page, "read in another calendar")
    look(page, f"other-calendars-{device}")
    file = tmp_path / "family.ics"
    file.write_bytes(calendar(once("20261209T090000", "20261209T100000", "RRULE:FREQ=WEEKLY;COUNT=3")))
    page.get_by_label("Your own word for this calendar").fill("Family")
    page.locator("input[type=file]").set_input_files(file)
    press(page, "Look at what it holds")
    expect(page.get_by_text("1 event in the next 12 months counts as busy")).to_be_visible()
    expect(page.get_by_text("Dentist")).to_have_count(0)
    look(page, f"calendar-looked-at-{device}")
    press(page, "Count it as busy")
    expect_done(page, "Family counts from now on")
    look(page, f"other-calendars-read-{device}")

    page.goto("/calendar/?view=week&day=2026-12-08")
    expect(page.get_by_text("Busy 9am to 10am")).to_be_visible()
    expect_fits(page)
    look(page, f"calendar-week-{device}")
    page.goto("/calendar/?view=list&day=2026-12-01")
    look(page, f"calendar-list-{device}")
    follow(page, "8:30am Quayside Surgery")
    follow(page, "Hand it back")
    expect(page.get_by_text("You stay booked meanwhile")).to_be_visible()
    look(page, f"hand-back-{device}")
    page.get_by_label("I keep the session").check(force=True)
    press(page, "Ask my colleagues")
    expect_done(page, "Your colleagues are asked until")
    look(page, f"handed-back-{device}")

    sign_in(page, dora.person).goto("/week/")
    expect(page.get_by_role("heading", name="Your colleagues ask")).to_be_visible()
    look(page, f"colleagues-ask-{device}")
    go(page, page.get_by_role("button", name="See it and answer: Thu 10 Dec"))
    expect_fits(page)
    look(page, f"take-over-{device}")
    press(page, "Take this session")
    expect_done(page, "You are booked: Thu 10 Dec")
    page.goto("/calendar/?month=2026-12")
    expect(page.get_by_role("link", name="8:30am Quayside Surgery")).to_be_visible()
    look(page, f"calendar-month-{device}")
    sign_in(page, clara.person).goto(f"/booking/{booked.public_id}/")
    expect(page.get_by_text("Handed on to a colleague")).to_be_visible()
    look(page, f"handed-on-{device}")
