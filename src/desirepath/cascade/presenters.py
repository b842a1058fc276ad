"""A plan as its manager reads it: who is proposed and why, how each stands, what changed since the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from desirepath.audit import clock
from desirepath.cascade.models import LIVE, Offer, Release
from desirepath.nhsuk.formats import moment, plural, pounds
from desirepath.vacancies.models import PairChoice, PlanRun, PlanRunQuerySet, Proposal, Unfilled, Vacancy
from desirepath.vacancies.planning import span
from desirepath.vacancies.presenters.unfilled import WhyNobody, first_told, names_of_skills, why_nobody

FROM_WHERE = (
    "From the practice's own PCN bank",
    "From a neighbouring PCN",
    "From the rest of the pool",
    "Through an agency",
)
# fact codes of a proposal that a manager may read; what she prefers and how far she lives are her own affair
FACTS = {"worked": "has worked there before", "pinned": "kept by a manager"}
ENDED = {"declined": ("Declined", "red"), "expired": ("No answer in time", "orange")}


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal: why she, how it stands, whether it may be released, what a manager said of the pair."""

    proposal: Proposal
    why: str
    status: str
    colour: str
    may_release: bool
    may_choose: bool
    choice: PairChoice | None


def with_standing(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With all that ``line`` reads: a fixed number of queries."""
    return proposals.select_related(
        "vacancy__practice", "vacancy__cover", "clinician__person", "run"
    ).prefetch_related("vacancy__offers", "vacancy__pair_choices")


def line(proposal: Proposal) -> Line:
    """How one proposal stands now."""
    vacancy = proposal.vacancy
    choices = vacancy.pair_choices.all()
    choice = next((each for each in choices if each.clinician_id == proposal.clinician_id), None)
    started = vacancy.start <= clock.now()
    is_open = vacancy.state in ("released", "unfilled") and not started
    ruled_out = choice is not None and choice.kind == PairChoice.Kind.FORBID
    status, colour = _status(proposal, started)
    if status == "Proposed" and ruled_out:
        status, colour = "Ruled out: plan again", "orange"
    return Line(
        proposal=proposal,
        why=why(proposal),
        status=status,
        colour=colour,
        may_release=is_open and status == "Proposed",
        may_choose=is_open,
        choice=choice,
    )


def _status(proposal: Proposal, started: bool) -> tuple[str, str]:
    vacancy = proposal.vacancy
    if vacancy.cover is not None:
        hers = vacancy.cover.clinician_id == proposal.clinician_id
        return ("Accepted", "green") if hers else ("Covered by somebody else", "green")
    if vacancy.state == "withdrawn":
        return "No longer needed", "grey"
    if started:
        return "Session has begun", "grey"
    mine = [
        offer
        for offer in vacancy.offers.all()
        if offer.clinician_id == proposal.clinician_id and offer.created_at >= proposal.run.read_at
    ]
    if mine:
        last = max(mine, key=lambda offer: offer.pk)
        if last.live:
            return f"Offered until {moment(last.expires_at)}", "blue"
        # taken back, it is hers to be offered again
        if last.state in ("declined", "expired"):
            return ENDED[last.state]
    if any(offer.live for offer in vacancy.offers.all()):
        return "Somebody else is being asked", "blue"
    return "Proposed", "white"


def why(proposal: Proposal) -> str:
    """ "From the practice's own PCN bank; has worked there before"."""
    return "; ".join(
        [FROM_WHERE[proposal.tier], *(FACTS[fact] for fact in proposal.reasons if fact in FACTS)]
    )


@dataclass(frozen=True, slots=True)
class Open:
    """A vacancy that the plan left open."""

    row: Unfilled
    why: WhyNobody
    still_open: bool


def left_open(run: PlanRun) -> list[Open]:
    """What the plan found nobody for, and what would help."""
    skills = names_of_skills()
    left = run.unfilled.select_related("vacancy__practice", "run").prefetch_related("vacancy__skills")
    rows = list(left.order_by("-vacancy__urgency", "vacancy__start", "pk"))
    first_told(rows)
    return [Open(row, why_nobody(row, skills), row.vacancy.state in ("released", "unfilled")) for row in rows]


@dataclass(frozen=True, slots=True)
class Sent:
    """One release: how many were asked, how many have not answered yet."""

    release: Release
    offers: int
    waiting: int

    @property
    def sentence(self) -> str:
        told = f"{moment(self.release.created_at)}: {plural(self.offers, 'offer')} sent"
        if self.release.undone_at:
            return f"{told}, taken back {moment(self.release.undone_at)}"
        return f"{told}, {self.waiting:,} not answered yet" if self.waiting else f"{told}, all answered"


def releases(run: PlanRun) -> list[Sent]:
    """The releases of a plan, the newest first."""
    rows = run.releases.annotate(
        sent=Count("offers"), waiting=Count("offers", filter=Q(offers__state__in=LIVE))
    )
    return [Sent(row, row.sent, row.waiting) for row in rows]


def asked_elsewhere(run: PlanRun) -> list[Offer]:
    """Live offers of the same weeks from before this plan: it was made around them."""
    start, end = span(run.first_day, run.weeks)
    live = Offer.objects.live().of_the_pool().for_pool(run.pool)
    live = live.filter(vacancy__start__gte=start, vacancy__start__lt=end)
    others = live.exclude(release__run=run).select_related("vacancy__practice", "clinician__person")
    return list(others.order_by("vacancy__start", "pk"))


def latest_of(run: PlanRun) -> PlanRun:
    """The newest plan of the same weeks."""
    return _same_weeks(run).made().latest()


def _same_weeks(run: PlanRun) -> PlanRunQuerySet:
    return PlanRun.objects.filter(pool=run.pool, first_day=run.first_day, weeks=run.weeks)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a plan does otherwise than the one before it."""

    since: PlanRun
    sentences: tuple[str, ...]


def changes(run: PlanRun) -> Changes | None:
    """Compared with the last plan of the same weeks; None where this is the first."""
    last = _same_weeks(run).made().filter(pk__lt=run.pk).first()
    if last is None:
        return None
    before, after = _pairs(last), _pairs(run)
    was_open, is_open = (set(each.unfilled.values_list("vacancy_id", flat=True)) for each in (last, run))
    told = [
        (len(set(after) - set(before) - was_open), "{} new, with somebody proposed"),
        (len(set(after) & was_open), "{} open before, with somebody proposed now"),
        (
            sum(before[pk][0] != after[pk][0] for pk in set(before) & set(after)),
            "{} with somebody else proposed",
        ),
        (len(set(before) & is_open), "{} with nobody proposed any more"),
        (len(set(before) - set(after) - is_open), "{} asked, covered or withdrawn since"),
    ]
    sentences = [text.format(plural(number, "session")) for number, text in told if number]
    # only of what both plans propose: a session covered since costs no less
    both = set(before) & set(after)
    more = sum((after[pk][1] - before[pk][1] for pk in both), Decimal())
    if more:
        told_of = f"The sessions in both plans cost {pounds(abs(more))}"
        sentences.append(f"{told_of} {'more' if more > 0 else 'less'}")
    return Changes(last, tuple(sentences))


def _pairs(run: PlanRun) -> dict[int, tuple[int, Decimal]]:
    """By vacancy, who is proposed and the fee in pounds."""
    rows = run.proposals.values_list("vacancy_id", "clinician_id", "fee")
    return {vacancy: (clinician, fee) for vacancy, clinician, fee in rows}


def sorted_proposals(run: PlanRun) -> QuerySet[Proposal]:
    """The proposals of a plan in the order of their sessions."""
    return with_standing(run.proposals.order_by("vacancy__start", "vacancy__practice__name", "pk"))


def last_day(run: PlanRun) -> date:
    """The last day a plan covers."""
    return run.first_day + timedelta(weeks=run.weeks, days=-1)


def chosen_pairs(run: PlanRun, shown: Sequence[Line]) -> list[PairChoice]:
    """What managers said of pairs of the plan's sessions, other than those a shown line tells already."""
    told = {each.choice.pk for each in shown if each.choice}
    start, end = span(run.first_day, run.weeks)
    vacancies = Vacancy.objects.for_pool(run.pool).between(start, end).filter(cover=None)
    rows = PairChoice.objects.filter(vacancy__in=vacancies.exclude(state="withdrawn"))
    rows = rows.select_related("vacancy__practice", "clinician__person", "made_by")
    return [row for row in rows.order_by("vacancy__start", "pk") if row.pk not in told]
