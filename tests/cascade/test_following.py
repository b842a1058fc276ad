"""The cascade's order follows the plan as it would be made now, not as it was made."""

from __future__ import annotations

from datetime import timedelta
from time import process_time

import pytest

from desirepath.audit import clock
from desirepath.bookings import cancelling
from desirepath.cascade import actions, following, running
from desirepath.cascade.candidates import candidates
from desirepath.cascade.models import Cascade
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.models import PracticePreference
from desirepath.vacancies.models import PlanRun, Replanned
from tests import cast

pytestmark = pytest.mark.django_db


class Place:
    """Two surgeries 8 km apart; who is proposed for one decides who is left for the other."""

    def __init__(self) -> None:
        self.near, self.far = cast.practice("Near"), cast.practice("Far", latitude=52.072)
        self.pool = cast.pool("Wex", self.near, self.far)
        one = {"max_sessions_day": 1}
        # Ann may go to both, Bea to both, Cat only to the near one; far away the fewest can come
        self.ann = cast.clinician("Ann", pool=self.pool, terms={**one, "max_km": 40})
        self.bea = cast.clinician("Bea", pool=self.pool, latitude=52.05, terms={**one, "max_km": 40})
        self.cat = cast.clinician("Cat", pool=self.pool, terms={**one, "max_km": 3})

    def plan(self) -> PlanRun:
        monday = clock.today() + timedelta(days=7)
        return actions.plan_pool(pool=self.pool, first_day=monday, weeks=2)


@pytest.fixture
def place(clock_at) -> Place:
    clock_at("2026-12-07 10:00")
    return Place()


def work() -> None:
    actions.expire_due()
    running.begin_due()
    running.advance_due()


def first(vacancy) -> str:
    """Who would be asked first."""
    return str(candidates(pool=vacancy.pool, vacancies=[vacancy])[vacancy.pk][0].clinician)


def test_a_decline_moves_the_plan_on_along_its_chain(place, clock_at):
    """Ann says no to the far one: only Bea can go there, so she is asked for it, and Cat for the near one
    that the plan had meant for Bea. The plan itself reads as it was made.
    """
    PracticePreference.objects.create(clinician=place.bea, practice=place.near, kind="preferred")
    far, near = cast.vacancy(place.far), cast.vacancy(place.near)
    run = place.plan()
    proposed = {far.pk: place.ann.pk, near.pk: place.bea.pk}
    assert dict(run.proposals.values_list("vacancy_id", "clinician_id")) == proposed
    running.start(vacancy=far, by=None)
    running.advance_due()
    offer = far.offers.get()
    assert str(offer.clinician) == "Ann"
    actions.decline_offer(by=offer.clinician.person, offer=offer)
    clock_at("2026-12-07 17:00")
    work()
    assert [str(each.clinician) for each in far.offers.order_by("pk")] == ["Ann", "Bea"]
    assert [str(each.clinician) for each in near.offers.all()] == ["Cat"]
    assert dict(run.proposals.values_list("vacancy_id", "clinician_id")) == proposed


def test_a_session_posted_after_the_plan_has_its_place_in_the_order(place, clock_at):
    """The far session is new: the only one who should go there is kept for it, and the near one follows."""
    near = cast.vacancy(place.near)
    place.plan()
    was = first(near)
    # whoever the plan had for the near one is needed at the far one now
    for her in (place.ann, place.bea):
        if str(her) != was:
            clinicians.set_weekly_pattern(by=her.person, clinician=her, windows={})
    clock_at("2026-12-07 10:10")
    far = cast.vacancy(place.far)
    Cascade.objects.all().delete()
    assert was in {"Ann", "Bea"}
    assert following.follow_plans([far, near]) == 1
    assert following.proposed_now([far, near]) == {
        far.pk: {"Ann": place.ann, "Bea": place.bea}[was].pk,
        near.pk: place.cat.pk,
    }
    assert (first(far), first(near)) == (was, "Cat")


def test_other_terms_bring_another_order(place, clock_at):
    """Who is proposed publishes terms that rule it out: the re-plan has somebody else; once is enough."""
    far = cast.vacancy(place.far)
    place.plan()
    who = following.proposed_now([far])[far.pk]
    her = {each.pk: each for each in (place.ann, place.bea)}[who]
    clock_at("2026-12-07 10:10")
    clinicians.publish_terms(by=her.person, clinician=her, values={"base_rate": 90, "max_km": 1})
    assert following.follow_plans([far]) == 1
    assert following.proposed_now([far])[far.pk] not in (who, place.cat.pk)
    clock_at("2026-12-07 11:10")
    assert following.follow_plans([far]) == 0


def test_a_cancellation_opens_it_to_whoever_the_plan_would_have_now(place, clock_at):
    """The booked one cancels: she is not proposed again, another is."""
    far = cast.vacancy(place.far)
    place.plan()
    work()
    booking = cast.bookings.accept_offer(by=far.offers.get().clinician.person, offer=far.offers.get())
    clock_at("2026-12-07 10:10")
    cancelling.cancel_booking(by=booking.clinician.person, booking=booking, as_practice=False)
    far.refresh_from_db()
    assert following.follow_plans([far]) == 1
    assert following.proposed_now([far])[far.pk] not in (booking.clinician_id, place.cat.pk)


def test_without_a_plan_whoever_was_asked_least_recently(place, clock_at):
    """No plan, no re-plan: of two alike, the one not asked lately."""
    dan = cast.clinician("Dan", pool=place.pool)
    eve = cast.clinician("Eve", pool=place.pool)
    for her in (place.ann, place.bea, place.cat):
        clinicians.set_weekly_pattern(by=her.person, clinician=her, windows={})
    cast.offer(cast.vacancy(place.near, start=cast.at(12)), dan)
    vacancy = cast.vacancy(place.near)
    assert following.follow_plans([vacancy]) == 0 and not Replanned.objects.exists()
    assert first(vacancy) == str(eve)


def test_it_is_not_made_up_to_date_again_and_again(place, clock_at):
    """Within half a minute what is known is good enough; what nothing has touched is not planned again."""
    far = cast.vacancy(place.far)
    place.plan()
    assert following.follow_plans([far]) == 0
    clock_at("2026-12-07 10:10")
    newer = cast.vacancy(place.near)
    assert following.follow_plans([newer]) == 1
    cast.vacancy(place.near, start=cast.at(8))
    clock_at("2026-12-07 10:10:10")
    assert following.follow_plans([newer]) == 0


def test_a_re_plan_of_a_hundred_sessions_takes_a_moment(place, clock_at):
    """Bounded time: a hundred sessions and sixty clinicians within two seconds of a core, rows and all."""
    for number in range(57):
        cast.clinician(f"Clinician {number}", pool=place.pool, latitude=52 + number / 1000)
    for number in range(100):
        cast.vacancy(place.near, start=cast.at(7 + number % 5, 8 + number % 2))
    run = place.plan()
    began = process_time()
    following.replan_run(run)
    assert process_time() - began < 2
