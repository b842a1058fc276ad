"""A practice asks for cover by a series, a copied week, a change; and looks ahead by the month."""

import pytest
from django.urls import reverse

from desirepath.cascade import actions as cascade
from desirepath.pools.actions import add_practice
from desirepath.vacancies.models import Vacancy
from tests import cast

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


@pytest.fixture
def pool(quayside):
    return cast.pool("Coast Pool", quayside)


def page(client, name, *args, status=200, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


class TestSeries:
    SERIES = {**ASKED, "repeat": "again", "until": "2027-01-05", "holidays": "skip"}

    def test_every_day_is_shown_before_it_is_posted(self, client, sign_in, alice, pool):
        """Tuesdays to 5 January; each has its box, nothing is posted; then those ticked are, once."""
        sign_in(client, alice)
        found = client.post(reverse("vacancies:ask"), self.SERIES).content.decode()
        for words in ("Tue 15 Dec", "Tue 22 Dec", "Tue 29 Dec", "Tue 5 Jan"):
            assert words in found
        assert not Vacancy.objects.exists()
        ticked = {**self.SERIES, "post": "1", "chosen": ["2026-12-15", "2027-01-05", "2027-03-01"]}
        answer = client.post(reverse("vacancies:ask"), ticked, follow=True)
        assert "2 sessions posted, Tue 15 Dec to Tue 5 Jan" in answer.content.decode()
        client.post(reverse("vacancies:ask"), ticked)
        assert Vacancy.objects.count() == 2

    def test_bank_holidays_are_not_ticked(self, client, sign_in, alice, pool):
        """Fridays over Christmas: the 25th is shown and left out, unless it is asked for."""
        sign_in(client, alice)
        fridays = {**self.SERIES, "date": "2026-12-18", "weekdays": ["4"]}
        found = client.post(reverse("vacancies:ask"), fridays).content.decode()
        assert "Bank holiday" in found
        assert "1 session of 3 is ticked" in found
        found = client.post(reverse("vacancies:ask"), {**fridays, "holidays": "keep"}).content.decode()
        assert "3 sessions of 3 are ticked" in found

    def test_nothing_ticked(self, client, sign_in, alice, pool):
        """It says so, and keeps the page."""
        answer = sign_in(client, alice).post(reverse("vacancies:ask"), {**self.SERIES, "post": "1"})
        assert answer.status_code == 422
        assert "Tick at least one day" in answer.content.decode()

    def test_a_series_without_an_end(self, client, sign_in, alice, pool):
        """The last day is asked for at its field."""
        answer = sign_in(client, alice).post(reverse("vacancies:ask"), {**self.SERIES, "until": ""})
        assert answer.status_code == 422
        assert "Enter the last day that may be asked for" in answer.content.decode()

    def test_change_something(self, client, sign_in, alice, pool):
        """Back to the form with everything typed."""
        sign_in(client, alice)
        found = client.post(reverse("vacancies:ask"), {**self.SERIES, "change": "1"}).content.decode()
        assert "15 appointments" in found
        assert not Vacancy.objects.exists()


class TestCopyWeek:
    def test_look_and_post(self, client, sign_in, alice, pool, quayside):
        """The next week is proposed; what is ticked is posted, what is not there is not."""
        session = cast.vacancy(quayside, start=cast.at(1), duties="Visits")
        sign_in(client, alice)
        found = page(client, "vacancies:copy-week", week="2026-12-08")
        assert "Wed 16 Dec, 8:30am to 12:40pm" in found
        given = {"week": "2026-12-08", "to": "2026-12-14", "chosen": [str(session.public_id), "other"]}
        answer = client.post(reverse("vacancies:copy-week"), given, follow=True)
        assert "Posted: Wed 16 Dec" in answer.content.decode()
        assert Vacancy.objects.count() == 2
        assert "There already" in page(client, "vacancies:copy-week", week="2026-12-08")

    def test_another_practice_s_week(self, client, sign_in, alice, pool):
        """Only her own practice's sessions are there to copy, whatever is sent."""
        other = cast.vacancy(_in(pool, cast.practice("Hilltop Surgery")), start=cast.at(1))
        sign_in(client, alice)
        given = {"week": "2026-12-08", "to": "2026-12-14", "chosen": str(other.public_id)}
        answer = client.post(reverse("vacancies:copy-week"), given)
        assert answer.status_code == 422
        assert Vacancy.objects.count() == 1


def _in(pool, practice):
    add_practice(by=None, pool=pool, practice=practice, since=cast.LONG_AGO)
    return practice


class TestChangeAndAgain:
    def test_change(self, client, sign_in, alice, pool, quayside):
        """The form holds what was asked for; saved, the page says so."""
        session = cast.vacancy(quayside, duties="Visits")
        address = reverse("vacancies:change", args=[session.public_id])
        assert "Visits" in sign_in(client, alice).get(address).content.decode()
        answer = client.post(address, {**ASKED, "duties": "None", "rate_cap": "99"}, follow=True)
        assert "Changed: Tue 15 Dec" in answer.content.decode()
        session.refresh_from_db()
        assert (session.rate_cap, session.duties) == (99, "None")

    def test_post_again(self, client, sign_in, alice, pool, quayside):
        """A withdrawn session fills the form anew, its day with it."""
        session = cast.vacancy(quayside, duties="Coils and visits", by=alice)
        cascade.withdraw_vacancy(by=alice, vacancy=session)
        sign_in(client, alice)
        assert f"?like={session.public_id}" in page(client, "vacancies:vacancy", session.public_id)
        found = page(client, "vacancies:ask", like=session.public_id)
        assert "Coils and visits" in found
        assert 'value="15"' in found

    def test_advice_is_told(self, client, sign_in, alice, pool, quayside):
        """Thirty patients are too many, and are asked for all the same."""
        session = cast.vacancy(quayside, contacts=30, appointment_minutes=10)
        assert "at most 25 contacts a day" in page(
            sign_in(client, alice), "vacancies:vacancy", session.public_id
        )


class TestMonth:
    def test_look_ahead(self, client, sign_in, alice, pool, quayside):
        """Every session of the month with how it stands; an empty month says what to do."""
        cast.vacancy(quayside, start=cast.at(40))
        sign_in(client, alice)
        assert "Sun 17 Jan, 8:30am" in page(client, "vacancies:practice-month", month="2027-01")
        assert "no cover in February 2027" in page(client, "vacancies:practice-month", month="2027-02")
        assert "this month is shown" in page(client, "vacancies:practice-month", month="soon")
