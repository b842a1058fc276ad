"""The cast of the tests: Alice and Bob of one practice, Charlie the outsider, and makers of everyone and
everything else.

Plain functions with sensible defaults; each makes one thing in the database and whatever that cannot be
without.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from desirepath.accounts.models import Person
from desirepath.accounts.roles import EVERYWHERE, Role
from desirepath.audit import clock
from desirepath.bookings import actions as bookings
from desirepath.bookings import applying
from desirepath.bookings.models import Application, Booking
from desirepath.cascade import actions as cascade
from desirepath.cascade.models import Offer
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.credentials.actions import record, record_whole, submit
from desirepath.clinicians.credentials.policy import ask_for
from desirepath.clinicians.models import Clinician, Credential, Policy
from desirepath.organisations.models import Kind, Organisation, Parent, RoleAssignment
from desirepath.pools import actions as pools
from desirepath.pools.models import ClinicianRole, Pool
from desirepath.vacancies import actions as vacancies
from desirepath.vacancies.models import PlanRun, Proposal, Vacancy
from tests import papers

PASSWORD = "correct horse battery"
LONG_AGO = date(2020, 1, 1)
_numbers = count(1)


def person(name: str = "", **details: Any) -> Person:
    """A person who can sign in with PASSWORD; her address comes from her name."""
    name = name or f"Person {next(_numbers)}"
    email = details.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    return Person.objects.create_user(email, details.pop("password", PASSWORD), name=name, **details)


def organisation(kind: Kind = Kind.PRACTICE, code: str = "", name: str = "", **details: Any) -> Organisation:
    """An organisation with a code of its own."""
    number = next(_numbers)
    code = code or f"{kind.value[:3].upper()}{number:04}"
    return Organisation.objects.create(kind=kind, code=code, name=name or f"{kind.label} {number}", **details)


def practice(name: str = "", *, pcn: Organisation | None = None, **details: Any) -> Organisation:
    """A practice, within a PCN where one is given."""
    made = organisation(Kind.PRACTICE, name=name, **{"latitude": 52.0, "longitude": 1.0, **details})
    if pcn:
        place_under(made, pcn)
    return made


def place_under(child: Organisation, parent: Organisation, since: date = LONG_AGO) -> Parent:
    """``child`` is under ``parent`` from ``since`` on."""
    return Parent.objects.create(child=child, parent=parent, kind=parent.kind, starts_on=since, source="test")


def role(holder: Person, held: Role, at: Organisation | None = None) -> RoleAssignment:
    """``holder`` holds a role, for ever; the roles of EVERYWHERE are held at no organisation."""
    if (at is None) != (held in EVERYWHERE):
        raise ValueError(f"{held.label} is held at {'no' if held in EVERYWHERE else 'an'} organisation")
    return RoleAssignment.objects.create(person=holder, role=held, organisation=at, starts_on=LONG_AGO)


def holder(held: Role, at: Organisation) -> Person:
    """Somebody who holds a role at an organisation."""
    made = person(f"Somebody {held.value}", email=f"somebody.{next(_numbers)}@example.org")
    role(made, held, at)
    return made


def booker(name: str, at: Organisation) -> Person:
    """A person who books for a practice."""
    made = person(name)
    role(made, Role.PRACTICE_BOOKER, at)
    return made


def pool(name: str = "", *practices: Organisation, code: str = "", asks: bool = False) -> Pool:
    """A pool with its practices, which keeps its checks elsewhere unless it ``asks`` for the usual set."""
    number = next(_numbers)
    made = pools.begin_pool(by=None, code=code or f"POOL{number}", name=name or f"Pool {number}")
    if not asks:
        Policy.objects.create(pool=made)
    for place in practices:
        pools.add_practice(by=None, pool=made, practice=place, since=LONG_AGO)
    return made


def clinician(
    name: str = "",
    *,
    pool: Pool | None = None,
    role: str = ClinicianRole.GP,
    rate: int = 90,
    pcn: Organisation | None = None,
    free: tuple[time, time] | None = (time(7), time(22)),
    terms: Mapping[str, Any] | None = None,
    **details: Any,
) -> Clinician:
    """A clinician beside the practices of ``practice``, free every day, with published terms at ``rate``
    pounds an hour.
    """
    holder = person(name)
    made = clinicians.register_clinician(
        by=None,
        person=holder,
        role=role,
        **{"registration": f"{7_000_000 + next(_numbers)}", "latitude": 52.0, "longitude": 1.0, **details},
    )
    clinicians.publish_terms(by=holder, clinician=made, values={"base_rate": Decimal(rate), **(terms or {})})
    if free:
        clinicians.set_weekly_pattern(by=holder, clinician=made, windows={day: [free] for day in range(7)})
    if pool:
        clinicians.join_pool(by=None, clinician=made, pool=pool, pcn=pcn)
    return made


def cleared(her: Clinician, pool: Pool, until: date | None = None) -> None:
    """Her checks, as ``pool`` recorded them, are valid until a day, or without an end."""
    record_whole(by=None, clinician=her, pool=pool, until=until, against="The pool's own list")


def wants(place: Organisation, item: str = "dbs", role: str = ClinicianRole.GP, **details: Any) -> None:
    """A pool (its organisation) or a practice asks for an item, which blocks unless said otherwise."""
    ask_for(by=None, place=place, role=role, item=item, **{"level": "block", "since": LONG_AGO, **details})


def sent(her: Clinician, item: str = "dbs", **details: Any) -> Credential:
    """She has sent a PDF for an item that a pool of hers asks for."""
    return submit(by=her.person, clinician=her, item=item, name="paper.pdf", content=papers.pdf(), **details)


def verified(
    her: Clinician, pool: Pool, item: str = "dbs", by: Person | None = None, **details: Any
) -> Credential:
    """A verifier of ``pool`` has looked it up."""
    by = by or holder(Role.GOVERNANCE_LEAD, pool.organisation)
    return record(by=by, clinician=her, pool=pool, item=item, against="The original", **details)


def at(days: int, hour: int = 8, minute: int = 30) -> datetime:
    """A moment ``days`` from today, London's time."""
    return datetime.combine(clock.today() + timedelta(days), time(hour, minute), clock.LONDON)


