"""The pages of a practice: its week, asking for cover, one session."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.cascade import actions as cascade
from desirepath.cascade import running
from desirepath.clinicians.models import Skill
from desirepath.vacancies.models import CountsTold, Vacancy
from tests import cast
from tests.reading import page
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db

ASKED = {
    "role": "gp",
    "date": "2026-12-15",
    "start_at": "8:30",
    "end_at": "12:40",
    "duties": "15 appointments",
    "rate_cap": "110",
    "urgency": "1",
    "reason": "holiday",
    "once": "a-form-of-its-own",
}


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at("2026-12-08 08:00")


class TestPracticeWeek:
    def test_how_each_session_stands(self, client, sign_in, alice, asha, quayside):
        """Who is coming, who is being asked, what waits: each with its words."""
        cast.booking(cast.vacancy(quayside, start=cast.at(7)), asha)
        other = cast.clinician("Bea Brown", pool=asha.memberships.get().pool)
        cast.offer(cast.vacancy(quayside, start=cast.at(8)), other)
        cast.vacancy(quayside, start=cast.at(9))
        found = page(sign_in(client, alice), "vacancies:practice-week", week="2026-12-18")
        assert "3 sessions: 1 covered, 1 being asked, 1 not covered." in found
        assert "Asha Patel is coming" in found
        assert "Bea Brown" not in found, "who is asked is not the practice's affair"
        assert "A clinician has until Wed 9 Dec, 8am to answer" in found
        assert "Nobody is asked yet" in found

    def test_why_nobody_comes(self, client, sign_in, alice, pool, quayside):
        """The newest plan's reason, and what would help, in plain words."""
        for name in ("Dora Dear", "Dina Dear", "Doug Dear"):
            cast.clinician(name, pool=pool, rate=112)
        cast.vacancy(quayside, start=cast.at(7))
        cascade.plan_pool(pool=pool, first_day=cast.at(6).date())
        found = page(sign_in(client, alice), "vacancies:practice-week", week="2026-12-15")
        assert "Those who could come ask for more than the most the practice pays" in found
        assert "Pay up to £115 an hour, £5 more than now" in found
        assert "112" not in without_tokens(found)

    def test_an_empty_page_says_what_to_do_first(self, client, sign_in, alice, pool):
        """A practice that never asked reads how it works; the button is there."""
        found = page(sign_in(client, alice), "vacancies:practice-week")
        assert "You have not asked for cover yet" in found
        assert reverse("vacancies:ask") in found

    def test_a_practice_in_no_pool(self, client, sign_in, alice):
        """It reads whom to ask, and has no button that could only fail."""
        found = page(sign_in(client, alice), "vacancies:practice-week")
        assert "does not belong to a pool yet" in found

    def test_an_approver_sees_but_cannot_ask(self, client, sign_in, pool, quayside):
        """Seeing and asking are two permissions."""
        sign_in(client, cast.holder(Role.PRACTICE_APPROVER, quayside))
        assert "Ask for cover</a>" not in page(client, "vacancies:practice-week")
        page(client, "vacancies:ask", status=403)

    def test_another_practice_sees_nothing_of_it(self, client, sign_in, charlie, pool, quayside):
        """Charlie's week is his own practice's."""
        vacancy = cast.vacancy(quayside, start=cast.at(1))
        assert str(vacancy.public_id) not in page(sign_in(client, charlie), "vacancies:practice-week")

    def test_wrong_method(self, client, sign_in, alice):
        """A week is only looked at."""
        assert sign_in(client, alice).post(reverse("vacancies:practice-week")).status_code == 405

    def test_a_wrong_week_is_told(self, client, sign_in, alice, pool):
        """A slip in the address shows this week and says so."""
        assert "this week is shown" in page(
            sign_in(client, alice), "vacancies:practice-week", week="yesterday"
        )

    def test_where_each_being_asked_stands_and_what_follows(
        self, client, sign_in, alice, manager, pool, asha, quayside, django_assert_num_queries
    ):
        """The open tier and the next; who has applied is counted for the practice only. Eight sessions ask
        the database what one does.
        """
        first = cast.vacancy(quayside, start=cast.at(7))
        running.start(vacancy=first, by=None)
        sign_in(client, alice)
        with CaptureQueriesContext(connection) as one:
            found = page(client, "vacancies:practice-week", week="2026-12-15")
        assert "Open to the practice" in found and "follow" in found and "unless somebody says yes." in found
        assert "applied" not in found
        for hour in (8, 9, 10, 11, 13, 14, 15):
            running.start(vacancy=cast.vacancy(quayside, start=cast.at(8, hour), minutes=60), by=None)
        late = cast.vacancy(quayside, start=cast.at(9))
        for name in ("Bea Brown", "Cleo Clay"):
            cast.application(late, cast.clinician(name, pool=pool))
        with django_assert_num_queries(len(one)):
            found = page(client, "vacancies:practice-week", week="2026-12-15")
        assert found.count("unless somebody says yes.") == 8
        assert "2 people have applied." in found and "Bea Brown" not in found
        sign_in(client, manager)
        seen = page(client, "vacancies:pool-week", week="2026-12-15", practice=quayside.code)
        assert seen.count("unless somebody says yes.") == 8 and "have applied" not in seen

    def test_as_many_queries_for_many_sessions(
        self, client, sign_in, alice, asha, quayside, django_assert_max_num_queries
    ):
        """Twenty sessions ask the database no more often than two."""
        for day in range(2, 7):
            for hour in (8, 10, 14, 16):
                cast.vacancy(quayside, start=cast.at(day, hour), minutes=60)
        sign_in(client, alice)
        with django_assert_max_num_queries(20):
            page(client, "vacancies:practice-week")


