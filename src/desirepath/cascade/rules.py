"""What a cascade does next, and when: pure functions of the policy, the moment, the session and who is asked.

No database and no clock of its own, so that a machine which was off for hours reckons exactly what one that
looked every second would have: ``opened`` passes through every moment at which something changes, in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from desirepath.vacancies.neighbours import NEXT_POOLS

LONDON = ZoneInfo("Europe/London")
OWN_PCN, NEIGHBOURS, WHOLE_POOL = 0, 1, 2
# of the time left when somebody was asked, after which the next may be asked as well
OVERLAP_SHARE = 10
# the practice needs time to find somebody else
LAST_ANSWER = timedelta(hours=2)
# people become free, and quiet hours end, without anybody telling the cascade
LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """A pool's policy as numbers; the columns of ``CascadePolicy`` say what each means."""

    automatic: bool = True
    next_pools: bool = False
    head_start_hours: int = 0
    chambers_hours: int = 24
    own_pcn_hours: int = 24
    neighbour_hours: int = 24
    pool_hours: int = 48
    next_pools_hours: int = 24
    share_of_time_left: int = 6
    usual_offers: int = 1
    soon_days: int = 7
    soon_offers: int = 2
    urgent_hours: int = 48
    urgent_offers: int = 3
    urgent_tier: int = WHOLE_POOL
    overlap_hours: int = 6
    offer_hours: int = 24
    most_offers_day: int = 3
    reserve_length: int = 2
    from_hour: int = 8
    until_hour: int = 20
    agency_hours: int = 72
    escalate_days: int = 3


@dataclass(frozen=True, slots=True)
class Session:
    """When it starts, and whether the practice called it urgent."""

    start: datetime
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier that is open, and since when."""

    tier: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Out:
    """An offer that is out: when it was sent, and until when she may answer."""

    sent: datetime
    until: datetime


def urgent_from(rules: Rules, session: Session) -> datetime:
    return session.start - timedelta(hours=rules.urgent_hours)


def is_urgent(rules: Rules, session: Session, now: datetime) -> bool:
    """The practice said so, or it is near."""
    return session.urgent or now >= urgent_from(rules, session)


def last_tier(rules: Rules) -> int:
    """The farthest that is asked: neighbouring pools only where the policy says so."""
    return NEXT_POOLS if rules.next_pools else WHOLE_POOL


def urgent_tier(rules: Rules) -> int:
    """With which tiers an urgent session begins."""
    return min(rules.urgent_tier, last_tier(rules))


def first_tier(rules: Rules, session: Session, now: datetime) -> int:
    """Where a cascade begins: several tiers at once when urgent."""
    return urgent_tier(rules) if is_urgent(rules, session, now) else OWN_PCN


def window(rules: Rules, session: Session, standing: Standing) -> timedelta:
    """How long a tier has to itself: the policy's hours, at most a part of the time that was left."""
    hours = {
        OWN_PCN: rules.own_pcn_hours,
        NEIGHBOURS: rules.neighbour_hours,
        WHOLE_POOL: rules.pool_hours,
        NEXT_POOLS: rules.next_pools_hours,
    }[standing.tier]
    left = max(session.start - standing.since, timedelta())
    return min(timedelta(hours=hours), left / rules.share_of_time_left)


def over_at(rules: Rules, session: Session, standing: Standing) -> datetime:
    """When the tier's own time is over."""
    return standing.since + window(rules, session, standing)


def next_opening(rules: Rules, session: Session, standing: Standing) -> Standing | None:
    """The tier that opens next, and when; None where all are open."""
    if standing.tier >= last_tier(rules):
        return None
    opens = over_at(rules, session, standing)
    following = Standing(standing.tier + 1, opens)
    if standing.tier < urgent_tier(rules):
        turns = standing.since if session.urgent else max(urgent_from(rules, session), standing.since)
        if turns <= opens:
            return Standing(urgent_tier(rules), turns)
    return following


def openings(rules: Rules, session: Session, standing: Standing, now: datetime) -> Iterator[Standing]:
    """Every tier that has opened since, up to ``now``, in order."""
    while (following := next_opening(rules, session, standing)) and following.since <= now:
        yield following
        standing = following


