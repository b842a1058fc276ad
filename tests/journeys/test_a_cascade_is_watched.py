"""A manager watches a cascade and skips a tier; an approver lets an agency be asked. On desk and phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from desirepath.accounts.roles import Role
from desirepath.cascade.running import advance_due, begin_due
from desirepath.organisations.models import Kind
from desirepath.pools.actions import set_agency_rate
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.journeys.steps import (
    expect_done,
    expect_error,
    expect_fits,
    follow,
    menu,
    press,
    sign_in_by_form,
    sign_out,
)

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def harbour(clock_at):
    """A practice with its PCN and pool, Ann of its bank, Bea of the pool, and people in every part."""
    clock_at("2026-12-01 09:00")
    pcn = cast.organisation(Kind.PCN, name="Harbour PCN")
    practice = cast.practice("Harbour Surgery", pcn=pcn)
    pool = cast.pool("Harbour Pool", practice)
    set_agency_rate(by=None, pool=pool, role="gp", pounds_an_hour=160, since=cast.LONG_AGO, source="test")
    cast.clinician("Ann Archer", pool=pool, pcn=pcn)
    cast.clinician("Bea Bond", pool=pool)
    for name, role, place in (
        ("Mina Marsh", Role.POOL_MANAGER, pool.organisation),
        ("Petra Price", Role.PRACTICE_APPROVER, practice),
        ("Alice Ash", Role.PRACTICE_BOOKER, practice),
    ):
        cast.role(cast.person(name), role, place)
    return practice


def person(name: str):
    from desirepath.accounts.models import Person

    return Person.objects.get(name=name)


def work() -> None:
    begin_due()
    advance_due()


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_a_manager_watches_a_cascade_and_skips_a_tier(page: Page, look, harbour, size):
    """Given a session being asked for, when the manager opens Cascade, then it says who is asked and what
    follows when; a skip without a reason is refused, with one the next tier opens, and its story tells it.
    """
    if size:
        page.set_viewport_size(size)
    cast.vacancy(harbour, start=cast.at(20), by=person("Alice Ash"))
    cast.vacancy(harbour, start=cast.at(21), by=person("Alice Ash"), skills=(), rate_cap=20)
    work()
    sign_in_by_form(page, person("Mina Marsh"))
    menu(page, "Cascade")
    expect(page.get_by_text("Asked 1 of the practice's own PCN bank since Tue 1 Dec, 9am")).to_be_visible()
    expect(
        page.get_by_text("Neighbouring PCNs follow Wed 2 Dec, 9am unless somebody says yes")
    ).to_be_visible()
    expect_fits(page)
    look(page, "cascade")
    follow(page, "Mon 21 Dec, 8:30am to 12:40pm")
    expect_fits(page)
    look(page, "cascade-session")
    follow(page, "Skip a tier")
    look(page, "cascade-skip")
    press(page, "Skip the tier")
    expect_error(page, "Say why, in a few words")
    page.get_by_label("Why").fill("The bank is at a conference that week")
    press(page, "Skip the tier")
    expect_done(page, "Opened to neighbouring PCNs.")
    work()
    page.reload()
    expect(page.get_by_text("The bank is at a conference that week")).to_be_visible()
    menu(page, "Cascade")
    follow(page, "How the pool asks")
    expect(page.get_by_text("A usual session three weeks ahead: 1 person is asked at once")).to_be_visible()
    page.get_by_label("The practice's own PCN bank has", exact=True).fill("6")
    press(page, "See what it would do")
    expect(page.get_by_text("It is not saved yet")).to_be_visible()
    expect_fits(page)
    look(page, "cascade-policy")
    press(page, "Save")
    expect_done(page, "Saved.")


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_an_approver_lets_an_agency_be_asked(page: Page, look, harbour, clock_at, size):
    """Given a session near whose tiers have had their turn, when the approver opens it, then she sees what it
    would cost and approves with a reason; the booker records who comes.
    """
    if size:
        page.set_viewport_size(size)
    session = cast.vacancy(harbour, start=cast.at(2), by=person("Alice Ash"), rate_cap=50)
    work()
    sign_in_by_form(page, person("Petra Price"))
    page.goto(f"/vacancy/{session.public_id}/agency/")
    expect(page.get_by_text("£208.33")).to_be_visible()
    expect(page.get_by_text("£666.67")).to_be_visible()
    look(page, "agency-decide")
    page.get_by_label("Yes, an agency may be asked").check()
    page.get_by_label("Why").fill("We can't open without a GP")
    press(page, "Save")
    expect_done(page, "Approved.")
    look(page, "agency-approved")
    sign_out(page)
    sign_in_by_form(page, person("Alice Ash"))
    follow(page, "Where every session stands")
    expect(page.get_by_text("Agency approved")).to_be_visible()
    expect_fits(page)
    look(page, "cascade-practice")
    page.goto(f"/vacancy/{session.public_id}/agency/")
    page.get_by_label("An agency clinician is coming").check()
    page.get_by_label("Who comes").fill("Dr Lee Locum")
    page.get_by_label("The agency's fee").fill("650")
    look(page, "agency-outcome")
    press(page, "Save")
    expect_done(page, "Recorded.")
    assert Vacancy.objects.get(pk=session.pk).state == "agency"
