"""Time as the plan sees it: stored in UTC, with days, weeks and evenings of Europe/London."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NonexistentTimeError(ValueError):
    """A local time that the spring change of clocks skips."""


def from_local(naive: datetime) -> datetime:
    """The UTC time of a Europe/London wall-clock time: an ambiguous one is the first of the two.

    Raises NonexistentTimeError for a time the clocks skip.
    """
    aware = naive.replace(tzinfo=LONDON, fold=0).astimezone(UTC)
    if aware.astimezone(LONDON).replace(tzinfo=None) != naive:
        raise NonexistentTimeError(f"{naive:%Y-%m-%dT%H:%M} does not exist: the clocks go forward over it")
    return aware


def to_local(moment: datetime) -> datetime:
    """The Europe/London wall-clock time of an aware time."""
    return moment.astimezone(LONDON)


def monday_of(day: date) -> date:
    """The Monday that begins the week of `day`."""
    return day - timedelta(days=day.weekday())


def minutes_between(start: datetime, end: datetime) -> int:
    """Elapsed whole minutes from one aware time to another (real time, whatever the clocks do)."""
    return int((end.astimezone(UTC) - start.astimezone(UTC)) // timedelta(minutes=1))


def in_words(start: datetime, end: datetime) -> str:
    """A span in people's words: "Tue 8 Dec, 8:30am to 12:40pm"."""
    first, last = to_local(start), to_local(end)
    day = f"{first:%a} {first.day} {first:%b}"
    if last.date() == first.date():
        return f"{day}, {clock_in_words(first)} to {clock_in_words(last)}"
    return f"{day}, {clock_in_words(first)} to {last:%a} {last.day} {last:%b}, {clock_in_words(last)}"


def clock_in_words(moment: datetime) -> str:
    """A time of day in people's words: "8:30am", "6pm", "midnight", "midday"."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment:%M}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"