def opened(rules: Rules, session: Session, standing: Standing, now: datetime) -> Standing:
    """How far it is open at ``now``. Looking twice is looking once."""
    return [standing, *openings(rules, session, standing, now)][-1]


def most_live(rules: Rules, session: Session, now: datetime) -> int:
    """How many may be asked at once."""
    if is_urgent(rules, session, now):
        return rules.urgent_offers
    near = now >= session.start - timedelta(days=rules.soon_days)
    return rules.soon_offers if near else rules.usual_offers


def latest_answer(start: datetime, now: datetime) -> datetime:
    """The last moment at which a yes helps: two hours before the session, or half the time that is left."""
    return max(start - LAST_ANSWER, now + (start - now) / 2)


def overlap_at(rules: Rules, session: Session, out: Out) -> datetime:
    """From when the next may be asked beside an offer that nobody has answered."""
    return out.sent + min(
        timedelta(hours=rules.overlap_hours), max(session.start - out.sent, timedelta()) / OVERLAP_SHARE
    )


def asks_at(rules: Rules, session: Session, now: datetime) -> datetime:
    """The next moment at which people may be asked: now where that is by day, or urgent."""
    if is_urgent(rules, session, now):
        return now
    local = now.astimezone(LONDON)
    if local.hour < rules.from_hour:
        day = local.date()
    elif local.hour >= rules.until_hour:
        day = local.date() + timedelta(days=1)
    else:
        return now
    morning = datetime.combine(day, time(rules.from_hour), LONDON).astimezone(now.tzinfo)
    return min(morning, max(urgent_from(rules, session), now))


def room(rules: Rules, session: Session, out: Iterable[Out], now: datetime) -> int:
    """How many more may be asked now. One after the other as answers stay out; all at once when urgent."""
    if asks_at(rules, session, now) > now or now >= session.start:
        return 0
    live = [offer for offer in out if offer.until > now]
    free = most_live(rules, session, now) - len(live)
    if free <= 0 or is_urgent(rules, session, now) or not live:
        return max(0, free if is_urgent(rules, session, now) else min(free, 1))
    waited = max(overlap_at(rules, session, offer) for offer in live)
    return 1 if waited <= now else 0


def agency_from(rules: Rules, session: Session) -> datetime:
    return session.start - timedelta(hours=rules.agency_hours)


def may_want_agency(
    rules: Rules, session: Session, standing: Standing, now: datetime, *, nobody_left: bool
) -> bool:
    """Whether the bank has had its turn: every tier is open and its time over, or nobody is left to ask."""
    if standing.tier < last_tier(rules) or now < agency_from(rules, session):
        return False
    return nobody_left or now >= over_at(rules, session, standing)


def escalates_at(rules: Rules, session: Session) -> datetime:
    return session.start - timedelta(days=rules.escalate_days)


def due_at(
    rules: Rules,
    session: Session,
    standing: Standing,
    out: Iterable[Out],
    now: datetime,
    *,
    some_left: bool = True,
) -> datetime:
    """When the cascade next needs a look, always after ``now``: an answer may bring it forward.

    ``some_left``: there is somebody who may be asked once there is room.
    """
    moments = [session.start, escalates_at(rules, session), agency_from(rules, session)]
    moments += [urgent_from(rules, session), session.start - timedelta(days=rules.soon_days)]
    if following := next_opening(rules, session, standing):
        moments.append(following.since)
    else:
        moments.append(over_at(rules, session, standing))
    live = [offer for offer in out if offer.until > now]
    moments += [offer.until for offer in live]
    if asks_at(rules, session, now) > now:
        moments.append(asks_at(rules, session, now))
    elif len(live) < most_live(rules, session, now):
        waits = [overlap_at(rules, session, offer) for offer in live]
        moments.append(max(waits, default=now) if some_left else now + LOOK_AGAIN)
    ahead = [moment for moment in moments if moment > now]
    return min([*ahead, now + 24 * LOOK_AGAIN]) if ahead else now + LOOK_AGAIN
