"""What she chose about being asked, in sentences for herself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desirepath.clinicians.forms import WEEKDAYS
from desirepath.clinicians.models import Clinician, PracticePreference, StandingYes
from desirepath.clinicians.quiet import choices_of
from desirepath.matching.words import listed
from desirepath.nhsuk import formats

WORKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of it matters this week: whether she is paused, and short sentences about the rest."""

    paused_until: date | None
    lines: tuple[str, ...]


def asked_now(clinician: Clinician, today: date) -> Asked:
    """Her choices that are in force today; three queries."""
    choices = choices_of(clinician)
    lines = []
    if yeses := StandingYes.objects.for_clinician(clinician).on().count():
        lines.append(f"Standing yes at {formats.plural(yeses, 'practice')}")
    if choices.most_offers_day is not None:
        lines.append(f"At most {formats.plural(choices.most_offers_day, 'offer')} a day")
    if choices.quiet_from and choices.quiet_until:
        lines.append(
            f"Quiet from {formats.clock(choices.quiet_from)} until {formats.clock(choices.quiet_until)}"
        )
    if choices.digest_at:
        lines.append(f"One message a day, at {formats.clock(choices.digest_at)}")
    if choices.standby:
        lines.append("Asked only if a practice is stuck")
    if choices.next_pools:
        lines.append("Neighbouring pools may ask too")
    if muted := _muted(clinician):
        lines.append(f"{formats.plural(muted, 'practice')} muted")
    return Asked(choices.paused_until if choices.paused_on(today) else None, tuple(lines))


def _muted(clinician: Clinician) -> int:
    return clinician.practice_preferences.filter(kind=PracticePreference.Kind.MUTED).count()


def limits_in_words(given: StandingYes) -> str:
    """ "On Mondays and Fridays, at least 24 hours before, at most 2 sessions a week"."""
    most = (
        f"{given.most_percent}% of the sessions you wish for a week"
        if given.most_percent
        else f"{formats.plural(given.most_sessions or 1, 'session')} a week"
    )
    notice = formats.plural(given.least_notice_hours, "hour")
    return f"{_days(given.days)}, at least {notice} before, at most {most}"


def _days(days: tuple[int, ...]) -> str:
    if len(days) == len(WEEKDAYS):
        return "On any day"
    if days == WORKDAYS:
        return "On Mondays to Fridays"
    return f"On {listed([f'{WEEKDAYS[day]}s' for day in days])}"
