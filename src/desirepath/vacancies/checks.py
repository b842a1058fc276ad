"""What a plan reads of checks: until when each clinician may come, and where a practice asks for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Max

from desirepath.clinicians.credentials.clearance import FOR_EVER, NEVER, Clearance
from desirepath.clinicians.credentials.clearing import at_practices
from desirepath.clinicians.models import Clinician, Membership
from desirepath.pools.models import Pool
from desirepath.vacancies.light import LightVacancy
from desirepath.vacancies.models import Vacancy


def lent(pool: Pool, clinicians: Sequence[Clinician]) -> dict[int, date]:
    """Those who may be asked though they are of a neighbouring pool, by row number, and until when that pool
    has cleared them: pools that ask each other's clinicians rely on each other's checks.
    """
    others = [row.pk for row in clinicians if not row.membership_here]  # type: ignore[attr-defined]
    if not others:
        return {}
    allow = Clinician.objects.next_to(pool).filter(pk__in=others)
    return dict(allow.values_list("pk").annotate(until=Max("memberships__cleared_until")))


def last_day(row: Clinician, membership: Membership | None, guests: Mapping[int, date]) -> date | None:
    """The last day on which she may work here; None where there is none."""
    if membership:
        until: date = membership.cleared_until
    elif row.pk in guests:
        until = guests[row.pk]
    else:
        # somebody of no pool fails on that, not on checks; an agency's have been seen by nobody here
        until = NEVER if row.through_agency else FOR_EVER
    return None if until == FOR_EVER else until


def lacking(
    vacancies: Sequence[Vacancy | LightVacancy], clinicians: Sequence[Clinician]
) -> set[tuple[str, str]]:
    """Pairs (vacancy, clinician) where the practice itself asks for something that she lacks on that day.

    Each clinician's ``clear_at`` says so by practice, for whoever puts it in words.
    """
    members = [m for row in clinicians for m in row.membership_here]  # type: ignore[attr-defined]
    # the memberships were asked for it along the way; whoever has none here must be asked for
    unsure = len(members) < len(clinicians) or any(m.practices_ask for m in members)
    found = at_practices({v.practice_id for v in vacancies}, clinicians) if unsure else {}
    hers: dict[int, dict[int, Clearance]] = {row.pk: {} for row in clinicians}
    for (practice, pk), each in found.items():
        hers[pk][practice] = each
    for row in clinicians:
        row.clear_at = hers[row.pk]  # type: ignore[attr-defined]
    return {
        (str(vacancy.pk), str(pk))
        for vacancy in vacancies
        for (practice, pk), each in found.items()
        if practice == vacancy.practice_id and vacancy.day > each.until
    }