class TestAsk:
    def test_post(self, client, sign_in, alice, pool, quayside):
        """Posted, and on to its page with a banner."""
        answer = sign_in(client, alice).post(reverse("vacancies:ask"), ASKED, follow=True)
        vacancy = Vacancy.objects.get()
        assert answer.redirect_chain == [(reverse("vacancies:vacancy", args=[vacancy.public_id]), 302)]
        assert "Posted: Tue 15 Dec, 8:30am to 12:40pm" in answer.content.decode()
        assert (vacancy.practice, vacancy.pool, vacancy.state) == (quayside, pool, "released")

    def test_twice_is_once(self, client, sign_in, alice, pool):
        """The same page sent twice posts one session; a new page posts another."""
        sign_in(client, alice)
        first = client.post(reverse("vacancies:ask"), ASKED)
        again = client.post(reverse("vacancies:ask"), ASKED)
        assert first.url == again.url
        assert Vacancy.objects.count() == 1
        client.post(reverse("vacancies:ask"), {**ASKED, "once": "another page"})
        assert Vacancy.objects.count() == 2

    def test_check_first(self, client, sign_in, alice, asha):
        """A check counts, keeps nothing and keeps what was typed; few are not counted out."""
        sign_in(client, alice)
        answer = client.post(reverse("vacancies:ask"), {**ASKED, "check": "1"})
        assert "Fewer than 3 clinicians could come as it stands." in answer.content.decode()
        for number in range(3):
            cast.clinician(f"Clinician {number}", pool=asha.memberships.get().pool, rate=100)
        for number in range(3):
            cast.clinician(f"Dear {number}", pool=asha.memberships.get().pool, rate=111 + number)
        cast.clinician("Late Larry", pool=asha.memberships.get().pool, free=(time(18), time(22)))
        # what was told today would be told again
        CountsTold.objects.all().delete()
        answer = client.post(reverse("vacancies:ask"), {**ASKED, "check": "1"})
        found = answer.content.decode()
        assert "4 clinicians could come as it stands." in found
        assert "3 more at £115 an hour" in found
        assert "15 appointments" in found
        assert not Vacancy.objects.exists()

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"end_at": "8am"}, "The end must be after the start"),
            ({"date": "2026-12-07"}, "The session must start in the future."),
            ({"duties": "for 943 476 5919"}, "NHS number"),
            ({"end_at": "23:00"}, "The end must be from 30 minutes to 13 hours after the start"),
        ],
    )
    def test_what_cannot_be_is_told_and_kept(self, client, sign_in, alice, pool, change, words):
        """A refusal is an error of the page; everything typed stays; nothing is made."""
        answer = sign_in(client, alice).post(
            reverse("vacancies:ask"), {**ASKED, "duties": "Visits", **change}
        )
        assert answer.status_code == 422
        found = answer.content.decode()
        assert words in found
        assert "<title>Error: " in found
        assert change.get("duties", "Visits") in found
        assert not Vacancy.objects.exists()

    def test_in_no_pool(self, client, sign_in, alice):
        """Without a pool nothing can be asked; it says whom to ask."""
        answer = sign_in(client, alice).post(reverse("vacancies:ask"), ASKED)
        assert answer.status_code == 422
        assert "Ask the pool manager" in answer.content.decode()

    def test_it_begins_as_last_time(self, client, sign_in, alice, pool, quayside):
        """The second form is half filled in."""
        cast.vacancy(quayside, duties="Telephone triage")
        assert "Telephone triage" in page(sign_in(client, alice), "vacancies:ask")


