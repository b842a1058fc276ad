"""Her choices, her free time and the members of a pool, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from desirepath.clinicians.asked_words import asked_now
from desirepath.clinicians.credentials.shown import until_in_words
from desirepath.clinicians.credentials.usual import blocker_in_words
from desirepath.clinicians.free_time import local
from desirepath.clinicians.models import Clinician, Membership
from desirepath.clinicians.month import holidays_between, window_in_words
from desirepath.nhsuk import formats

# how long before her checks run out pages say so (DOMAIN, Credentials: notices at 60, 30 and 7 days)
NOTICE_DAYS = 60


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a local day and the first of the next."""
    return local(day, time.min), local(day + timedelta(days=1), time.min)


def usual_day(clinician: Clinician, day: date) -> str:
    """What the weekly pattern says of a day: "8am to 6:30pm", or "not free"."""
    if not clinician.free_on_bank_holidays and holidays_between(day, day):
        return "It is a bank holiday, on which you are not free unless you say so"
    rows = clinician.weekly_pattern.filter(weekday=day.weekday())
    spans = [window_in_words((row.start, row.end)) for row in rows]
    name = f"{day:%A}s"
    return f"On {name} you are free {' and '.join(spans)}" if spans else f"On {name} you are not free"


@dataclass(frozen=True, slots=True)
class Choice:
    """A page on which she says what she wants; ``now`` is what she has said, without a full stop."""

    href: str
    name: str
    about: str
    now: str


def choices(clinician: Clinician, today: date) -> list[Choice]:
    """The pages of hers, in the order in which a new member fills them in; ten queries."""
    return [
        Choice(
            reverse("clinicians:terms"),
            "My terms",
            "Your rates, your limits and your conditions.",
            _terms_now(clinician),
        ),
        Choice(
            reverse("clinicians:free"),
            "When I'm free",
            "Your usual week, single days, and your other calendars.",
            _free_now(clinician, today),
        ),
        Choice(
            reverse("clinicians:practices"),
            "My practices",
            "Those you prefer, mute or block, and those that may book you at once.",
            _practices_now(clinician),
        ),
        Choice(
            reverse("clinicians:asked"),
            "How I'm asked",
            "How often, when, and whether for urgent sessions.",
            _asked_now(clinician, today),
        ),
        Choice(
            reverse("clinicians:credentials"),
            "What I hold",
            "Registrations, certificates and training, and what each pool asks for.",
            _held_now(clinician, today),
        ),
        Choice(
            reverse("memberships:pools"),
            "My pools",
            "Join another, take a break and come back, leave, and download everything of yours.",
            _pools_now(clinician),
        ),
        *_her_chambers(clinician),
        Choice(
            reverse("chambers:mandates"),
            "Who may act for me",
            "A manager of your pool, for one kind of thing, as long as you like.",
            "Nobody, unless you have given a mandate",
        ),
    ]


def _pools_now(clinician: Clinician) -> str:
    states = list(clinician.memberships.values_list("state", flat=True))
    told = [
        f"{words} {formats.plural(states.count(state), 'pool')}"
        for state, words in (("active", "You are a member of"), ("paused", "You are on a break from"))
        if state in states
    ]
    return ", and ".join(told).replace("and You", "and you") or "You are a member of no pool yet"


def _her_chambers(clinician: Clinician) -> list[Choice]:
    """The chambers she belongs to, if any: one query."""
    rows = clinician.memberships.exclude(chambers=None).exclude(state__in=("left", "declined"))
    return [
        Choice(
            reverse("chambers:one", args=[each.chambers.public_id]),
            each.chambers.organisation.name,
            "Your chambers: colleagues, rules, votes and meetings.",
            "You are a member",
        )
        for each in rows.select_related("chambers__organisation").order_by("chambers__organisation__name")
        if each.chambers
    ]


def _terms_now(clinician: Clinician) -> str:
    terms = clinician.current_terms
    if terms is None or terms.published_at is None:
        return "Not published yet: nobody can offer you work before you do"
    return f"Version {terms.version} is in force since {formats.moment(terms.published_at)}"


def _free_now(clinician: Clinician, today: date) -> str:
    if clinician.weekly_pattern.exists():
        return "You have said when you are free in a usual week"
    if clinician.exceptions.filter(day__gte=today).exclude(start=None).exists():
        return "You have said when you are free on single days"
    return "Not said yet: you are offered no work before you do"


def _practices_now(clinician: Clinician) -> str:
    kinds = clinician.practice_preferences.order_by("kind").values_list("kind").annotate(Count("pk"))
    found = dict(kinds)
    told = [f"{found[kind]} {kind}" for kind in ("preferred", "muted", "blocked") if kind in found]
    return ", ".join(told) or "You have chosen none, so all count alike"


def _asked_now(clinician: Clinician, today: date) -> str:
    asked = asked_now(clinician, today)
    if asked.paused_until:
        return f"You are paused until {formats.day_and_year(asked.paused_until)}"
    return ". ".join(asked.lines) or "No limit: at any time, as often as something suits"


def _held_now(clinician: Clinician, today: date) -> str:
    memberships = list(clinician.memberships.filter(state="active"))
    blocked = sum(row.cleared_until < today for row in memberships)
    if not memberships:
        return "You are in no pool yet"
    if blocked:
        return f"Something is missing in {formats.plural(blocked, 'pool')}: you can't be offered work there"
    return "Nothing is missing"


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as those see her who look after the pool: no rates, no place."""

    clinician: UUID
    name: str
    role: str
    state: str
    colour: str
    chambers: str
    cleared: str
    warning: str
    blockers: list[str]


COLOURS = {"active": "green", "suspended": "red", "left": "grey", "declined": "grey", "paused": "yellow"}


def member_row(membership: Membership, today: date) -> MemberRow:
    clinician = membership.clinician
    until = membership.cleared_until
    blockers = membership.checks.get("blockers", []) if until < today else []
    return MemberRow(
        clinician=clinician.public_id,
        name=clinician.person.name,
        role=clinician.get_role_display(),
        state=membership.state.capitalize(),
        colour=COLOURS.get(membership.state, "blue"),
        chambers=str(membership.chambers) if membership.chambers else "",
        cleared=until_in_words(until),
        warning=checks_warning(until, today),
        blockers=[blocker_in_words(name) for name in blockers],
    )


def checks_warning(until: date, today: date) -> str:
    """ "Blocked", "Runs out in 12 days", or nothing while there is time."""
    if until < today:
        return "Blocked"
    left = (until - today).days
    if left > NOTICE_DAYS:
        return ""
    return f"Runs out in {formats.plural(left, 'day')}" if left else "Runs out today"


@dataclass(frozen=True, slots=True)
class PoolChecks:
    """What a clinician must know of her checks in one pool: that they block her, or end soon, and by what."""

    pool: str
    until: date
    warning: str
    blocked: bool
    because: list[str]


def pool_checks(membership: Membership, today: date) -> PoolChecks | None:
    """None while there is time."""
    until = membership.cleared_until
    warning = checks_warning(until, today)
    if not warning:
        return None
    because = [blocker_in_words(name) for name in membership.checks.get("blockers", [])]
    return PoolChecks(membership.pool.name, until, warning, until < today, because)
