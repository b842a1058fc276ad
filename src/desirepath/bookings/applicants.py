"""Those who applied for a session, seen from whoever books it: hers is taken over, the others are freed."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.audit.states import InvalidMove
from desirepath.bookings.models import Application
from desirepath.clinicians.models import Clinician
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import span
from desirepath.vacancies.models import Vacancy

GONE_TO_ANOTHER = "it has gone to somebody else"
NOT_NEEDED = "the practice no longer needs cover"
NO_ANSWER = "the practice has not answered in time"
DECLINED = "the practice has decided otherwise"


def pending_of(clinician: Clinician, vacancy: Vacancy) -> Application | None:
    """Her application for it that waits for an answer."""
    rows = Application.objects.pending().for_clinician(clinician).filter(vacancy=vacancy)
    return rows.select_related("hold").first()


def hers_and_others(clinician: Clinician, vacancy: Vacancy) -> tuple[Application | None, list[Application]]:
    """Her application for ``vacancy`` that waits for an answer, and those of others, read once.

    Whoever asks holds the vacancy's row locked: nobody adds one meanwhile.
    """
    rows = Application.objects.pending().filter(vacancy=vacancy).order_by("pk")
    waiting = list(rows.select_related("hold", "clinician__person"))
    for application in waiting:
        application.vacancy = vacancy
    hers = next((each for each in waiting if each.clinician_id == clinician.pk), None)
    return hers, [each for each in waiting if each is not hers]


def turn_down(applications: Iterable[Application], *, by: Person | None) -> None:
    """The session has gone to another: they are told kindly and are free again then."""
    for application in applications:
        end(application, "declined", by=by, because=GONE_TO_ANOTHER)


def end(application: Application, state: str, *, by: Person | None, because: str) -> bool:
    """End a pending application and free its hold; she is told ``because``. False where it had ended."""
    with suppress(InvalidMove):
        application.end(state, by=by)
        _tell_her(application, because)
        return True
    return False


def _tell_her(application: Application, because: str) -> None:
    vacancy = application.vacancy
    when = span(vacancy.start, vacancy.end)
    tell(
        to=application.clinician.person,
        subject=f"Not this time: {when}",
        body=(
            f"You applied for a session, {when}: {because}. Your time is free again.\n\n"
            f"See what else there is: {link(reverse('bookings:find-work'))}\n"
        ),
        key=f"application ended {application.public_id}",
    )