class TestVacancy:
    @pytest.fixture
    def declined(self, quayside, asha):
        """Asha was asked and said no."""
        vacancy = cast.vacancy(quayside)
        cascade.decline_offer(by=asha.person, offer=cast.offer(vacancy, asha))
        return vacancy

    def test_the_practice_reads_what_happened(self, client, sign_in, alice, declined):
        """The timeline in sentences, without the name of whoever said no."""
        found = page(sign_in(client, alice), "vacancies:vacancy", declined.public_id)
        assert "Quayside Surgery asked for cover, at up to £110 an hour" in found
        assert "A clinician of your PCN&#39;s bank was asked" in found
        assert "A clinician declined" in found
        assert "Asha" not in without_tokens(found)
        assert reverse("cascade:withdraw", args=[declined.public_id]) in found

    def test_the_manager_reads_who(self, client, sign_in, manager, declined):
        """The manager sees who was asked, and may keep or rule out; withdrawing is the practice's."""
        found = page(sign_in(client, manager), "vacancies:vacancy", declined.public_id)
        assert "Asha Patel was asked, from the practice&#39;s own PCN bank" in found
        assert "Asha Patel declined" in found
        assert reverse("cascade:choose", args=[declined.public_id]) in found
        assert reverse("cascade:withdraw", args=[declined.public_id]) not in found

    def test_who_is_coming(self, client, sign_in, alice, quayside, asha):
        """Once booked, both sides know each other's name."""
        booking = cast.booking(cast.vacancy(quayside), asha)
        found = page(sign_in(client, alice), "vacancies:vacancy", booking.vacancy.public_id)
        assert "Asha Patel is coming" in found
        assert reverse("bookings:booking", args=[booking.public_id]) in found

    def test_why_an_offer_ended_is_her_own_affair(self, client, sign_in, manager, quayside, asha):
        """That she is booked elsewhere is told to nobody."""
        offer = cast.offer(cast.vacancy(quayside), asha)
        cascade.withdraw_offer(by=None, offer=offer, because="you are booked elsewhere then")
        found = page(sign_in(client, manager), "vacancies:vacancy", offer.vacancy.public_id)
        assert "booked elsewhere" not in found
        assert "it no longer fitted" in found

    def test_outsiders(self, client, sign_in, charlie, hilltop, pool, quayside):
        """Another practice, and the manager of another pool, find nothing there."""
        vacancy = cast.vacancy(quayside)
        other = cast.pool("Other Pool", hilltop)
        for outsider in (charlie, cast.holder(Role.POOL_MANAGER, other.organisation)):
            page(sign_in(client, outsider), "vacancies:vacancy", vacancy.public_id, status=404)

    def test_nobody_elses_role(self, client, sign_in, pool, quayside, asha):
        """A clinician and an analyst have no business there."""
        vacancy = cast.vacancy(quayside)
        for person in (asha.person, cast.holder(Role.WORKFORCE_ANALYST, pool.organisation)):
            page(sign_in(client, person), "vacancies:vacancy", vacancy.public_id, status=403)

    def test_people_s_words_are_only_words(self, client, sign_in, alice, pool, quayside):
        """Markup in duties is shown, not obeyed."""
        vacancy = cast.vacancy(quayside, duties="<script>alert(1)</script>")
        assert "<script>alert" not in page(sign_in(client, alice), "vacancies:vacancy", vacancy.public_id)


def test_skills_reach_the_page_by_name(client, sign_in, alice, pool, quayside):
    """A practice reads names of skills, never codes."""
    coils = Skill.objects.create(code="larc-fit", name="Fitting coils", role="gp")
    vacancy = cast.vacancy(quayside, skills=[coils])
    found = page(sign_in(client, alice), "vacancies:vacancy", vacancy.public_id)
    assert "Fitting coils" in found
    assert "larc-fit" not in found
