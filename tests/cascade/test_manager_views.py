"""The manager plans, reads the plan, releases, takes back, keeps and rules out; a practice withdraws."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.cascade import actions
from desirepath.cascade.considered import why_not
from desirepath.cascade.models import Offer, Release
from desirepath.clinicians import actions as clinicians
from desirepath.matching import Levels
from desirepath.matching.explain import Alternative
from desirepath.organisations.models import Kind
from desirepath.pools.actions import set_agency_rate
from desirepath.vacancies.actions import choose_pair
from desirepath.vacancies.models import PairChoice, PlanRun
from tests import cast
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at("2026-12-08 08:00")


@pytest.fixture
def pcn(db):
    return cast.organisation(Kind.PCN, name="Harbour PCN")


@pytest.fixture
def pool(quayside, pcn):
    cast.place_under(quayside, pcn)
    return cast.pool("Coast Pool", quayside)


@pytest.fixture
def asha(pool, pcn):
    return cast.clinician("Asha Patel", pool=pool, pcn=pcn)


@pytest.fixture
def manager(pool):
    made = cast.person("Mary Manager")
    cast.role(made, Role.POOL_MANAGER, pool.organisation)
    return made


@pytest.fixture
def outsider(hilltop):
    made = cast.person("Oscar Outsider")
    cast.role(made, Role.POOL_MANAGER, cast.pool("Other Pool", hilltop).organisation)
    return made


@pytest.fixture
def session(quayside, pool):
    return cast.vacancy(quayside, start=cast.at(7))


@pytest.fixture
def run(pool, session, asha):
    """A plan that proposes Asha for the session."""
    made = actions.plan_pool(pool=pool, first_day=cast.at(6).date())
    assert made.proposals.get().clinician == asha
    return made


@pytest.fixture
def her(client, sign_in, manager):
    """The manager's browser."""
    return sign_in(client, manager)


