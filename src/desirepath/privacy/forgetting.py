"""Who somebody was is forgotten; that somebody worked, and was asked and paid, is not.

Nothing that is counted goes: bookings, offers, memberships and roles stay, and so does the id under which the
log knows her. What she wrote, where she lives and how she wished to work goes. Published terms stay, since
bookings were made under them; the database freezes them.
"""

from __future__ import annotations

from django.db import transaction

from desirepath.accounts.entering import end_every_session
from desirepath.accounts.factors import forget_ways_in
from desirepath.accounts.models import Person
from desirepath.audit.models import Actor, Event
from desirepath.bookings.models import Booking, Feed
from desirepath.cascade.models import BlockOffer, Offer
from desirepath.clinicians.models import (
    AvailabilityException,
    BroughtPassport,
    BusySource,
    CheckTimer,
    Clinician,
    Credential,
    Passport,
    PassportCode,
    PracticePreference,
    QuietChoices,
    StandingYes,
    WeeklyPattern,
)
from desirepath.messages.models import Message
from desirepath.organisations.models import AccessToken
from desirepath.privacy.models import Correction
from desirepath.vacancies.models import PairChoice, PreferredClinician

GONE = "Somebody who has left"
# how she wished to work, what she held, and what others noted of her: none of it is counted
WISHES = (
    AvailabilityException,
    BusySource,
    # with their documents, and before the passports in which they came
    Credential,
    BroughtPassport,
    CheckTimer,
    Passport,
    PassportCode,
    PracticePreference,
    PreferredClinician,
    QuietChoices,
    StandingYes,
    WeeklyPattern,
)
# words about her or by her in rows that stay
WORDS = (
    (Booking, "cancelled_because"),
    (Offer, "decline_reason"),
    (BlockOffer, "decline_reason"),
    (PairChoice, "reason"),
)


@transaction.atomic
def forget(*, person: Person, by: Actor | None) -> None:
    """Her name, addresses, number, place, words and wishes go, and she can't sign in any more."""
    person.name, person.phone, person.is_active, person.last_login = GONE, "", False, None
    person.email = f"{person.public_id}@left.invalid"
    person.set_unusable_password()
    person.save()
    end_every_session(of=person, by=by)
    forget_ways_in(person)
    Message.objects.filter(to=person).delete()
    Feed.objects.filter(person=person).delete()
    AccessToken.objects.filter(assignment__person=person).delete()
    Correction.objects.filter(person=person).update(wrong="", answer="")
    if clinician := Clinician.objects.filter(person=person).first():
        _forget_clinician(clinician)
    Event.record("anonymised", person, by=by)


def _forget_clinician(clinician: Clinician) -> None:
    clinician.registration = f"LEFT{clinician.pk:06}"
    clinician.latitude = clinician.longitude = 0
    clinician.save(update_fields=["registration", "latitude", "longitude"])
    for model in WISHES:
        model._default_manager.filter(clinician=clinician).delete()
    for rows, words in WORDS:
        rows._default_manager.filter(clinician=clinician).exclude(**{words: ""}).update(**{words: ""})
