"""Named people are told of a session that is near and not covered, with what would help."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.cascade.models import Cascade, CascadePolicy
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import span
from desirepath.vacancies.could_come import could_come
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.presenters.unfilled import latest_unfilled


def people_told(policy: CascadePolicy) -> Iterable[Person]:
    """Those whom the policy names; where it names nobody, the pool's managers."""
    named = list(policy.escalate_to.all()) if policy.pk else []
    return named or list(policy.pool.managers())


def tell_people(cascade: Cascade, policy: CascadePolicy) -> None:
    """One letter to each, with the session, and what would bring somebody."""
    vacancy = cascade.vacancy
    when = span(vacancy.start, vacancy.end)
    for person in people_told(policy):
        tell(
            to=person,
            subject=f"Not covered yet: {when}, {vacancy.practice}",
            body=(
                f"Nobody is coming for {when} at {vacancy.practice} so far.\n\n{what_would_help(vacancy)}\n\n"
                f"See where it stands: {link(reverse('vacancies:vacancy', args=[vacancy.public_id]))}\n"
            ),
            key=f"escalated {cascade.public_id} {cascade.escalated_at:%Y%m%d%H%M} {person.public_id}",
        )


def what_would_help(vacancy: Vacancy) -> str:
    """Counts only: what the latest plan found, and how many could come."""
    why = latest_unfilled([vacancy]).get(vacancy.pk)
    changes = [f"- {change}" for change in why.changes] if why else []
    counted = could_come(vacancy)
    return "\n".join([*([counted.sentence] if counted else []), *changes])
