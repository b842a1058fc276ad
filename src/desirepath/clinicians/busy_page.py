"""Her other calendars as pages show them: what each holds, and what one that was sent would change."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max

from desirepath.audit import clock
from desirepath.clinicians.busy import times_of
from desirepath.clinicians.free_time import FreeTime, free_time, without
from desirepath.clinicians.models import BusySource, BusyUpload, Clinician, CommittedTime
from desirepath.clinicians.month import holidays_between
from desirepath.nhsuk.formats import local, plural, span

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Source:
    """A calendar that counts."""

    source: BusySource
    times: str
    runs_out: bool


def sources_of(clinician: Clinician) -> list[Source]:
    """Her calendars with how much each still holds; ``runs_out`` when it should be sent again."""
    rows = clinician.busy_sources.annotate(count=Count("times"), last=Max("times__end"))
    today = clock.today()
    return [
        Source(row, plural(row.count, "stretch", "stretches") + " of time", (row.until - today).days < 60)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a calendar would change: ``lines`` in sentences, ``first`` some of its times, ``booked`` her own
    sessions within them.
    """

    upload: BusyUpload
    replaces: bool
    lines: list[str]
    first: list[str]
    more: int
    booked: list[str]


def preview_of(upload: BusyUpload, clinician: Clinician) -> Preview:
    times = [each for each in times_of(upload) if each.end > clock.now()]
    return Preview(
        upload=upload,
        replaces=clinician.busy_sources.filter(name=upload.name).exists(),
        lines=_counts_in_words(upload, times, clinician),
        first=[span(each.start, each.end) for each in times[:SHOWN]],
        more=max(0, len(times) - SHOWN),
        booked=_booked_within(clinician, times),
    )


def _counts_in_words(upload: BusyUpload, times: list[FreeTime], clinician: Clinician) -> list[str]:
    counts = upload.counts
    count = "counts" if counts["events"] == 1 else "count"
    lines = [f"{plural(counts['events'], 'event')} in the next 12 months {count} as busy, repeats included."]
    if lost := _free_days_touched(clinician, times):
        lines.append(f"{plural(lost, 'day')} on which you are free now would have less free time, or none.")
    reasons = {
        "free": "marked as free, or cancelled: not counted.",
        "outside": "over, or more than 12 months away: not counted.",
        "ours": "from Desirepath itself: not counted, as you are booked for them here.",
        "unread": "written in a way that can't be read: not counted. Check those yourself.",
    }
    lines += [f"{plural(counts[name], 'event')} {words}" for name, words in reasons.items() if counts[name]]
    return lines


def _free_days_touched(clinician: Clinician, times: list[FreeTime]) -> int:
    """Days on which some of her free time would go."""
    if not times:
        return 0
    first, last = clock.today(), local(times[-1].end).date()
    off = () if clinician.free_on_bank_holidays else holidays_between(first, last)
    exceptions = clinician.exceptions.filter(day__range=(first, last))
    free = free_time(clinician.weekly_pattern.all(), exceptions, first, last, days_off=off)
    left = set(without(free, times))
    return len({local(stretch.start).date() for stretch in free if stretch not in left})


def _booked_within(clinician: Clinician, times: list[FreeTime]) -> list[str]:
    """Her own sessions, booked or held, that lie in busy time: they stay."""
    ahead = CommittedTime.objects.of([clinician]).filter(end__gt=clock.now()).select_related("practice")
    return [
        f"{span(row.start, row.end)}, {row.practice.name}"
        for row in ahead.order_by("start")
        if without([row], times) != [FreeTime(row.start, row.end)]
    ]
