"""Work that was found, as its page shows it: short tags that open into sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from desirepath.audit import clock
from desirepath.bookings.models import Application
from desirepath.bookings.work import Work
from desirepath.cascade.models import NotForMe, Offer
from desirepath.clinicians.models import Clinician, Terms
from desirepath.nhsuk.formats import plural
from desirepath.vacancies.finding import Found
from desirepath.vacancies.models import Vacancy

TIERS = (
    ("Your PCN's bank", "You are in the bank of the practice's own PCN, which is asked first."),
    ("Neighbouring PCN", "You are in the bank of a neighbouring PCN, which is asked second."),
    ("Your pool", "You are a member of the practice's pool, which is asked after the PCNs' banks."),
    ("By agency", "You can be reached through an agency, which is asked last."),
)
# how many sessions one term keeps out, in words; after a number
KEPT_OUT = {
    "distance": "too far",
    "rate": "under your rate",
    "availability": "outside the times when you are free",
    "weekly time": "longer than you work in a week",
    "rest": "with less rest than you ask for",
    "sessions a day": "more in a day than you work",
    "sessions a week": "more in a week than you work",
    "minutes a week": "more hours in a week than you work",
    "days in a row": "more days in a row than you work",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A short tag, and the sentence it opens into."""

    tag: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One session on the page. ``amount`` says by how much it misses her one term; empty where it fits."""

    found: Found
    vacancy: Vacancy
    reasons: list[Reason]
    offer: Offer | None
    applied: Application | None
    amount: str


@dataclass(frozen=True, slots=True)
class WorkDay:
    day: date
    entries: list[Entry]


def days(work: Work, found: list[tuple[date, list[Found]]], terms: Terms | None) -> list[WorkDay]:
    """The sessions of some days, each with what there is to say of it: a fixed number of queries."""
    pks = [each.session.pk for _, held in found for each in held]
    rows = Vacancy.objects.filter(pk__in=pks).select_related("practice").prefetch_related("skills")
    vacancies = {row.pk: row for row in rows}
    most = terms.max_km if terms else 0
    return [
        WorkDay(
            day,
            [
                Entry(
                    found=each,
                    vacancy=vacancies[each.session.pk],
                    reasons=list(_reasons(each, most)),
                    offer=work.offers.get(each.session.pk),
                    applied=work.applied.get(each.session.pk),
                    amount=work.amount(each) if each.term else "",
                )
                for each in held
                if each.session.pk in vacancies
            ],
        )
        for day, held in found
    ]


def _reasons(found: Found, most: int) -> Iterable[Reason]:
    yield Reason(*TIERS[found.tier])
    if found.preferred:
        yield Reason("You prefer it", "You have said that you prefer this practice. It is not told.")
    if found.worked:
        yield Reason("Worked there", "You have worked at this practice before.")
    away = f"It is {found.km:.1f} km from you in a straight line; you travel up to {most} km."
    yield Reason(f"{found.km:.1f} km", away)


def kept_out(work: Work) -> list[str]:
    """ "12 too far": how many sessions each single term of hers keeps out."""
    return [f"{count:,} {KEPT_OUT[term]}" for term, count in work.by_term]


def outside_in_words(work: Work) -> str:
    """ "17 sessions miss exactly one of your terms." """
    count = len(work.outside)
    verb = "misses" if count == 1 else "miss"
    return f"{plural(count, 'session')} {verb} exactly one of your terms"


def hidden_rows(clinician: Clinician, most: int = 20) -> list[NotForMe]:
    """What she said is not for her, of sessions still to come."""
    rows = NotForMe.objects.for_clinician(clinician).filter(vacancy__start__gt=clock.now())
    return list(rows.select_related("vacancy__practice").order_by("-pk")[:most])
