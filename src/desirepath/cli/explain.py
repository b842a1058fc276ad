"""``desirepath explain``: why somebody is proposed, why nobody is, and why a session is
not put to somebody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

if TYPE_CHECKING:
    from desirepath.clinicians.models import Clinician
    from desirepath.pools.models import Pool
    from desirepath.vacancies.models import PlanRun, Vacancy

BOOKED = ("filled", "completed")


def explain(
    vacancy: Annotated[str, typer.Option(metavar="ID", help="The id of a vacancy, as in its address.")] = "",
    clinician: Annotated[str, typer.Option(metavar="ID", help="The id of a clinician.")] = "",
) -> None:
    """Say why, with the numbers: of a vacancy, of a clinician's coming week, or of the two together."""
    from desirepath.audit.refusal import Refused
    from desirepath.cli.start import django_ready

    if not vacancy and not clinician:
        raise Refused("Say what to explain: --vacancy ID, --clinician ID, or both.")
    asked, who = _id(vacancy, "--vacancy"), _id(clinician, "--clinician")
    django_ready()
    for line in _told(asked, who):
        typer.echo(line)


def _id(given: str, option: str) -> UUID | None:
    from desirepath.audit.refusal import Refused

    try:
        return UUID(given) if given else None
    except ValueError:
        raise Refused(
            f"{option}: {given} is not an id. It looks like 1b4e28ba-2fa1-41d2-883f-0016d3cca427."
        ) from None


def _told(vacancy_id: UUID | None, clinician_id: UUID | None) -> Iterator[str]:
    from desirepath.audit.refusal import Refused
    from desirepath.clinicians.models import Clinician
    from desirepath.vacancies.models import Vacancy

    vacancy = (
        Vacancy.objects.select_related("pool__organisation", "practice")
        .filter(public_id__in=[vacancy_id] if vacancy_id else [])
        .first()
    )
    clinician = (
        Clinician.objects.select_related("person")
        .filter(public_id__in=[clinician_id] if clinician_id else [])
        .first()
    )
    if vacancy_id and vacancy is None:
        raise Refused(f"There is no vacancy with the id {vacancy_id}.")
    if clinician_id and clinician is None:
        raise Refused(f"There is no clinician with the id {clinician_id}.")
    if vacancy and clinician:
        return pair(vacancy, clinician)
    if vacancy:
        return of_vacancy(vacancy)
    assert clinician is not None  # one of the two was asked for
    return of_clinician(clinician)


def pair(vacancy: Vacancy, clinician: Clinician) -> Iterator[str]:
    """Every rule of the two, passed or not, then those of her sessions together."""
    from desirepath.cli.summary import session
    from desirepath.matching import explain as why
    from desirepath.vacancies.fit import IN_OTHERS_WORDS, OUTSIDE_HER_TERMS, fit
    from desirepath.vacancies.problem import build

    yield f"{clinician} for {session(vacancy)}"
    if clinician.current_terms is None:
        yield "  no   No terms are published, so nothing can be offered."
        return
    problem = build(pool=vacancy.pool, vacancies=[vacancy], clinicians=[clinician])
    results = why.pair(problem, str(clinician.pk), str(vacancy.pk))
    for rule in results:
        yield f"  {'yes' if rule.passed else 'no '}  {named(rule.message, vacancy.pool)}."
    together = set(fit(clinician, vacancy).broken) - {rule.rule for rule in results}
    for name in sorted(together):
        yield f"  no   Beside the other sessions: {IN_OTHERS_WORDS.get(name, OUTSIDE_HER_TERMS)} ({name})."


def named(message: str, pool: Pool) -> str:
    """The planner knows a pool by its number and a GP by a code; people know them by their names."""
    told = message.replace(f"the practice's pool, {pool.pk}", f"the practice's pool, {pool}")
    return re.sub(r"\bgp\b", "GP", told)


def of_vacancy(vacancy: Vacancy) -> Iterator[str]:
    """Who comes, or is proposed by the last plan, and why not the next three; or why it stays open."""
    from desirepath.cli.summary import as_planned, left_open, proposed, session

    if vacancy.state in BOOKED:
        booking = vacancy.bookings.standing().select_related("clinician__person").get()
        yield session(vacancy)
        yield f"  {booking.clinician} is booked ({booking.state})."
        return
    run = _last_run(vacancy)
    if run is None:
        yield session(vacancy)
        yield f"  No plan has looked at it yet: desirepath plan --pool {vacancy.pool.code}"
        return
    proposal = (
        run.proposals.filter(vacancy=vacancy).select_related("vacancy__practice", "clinician__person").first()
    )
    if proposal is None:
        yield from left_open(run.unfilled.select_related("vacancy__practice").get(vacancy=vacancy))
    else:
        problem, plan = as_planned(run)
        yield from proposed(problem, plan, proposal, most=3)


def _last_run(vacancy: Vacancy) -> PlanRun | None:
    """The last plan that proposed somebody for it or left it open."""
    from desirepath.vacancies.models import PlanRun

    runs = PlanRun.objects.filter(proposals__vacancy=vacancy) | PlanRun.objects.filter(
        unfilled__vacancy=vacancy
    )
    return runs.select_related("pool__organisation").order_by("-pk").first()


def of_clinician(clinician: Clinician) -> Iterator[str]:
    """For each of her pools: the open sessions of the next seven days that she could work, and what rules out
    the rest.
    """
    from datetime import timedelta

    from desirepath.audit import clock
    from desirepath.pools.models import Pool
    from desirepath.vacancies.models import Vacancy

    pools = list(Pool.objects.filter(memberships__clinician=clinician, memberships__state="active"))
    if not pools or clinician.current_terms is None:
        why = "is an active member of no pool" if not pools else "has published no terms"
        yield f"{clinician} {why}, so nothing can be offered."
        return
    start = clock.now()
    for pool in pools:
        ahead = Vacancy.objects.for_pool(pool).between(start, start + timedelta(days=14)).open()
        yield from _in_pool(clinician, pool, list(ahead.select_related("practice").order_by("start", "pk")))


def _in_pool(clinician: Clinician, pool: Pool, vacancies: list[Vacancy]) -> Iterator[str]:
    from desirepath.cli.summary import session
    from desirepath.matching import explain as why
    from desirepath.nhsuk.formats import plural
    from desirepath.vacancies.problem import build

    yield f"{clinician} in {pool}: {plural(len(vacancies), 'open session')} in the next 14 days"
    if not vacancies:
        return
    problem = build(pool=pool, vacancies=vacancies, clinicians=[clinician])
    ruled_out: Counter[str] = Counter()
    for vacancy in vacancies:
        rules = why.pair(problem, str(clinician.pk), str(vacancy.pk))
        broken = next((rule for rule in rules if not rule.passed), None)
        if broken is None:
            yield f"  could work: {session(vacancy)}"
        else:
            ruled_out[broken.rule] += 1
    for rule, number in ruled_out.most_common():
        yield f"  {plural(number, 'session')} ruled out first by: {rule}"
