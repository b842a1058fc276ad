"""The clock."""

from datetime import UTC, date, datetime

import pytest

from desirepath.audit import clock


def test_at_pretends_and_ends() -> None:
    """Within the block it is the moment asked for; afterwards it is now again."""
    moment = datetime(2026, 12, 8, 8, 30, tzinfo=UTC)
    with clock.at(moment):
        assert clock.now() == moment
    assert clock.now() != moment


def test_today_is_the_date_in_england() -> None:
    """Half past eleven at night UTC in summer is tomorrow in England."""
    with clock.at(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 7, 2)


def test_a_moment_needs_its_zone() -> None:
    """A naive moment is refused."""
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2026, 1, 1)):
        pass
