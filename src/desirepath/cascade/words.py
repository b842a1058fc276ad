"""Where a cascade stands and what comes next, in sentences. Pure: rows in, words out; nobody is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desirepath.cascade import rules
from desirepath.cascade.models import Cascade, Offer
from desirepath.cascade.models.cascade import TIERS
from desirepath.cascade.rules import OWN_PCN, WHOLE_POOL, Rules, Session, Standing
from desirepath.nhsuk.formats import moment, plural
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.neighbours import NEXT_POOLS, about

STATES = {
    "waiting": ("Waiting", "grey"),
    "running": ("Asking", "blue"),
    "stopped": ("Stopped", "orange"),
    "agency wanted": ("Agency wanted", "red"),
    "agency approved": ("Agency approved", "yellow"),
    "ended": ("Ended", "grey"),
}
NOT_BEGUN = ("Not begun", "orange")
IN_BLOCK = ("In a block", "blue")
SETTLED = {
    "filled": ("Covered", "green", "Somebody is coming"),
    "completed": ("Worked", "green", "The session was worked"),
    "agency": ("Agency", "yellow", "An agency clinician is coming"),
    "withdrawn": ("Withdrawn", "grey", "The practice no longer needs cover"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """``now`` where it stands, ``next`` what follows and when; each a sentence or more, or ""."""

    tag: str
    colour: str
    now: str
    next: str = ""


def told(
    vacancy: Vacancy, cascade: Cascade | None, offers: Sequence[Offer], policy: Rules, now: datetime
) -> Told:
    """``offers`` are all that were made for it, the oldest first."""
    if vacancy.state in SETTLED:
        return Told(*SETTLED[vacancy.state])
    if vacancy.start <= now:
        return Told("Not covered", "red", "The session began with nobody coming")
    if vacancy.block is not None and vacancy.in_block:
        why = f"It belongs to the block “{vacancy.block.title}”, which is offered as one"
        return Told(*IN_BLOCK, why, "Nobody is asked for it alone unless the block is let go")
    live = [offer for offer in offers if offer.live and offer.expires_at > now]
    if cascade is None or cascade.state == "ended":
        follows = (
            "It begins within a minute" if policy.automatic else "It is asked for when somebody starts it"
        )
        return Told(*NOT_BEGUN, _asked(offers, live, None) or "Nobody is asked yet", follows)
    tag, colour = STATES[cascade.state]
    if cascade.state == "waiting":
        return Told(
            tag,
            colour,
            "The pool manager has time to plan first",
            f"It is asked for by itself from {_when(cascade.tier_since, now)}, unless somebody is found",
        )
    so_far = _asked(offers, live, cascade) or f"Nobody asked so far. {_open(cascade)}"
    if cascade.state == "stopped":
        why = f": {cascade.stopped_because}" if cascade.stopped_because else ""
        return Told(tag, colour, f"Stopped{why}. {so_far}", "Nobody else is asked until it is started again")
    if cascade.state == "agency wanted":
        return Told(tag, colour, f"Every tier has had its turn. {so_far}", _agency_next("decides"))
    if cascade.state == "agency approved":
        return Told(tag, colour, f"The agency step is approved. {so_far}", _agency_next("records who comes"))
    return Told(tag, colour, so_far, follows_next(cascade, live, policy, now))


def in_short(cascade: Cascade | None, shown: Told) -> str:
    """Where it stands and what follows, for a line of a week: how many were asked is on its own page."""
    if cascade is None or cascade.state == "ended":
        return f"{shown.next}."
    where = {
        "waiting": shown.now,
        "stopped": "Asking is stopped",
        "agency wanted": "Every tier has had its turn",
        "agency approved": "The agency step is approved",
    }.get(cascade.state) or _open(cascade)
    return f"{where}. {shown.next}."


def _agency_next(does: str) -> str:
    return f"The practice {does}; the pool goes on asking whoever becomes free"


def _open(cascade: Cascade) -> str:
    return f"Open to {TIERS[cascade.tier]} since {moment(cascade.tier_since)}"


def _asked(offers: Sequence[Offer], live: Sequence[Offer], cascade: Cascade | None) -> str:
    """ "Asked 3 of the whole pool since Tue 8 Dec, 9:10am; 1 has still to answer"."""
    if not offers:
        return ""
    own = [offer for offer in offers if offer.tier < NEXT_POOLS]
    theirs = [offer for offer in offers if offer.tier >= NEXT_POOLS]
    sentences = []
    if own:
        where = f" of {TIERS[min(cascade.tier, WHOLE_POOL)]}" if cascade else ""
        asked = f"Asked {len(own)}{where} since {moment(own[0].created_at)}"
        sentences.append(f"{asked}; {_still_to_answer([offer for offer in live if offer in own])}")
    if theirs:
        answers = "until " + moment(max(offer.expires_at for offer in live)) if live else "nobody now"
        sentences.append(f"Of neighbouring pools, {about(len(theirs))} asked; still to answer: {answers}")
    return ". ".join(sentences)


def _still_to_answer(live: Sequence[Offer]) -> str:
    if not live:
        return "nobody has still to answer"
    until = max(offer.expires_at for offer in live)
    return f"{len(live)} {'has' if len(live) == 1 else 'have'} until {moment(until)} to answer"


def _when(at: datetime, now: datetime) -> str:
    return "now" if at <= now else moment(at)


def follows_next(cascade: Cascade, live: Sequence[Offer], policy: Rules, now: datetime) -> str:
    """The tier that opens next, and before that the next person, where that is nearer."""
    session, standing = cascade.session, rules.opened(policy, cascade.session, cascade.standing, now)
    unless = "unless somebody says yes"
    sentences = []
    if following := rules.next_opening(policy, session, standing):
        name = TIERS[following.tier]
        follows = f"{name[0].upper()}{name[1:]} follow{_s(following.tier)}"
        sentences.append(f"{follows} {_when(following.since, now)} {unless}")
    else:
        wants = max(rules.agency_from(policy, session), rules.over_at(policy, session, standing))
        sentences.append(
            f"Everybody may be asked. An agency may be asked for from {_when(wants, now)} {unless}"
        )
    asks = rules.asks_at(policy, session, now)
    if not live and asks > now:
        sentences.append(f"People are asked again from {moment(asks)}")
    return ". ".join(sentences)


def _s(tier: int) -> str:
    """The whole pool follows; neighbouring PCNs follow."""
    return "s" if tier in (OWN_PCN, 2) else ""


def preview(policy: Rules, now: datetime) -> list[str]:
    """What the policy does, for sessions posted now: in plain sentences, reckoned by the rules themselves."""
    cases = (
        ("A usual session three weeks ahead", Session(now + timedelta(weeks=3))),
        ("A usual session in five days", Session(now + timedelta(days=5))),
        ("An urgent session in five days", Session(now + timedelta(days=5), urgent=True)),
        ("A session tomorrow", Session(now + timedelta(hours=24))),
    )
    return [f"{name}: {_run(policy, session, now)}." for name, session in cases]


def _run(policy: Rules, session: Session, now: datetime) -> str:
    standing = Standing(rules.first_tier(policy, session, now), now)
    many = plural(rules.most_live(policy, session, now), "person is", "people are")
    parts = [f"{many} asked at once, from {TIERS[standing.tier]} first"]
    parts += [
        f"{TIERS[each.tier]} {'follows' if _s(each.tier) else 'follow'} after {_hours(each.since - now)}"
        for each in rules.openings(policy, session, standing, session.start)
    ]
    last = [standing, *rules.openings(policy, session, standing, session.start)][-1]
    if last.tier == rules.last_tier(policy):
        wants = max(rules.agency_from(policy, session), rules.over_at(policy, session, last))
        parts.append(f"an agency may be asked for after {_hours(max(wants - now, timedelta()))}")
    return "; ".join(parts)


def _hours(length: timedelta) -> str:
    """ "36 hours", "5 days"; under two hours in minutes."""
    hours = length / timedelta(hours=1)
    if hours < 2:
        return plural(round(length / timedelta(minutes=1)), "minute")
    if hours < 48 or round(hours) % 24:
        return plural(round(hours), "hour")
    return plural(round(hours) // 24, "day")
