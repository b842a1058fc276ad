"""She says no before anybody asks, and takes it back."""

from __future__ import annotations

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit.models import Event
from desirepath.audit.retrying import retried
from desirepath.cascade.actions import decline_offer
from desirepath.cascade.models import NotForMe, Offer
from desirepath.cascade.reserves import stand_down
from desirepath.clinicians.models import Clinician
from desirepath.vacancies.models import Vacancy


@retried
@transaction.atomic
def not_for_me(*, by: Person, clinician: Clinician, vacancy: Vacancy) -> NotForMe:
    """Hide it from her and ask her no more: an offer that waits for her answer is declined, and she does not
    stand by for it any longer. Said twice, it is once.
    """
    if by.pk != clinician.person_id:
        raise PermissionError("only she may say so")
    row, made = NotForMe.objects.get_or_create(vacancy=vacancy, clinician=clinician)
    if made:
        Event.record("not for me", row, by=by)
    stand_down(by=by, clinician=clinician, vacancy=vacancy)
    for offer in Offer.objects.live().for_clinician(clinician).filter(vacancy=vacancy):
        decline_offer(by=by, offer=offer)
    return row


@retried
@transaction.atomic
def for_me_after_all(*, by: Person, clinician: Clinician, vacancy: Vacancy) -> None:
    """She may be shown it, asked and planned again."""
    if by.pk != clinician.person_id:
        raise PermissionError("only she may say so")
    for row in NotForMe.objects.for_clinician(clinician).filter(vacancy=vacancy):
        Event.record("for me after all", row, by=by)
        row.delete()
