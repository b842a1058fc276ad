"""A manager asks for a plan, leaves, comes back, sees how far it is, and stops it with the best so far."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.cascade.actions import make_asked
from desirepath.organisations.models import Kind
from desirepath.pools.actions import add_practice
from desirepath.vacancies.models import PlanRun, Shortness, Vacancy
from tests import cast
from tests.journeys.steps import expect_fits, follow, go, press

DESK = pytest.mark.browser_context_args(viewport={"width": 1280, "height": 900})
PHONE = pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, java_script_enabled=False)
SO_FAR = {"phase": "search", "share": 0.4, "gap": 0.0039, "filled": 0.92}


@pytest.fixture
def mia(quayside: Any, clock_at: Any, settings: Any, live: str) -> Person:
    """Manages the pool of Quayside, where a GP and a session wait."""
    clock_at("2026-12-01 09:00")
    settings.SITE_URL = live
    pool = cast.pool("Harbour Pool", quayside)
    made = cast.person("Mia Marsh")
    cast.role(made, Role.POOL_MANAGER, pool.organisation)
    cast.clinician("Clara Cole", pool=pool)
    cast.vacancy(quayside)
    return made


@pytest.mark.parametrize(
    "device", [pytest.param("desk", marks=DESK), pytest.param("phone-without-javascript", marks=PHONE)]
)
def test_a_plan_can_be_left_and_stopped(
    page: Page, look: Any, sign_in: Any, clock_at: Any, mia: Person, device: str
) -> None:
    """Given a plan that takes long, when Mia leaves and comes back, then the home page leads to it, its page
    keeps itself current, and stopping it shows the best plan found.
    """
    sign_in(page, mia).goto("/pool/?week=2026-12-08")
    press(page, "Plan the week")
    expect(page.get_by_role("status")).to_have_text("Waiting to begin")
    look(page, "planning-waiting")
    expect_fits(page)

    run = PlanRun.objects.get()
    run.take()
    run.renew(SO_FAR)
    clock_at("2026-12-01 09:00:12")
    expect(page.get_by_role("status")).to_have_text("Searching for the best plan")
    expect(page.get_by_text("within 0.4% of the best possible", exact=True)).to_be_visible()
    expect(page.get_by_text("about 92%", exact=True)).to_be_visible()
    look(page, "planning-search")

    follow(page, "Let it stand still")
    expect(page.get_by_text("This page stands still")).to_be_visible()
    page.goto("/pool/?week=2026-12-08")
    expect(page.get_by_text("searching for the best plan, 12 seconds so far")).to_be_visible()
    look(page, "pool-week-planning")
    expect_fits(page)
    press(page, "Plan the week")
    assert PlanRun.objects.count() == 1, "the one under way is shown"

    press(page, "Stop and use the best plan so far")
    expect(page.get_by_role("status")).to_have_text("Stopping with the best plan so far")
    expect(page.get_by_role("button", name="Stop and use")).to_have_count(0)
    look(page, "planning-stopping")
    run.give_back()
    assert make_asked() == 1
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plan for Mon 7 Dec")
    expect(page.get_by_text("Clara Cole", exact=True)).to_be_visible()


@DESK
def test_a_plan_that_fails_says_so(page: Page, look: Any, sign_in: Any, mia: Person) -> None:
    """A plan that nothing came of says so kindly, and can be asked for again."""
    sign_in(page, mia).goto("/pool/?week=2026-12-08")
    press(page, "Plan the week")
    run = PlanRun.objects.get()
    run.take()
    run.fail(PlanRun.Failure.DIED)
    expect(page.get_by_role("heading", name="No plan was made")).to_be_visible()
    look(page, "planning-failed")
    press(page, "Plan again")
    press(page, "Stop and use the best plan so far")
    expect(page.get_by_text("It was called off before it began")).to_be_visible()
    go(page, page.get_by_role("link", name="See all plans"))
    expect(page.get_by_text("Called off before it began")).to_be_visible()
    look(page, "plans-without-a-plan")
    expect_fits(page)


@DESK
def test_where_the_pool_is_short(page: Page, look: Any, sign_in: Any, mia: Person) -> None:
    """Given plans of some weeks, when Mia follows the link on her home page, then she reads where and when
    clinicians are missing, narrows it, and finds what the figures mean.
    """
    sign_in(page, mia).goto("/pool/")
    follow(page, "Where the pool is short")
    expect(page.get_by_text("says anything yet")).to_be_visible()
    look(page, "shortage-empty")
    expect_fits(page)
    _shortness(
        PlanRun.objects.create(pool=Vacancy.objects.get().pool, first_day=cast.at(6).date(), state="proposed")
    )
    page.reload()
    expect(page.get_by_label("Plans made in")).to_have_value("8")
    expect(page.get_by_role("row").filter(has_text="GP, Harbour PCN, Monday mornings")).to_contain_text("2.0")
    page.get_by_text("What the figures mean").click()
    look(page, "shortage")
    expect_fits(page)
    page.get_by_label("Role", exact=True).select_option("Nurse")
    press(page, "Show")
    expect(page.get_by_text("GP, Harbour PCN")).to_have_count(0)
    expect(page.get_by_role("link", name="Show everything")).to_be_visible()


def _shortness(run: PlanRun) -> None:
    """Two PCNs, two roles, four weeks of sessions, and what plans might have said of them."""
    places = []
    for name in ("Harbour PCN", "Saltmarsh and Upper Moorland PCN"):
        pcn = cast.organisation(Kind.PCN, name=name)
        places += [cast.practice(f"{name[:7]} Surgery {n}", pcn=pcn) for n in (1, 2)]
    for place in places:
        add_practice(by=None, pool=run.pool, practice=place, since=cast.LONG_AGO)
    for n, place in enumerate(places):
        for day in [week * 7 + weekday for week in (1, 2, 3) for weekday in range(6, 10 + n % 2)]:
            for hour, role in ((8, "gp"), (14, "gp"), (9, "nurse")):
                left = (day * 3 + n * 5 + hour) % 11 / 10 if (day % 7, role, hour) != (6, "gp", 8) else 0.0
                session = cast.vacancy(place, start=cast.at(day, hour), role=role, urgency=1 + (n == 1))
                Shortness.objects.create(vacancy=session, run=run, sessions=session.urgency * (1 - left))
