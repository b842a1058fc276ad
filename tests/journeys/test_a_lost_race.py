"""Whoever comes second is told so kindly, and shown what else is open."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from desirepath.cascade import actions as cascade
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.journeys.steps import press, sign_in_by_form

WHEN = "Tue 8 Dec, 8:30am to 12:40pm"


def test_a_lost_race_says_so_kindly(page: Page, look, live, sign_in, clock_at, browser, quayside):
    """Given Clara has an offer open that is now Dora's, when Dora accepts and then Clara, then Clara's yes
    is answered kindly, with her other offer beside it, and nobody is booked twice.
    """
    clock_at("2026-12-01 09:00")
    pool = cast.pool("Harbour Pool", quayside)
    clara, dora = (cast.clinician(name, pool=pool) for name in ("Clara Cole", "Dora Dean"))
    session = cast.vacancy(quayside)
    other = cast.offer(cast.vacancy(quayside, start=cast.at(9)), clara)
    offers = {clara: cast.offer(session, clara)}

    sign_in_by_form(page, clara.person)
    page.goto(f"/offers/{offers[clara].public_id}/")
    look(page, "offer-open")
    # asked one after the other, as the cascade asks; Clara's page stays as it was
    cascade.undo_release(by=cast.person("Mia Marsh"), release=offers[clara].release)
    session.refresh_from_db()
    offers[dora] = cast.offer(session, dora)
    theirs = browser.new_context(base_url=live)
    window = sign_in(theirs.new_page(), dora.person)
    window.goto(f"/offers/{offers[dora].public_id}/")
    press(window, "Accept")
    expect(window.get_by_text(f"You are booked: {WHEN}")).to_be_visible()
    theirs.close()

    press(page, "Accept")
    expect(page.locator(".nhsuk-notification-banner")).to_contain_text("This session has been taken.")
    expect(page.get_by_role("heading", name="This offer is no longer open")).to_be_visible()
    expect(page.get_by_role("heading", name="Still open to you")).to_be_visible()
    expect(page.get_by_role("button", name="See it and answer: Thu 10 Dec")).to_be_visible()
    expect(page.get_by_text("Dora")).to_have_count(0)
    look(page, "offer-lost")
    page.goto(f"/offers/{other.public_id}/")
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    session = Vacancy.objects.get(pk=session.pk)
    assert session.cover.clinician == dora
