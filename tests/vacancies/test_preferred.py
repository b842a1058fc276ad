"""People we would like first: the practice's own list, and whose eyes it is for."""

import pytest
from django.urls import reverse

from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import CommittedTime
from desirepath.messages.models import Message
from desirepath.vacancies import preferred
from desirepath.vacancies.models import PreferredClinician
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def surgery(clock_at):
    clock_at("2026-12-01 09:00")
    return cast.practice("Quayside Surgery")


@pytest.fixture
def pool(surgery):
    return cast.pool("Saltmarsh pool", surgery)


@pytest.fixture
def booker(surgery):
    return cast.booker("Bo Booker", surgery)


@pytest.fixture
def three(pool, surgery, booker):
    """Three clinicians on the list, in this order."""
    found = [cast.clinician(name, pool=pool) for name in ("Asha Patel", "Bea Brown", "Cora Cole")]
    return [preferred.add_preferred(by=booker, practice=surgery, clinician=each) for each in found]


def names(surgery):
    return [row.clinician.person.name for row in preferred.preferred_of(surgery)]


def test_the_order_is_theirs(three, surgery, booker):
    """One moves up, one is taken off, the numbers close up."""
    preferred.move_up(by=booker, row=three[2])
    assert names(surgery) == ["Asha Patel", "Cora Cole", "Bea Brown"]
    preferred.remove_preferred(by=booker, row=PreferredClinician.objects.get(pk=three[0].pk))
    assert names(surgery) == ["Cora Cole", "Bea Brown"]
    places = preferred.places_of(surgery)
    assert (places[three[2].clinician_id], places[three[1].clinician_id]) == (1, 2)


def test_once_only(three, surgery, booker):
    """Somebody on the list is not put there twice."""
    with pytest.raises(Refused, match="already"):
        preferred.add_preferred(by=booker, practice=surgery, clinician=three[0].clinician)


def test_nobody_is_told(three):
    """She hears nothing of it."""
    assert not Message.objects.exists()


def test_whom_a_practice_may_find(surgery, pool):
    """Those who worked here by name, others by their whole number; nobody of another pool either way."""
    came = cast.clinician("Came Before", pool=pool)
    elsewhere = cast.clinician("Not Here", pool=cast.pool("Other pool", cast.practice()))
    for her in (came, elsewhere):
        CommittedTime.objects.create(
            clinician=her, pool=pool, practice=surgery, kind="booking", start=cast.at(-9), end=cast.at(-9, 12)
        )
    new = cast.clinician("New Face", pool=pool)
    assert preferred.worked_here(surgery) == [came]
    assert preferred.found_by_registration(surgery, f" {new.registration} ") == new
    assert preferred.found_by_registration(surgery, new.registration[:-1]) is None
    assert preferred.found_by_registration(surgery, elsewhere.registration) is None


def test_the_page(client, sign_in, three, booker, pool):
    """Listed, added by number, asked earlier, taken off; a number nobody has is told at its field."""
    sign_in(client, booker)
    page = reverse("vacancies:preferred")
    answer = client.post(page, {"registration": "9999999"})
    assert answer.status_code == 422
    assert "Nobody with this number" in answer.content.decode()
    new = cast.clinician("Dora Dale", pool=pool)
    assert (
        "Dora Dale is on your list"
        in client.post(page, {"registration": new.registration}, follow=True).content.decode()
    )
    row = PreferredClinician.objects.get(clinician=new)
    client.post(reverse("vacancies:change-preferred", args=[row.public_id]), {"up": "1"})
    assert preferred.places_of(row.practice)[new.pk] == 3
    client.post(reverse("vacancies:change-preferred", args=[row.public_id]), {"remove": "1"})
    assert "Dora Dale" not in client.get(page).content.decode().split("Add somebody")[0].replace(
        "Dora Dale is on", ""
    )
