"""What waits for somebody's answer when the demonstration opens: a hand-back, an application, an agency step,
a block.

All by the actions of their pages. Where the land is too small for one of them, it is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.bookings.actions import accept_offer, confirm_booking, record_booking
from desirepath.bookings.applying import apply_for
from desirepath.bookings.handing import hand_back
from desirepath.bookings.models import Application, Booking, HandBack
from desirepath.cascade.actions import see_offer
from desirepath.cascade.agency import request_agency
from desirepath.cascade.models import AgencyRequest, CascadePolicy, Offer
from desirepath.cascade.rules import last_tier
from desirepath.cascade.running import skip_tier, start
from desirepath.clinicians.models import Clinician
from desirepath.demo import blocks
from desirepath.demo.cast import Cast
from desirepath.demo.demand import booker_of, first_practice
from desirepath.messages.actions import read_all
from desirepath.organisations.models import Organisation
from desirepath.vacancies.fit import Fit, fits
from desirepath.vacancies.models import Vacancy

# sessions that are tried, the soonest first, and messages that nobody has opened yet
TRIED, MANY = 12, 40
AHEAD = timedelta(days=2)
UNREAD = 3
WHY_SKIPPED = "Patients are booked already: everybody may be asked now"
WHY_AGENCY = "Nobody could come so far, and patients are booked"


def begin(cast: Cast) -> None:
    """At the moment at which the demonstration opens."""
    covered(cast)
    a_hand_back(cast)
    an_application(cast)
    an_agency_step(cast)
    blocks.begin(cast)
    for person in cast.people.values():
        read_all(by=person, but=UNREAD)


def covered(cast: Cast) -> Booking | None:
    """Somebody comes to a session of the sample booker's week."""
    offer = _offers(cast).filter(vacancy__practice=_practice(cast)).first()
    return _accepted(offer) if offer else None


def a_hand_back(cast: Cast) -> HandBack | None:
    """A colleague can't come after all, and their chambers is asked: the sample clinician's, and she too, if
    that can be.
    """
    hers = cast.clinicians[cast.script.address(Role.CLINICIAN)]
    vacancies = list(_open(cast)[:MANY])
    for name in cast.chambers:
        members = [cast.clinicians[each.email] for each in cast.script.workers if each.chambers == name]
        could = _who_could(cast, vacancies, members)
        for vacancy, some in sorted(could.items(), key=lambda pair: hers not in pair[1]):
            giver = next((each for each in some if each != hers), None)
            if giver is None:
                continue
            with suppress(Refused), transaction.atomic():
                return _handed_back(cast, vacancy, giver, some[giver].rate)
    return None


def _who_could(
    cast: Cast, vacancies: Iterable[Vacancy], clinicians: Sequence[Clinician]
) -> dict[Vacancy, dict[Clinician, Fit]]:
    """By vacancy, those whom it fits."""
    pairs = [(clinician, vacancy) for vacancy in vacancies for clinician in clinicians]
    found: dict[Vacancy, dict[Clinician, Fit]] = defaultdict(dict)
    results = fits(pool=cast.pool, pairs=pairs) if pairs else []
    for (clinician, vacancy), result in zip(pairs, results, strict=True):
        if result.fits:
            found[vacancy][clinician] = result
    return found


def _handed_back(cast: Cast, vacancy: Vacancy, giver: Clinician, rate: Decimal) -> HandBack:
    """Agreed by phone, confirmed, and given back. Raises Refused where nobody could be asked."""
    booker = cast.people[booker_of(vacancy.practice.code, cast.script.area)]
    booking = record_booking(by=booker, vacancy=vacancy, clinician=giver, rate=rate)
    confirm_booking(by=giver.person, booking=booking)
    return hand_back(by=giver.person, booking=booking, otherwise=HandBack.Otherwise.KEEP)


def an_application(cast: Cast) -> Application | None:
    """A clinician found a session of the sample booker's practice by herself."""
    hers = cast.clinicians[cast.script.address(Role.CLINICIAN)]
    others = [each for each in cast.clinicians.values() if each != hers]
    vacancies = _open(cast).filter(practice=_practice(cast))[:TRIED]
    for vacancy, some in _who_could(cast, vacancies, others).items():
        for clinician in some:
            with suppress(Refused):
                return apply_for(by=clinician.person, clinician=clinician, vacancy=vacancy)
    return None


def an_agency_step(cast: Cast) -> AgencyRequest | None:
    """The pool has had its turn with a session of that practice, and its approver is asked for an agency."""
    manager = cast.person(Role.POOL_MANAGER)
    asked = _open(cast).filter(practice=_practice(cast), state="released", applications=None)
    vacancy = asked.exclude(urgency=Vacancy.Urgency.CRITICAL).first()
    if vacancy is None:
        return None
    cascade = start(vacancy=vacancy, by=manager)
    for _ in range(cascade.tier, last_tier(CascadePolicy.of(vacancy.pool).rules)):
        skip_tier(vacancy=vacancy, by=manager, reason=WHY_SKIPPED)
    return request_agency(by=cast.person(Role.PRACTICE_BOOKER), vacancy=vacancy, why=WHY_AGENCY)


def _practice(cast: Cast) -> Organisation:
    return cast.practice(first_practice(cast.script.area).code)


def _offers(cast: Cast) -> QuerySet[Offer]:
    """Offers that wait for somebody else than the sample clinician, whose own are left for whoever looks."""
    rows = Offer.objects.open().for_pool(cast.pool).exclude(clinician__person=cast.person(Role.CLINICIAN))
    rows = rows.select_related("clinician__person", "vacancy__pool", "vacancy__practice")
    return rows.order_by("vacancy__start", "pk")


def _open(cast: Cast) -> QuerySet[Vacancy]:
    """The pool's sessions that nobody is asked for yet, some days ahead."""
    rows = Vacancy.objects.for_pool(cast.pool).filter(start__gt=clock.now() + AHEAD).open()
    return rows.select_related("pool__organisation", "practice").order_by("start", "pk")


def _accepted(offer: Offer) -> Booking | None:
    her = offer.clinician.person
    see_offer(offer, by=her)
    with suppress(Refused):
        return accept_offer(by=her, offer=offer)
    return None
