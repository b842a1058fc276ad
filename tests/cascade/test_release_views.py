"""The manager releases, takes back, keeps and rules out; a practice withdraws."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from desirepath.cascade import actions
from desirepath.cascade.models import Offer, Release
from desirepath.clinicians import actions as clinicians
from desirepath.vacancies.models import PairChoice, PlanRun
from tests import cast
from tests.cascade.places import planned
from tests.reading import page as read
from tests.reading import send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at("2026-12-08 08:00")


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
