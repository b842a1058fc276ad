"""Pages of practices and managers in a real browser: accessible, self-contained, without a script's help."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.cascade import actions as cascade
from desirepath.clinicians.models import Skill
from desirepath.organisations.models import Kind
from desirepath.pools.actions import add_practice, set_agency_rate
from desirepath.vacancies.actions import choose_pair
from desirepath.vacancies.models import PairChoice
from tests import cast
from tests.journeys.steps import fill_date

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Asha Patel", "Bea Brown", "Chidi Okafor", "Dilys Evans", "Ewan Grant")


class World:
    """A pool of four practices in two PCNs, a week with something of everything, a plan partly released."""

    def __init__(self):
        self.pcns = [cast.organisation(Kind.PCN, name=name) for name in ("Harbour PCN", "Moorland PCN")]
        names = (
            "Quayside Surgery",
            "Harbour Lights Practice",
            "Heather Lane Surgery",
            "Tor View Medical Centre",
        )
        self.practices = [
            cast.practice(name, pcn=self.pcns[n // 2], latitude=52 + n / 50) for n, name in enumerate(names)
        ]
        self.pool = cast.pool("Saltmarsh Coast Pool", *self.practices)
        self.skill = Skill.objects.create(code="larc", name="Fitting coils and implants", role="gp")
        Skill.objects.create(code="minor-surgery", name="Minor surgery", role="gp")
        Skill.objects.create(code="smears", name="Cervical screening", role="nurse")
        self.clinicians = [
            cast.clinician(name, pool=self.pool, pcn=self.pcns[n % 2], rate=85 + 4 * n)
            for n, name in enumerate(NAMES)
        ]
        self.manager, self.booker = (
            cast.person("Mary Manager"),
            cast.booker("Alice Archer", self.practices[0]),
        )
        cast.role(self.manager, Role.POOL_MANAGER, self.pool.organisation)
        set_agency_rate(
            by=None,
            pool=self.pool,
            role="gp",
            pounds_an_hour=Decimal(130),
            since=cast.LONG_AGO,
            source="A letter",
        )
        self.fill()

    def fill(self):
        for day in range(7, 12):
            for n, practice in enumerate(self.practices):
                for hour in (8, 14)[: 1 + (day + n) % 2]:
                    cast.vacancy(practice, start=cast.at(day, hour, 30), urgency=(1, 2, 3, 5)[(day + n) % 4])
        cast.vacancy(
            self.practices[0], start=cast.at(8, 9), skills=[self.skill], duties="Coil clinic, 8 patients"
        )
        cast.booking(
            cast.vacancy(self.practices[0], start=cast.at(7, 18, 30), minutes=120), self.clinicians[4]
        )
        self.run = cascade.plan_pool(pool=self.pool, first_day=cast.at(6).date(), by=self.manager)
        proposals = list(self.run.proposals.select_related("vacancy", "clinician"))
        cascade.release_proposals(by=self.manager, run=self.run, proposals=proposals[:4])
        last = proposals[-1]
        choose_pair(
            by=self.manager,
            vacancy=last.vacancy,
            clinician=last.clinician,
            kind=PairChoice.Kind.FORBID,
            reason="Is on a course nearby, would be rushed",
        )
        self.session = proposals[5]


@pytest.fixture
def world(clock_at, transactional_db):
    clock_at("2026-12-08 08:00")
    return World()


def test_the_practice(world, page, live, look, sign_in):
    """A booker's pages: the week, asking (with and without mistakes), a session, withdrawing it."""
    sign_in(page, world.booker)
    page.goto(reverse("vacancies:practice-week"))
    look(page, "practice week, empty")
    page.goto(reverse("vacancies:practice-week") + "?week=2026-12-15")
    look(page, "practice week")
    page.goto(reverse("vacancies:ask"))
    look(page, "ask")
    page.get_by_label("Day", exact=True).locator("visible=true").fill("31")
    page.get_by_label("Month", exact=True).locator("visible=true").fill("2")
    page.get_by_role("button", name="Ask for cover").click()
    look(page, "ask, wrong")
    page.goto(reverse("vacancies:ask"))
    fill_date(page, date(2026, 12, 17))
    page.get_by_role("button", name="Check how many could come").click()
    look(page, "ask, checked")
    page.get_by_role("button", name="Ask for cover").click()
    assert "Posted" in page.inner_text("main")
    look(page, "vacancy of a practice")
    page.get_by_role("button", name="Withdraw").click()
    look(page, "withdraw")
    page.get_by_role("button", name="Withdraw it").click()
    assert "Withdrawn" in page.inner_text("main")


def test_the_manager(world, page, live, look, sign_in):
    """A manager's pages: the week, a practice, the plan, who else, keeping, releasing and taking back."""
    sign_in(page, world.manager)
    page.goto(reverse("vacancies:pool-week") + "?week=2026-12-15")
    look(page, "pool week")
    page.get_by_role("link", name="Heather Lane Surgery", exact=True).click()
    look(page, "pool week, one practice")
    page.goto(reverse("cascade:plan", args=[world.run.public_id]))
    look(page, "plan")
    page.get_by_role("button", name="Plan again").click()
    page.get_by_role("heading", name="Making the plan").wait_for()
    assert cascade.make_asked() == 1
    page.get_by_role("heading", name="Who is proposed").wait_for()
    look(page, "plan, again")
    page.get_by_role("link", name="Who else was considered").first.click()
    look(page, "plan, who else")
    page.get_by_role("link", name="Keep").first.click()
    look(page, "choose")
    page.goto(reverse("vacancies:vacancy", args=[world.session.vacancy.public_id]))
    look(page, "vacancy of a manager")
    page.goto(reverse("vacancies:plans"))
    look(page, "plans")
    page.goto(reverse("vacancies:numbers") + "?week=2026-12-15")
    look(page, "numbers")


def test_the_pcn(world, page, live, look, sign_in):
    """The PCN manager's grid."""
    holder = cast.person("Peter Pcn")
    cast.role(holder, Role.PCN_MANAGER, world.pcns[0])
    add_practice(by=None, pool=world.pool, practice=cast.practice("Never Asked Surgery", pcn=world.pcns[0]))
    sign_in(page, holder)
    page.goto(reverse("vacancies:pcn-week") + "?week=2026-12-15")
    look(page, "pcn week")


def test_without_scripts(world, browser, live, sign_in):
    """Posting and releasing need no script."""
    context = browser.new_context(java_script_enabled=False, base_url=live)
    page = context.new_page()
    sign_in(page, world.manager)
    page.goto(reverse("cascade:plan", args=[world.run.public_id]))
    page.get_by_role("button", name="Release all").click()
    assert "sent. You can take back" in page.inner_text("main")
    page.get_by_role("button", name="Take back").first.click()
    assert "taken back" in page.inner_text("main")
    context.close()
