"""Where a session asks for more than her conditions say: told to both sides, and no rule of the plan."""

from __future__ import annotations

from desirepath.clinicians.models import Terms
from desirepath.nhsuk.formats import plural
from desirepath.vacancies.models import Vacancy


def beyond_conditions(terms: Terms | None, vacancy: Vacancy, *, hers: bool) -> list[str]:
    """Sentences for her, or for the practice; none where either says nothing of it."""
    if terms is None:
        return []
    yours = "your terms say" if hers else "the clinician's terms say"
    told = []
    if terms.most_patients and vacancy.contacts and vacancy.contacts > terms.most_patients:
        asked = plural(vacancy.contacts, "patient contact")
        told.append(f"{asked} are expected; {yours} at most {plural(terms.most_patients, 'patient')}.")
    shortest, minutes = terms.shortest_appointment, vacancy.appointment_minutes
    if shortest and minutes and minutes < shortest:
        told.append(f"Appointments are {plural(minutes, 'minute')} long; {yours} at least {shortest}.")
    visits = vacancy.home_visits
    if terms.home_visits is not None and visits and visits > terms.home_visits:
        most = f"at most {terms.home_visits}" if terms.home_visits else "none"
        verb = "is" if visits == 1 else "are"
        told.append(f"{plural(visits, 'home visit')} {verb} expected; {yours} {most}.")
    return told
