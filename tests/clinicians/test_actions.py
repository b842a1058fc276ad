"""Register, join a pool, publish terms, say when one is free and where one works."""

from datetime import date, time
from decimal import Decimal

import pytest

from desirepath.audit.refusal import Refused
from desirepath.clinicians import actions
from desirepath.clinicians.models import Clinician, Terms
from desirepath.pools import actions as pools
from tests import cast

pytestmark = pytest.mark.django_db


def test_registering_makes_her_a_clinician_everywhere():
    """She holds the clinician's role at no organisation: she is herself in whatever pool."""
    her = cast.clinician("Ann Locum")
    assert [(r.role, r.organisation) for r in her.person.roles.all()] == [("clinician", None)]


def test_a_registration_number_is_one_person():
    """The same GMC number a second time is refused, whatever its capitals; another role's number is not."""
    cast.clinician(registration="7012345")
    with pytest.raises(Refused, match="already"):
        cast.clinician(registration="7012345")
    assert cast.clinician(registration="7012345", role="nurse").role == "nurse"


@pytest.mark.parametrize("number", ["70 12345", "", "70-12345", "1" * 20])
def test_a_registration_number_that_is_none_is_refused(number):
    """It is told how to write it, and nobody is registered."""
    with pytest.raises(Refused):
        cast.clinician(registration=number)
    assert not Clinician.objects.exists()


def test_a_chambers_is_full_at_its_limit():
    """The sixteenth member of a chambers of fifteen is refused; here of two, the third."""
    pool = cast.pool("")
    chambers = pools.found_chambers(by=None, pool=pool, name="Tide Chambers")
    chambers.most_members = 2
    chambers.save()
    for _ in range(2):
        actions.join_pool(by=None, clinician=cast.clinician(), pool=pool, chambers=chambers)
    with pytest.raises(Refused, match="2 members already"):
        actions.join_pool(by=None, clinician=cast.clinician(), pool=pool, chambers=chambers)


def test_a_chambers_of_another_pool_is_refused():
    """She cannot be in the chambers of a pool that is not hers."""
    chambers = pools.found_chambers(by=None, pool=cast.pool(""), name="Tide Chambers")
    with pytest.raises(Refused, match="another pool"):
        actions.join_pool(by=None, clinician=cast.clinician(), pool=cast.pool(""), chambers=chambers)


def test_joining_twice_is_refused():
    """One membership per pool."""
    pool = cast.pool("")
    her = cast.clinician(pool=pool)
    with pytest.raises(Refused, match="already"):
        actions.join_pool(by=None, clinician=her, pool=pool)


def test_publishing_makes_versions():
    """Each version stands; the newest is in force; columns left out keep their last value."""
    her = cast.clinician(rate=90, terms={"max_km": 25})
    second = actions.publish_terms(by=her.person, clinician=her, values={"base_rate": Decimal(95)})
    assert (second.version, second.max_km, her.current_terms) == (2, 25, second)
    assert list(Terms.objects.order_by("version").values_list("state", "base_rate")) == [
        ("superseded", Decimal(90)),
        ("published", Decimal(95)),
    ]


def test_a_booking_keeps_the_version_it_was_made_under():
    """New terms change what comes, never what was agreed."""
    place = cast.practice()
    her = cast.clinician(pool=cast.pool("", place), rate=90)
    booking = cast.booking(cast.vacancy(place, minutes=60), her)
    actions.publish_terms(by=her.person, clinician=her, values={"base_rate": Decimal(120)})
    booking.refresh_from_db()
    assert booking.terms is not None
    assert (booking.terms.version, booking.fee) == (1, Decimal(90))


@pytest.mark.parametrize(
    "values",
    [
        {"base_rate": Decimal(0)},
        {"base_rate": Decimal("99999")},
        {"max_km": 0},
        {"max_sessions_day": 9},
        {"evening_pct": 301},
        {"max_consecutive_days": 0},
    ],
)
def test_terms_that_cannot_be_are_refused(values):
    """What she published before stays in force, and no draft is left."""
    her = cast.clinician(rate=90)
    with pytest.raises(Refused, match=next(iter(values))):
        actions.publish_terms(by=her.person, clinician=her, values=values)
    assert Terms.objects.get().state == "published"


def test_only_she_publishes_her_terms():
    """A manager, or anybody else, cannot."""
    with pytest.raises(PermissionError):
        actions.publish_terms(by=cast.person(), clinician=cast.clinician(), values={})


def test_a_weekly_pattern_replaces_the_last():
    """What she says is the whole of it; a time that ends before it starts changes nothing."""
    her = cast.clinician()
    actions.set_weekly_pattern(by=her.person, clinician=her, windows={1: [(time(8), time(13))]})
    with pytest.raises(Refused):
        actions.set_weekly_pattern(by=her.person, clinician=her, windows={2: [(time(13), time(8))]})
    assert [(row.weekday, row.start) for row in her.weekly_pattern.all()] == [(1, time(8))]


def test_a_day_off_and_back():
    """Not free on a day; free at other times; then as in any week again."""
    her, day = cast.clinician(), date(2027, 1, 5)
    actions.set_day(by=her.person, clinician=her, day=day, windows=[])
    assert her.exceptions.get().start is None
    actions.set_day(by=her.person, clinician=her, day=day, windows=[(time(9), time(12))])
    assert her.exceptions.get().end == time(12)
    actions.set_day(by=her.person, clinician=her, day=day, windows=None)
    assert not her.exceptions.exists()


def test_preferring_then_blocking_leaves_one_word():
    """A practice is preferred, or blocked, or neither."""
    her, place = cast.clinician(), cast.practice()
    for kind in ("preferred", "blocked"):
        actions.set_practice_preference(by=her.person, clinician=her, practice=place, kind=kind)
    assert her.practice_preferences.get().kind == "blocked"
    actions.set_practice_preference(by=her.person, clinician=her, practice=place, kind=None)
    assert not her.practice_preferences.exists()
