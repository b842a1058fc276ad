"""The manager plans the week and reads the plan: who, why, what it costs, who else."""

import re
from uuid import uuid4

import pytest

from desirepath.cascade import actions
from desirepath.cascade.considered import why_not
from desirepath.cascade.models import Offer
from desirepath.clinicians import actions as clinicians
from desirepath.matching import Levels
from desirepath.matching.explain import Alternative
from desirepath.pools.actions import set_agency_rate
from desirepath.vacancies.actions import choose_pair
from desirepath.vacancies.models import PlanRun
from tests import cast
from tests.cascade.places import planned
from tests.reading import page as read
from tests.reading import send
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at("2026-12-08 08:00")


class TestPlanTheWeek:
    def test_plan(self, her, pool, manager, session, asha):
        """The button makes a plan of the week asked for, by her, and opens it."""
        found = planned(her, week="2026-12-15")
        made = PlanRun.objects.get()
        assert (made.pool, made.made_by, str(made.first_day), made.weeks) == (pool, manager, "2026-12-14", 1)
        assert "Asha Patel" in found
        assert "1 of 1" in found
        assert "Proven the best possible" in found
        assert not Offer.objects.exists(), "planning asks nobody"

    def test_several_weeks(self, her, pool):
        """One to four weeks; anything else is one."""
        for asked, weeks in (("2", 2), ("4", 4), ("99", 1), ("9" * 5000, 1), ("some", 1), ("-1", 1)):
            send(her, "cascade:plan-week", week="2026-12-15", weeks=asked)
            assert PlanRun.objects.latest().weeks == weeks

    @pytest.mark.parametrize("week", ["2026-11-30", "soon"])
    def test_a_week_that_cannot_be_planned(self, her, pool, week):
        """A week that is over, or none at all, is refused kindly."""
        assert "No plan was made" in send(her, "cascade:plan-week", week=week)
        assert not PlanRun.objects.exists()

    def test_wrong_method_and_wrong_people(self, client, sign_in, her, alice, pool):
        """Only a manager plans, and only by the button."""
        read(her, "cascade:plan-week", status=405)
        send(sign_in(client, alice), "cascade:plan-week", status=403)
        assert not PlanRun.objects.exists()


