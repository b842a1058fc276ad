"""People we would like first: a practice's own list, in the order in which they should be asked.

Nobody but the practice's bookers sees it. Whoever is on it is not told; other practices cannot see it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Clinician, CommittedTime
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.models import PreferredClinician

MOST = 30


def preferred_of(practice: Organisation) -> list[PreferredClinician]:
    """The list in its order."""
    rows = PreferredClinician.objects.for_practice(practice).select_related("clinician__person")
    return list(rows)


def places_of(practice: Organisation) -> dict[int, int]:
    """Row number of a clinician > her place on the practice's list, from 1: whoever has none comes after."""
    rows = PreferredClinician.objects.for_practice(practice).values_list("clinician_id", flat=True)
    return {clinician: place for place, clinician in enumerate(rows, 1)}


def worked_here(practice: Organisation) -> list[Clinician]:
    """Those who have worked at the practice, are active in its pool and not on the list, by name."""
    pool = Pool.of_practice(practice)
    if pool is None:
        return []
    came = CommittedTime.objects.worked_before(clock.now()).filter(practice=practice).values("clinician")
    listed = PreferredClinician.objects.for_practice(practice).values("clinician")
    rows = Clinician.objects.for_pool(pool).filter(pk__in=came).exclude(pk__in=listed)
    return list(rows.select_related("person").order_by("person__name", "pk").distinct())


def found_by_registration(practice: Organisation, registration: str) -> Clinician | None:
    """An active member of the practice's pool with this number in a professional register, whole."""
    pool = Pool.of_practice(practice)
    if pool is None:
        return None
    wanted = registration.replace(" ", "").upper()
    return Clinician.objects.for_pool(pool).filter(registration=wanted).select_related("person").first()


@transaction.atomic
def add_preferred(*, by: Person, practice: Organisation, clinician: Clinician) -> PreferredClinician:
    """Put her at the end of the list. Raises Refused where she is on it, or the list is full."""
    # two pages at once: the practice's row is the lock of its list
    Organisation.objects.select_for_update().get(pk=practice.pk)
    held = preferred_of(practice)
    if any(row.clinician_id == clinician.pk for row in held):
        raise Refused(f"{clinician} is on your list already.")
    if len(held) >= MOST:
        raise Refused(f"Your list has {MOST} people: take somebody off it first.")
    row = PreferredClinician.objects.create(
        practice=practice, clinician=clinician, position=len(held) + 1, added_by=by
    )
    Event.record("preferred", practice, by=by, clinician=str(clinician.public_id))
    return row


@transaction.atomic
def move_up(*, by: Person, row: PreferredClinician) -> None:
    """Ask her before whoever stands above her."""
    rows = _locked(row.practice)
    place = next((place for place, each in enumerate(rows) if each.pk == row.pk), 0)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
        _number(rows)
        Event.record("preferred order changed", row.practice, by=by)


@transaction.atomic
def remove_preferred(*, by: Person, row: PreferredClinician) -> None:
    """She is on the list no more."""
    rows = _locked(row.practice)
    row.delete()
    _number(each for each in rows if each.pk is not None and each.clinician_id != row.clinician_id)
    Event.record("no longer preferred", row.practice, by=by, clinician=str(row.clinician.public_id))


def _locked(practice: Organisation) -> list[PreferredClinician]:
    Organisation.objects.select_for_update().get(pk=practice.pk)
    return list(PreferredClinician.objects.for_practice(practice))


def _number(rows: Iterable[PreferredClinician]) -> None:
    for position, row in enumerate(rows, 1):
        if row.position != position:
            PreferredClinician.objects.filter(pk=row.pk).update(position=position)