def read(client, name, *args, status=200, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def send(client, name, *args, status=200, **data):
    answer = client.post(reverse(name, args=args), data, follow=True)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def planned(client, **data):
    """She presses the button, a worker makes the plan, and she reads it."""
    send(client, "cascade:plan-week", **data)
    assert actions.make_asked() == 1
    return read(client, "cascade:plan", PlanRun.objects.latest().public_id)


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


class TestRelease:
    def test_all(self, her, run, asha):
        """All that can be asked are asked; the page tells how many, and offers to take them back."""
        found = send(her, "cascade:release", run.public_id, all="1")
        offer = Offer.objects.get()
        assert (offer.clinician, offer.state) == (asha, "sent")
        assert "1 offer sent." in found
        assert "Offered until Wed 9 Dec, 8am" in found
        assert reverse("cascade:undo", args=[offer.release.public_id]) in found

    def test_twice_asks_once(self, her, run):
        """A second release of the same proposals sends nothing and says why."""
        send(her, "cascade:release", run.public_id, all="1")
        assert "No offer was sent" in send(her, "cascade:release", run.public_id, all="1")
        chosen = str(run.proposals.get().public_id)
        assert "already being asked" in send(her, "cascade:release", run.public_id, proposals=chosen)
        assert Offer.objects.count() == 1
        assert Release.objects.count() == 1

    def test_the_ticked_and_the_one(self, her, run, quayside, pool):
        """Only those ticked, or only the one whose button it was."""
        for day in (8, 9):
            cast.vacancy(quayside, start=cast.at(day))
        again = actions.plan_pool(pool=pool, first_day=run.first_day)
        first, second, third = again.proposals.order_by("vacancy__start")
        send(her, "cascade:release", again.public_id, proposals=str(second.public_id))
        assert [offer.vacancy for offer in Offer.objects.all()] == [second.vacancy]
        send(
            her, "cascade:release", again.public_id, only=str(third.public_id), proposals=str(first.public_id)
        )
        assert {offer.vacancy for offer in Offer.objects.all()} == {second.vacancy, third.vacancy}

    @pytest.mark.parametrize("data", [{}, {"proposals": "nothing"}, {"proposals": str(uuid4())}])
    def test_nothing_chosen(self, her, run, data):
        """Nothing ticked, or a proposal of another plan: nothing sent, said kindly."""
        assert "choose at least one proposal" in send(her, "cascade:release", run.public_id, **data)

    def test_what_no_longer_holds_is_passed_over(self, her, run, asha, quayside, pool):
        """A proposal that no longer fits is not sent, and the reason is told."""
        cast.vacancy(quayside, start=cast.at(8))
        again = actions.plan_pool(pool=pool, first_day=run.first_day)
        clinicians.set_day(by=asha.person, clinician=asha, day=cast.at(8).date(), windows=[])
        found = send(her, "cascade:release", again.public_id, all="1")
        assert "1 offer sent." in found
        assert "they are not free then" in found

    def test_undo(self, her, run):
        """What is not answered is taken back; a second time there is nothing left."""
        send(her, "cascade:release", run.public_id, all="1")
        release = Release.objects.get()
        assert "1 offer taken back." in send(her, "cascade:undo", release.public_id)
        assert Offer.objects.get().state == "withdrawn"
        assert "has been undone already" in send(her, "cascade:undo", release.public_id)
        assert "1 offer sent." in send(her, "cascade:release", run.public_id, all="1")

    def test_declined_is_not_asked_again(self, her, run, asha):
        """Her no stands: the page says so and has no button."""
        send(her, "cascade:release", run.public_id, all="1")
        actions.decline_offer(by=asha.person, offer=Offer.objects.get())
        found = read(her, "cascade:plan", run.public_id)
        assert "Declined" in found
        assert "Release all" not in found

    def test_a_session_that_began(self, her, run, session, clock_at):
        """What has begun can no longer be released."""
        clock_at(session.start + timedelta(minutes=1))
        assert "Session has begun" in read(her, "cascade:plan", run.public_id)
        assert "the session has started" in send(
            her, "cascade:release", run.public_id, only=str(run.proposals.get().public_id)
        )

    def test_outsiders_and_wrong_methods(self, client, sign_in, her, run, asha, session, outsider):
        """Another pool's manager releases and undoes nothing here; links change nothing."""
        offer = cast.offer(session, asha)
        read(her, "cascade:release", run.public_id, status=405)
        read(her, "cascade:undo", offer.release.public_id, status=405)
        sign_in(client, outsider)
        send(client, "cascade:release", run.public_id, status=404, all="1")
        send(client, "cascade:undo", offer.release.public_id, status=404)
        offer.refresh_from_db()
        assert offer.live


class TestChoose:
    def test_rule_out_and_plan_again(self, her, run, session, asha, pool):
        """Ruled out with a reason, shown on the plan, obeyed by the next."""
        bea = cast.clinician("Bea Brown", pool=pool)
        data = {"clinician": str(asha.public_id), "kind": "forbid", "reason": "Asked for a change"}
        found = send(her, "cascade:choose", session.public_id, **data)
        assert "Asha Patel is ruled out for it." in found
        assert "Ruled out: Asked for a change" in found
        assert "Ruled out: plan again" in found
        planned(her, week="2026-12-15")
        assert PlanRun.objects.latest().proposals.get().clinician == bea

    def test_keep_and_stop_keeping(self, her, run, session, asha, pool):
        """Kept, planned around, and taken back; taking back twice is once."""
        bea = cast.clinician("Bea Brown", pool=pool)
        data = {"clinician": str(bea.public_id), "kind": "pin", "reason": "Knows the patients"}
        assert "Bea Brown is kept for it." in send(her, "cascade:choose", session.public_id, **data)
        assert "Knows the patients" in planned(her, week="2026-12-15")
        assert PlanRun.objects.latest().proposals.get().clinician == bea
        for _ in range(2):
            found = send(
                her, "cascade:choose", session.public_id, clinician=str(bea.public_id), kind="take back"
            )
            assert "decides about Bea Brown by itself" in found
        assert not PairChoice.objects.exists()

    def test_twice_is_once(self, her, session, asha):
        """The same word said twice is one."""
        data = {"clinician": str(asha.public_id), "kind": "forbid", "reason": "Asked for a change"}
        for _ in range(2):
            send(her, "cascade:choose", session.public_id, **data)
        assert PairChoice.objects.count() == 1

    def test_without_a_reason(self, her, session, asha):
        """An error beside the field; the rest stays as it was chosen."""
        found = send(
            her, "cascade:choose", session.public_id, status=422, clinician=str(asha.public_id), kind="pin"
        )
        assert "Say why, in a few words" in found
        assert f'value="{asha.public_id}" selected' in found

    def test_outside_her_terms(self, her, session, pool):
        """Nobody is kept against her terms; which of them stands in the way is not told."""
        far = cast.clinician("Fay Far", pool=pool, latitude=55.0)
        data = {"clinician": str(far.public_id), "kind": "pin", "reason": "Please"}
        found = send(her, "cascade:choose", session.public_id, status=422, **data)
        assert "outside the terms they have set" in found
        # a form's random token may hold the letters alone
        assert " km" not in found

    def test_prefilled_from_the_plan(self, her, session, asha):
        """The plan's links choose the clinician and what to do; a broken link chooses nobody."""
        found = read(her, "cascade:choose", session.public_id, clinician=str(asha.public_id), kind="forbid")
        assert "Asha Patel for this session" in found
        assert f'value="{asha.public_id}" selected' in found
        read(her, "cascade:choose", session.public_id, clinician="nobody", kind="nothing")

    def test_outsiders(self, client, sign_in, outsider, asha, session):
        """Another pool's sessions are not found."""
        read(sign_in(client, outsider), "cascade:choose", session.public_id, status=404)
        data = {"clinician": str(asha.public_id), "kind": "forbid", "reason": "Mischief"}
        send(client, "cascade:choose", session.public_id, status=404, **data)
        assert not PairChoice.objects.exists()


class TestWithdraw:
    def test_first_what_follows_then_done(self, client, sign_in, alice, session, asha):
        """The page tells what follows; the button withdraws the session and its offer."""
        offer = cast.offer(session, asha)
        sign_in(client, alice)
        assert "1 clinician is being asked" in read(client, "cascade:withdraw", session.public_id)
        assert "Withdrawn. Nobody will be asked" in send(client, "cascade:withdraw", session.public_id)
        offer.refresh_from_db()
        session.refresh_from_db()
        assert (offer.state, session.state) == ("withdrawn", "withdrawn")

    def test_twice(self, client, sign_in, alice, session):
        """A second time it says that it is done already."""
        sign_in(client, alice)
        send(client, "cascade:withdraw", session.public_id)
        assert "withdrawn already" in send(client, "cascade:withdraw", session.public_id)
        assert "withdrawn already" in read(client, "cascade:withdraw", session.public_id)

    def test_a_covered_session(self, client, sign_in, alice, session, asha):
        """Somebody is coming: that is a cancellation."""
        cast.booking(session, asha)
        sign_in(client, alice)
        assert "Cancel the booking instead" in read(client, "cascade:withdraw", session.public_id)
        assert "cancel the booking instead" in send(client, "cascade:withdraw", session.public_id)
        session.refresh_from_db()
        assert session.state == "filled"

    def test_outsiders(self, client, sign_in, charlie, her, session, pool, hilltop):
        """Another practice finds nothing; withdrawing is not the manager's."""
        send(her, "cascade:withdraw", session.public_id, status=403)
        read(sign_in(client, charlie), "cascade:withdraw", session.public_id, status=404)
        send(client, "cascade:withdraw", session.public_id, status=404)
        session.refresh_from_db()
        assert session.state == "released"
