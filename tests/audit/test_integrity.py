"""Rules that the database itself holds, on whichever engine the tests run."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from desirepath.clinicians.models import CommittedTime, Terms
from desirepath.pools.models import PoolPractice
from tests import cast

pytestmark = pytest.mark.django_db

spans = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), min_size=1, max_size=12)


@given(wanted=spans)
def test_time_is_committed_exactly_where_it_is_free(wanted):
    """Whatever is tried in whatever order: a row enters if and only if it overlaps none that stands."""
    with transaction.atomic():
        place = cast.practice()
        ann, pool = cast.clinician(), cast.pool("", place)
        base = cast.at(7, 0, 0)
        standing: list[tuple[int, int]] = []
        for start, length in wanted:
            free = all(start + length <= s or s + n <= start for s, n in standing)
            try:
                with transaction.atomic():
                    CommittedTime.objects.create(
                        clinician=ann,
                        pool=pool,
                        practice=place,
                        kind="hold",
                        start=base + timedelta(hours=start),
                        end=base + timedelta(hours=start + length),
                    )
            except DatabaseError:
                assert not free
            else:
                assert free
                standing.append((start, length))
        transaction.set_rollback(True)


def test_another_clinician_is_free():
    """The rule is about one person: two may work at the same time."""
    place = cast.practice()
    pool = cast.pool("", place)
    for _ in range(2):
        CommittedTime.objects.create(
            clinician=cast.clinician(),
            pool=pool,
            practice=place,
            kind="booking",
            start=cast.at(7),
            end=cast.at(7, 12),
        )
    assert CommittedTime.objects.count() == 2


def test_a_practice_is_in_one_pool_at_a_time():
    """A second pool is refused while the first holds the practice, and allowed from the day it leaves."""
    place = cast.practice()
    cast.pool("", place)
    other = cast.pool("")
    with pytest.raises(IntegrityError, match="practice_in_one_pool_at_a_time"), transaction.atomic():
        PoolPractice.objects.create(pool=other, practice=place, starts_on=cast.at(30).date())
    leaves = cast.at(60).date()
    PoolPractice.objects.filter(practice=place).update(ends_on=leaves)
    PoolPractice.objects.create(pool=other, practice=place, starts_on=leaves)
    assert PoolPractice.objects.filter(practice=place).count() == 2


@pytest.mark.parametrize("change", [{"base_rate": 1}, {"max_km": 999}, {"version": 7}])
def test_published_terms_stay_as_they_are(change):
    """No rate, limit or version of published terms can change, whoever tries."""
    terms = cast.clinician().terms.get()
    with pytest.raises(DatabaseError, match="published_terms_are_frozen"), transaction.atomic():
        Terms.objects.filter(pk=terms.pk).update(**change)
    with pytest.raises(DatabaseError, match="published_terms_are_frozen"), transaction.atomic():
        Terms.objects.filter(pk=terms.pk).delete()


def test_a_vacancy_is_filled_exactly_when_somebody_covers_it():
    """The states cannot pair wrongly: neither filled by nobody, nor covered and still open."""
    place = cast.practice()
    pool = cast.pool("", place)
    session = cast.vacancy(place)
    with pytest.raises(IntegrityError), transaction.atomic():
        session.move("filled", by=None)
    session.refresh_from_db()
    booking = cast.booking(session, cast.clinician(pool=pool))
    with pytest.raises(IntegrityError), transaction.atomic():
        type(session).objects.filter(pk=session.pk).update(state="released")
    assert booking.committed_time is not None