class TestPlan:
    def test_who_and_why(self, her, run, quayside):
        """Each proposal in a sentence; neither distance nor what she prefers is told."""
        clinicians.set_practice_preference(
            by=run.proposals.get().clinician.person,
            clinician=run.proposals.get().clinician,
            practice=quayside,
            kind="preferred",
        )
        again = actions.plan_pool(pool=run.pool, first_day=run.first_day)
        assert "preferred" in again.proposals.get().reasons
        found = read(her, "cascade:plan", again.public_id)
        assert "From the practice&#39;s own PCN bank" in found
        assert "£375.00" in found
        assert "prefer" not in found.lower()
        assert " km" not in found

    def test_beside_an_agency(self, her, run, pool):
        """What it saves is told where the pool has entered an agency's rate."""
        assert "agency</dt>" not in read(her, "cascade:plan", run.public_id)
        set_agency_rate(
            by=None, pool=pool, role="gp", pounds_an_hour=150, since=cast.LONG_AGO, source="A letter"
        )
        again = actions.plan_pool(pool=pool, first_day=run.first_day)
        assert "£250.00 less" in read(her, "cascade:plan", again.public_id)

    def test_nobody_found(self, her, pool, quayside):
        """Why, and the smallest change that brings three; without anybody's rate."""
        for rate in (112, 113, 114):
            cast.clinician("", pool=pool, rate=rate)
        cast.vacancy(quayside, start=cast.at(7))
        run = actions.plan_pool(pool=pool, first_day=cast.at(6).date())
        found = read(her, "cascade:plan", run.public_id)
        assert "Those who could come ask for more than the most the practice pays." in found
        assert "Pay up to £115 an hour, £5 more than now: 3 clinicians could then come" in found
        assert not {"112", "113", "114"} & set(re.findall(r"\d+", without_tokens(found)))

    def test_what_changed(self, her, run, quayside, pool):
        """A newer plan tells what it does otherwise, and the older one points to it."""
        cast.vacancy(quayside, start=cast.at(8))
        again = actions.plan_pool(pool=pool, first_day=run.first_day)
        found = read(her, "cascade:plan", again.public_id)
        assert "1 session new, with somebody proposed" in found
        assert "The sessions in both plans cost" not in found
        assert "There is a newer plan" in read(her, "cascade:plan", run.public_id)

    def test_what_the_same_sessions_cost(self, her, run, asha, pool, session):
        """Fees are compared only over the sessions that both plans propose."""
        cast.clinician("Bea Brown", pool=pool, rate=85)
        choose_pair(by=cast.person(), vacancy=session, clinician=asha, kind="forbid", reason="On leave")
        again = actions.plan_pool(pool=pool, first_day=run.first_day)
        found = read(her, "cascade:plan", again.public_id)
        assert "1 session with somebody else proposed" in found
        assert "The sessions in both plans cost £20.84 less" in found

    def test_nothing_to_plan(self, her, pool):
        """A plan without sessions says what has to come first."""
        assert "There is no open session in these weeks" in planned(her, week="2026-12-15")

    def test_outsiders(self, client, sign_in, outsider, alice, run):
        """The manager of another pool finds nothing there, a practice may not open it."""
        read(sign_in(client, outsider), "cascade:plan", run.public_id, status=404)
        read(sign_in(client, alice), "cascade:plan", run.public_id, status=403)

    def test_in_few_queries(self, her, pool, quayside, asha, pcn, django_assert_max_num_queries):
        """A plan of many sessions is read in as few queries as one of few."""
        for number in range(4):
            cast.clinician(f"Clinician {number}", pool=pool, pcn=pcn)
        for day in range(7, 12):
            for hour in (8, 14, 19):
                cast.vacancy(quayside, start=cast.at(day, hour), minutes=60)
        run = actions.plan_pool(pool=pool, first_day=cast.at(6).date())
        actions.release_proposals(by=None, run=run, proposals=run.proposals.all()[:5])
        with django_assert_max_num_queries(30):
            read(her, "cascade:plan", run.public_id)


class TestWhoElse:
    def test_the_next_and_why_not(self, her, run, pool):
        """Names and reasons; nobody's rate."""
        cast.clinician("Bea Brown", pool=pool, rate=101)
        session = run.proposals.get().vacancy
        found = read(her, "cascade:plan", run.public_id, vacancy=session.public_id)
        assert "Bea Brown" in found
        assert "Could come too, but from farther down the cascade" in found
        assert "101" not in without_tokens(found)

    def test_nobody_else(self, her, run, session):
        """Where nobody else could come it says so."""
        found = read(her, "cascade:plan", run.public_id, vacancy=session.public_id)
        assert "Nobody else could come" in found

    @pytest.mark.parametrize("vacancy", ["nothing", str(uuid4())])
    def test_a_session_that_is_not_in_it(self, her, run, vacancy):
        """A broken or foreign id is not found."""
        read(her, "cascade:plan", run.public_id, vacancy=vacancy, status=404)

    @pytest.mark.parametrize(
        ("other", "told"),
        [
            (Alternative("1", "Is already booked", None, "busy 7", booked=True), "Is busy then"),
            (Alternative("1", "At most 2 sessions a day", None), "their terms allow"),
            (Alternative("1", "Is needed more for 99", None, "99"), "Is needed more elsewhere"),
            (Alternative("1", "£12.00 dearer", Levels(l5=-12)), "it would cost the practice more"),
            (Alternative("1", "3 points less", Levels(l3=-3)), "suit each other less"),
            (Alternative("1", "Would do just as well", Levels()), "Would do as well"),
        ],
    )
    def test_no_figure_of_hers_is_told(self, other, told):
        """Whatever the library says with figures is told without any."""
        said = why_not(other, {})
        assert told in said
        assert not any(letter.isdigit() for letter in said)
