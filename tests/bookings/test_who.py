"""Whom a practice means, when it records a booking: a name, a part of one, initials, a number."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.bookings.models import Booking
from desirepath.bookings.who import MOST_SHOWN, fits, meant
from desirepath.clinicians.models import Clinician
from tests import cast

RECORD = reverse("bookings:record")


@pytest.mark.parametrize(
    ("words", "fit"),
    [
        ("carly kent", True),
        ("KENT", True),
        ("c kent", True),
        ("C. Kent", True),
        ("ck", True),
        ("ca", True),
        ("7012345", True),
        ("701 2345", True),
        ("70123", False),
        ("arly", False),
        ("kent carly", False),
        ("c", False),
        ("", False),
        ("--", False),
    ],
)
def test_what_fits_a_name(words: str, fit: bool) -> None:
    """Beginnings of her names in their order, her initials, or her whole number; never a part of that."""
    assert fits(words, name="Carly Kent", registration="7012345") is fit


@pytest.mark.parametrize("name", ["Mary O'Neill-Jones", "Zoë Ång"])
def test_names_are_found_as_they_are_written(name: str) -> None:
    """Apostrophes, hyphens and accents of her own name."""
    assert fits(name, name=name, registration="7012345")


@pytest.mark.django_db
def test_a_whole_name_is_sure(django_assert_num_queries: Any) -> None:
    """Ann Lee is meant though Anna Leeson fits as well; a part of it leaves the choice; one question."""
    pool = cast.pool("", cast.practice())
    ann, longer = cast.clinician("Ann Lee", pool=pool), cast.clinician("Anna Leeson", pool=pool)
    with django_assert_num_queries(1):
        whole = meant(Clinician.objects.for_pool(pool), "ann lee")
    part = meant(Clinician.objects.for_pool(pool), "ann l")
    assert (whole.found, whole.sure) == ([ann.pk], True)
    assert (part.found, part.sure) == ([ann.pk, longer.pk], False)


def recorded(who: str, **more: Any) -> dict[str, Any]:
    day = cast.at(7).date().isoformat()
    return {"who": who, "date": day, "start": "8:30am", "end": "12:40pm", "rate": "95", **more}


@pytest.mark.django_db
def test_two_of_one_name_are_told_apart(sign_in: Any) -> None:
    """By the number, which their register publishes; nothing is made before one is chosen."""
    surgery = cast.practice("Quayside Surgery")
    pool = cast.pool("", surgery)
    one, other = cast.clinician("Ann Lee", pool=pool), cast.clinician("Ann Other", pool=pool)
    Person.objects.filter(pk=other.person_id).update(name="Ann Lee")
    booker = sign_in(Client(), cast.booker("Alice Booker", surgery))
    asked = booker.post(RECORD, recorded("Ann Lee"))
    assert asked.status_code == 422
    assert f"Ann Lee, GP, {one.registration}" in asked.text
    assert f"Ann Lee, GP, {other.registration}" in asked.text
    assert not Booking.objects.exists()
    booker.post(RECORD, recorded("Ann Lee", clinician=other.public_id))
    assert Booking.objects.get().clinician == other


@pytest.mark.django_db
def test_other_words_undo_the_choice(sign_in: Any) -> None:
    """Who was chosen among Anns is not booked once the name says Bob."""
    surgery = cast.practice("Quayside Surgery")
    pool = cast.pool("", surgery)
    ann = cast.clinician("Ann Lee", pool=pool)
    bob = cast.clinician("Bob Lee", pool=pool)
    booker = sign_in(Client(), cast.booker("Alice Booker", surgery))
    assert booker.post(RECORD, recorded("Bob", clinician=ann.public_id)).status_code == 422
    booker.post(RECORD, recorded("Bob Lee", clinician=ann.public_id))
    assert Booking.objects.get().clinician == bob


@pytest.mark.django_db
def test_too_many_are_no_choice(sign_in: Any) -> None:
    """More than a dozen of one surname: she is asked for more of the name, and none of them is shown."""
    surgery = cast.practice("Quayside Surgery")
    pool = cast.pool("", surgery)
    for number in range(MOST_SHOWN + 1):
        cast.clinician(f"Clinician{number} Lee", pool=pool)
    booker = sign_in(Client(), cast.booker("Alice Booker", surgery))
    answer = booker.post(RECORD, recorded("c lee"))
    assert f"{MOST_SHOWN + 1} people fit: enter more of the name" in answer.text
    assert "Clinician3" not in answer.text
