"""Quiet by choice: whether she may be asked now, when a message may reach her, by when she can answer.

The rule of quiet hours: a moment is quiet when a clock in England then shows a time from their start until
before their end. So on the night when an hour comes twice both its passes are quiet, and on the night when
one is left out nothing of it is. Time inside her quiet hours does not count towards the time she has to
answer, as long as the session is far enough away; nothing ever stays open beyond the last moment at which an
answer helps. Whoever would have no waking minute to answer in is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import prefetch_related_objects

from desirepath.audit.clock import LONDON
from desirepath.clinicians.models import Clinician, PracticePreference, QuietChoices
from desirepath.organisations.models import Organisation

PAUSED = "you are not asked for anything just now, as you chose"
MUTED = "you have muted this practice"
ENOUGH = "you have been asked as often today as you want to be"
STANDBY = "you are asked only when a practice is stuck"
ASLEEP = "your quiet hours last until it is too late to answer"
# all that another person may be told of any of these: it can't be told from being busy
NOT_ASKED = "they are not free then"
# a daily digest is no use to whoever has to answer before it has been read
READING = timedelta(hours=2)


class QuietHours(Protocol):
    """The columns of QuietChoices that the pure functions read."""

    most_offers_day: int | None
    quiet_from: time | None
    quiet_until: time | None
    digest_at: time | None
    paused_until: date | None
    standby: bool


def choices_of(clinician: Clinician) -> QuietChoices:
    """Her choices; those of somebody who has made none ask her at any time, as often as it comes."""
    try:
        return clinician.quiet_choices
    except ObjectDoesNotExist:
        return QuietChoices(clinician_id=clinician.pk)


def with_choices(clinicians: Iterable[Clinician]) -> list[Clinician]:
    """The rows with what ``may_be_asked`` reads of them: two queries, however many there are."""
    rows = list(clinicians)
    prefetch_related_objects(rows, "quiet_choices", "practice_preferences")
    return rows


def has_muted(clinician: Clinician, practice: Organisation) -> bool:
    """Whether she wants no offers from ``practice``."""
    return any(
        each.practice_id == practice.pk and each.kind == PracticePreference.Kind.MUTED
        for each in clinician.practice_preferences.all()
    )


def may_be_asked(
    clinician: Clinician,
    practice: Organisation,
    at: datetime,
    asked_today: int,
    *,
    until: datetime | None = None,
    stuck: bool = False,
) -> str:
    """Why she may not be asked for a session of ``practice`` at ``at``, in words for herself; "" if she may.

    ``asked_today`` counts the offers made to her since midnight in England, in whatever pool; ``until`` is
    the last moment at which her answer helps; ``stuck`` says that the session is near and nobody else has
    said yes, which is when whoever is on standby is asked, and only then. Others are told ``NOT_ASKED``,
    whatever the reason.
    """
    if has_muted(clinician, practice):
        return MUTED
    return why_quiet(choices_of(clinician), at, asked_today, until=until, stuck=stuck)


def why_quiet(
    choices: QuietHours,
    at: datetime,
    asked_today: int,
    *,
    until: datetime | None = None,
    stuck: bool = False,
) -> str:
    """The same for any practice, from her choices alone. Pure."""
    if choices.paused_until is not None and at.astimezone(LONDON).date() < choices.paused_until:
        return PAUSED
    if choices.standby and not stuck:
        return STANDBY
    if choices.most_offers_day is not None and asked_today >= choices.most_offers_day:
        return ENOUGH
    if until is not None and awake_from(choices, at) >= until:
        return ASLEEP
    return ""


def is_quiet(choices: QuietHours, moment: datetime) -> bool:
    """Whether ``moment`` (aware) lies in her quiet hours."""
    start, end = choices.quiet_from, choices.quiet_until
    if start is None or end is None:
        return False
    shown = moment.astimezone(LONDON).time()
    return start <= shown < end if start < end else shown >= start or shown < end


def awake_from(choices: QuietHours, moment: datetime) -> datetime:
    """The first moment from ``moment`` on at which she may be disturbed."""
    return _first(choices, moment, quiet=False)


def quiet_from(choices: QuietHours, moment: datetime) -> datetime | None:
    """The first moment from ``moment`` on that is quiet; None for whoever has no quiet hours."""
    return _first(choices, moment, quiet=True) if choices.quiet_from is not None else None


def _first(choices: QuietHours, moment: datetime, *, quiet: bool) -> datetime:
    if is_quiet(choices, moment) is quiet:
        return moment
    edge = choices.quiet_from if quiet else choices.quiet_until
    assert edge is not None  # a moment is quiet only for whoever has quiet hours
    return next(each for each in _edges(edge, moment) if is_quiet(choices, each) is quiet)


def _edges(shown: time, moment: datetime) -> Iterator[datetime]:
    """Moments after ``moment`` at which a clock shows ``shown``, and full hours, at which it may jump."""
    day = moment.astimezone(LONDON).date()
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    # quiet hours return within a day, and the clock jumps by one hour at most
    hours = {hour + timedelta(hours=ahead) for ahead in range(1, 50)}
    faces = {
        datetime.combine(day + timedelta(ahead), shown, LONDON).replace(fold=fold).astimezone(UTC)
        for ahead in range(3)
        for fold in (0, 1)
    }
    return iter(sorted(each for each in hours | faces if each > moment))


def answer_by(
    clinician: Clinician, *, asked_at: datetime, hours: float | timedelta, latest: datetime
) -> datetime:
    """Until when an offer made at ``asked_at`` stays open for her, at most until ``latest``.

    ``hours`` of her waking time to answer: her quiet hours are not counted, so an offer made late at night
    does not run out while she sleeps. ``latest`` is the last moment at which an answer helps the practice,
    and wins. Aware moments.
    """
    length = hours if isinstance(hours, timedelta) else timedelta(hours=hours)
    return awake_for(choices_of(clinician), asked_at, length, latest)


def awake_for(choices: QuietHours, start: datetime, length: timedelta, latest: datetime) -> datetime:
    """The moment by which ``length`` of her waking time has passed since ``start``, or ``latest``. Pure."""
    here = start
    while here < latest:
        here = awake_from(choices, here)
        bedtime = quiet_from(choices, here)
        if bedtime is None or here + length <= bedtime:
            return min(here + length, latest)
        length -= bedtime - here
        here = bedtime
    return min(here, latest)


def message_due(
    clinician: Clinician, now: datetime, *, answer_by: datetime | None = None
) -> tuple[datetime, datetime | None]:
    """When a message may leave for her, and the daily digest it waits for (None: it leaves by itself)."""
    return due(choices_of(clinician), now, answer_by=answer_by)


def due(
    choices: QuietHours, now: datetime, *, answer_by: datetime | None = None
) -> tuple[datetime, datetime | None]:
    """The same from her choices alone. Pure.

    What must be answered sooner than two hours after her next digest does not wait for it.
    """
    at_once = awake_from(choices, now)
    if choices.digest_at is None:
        return at_once, None
    digest = awake_from(choices, next(_next_faces(choices.digest_at, now)))
    if answer_by is not None and digest + READING > answer_by:
        return at_once, None
    return digest, digest


def _next_faces(shown: time, moment: datetime) -> Iterator[datetime]:
    """The moments from ``moment`` on at which a clock shows ``shown``, once a day."""
    day = moment.astimezone(LONDON).date()
    for ahead in range(3):
        face = datetime.combine(day + timedelta(ahead), shown, LONDON).astimezone(UTC)
        if face >= moment:
            yield face
