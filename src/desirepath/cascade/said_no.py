"""Who has said no to which session: whoever plans or asks leaves her alone with it."""

from __future__ import annotations

from typing import Any

from desirepath.cascade.models import NotForMe, Offer
from desirepath.clinicians.models import Clinician
from desirepath.vacancies.models import Vacancy


def said_no(vacancies: Any) -> set[tuple[int, int]]:
    """(vacancy, clinician) row numbers of everybody who said no to one of ``vacancies`` (a queryset, or row
    numbers): asked and declined, or before she was asked.
    """
    declined = Offer.objects.filter(vacancy__in=vacancies, state="declined").order_by()
    hidden = NotForMe.objects.filter(vacancy__in=vacancies).order_by()
    columns = ("vacancy_id", "clinician_id")
    return set(declined.values_list(*columns).union(hidden.values_list(*columns)))


def has_said_no(clinician: Clinician, vacancy: Vacancy) -> bool:
    """The same of one pair. Only what she herself does afterwards (she applies, or stands by) counts for
    more.
    """
    return (vacancy.pk, clinician.pk) in said_no([vacancy.pk])
