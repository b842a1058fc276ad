"""The pages of a pool, a PCN and of those who see numbers."""

import pytest
from django.urls import reverse

from desirepath.accounts.roles import Role
from desirepath.cascade import actions as cascade
from desirepath.organisations.models import Kind
from tests import cast
from tests.reading import page
from tests.tokens import without_tokens

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at("2026-12-08 08:00")


class TestPoolWeek:
    def test_gaps_on_top(self, client, sign_in, manager, pool, quayside, asha):
        """Every practice with sessions, most missing first, in words; the sums below."""
        harbour = cast.practice("Harbour Practice")
        from desirepath.pools.actions import add_practice

        add_practice(by=None, pool=pool, practice=harbour)
        cast.booking(cast.vacancy(quayside, start=cast.at(7)), asha)
        cast.vacancy(harbour, start=cast.at(7), urgency=5)
        found = page(sign_in(client, manager), "vacancies:pool-week", week="2026-12-15")
        assert "2 sessions needed: 1 covered, 1 not covered." in found
        assert found.index(">Harbour Practice</a></th>") < found.index(">Quayside Surgery</a></th>")
        assert "cannot open without it" in found
        assert "1 of 2 covered" in found

    def test_narrowed(self, client, sign_in, manager, pool, quayside, pcn):
        """By role and by PCN; what matches nothing says so, a wrong value narrows nothing."""
        cast.vacancy(quayside, start=cast.at(7))
        sign_in(client, manager)
        asked = {"week": "2026-12-15"}
        assert "0 of 1 covered" in page(
            client, "vacancies:pool-week", **asked, role="gp", pcn=str(pcn.public_id)
        )
        assert "No session matches" in page(client, "vacancies:pool-week", **asked, role="nurse")
        assert "0 of 1 covered" in page(client, "vacancies:pool-week", **asked, role="porter", pcn="nothing")

    def test_one_practice(self, client, sign_in, manager, pool, quayside, hilltop):
        """The manager opens a practice's week; not that of a practice outside the pool."""
        cast.vacancy(quayside, start=cast.at(7))
        sign_in(client, manager)
        found = page(client, "vacancies:pool-week", week="2026-12-15", practice=quayside.code)
        assert "8:30am to 12:40pm" in found
        for code in (hilltop.code, "none\x00such", "x" * 500):
            page(client, "vacancies:pool-week", practice=code, status=404)

    def test_empty(self, client, sign_in, manager, pool):
        """Before anybody has asked, and before there is a practice, it says what comes first."""
        assert "No practice has asked for cover in this week" in page(
            sign_in(client, manager), "vacancies:pool-week"
        )
        new = cast.pool("New Pool")
        found = page(sign_in(client, cast.holder(Role.POOL_MANAGER, new.organisation)), "vacancies:pool-week")
        assert "No practice belongs to the pool yet" in found

    def test_another_pool_is_invisible(self, client, sign_in, manager, pool, hilltop):
        """Sessions of another pool are not counted."""
        cast.pool("Other Pool", hilltop)
        cast.vacancy(hilltop, start=cast.at(7))
        assert "Hilltop" not in page(sign_in(client, manager), "vacancies:pool-week", week="2026-12-15")

    def test_many_practices(self, client, sign_in, manager, pool, django_assert_max_num_queries):
        """Seventy practices come on two pages and in few queries."""
        from desirepath.pools.actions import add_practice

        for number in range(70):
            practice = cast.practice(f"Practice {number:02}")
            add_practice(by=None, pool=pool, practice=practice)
            cast.vacancy(practice, start=cast.at(7))
        sign_in(client, manager)
        with django_assert_max_num_queries(20):
            found = page(client, "vacancies:pool-week", week="2026-12-15")
        assert "Page 1 of 2" in found
        assert "70 sessions needed" in found
        assert "Page 2 of 2" in page(client, "vacancies:pool-week", week="2026-12-15", page=2)

    def test_not_for_others(self, client, sign_in, alice, pool):
        """A practice does not see the pool."""
        page(sign_in(client, alice), "vacancies:pool-week", status=403)
        page(client, "vacancies:plans", status=403)


class TestPcnWeek:
    def test_only_its_practices(self, client, sign_in, pcn, pool, quayside, asha, hilltop):
        """Counts of the PCN's practices; no names of clinicians, nothing of another PCN."""
        from desirepath.pools.actions import add_practice

        add_practice(by=None, pool=pool, practice=hilltop)
        cast.booking(cast.vacancy(quayside, start=cast.at(7)), asha)
        cast.vacancy(hilltop, start=cast.at(7))
        found = page(
            sign_in(client, cast.holder(Role.PCN_MANAGER, pcn)), "vacancies:pcn-week", week="2026-12-15"
        )
        assert "1 session needed: 1 covered, 0 not covered." in found
        assert "Asha" not in without_tokens(found)
        assert "Hilltop" not in found

    def test_empty(self, client, sign_in):
        """A PCN without practices says so."""
        sign_in(client, cast.holder(Role.PCN_MANAGER, cast.organisation(Kind.PCN)))
        assert "No practice belongs to this PCN" in page(client, "vacancies:pcn-week")


class TestNumbers:
    def test_counts_by_role(self, client, sign_in, pool, quayside, asha):
        """Days and roles, in counts, without anybody's name."""
        cast.booking(cast.vacancy(quayside, start=cast.at(7)), asha)
        cast.vacancy(quayside, start=cast.at(7), role="nurse")
        analyst = cast.holder(Role.WORKFORCE_ANALYST, pool.organisation)
        found = page(sign_in(client, analyst), "vacancies:numbers", week="2026-12-15")
        assert "2 sessions needed: 1 covered, 1 not covered." in found
        assert ">Nurse</th>" in found
        assert "Asha" not in without_tokens(found)
        assert "Quayside" not in found

    def test_a_place_without_a_pool(self, client, sign_in):
        """An ICB that hosts no pool reads that there is nothing to count."""
        sign_in(client, cast.holder(Role.WORKFORCE_ANALYST, cast.organisation(Kind.ICB)))
        assert "so there is nothing to count" in page(client, "vacancies:numbers")

    def test_another_pool_is_not_counted(self, client, sign_in, pool, hilltop):
        """The numbers are those of the place acted for."""
        cast.pool("Other Pool", hilltop)
        cast.vacancy(hilltop, start=cast.at(7))
        analyst = cast.holder(Role.WORKFORCE_ANALYST, pool.organisation)
        assert "No session is needed" in page(
            sign_in(client, analyst), "vacancies:numbers", week="2026-12-15"
        )


def test_plans(client, sign_in, manager, pool, quayside, asha):
    """The pool's plans with their figures; before there is one, how to make it."""
    sign_in(client, manager)
    assert "No plan has been made yet" in page(client, "vacancies:plans")
    cast.vacancy(quayside)
    run = cascade.plan_pool(pool=pool, first_day=cast.at(6).date(), by=manager)
    found = page(client, "vacancies:plans")
    assert reverse("cascade:plan", args=[run.public_id]) in found
    assert "1 of 1" in found
    assert "Proven the best possible" in found
