"""When she may be asked, when a message may reach her, by when she can answer: for all choices and nights."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from desirepath.audit.clock import LONDON
from desirepath.clinicians import quiet
from desirepath.clinicians.actions import set_practice_preference
from desirepath.clinicians.choosing import set_quiet_choices
from tests import cast

MINUTE = timedelta(minutes=1)
faces = st.builds(time, st.integers(0, 23), st.sampled_from((0, 10, 30, 59)))
# around both nights on which the clocks change, and anywhere else
moments = st.one_of(
    st.datetimes(datetime(2026, 3, 28), datetime(2026, 3, 31)),
    st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 27)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC))
lengths = st.integers(1, 72 * 60).map(lambda minutes: timedelta(minutes=minutes))


@dataclass(frozen=True)
class Choices:
    """What the pure functions read of her choices."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time | None = None
    most_offers_day: int | None = None
    paused_until: date | None = None
    standby: bool = False


@st.composite
def choices(draw: st.DrawFn) -> Choices:
    start, end = draw(faces), draw(faces)
    assume(start != end)
    asleep = draw(st.booleans())
    return Choices(
        quiet_from=start if asleep else None,
        quiet_until=end if asleep else None,
        digest_at=draw(st.none() | faces),
        most_offers_day=draw(st.none() | st.integers(1, 5)),
        paused_until=draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))),
        standby=draw(st.booleans()),
    )


def hours(start: str, end: str) -> Choices:
    return Choices(quiet_from=time.fromisoformat(start), quiet_until=time.fromisoformat(end))


def london(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


@given(choices(), moments)
@example(hours("22:00", "01:30"), london("2026-03-28 23:00"))
@example(hours("01:10", "01:40"), london("2026-10-25 01:20", fold=1))
def test_she_is_woken_at_the_first_moment_that_is_not_quiet(hers: Choices, moment: datetime) -> None:
    """Never within quiet hours, and no minute earlier would have done, also when the clocks change."""
    woken = quiet.awake_from(hers, moment)
    assert woken >= moment and not quiet.is_quiet(hers, woken)
    between = int((woken - moment) / MINUTE)
    assert all(quiet.is_quiet(hers, moment + MINUTE * minute) for minute in range(between))


@given(choices(), moments, lengths, lengths)
def test_an_offer_runs_out_after_her_waking_time_or_when_no_answer_helps(
    hers: Choices, asked: datetime, length: timedelta, left: timedelta
) -> None:
    """Counted minute by minute: the time to answer is her waking time, and never goes beyond the latest."""
    latest = asked + left
    until = quiet.awake_for(hers, asked, length, latest)
    assert asked <= until <= latest
    minutes = range(int((until - asked) / MINUTE))
    awake = sum(not quiet.is_quiet(hers, asked + MINUTE * minute) for minute in minutes)
    assert awake * MINUTE == length if until < latest else awake * MINUTE <= length


@given(choices(), moments, st.integers(0, 6), lengths, st.booleans())
def test_whoever_is_asked_may_be(
    hers: Choices, moment: datetime, asked: int, left: timedelta, stuck: bool
) -> None:
    """Nobody is asked while paused, beyond the most offers of a day, or with no waking minute to answer."""
    why = quiet.why_quiet(hers, moment, asked, until=moment + left, stuck=stuck)
    if not why:
        assert stuck or not hers.standby
        assert hers.paused_until is None or moment.astimezone(LONDON).date() >= hers.paused_until
        assert hers.most_offers_day is None or asked < hers.most_offers_day
        assert quiet.awake_from(hers, moment) < moment + left
    if hers.most_offers_day is None and hers.paused_until is None and hers.quiet_from is None:
        assert not why or why == quiet.STANDBY


@given(choices(), moments, st.none() | lengths)
def test_a_message_never_comes_in_quiet_hours(hers: Choices, now: datetime, left: timedelta | None) -> None:
    """It leaves when she may be disturbed, at once or with a digest; what is pressing waits for no digest."""
    answer_by = None if left is None else now + left
    due_at, digest_at = quiet.due(hers, now, answer_by=answer_by)
    assert due_at >= now and not quiet.is_quiet(hers, due_at)
    assert digest_at in (None, due_at)
    if digest_at is not None and answer_by is not None:
        assert digest_at + quiet.READING <= answer_by
    if hers.digest_at is None:
        assert digest_at is None and due_at == quiet.awake_from(hers, now)


@pytest.mark.parametrize(
    ("asked", "woken"),
    [
        ("2026-03-28 23:30", "2026-03-29 07:00"),  # a night of seven hours
        ("2026-10-24 23:30", "2026-10-25 07:00"),  # a night of nine
        ("2026-12-01 12:00", "2026-12-01 12:00"),
        ("2026-12-01 06:59", "2026-12-01 07:00"),
    ],
)
def test_quiet_over_midnight(asked: str, woken: str) -> None:
    """Quiet from 10pm until 7am: she hears of it at 7am, as the clock shows it, on every night."""
    assert quiet.awake_from(hours("22:00", "07:00"), london(asked)) == london(woken)


def test_an_offer_at_night_leaves_the_morning_to_answer() -> None:
    """Asked at 11pm with four hours to answer, she has until 11am, or until answering no longer helps."""
    hers, asked = hours("22:00", "07:00"), london("2026-12-01 23:00")
    four = timedelta(hours=4)
    assert quiet.awake_for(hers, asked, four, london("2026-12-03 08:00")) == london("2026-12-02 11:00")
    assert quiet.awake_for(hers, asked, four, london("2026-12-02 08:30")) == london("2026-12-02 08:30")


@pytest.mark.django_db
def test_muted_paused_and_asked_enough(django_assert_num_queries) -> None:
    """Each is a reason of her own not to ask her; others are told the same as of whoever is busy."""
    place, other = cast.practice(), cast.practice()
    ann = cast.clinician("Ann Locum", pool=cast.pool("", place, other))
    now = london("2026-12-01 12:00")
    assert quiet.may_be_asked(ann, place, now, 99) == ""
    set_practice_preference(by=ann.person, clinician=ann, practice=place, kind="muted")
    assert quiet.may_be_asked(ann, place, now, 0) == quiet.MUTED
    set_quiet_choices(by=ann.person, clinician=ann, values={"most_offers_day": 2})
    ann.refresh_from_db()
    assert quiet.may_be_asked(ann, other, now, 1) == ""
    assert quiet.may_be_asked(ann, other, now, 2) == quiet.ENOUGH
    set_quiet_choices(by=ann.person, clinician=ann, values={"paused_until": date(2026, 12, 2)})
    people = [type(ann).objects.get(pk=ann.pk), cast.clinician()]
    with django_assert_num_queries(2):
        people = quiet.with_choices(people)
    with django_assert_num_queries(0):
        assert [quiet.may_be_asked(each, other, now, 0) for each in people] == [quiet.PAUSED, ""]
    assert quiet.may_be_asked(people[0], other, now + timedelta(days=1), 0) == ""
