"""Names that no form and no schema has are nobody's: what is sent beside the fields changes nothing."""

from __future__ import annotations

from django.test import Client

from desirepath.accounts.roles import Role
from desirepath.bookings.models import Booking
from desirepath.clinicians.models import Terms
from desirepath.vacancies.models import Vacancy
from tests import cast
from tests.architecture.world import Side
from tests.programs import Program

# columns that somebody might wish to set
WISHED = {
    "id": "1",
    "pk": "1",
    "public_id": "00000000-0000-4000-8000-000000000000",
    "email": "mallory@example.org",
    "is_active": "",
    "is_superuser": "1",
    "fictional": "1",
    "password": "three odd words here",
    "state": "filled",
    "tier": "9",
    "fee": "9999",
    "rate": "9999",
    "made_by": "1",
    "cleared_until": "2099-01-01",
    "registration": "7654321",
}


def test_a_field_that_no_form_has_changes_nothing(side: Side, elsewhere: Side) -> None:
    """One's own details, and the refusal of an offer, with every column sent along."""
    booker, client = side.person(Role.PRACTICE_BOOKER), Client()
    client.force_login(booker)
    before = {column.name: getattr(booker, column.attname) for column in booker._meta.concrete_fields}
    assert client.post("/your-account", {**WISHED, "name": "Betty Booker", "phone": ""}).status_code == 302
    booker.refresh_from_db()
    after = {column.name: getattr(booker, column.attname) for column in booker._meta.concrete_fields}
    assert {name for name in after if after[name] != before[name]} == {"name"}
    her, offer = Client(), side.offer
    her.force_login(side.clinician.person)
    sent = {**WISHED, "reason": "", "clinician": elsewhere.clinician.public_id}
    her.post(f"/offers/{offer.public_id}/decline/", sent)
    fee = offer.fee
    offer.refresh_from_db()
    assert (offer.state, offer.fee, offer.clinician) == ("declined", fee, side.clinician)
    side.clinician.refresh_from_db()
    assert side.clinician.registration != "7654321"


def test_a_name_that_no_schema_has_changes_nothing(side: Side, elsewhere: Side) -> None:
    """A session posted for another practice, filled and booked in one: it is one's own, and open."""
    program = Program(side.person(Role.PRACTICE_BOOKER))
    wished = {
        **WISHED,
        "practice": str(elsewhere.practice.public_id),
        "practice_id": elsewhere.practice.pk,
        "pool": str(elsewhere.pool.public_id),
        "cover": 1,
    }
    bookings = Booking.objects.count()
    status, told = program.post(
        "/vacancies",
        {
            **wished,
            "role": "gp",
            "start": cast.at(11).isoformat(),
            "end": cast.at(11, 12).isoformat(),
            "most_an_hour": "95.00",
        },
    )
    assert status in (200, 201), told
    made = Vacancy.objects.get(public_id=told["id"])
    assert (made.practice, made.pool, made.tier) == (side.practice, side.pool, Vacancy().tier)
    assert made.state != "filled" and Booking.objects.count() == bookings
    before = Terms.objects.count()
    conditions = {"statement": "As before", "clinician": 1, "version": 77}
    status, _ = Program(side.clinician.person).post("/terms", {"conditions": conditions})
    assert status == 422
    assert Terms.objects.count() == before
