"""Until when somebody is cleared, as plain rules over plain values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.clinicians.credentials.clearance import (
    FOR_EVER,
    NEVER,
    Asked,
    Entry,
    Held,
    clearance,
    months_after,
)

TODAY = date(2026, 11, 25)
SOON, LATER = date(2026, 12, 31), date(2028, 1, 31)
DBS, TRAINING = Asked("dbs", "block"), Asked("child-safeguarding", "block", months=36)


def test_the_first_end_of_what_blocks_counts():
    """Cleared until the earliest last day; what only warns ends nothing, and is named once it lacks."""
    asked = [DBS, Asked("gmc", "block"), Asked("life-support", "warn")]
    found = clearance(asked, [Held("dbs", SOON), Held("gmc", LATER)], (), TODAY)
    assert found.until == SOON
    assert found.in_the_way(SOON) == []
    assert found.in_the_way(SOON + timedelta(days=1)) == ["dbs"]
    assert found.to_be_told(TODAY) == ["life-support"]


def test_nothing_asked_is_cleared_for_ever_and_nothing_held_never():
    """The two ends of the scale."""
    assert clearance([], [], (), TODAY).until == FOR_EVER
    assert clearance([DBS], [], (), TODAY).until == NEVER


def test_the_best_of_several_counts():
    """A renewal beside the old certificate."""
    assert clearance([DBS], [Held("dbs", SOON), Held("dbs", LATER)], (), TODAY).until == LATER


def test_months_count_from_the_day_of_issue_and_never_beyond_the_document():
    """Three years after it was issued, or its own last day, whichever is first."""
    issued = date(2024, 2, 29)
    assert clearance([TRAINING], [Held("child-safeguarding", issued=issued)], (), TODAY).until == date(
        2027, 2, 28
    )
    both = Held("child-safeguarding", SOON, issued=issued)
    assert clearance([TRAINING], [both], (), TODAY).until == SOON


def test_who_verified_it_must_be_enough():
    """What the governance lead must verify is not there while only a verifier has seen it."""
    wanted = Asked("references", "block", verified_by="governance")
    assert clearance([wanted], [Held("references")], (), TODAY).until == NEVER
    assert clearance([wanted], [Held("references", authority="governance")], (), TODAY).until == FOR_EVER


def test_what_is_asked_from_a_later_day_is_not_missed_before():
    """She is cleared until the day before it is asked for."""
    wanted = Asked("dbs", "block", since=SOON)
    assert clearance([wanted], [], (), TODAY).until == SOON - timedelta(days=1)
    assert clearance([wanted], [Held("dbs", LATER)], (), TODAY).until == LATER


def test_one_record_of_a_pool_stands_for_everything():
    """Checks made before they were kept here, until their day."""
    whole = Held("recorded", SOON, whole=True)
    assert clearance([DBS, TRAINING], [whole], (), TODAY).until == SOON


@pytest.mark.parametrize("status", ["suspended", "removed"])
def test_the_list_ends_it_the_day_before(status):
    """Suspended or removed since yesterday, or from a day to come: not cleared from that day on."""
    for start in (TODAY - timedelta(days=1), TODAY, SOON):
        found = clearance([], [], [Entry(status, start)], TODAY)
        assert found.until == start - timedelta(days=1)
        assert found.in_the_way(start) == [status]


def test_a_suspension_that_is_over_counts_no_more_and_one_that_ends_is_looked_at_again():
    """Only what stands today or later stops her; the day after its end is when to look."""
    over = Entry("suspended", date(2026, 1, 1), TODAY - timedelta(days=1))
    assert clearance([], [], [over], TODAY).until == FOR_EVER
    ends = Entry("suspended", date(2026, 1, 1), SOON)
    assert clearance([], [], [ends], TODAY).again == SOON + timedelta(days=1)


def test_the_register_itself_shows_that_she_is_on_the_list():
    """An entry that says included counts as the item, until it ends; conditions are told."""
    listed = Asked("performers-list", "block", verified_by="governance")
    entry = Entry("conditions", date(2020, 1, 1))
    found = clearance([listed], [], [entry], TODAY)
    assert found.until == FOR_EVER and found.conditions
    assert clearance([listed], [], [Entry("included", date(2020, 1, 1), SOON)], TODAY).until == SOON


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_months_after_is_the_same_day_or_the_last_of_the_month(day, months):
    """Never later in the month than the day it began on, and in the right month."""
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).month != found.month)


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(-40, 40)), max_size=6),
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans()), max_size=3, unique_by=lambda x: x[0]
    ),
)
def test_cleared_on_a_day_is_holding_everything_that_blocks(held, asked):
    """For every day from today on: cleared exactly if each blocking item is held on that day."""
    holds = [Held(item, TODAY + timedelta(days=n)) for item, n in held]
    wanted = [Asked(item, "block" if blocks else "warn") for item, blocks in asked]
    found = clearance(wanted, holds, (), TODAY)
    for ahead in range(45):
        day = TODAY + timedelta(days=ahead)
        has = {h.item for h in holds if day <= h.until}
        missing = [each.item for each in wanted if each.level == "block" and each.item not in has]
        assert (day <= found.until) == (not missing)
        assert found.in_the_way(day) == missing