def vacancy(
    place: Organisation, *, start: datetime | None = None, minutes: int = 250, **details: Any
) -> Vacancy:
    """A released vacancy of a practice in a pool: a GP's morning a week from today, at most £110 an hour."""
    start = start or at(7)
    by = details.pop("by", None) or person()
    end = start + timedelta(minutes=minutes)
    wanted = {"role": ClinicianRole.GP, "rate_cap": Decimal(110), **details}
    return vacancies.post_vacancy(by=by, practice=place, start=start, end=end, **wanted)


def proposal(session: Vacancy, her: Clinician) -> Proposal:
    """A plan of the vacancy's pool that proposes her for it."""
    run = PlanRun.objects.create(pool=session.pool, first_day=session.day, state="proposed")
    fee = Decimal(90) * session.minutes / 60
    return Proposal.objects.create(
        run=run,
        vacancy=session,
        clinician=her,
        tier=2,
        preference=0,
        fee=fee,
        km=0.0,
        reasons=["She is near."],
    )


def offer(session: Vacancy, her: Clinician) -> Offer:
    """The vacancy is offered to her."""
    proposed = proposal(session, her)
    return cascade.release_proposals(by=None, run=proposed.run, proposals=[proposed]).offers[0]


def booking(session: Vacancy, her: Clinician) -> Booking:
    """She has accepted an offer of the vacancy."""
    return bookings.accept_offer(by=her.person, offer=offer(session, her))


def application(session: Vacancy, her: Clinician) -> Application:
    """She has applied for the vacancy."""
    return applying.apply_for(by=her.person, clinician=her, vacancy=session)
