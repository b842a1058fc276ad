"""The algebra of who was under whom, held for all orders and all sightings."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.organisations.lineage import Interval, Sighting, history, worth_keeping

START = date(2024, 1, 1)
DAYS = st.integers(0, 30).map(lambda n: START + timedelta(days=n))
PARENTS = st.sampled_from(["P", "Q", "R", None])


@st.composite
def sightings(draw: st.DrawFn) -> Sighting:
    """Anything a file may say within a month."""
    first, last = sorted((draw(DAYS), draw(DAYS)))
    if draw(st.booleans()):
        last = first
    return Sighting(
        draw(PARENTS),
        first,
        last,
        draw(DAYS),
        draw(st.sampled_from(["a", "b"])),
        draw(st.booleans()),
        draw(st.booleans()),
    )


MANY = st.lists(sightings(), max_size=8)
CLOSED = st.dictionaries(st.sampled_from(["P", "Q", "R"]), DAYS)


def seen(parent: str | None, day: date) -> Sighting:
    """A monthly list: there on its day."""
    return Sighting(parent, day, day, day, "map")


def joined(parent: str, first: date, stated: date, left: date | None = None) -> Sighting:
    """A register: since its joining date, and still so unless it left."""
    return Sighting(parent, first, left or stated, stated, "register", left is not None, dated=True)


def one_by_one(arriving: list[Sighting]) -> set[Sighting]:
    """What is kept when each comes in by itself."""
    kept: set[Sighting] = set()
    for sighting in arriving:
        kept = worth_keeping([*kept, sighting])
    return kept


@given(st.data(), MANY, CLOSED)
def test_any_order_tells_the_same(data: st.DataObject, said: list[Sighting], closed: dict[str, date]) -> None:
    """Importing months in whatever order, one by one, ends in the same rows and the same history."""
    other = data.draw(st.permutations(said))
    assert one_by_one(said) == one_by_one(other) == worth_keeping(said)
    assert history(one_by_one(other), closed) == history(said, closed)


@given(MANY, CLOSED)
def test_saying_it_again_changes_nothing(said: list[Sighting], closed: dict[str, date]) -> None:
    """A second import of the same keeps the same."""
    kept = worth_keeping(said)
    assert worth_keeping([*kept, *said]) == kept
    assert history([*said, *said], closed) == history(said, closed)


@given(MANY, CLOSED)
def test_one_parent_at_a_time(said: list[Sighting], closed: dict[str, date]) -> None:
    """No two intervals overlap, none is empty, and neighbours of one parent are one interval."""
    told = history(said, closed)
    for this, following in pairwise(told):
        assert this.ends_on is not None
        assert this.ends_on <= following.starts_on
        assert this.parent != following.parent or this.ends_on < following.starts_on
    assert all(i.ends_on is None or i.starts_on < i.ends_on for i in told)


@given(MANY, CLOSED)
def test_a_day_spoken_of_has_the_strongest_word(said: list[Sighting], closed: dict[str, date]) -> None:
    """Day by day, whoever is spoken of as parent is the one the strongest sighting names."""
    told = history(said, closed)
    for n in range(31):
        day = START + timedelta(days=n)
        speaking = [s for s in said if s.first <= day <= s.last]
        if speaking:
            assert parent_on(told, day) == max(speaking, key=lambda s: s.strength).parent


def parent_on(told: list[Interval], day: date) -> str | None:
    return next(
        (i.parent for i in told if i.starts_on <= day and (i.ends_on is None or day < i.ends_on)), None
    )


def test_an_older_month_imported_late_moves_the_start_back() -> None:
    """July's list and then June's: known since June."""
    told = history([seen("P", date(2026, 7, 1)), seen("P", date(2026, 6, 1))])
    assert told == [Interval("P", date(2026, 6, 1), None, "map")]


def test_a_change_counts_from_the_first_day_it_was_seen() -> None:
    """Nothing says when between two months it changed: the later list's day is the honest one."""
    told = history([seen("P", date(2026, 6, 1)), seen("Q", date(2026, 7, 1))])
    assert [(i.parent, i.starts_on, i.ends_on) for i in told] == [
        ("P", date(2026, 6, 1), date(2026, 7, 1)),
        ("Q", date(2026, 7, 1), None),
    ]


def test_a_joining_date_is_better_than_the_files_day() -> None:
    """The register of August dates to April what July's list had only seen."""
    june, july = seen("P", date(2026, 2, 1)), seen("Q", date(2026, 7, 1))
    told = history([june, july, joined("Q", date(2026, 4, 1), date(2026, 8, 1))])
    assert told[1].starts_on == date(2026, 4, 1)


def test_who_has_left_is_under_nobody() -> None:
    """A relationship that ended leaves a gap until the next."""
    told = history(
        [joined("P", date(2020, 1, 1), date(2026, 2, 1), left=date(2021, 3, 31)), seen("Q", date(2026, 7, 1))]
    )
    assert [(i.parent, i.ends_on) for i in told] == [("P", date(2021, 4, 1)), ("Q", None)]


def test_seen_under_nobody_ends_what_went_before() -> None:
    """A practice that a newer list calls unallocated is in no PCN from that day."""
    told = history([joined("P", date(2019, 10, 1), date(2024, 10, 1)), seen(None, date(2026, 7, 1))])
    assert told == [Interval("P", date(2019, 10, 1), date(2026, 7, 1), "register")]


def test_a_closed_parent_keeps_nobody() -> None:
    """An ICB that closed on 1 April hands its places over on that day, though the next list is of July."""
    told = history([seen("P", date(2026, 2, 3)), seen("Q", date(2026, 7, 1))], {"P": date(2026, 4, 1)})
    assert [(i.parent, i.starts_on) for i in told] == [("P", date(2026, 2, 3)), ("Q", date(2026, 4, 1))]
    assert history([seen("P", date(2026, 2, 3))], {"P": date(2026, 4, 1)})[0].ends_on == date(2026, 4, 1)


def test_a_joining_date_is_not_moved_to_the_closing() -> None:
    """Who joined the next parent later, by the publisher's own date, was under nobody in between."""
    later = joined("Q", date(2026, 6, 1), date(2026, 7, 1))
    told = history([seen("P", date(2026, 2, 3)), later], {"P": date(2026, 4, 1)})
    assert [(i.parent, i.starts_on, i.ends_on) for i in told] == [
        ("P", date(2026, 2, 3), date(2026, 4, 1)),
        ("Q", date(2026, 6, 1), None),
    ]


def test_a_sighting_cannot_end_before_it_begins() -> None:
    """Nonsense is refused where it arises."""
    with pytest.raises(ValueError, match="ends"):
        Sighting("P", date(2026, 2, 1), date(2026, 1, 1), date(2026, 2, 1), "map")


def test_one_month_for_ten_years_stays_quick_to_keep() -> None:
    """Monthly lists add one row each and a register sweeps away what it covers."""
    months = [seen("P", date(2016 + n // 12, n % 12 + 1, 1)) for n in range(120)]
    assert len(worth_keeping(months)) == 120
    assert len(worth_keeping([*months, joined("P", date(2015, 1, 1), date(2026, 2, 1))])) == 1
