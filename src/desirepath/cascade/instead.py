"""What else fits her, for the letter that says that a session has been taken."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from desirepath.cascade.asking import TAKEN
from desirepath.cascade.models import Offer
from desirepath.cascade.open_work import instead_of
from desirepath.messages.actions import link
from desirepath.nhsuk.formats import span


def in_a_letter(public_id: UUID) -> str:
    """Up to three sessions that are open and fit her at this moment, each with its address; "" where none
    does, or the session was not taken but withdrawn.
    """
    rows = Offer.objects.select_related("clinician__person", "vacancy__pool", "vacancy__practice")
    offer = rows.filter(public_id=public_id, withdrawn_because=TAKEN).first()
    found = instead_of(offer.vacancy, offer.clinician) if offer else []
    if not found:
        return ""
    lines = [
        f"- {span(each.vacancy.start, each.vacancy.end)}, {each.vacancy.practice}: "
        f"{link(reverse('bookings:session', args=[each.vacancy.public_id]))}"
        for each in found
    ]
    return "What else fits you, as this letter left:\n" + "\n".join(lines) + "\n"
