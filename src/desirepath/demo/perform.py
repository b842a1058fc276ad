"""Perform a script in a few large inserts: the rows and events that the actions people use would leave.

``tests/demo/test_bulk.py`` holds the two equal, table by table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models, transaction

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.models import Actor, Base, Event
from desirepath.cascade.models import Offer
from desirepath.cascade.setting import set_policy
from desirepath.clinicians.credentials.clearance import FOR_EVER, Asked, Held, clearance
from desirepath.clinicians.credentials.clearing import columns, keep_timers, timers_of
from desirepath.clinicians.credentials.usual import RECORDED, usual
from desirepath.clinicians.importing import RECORDED_AGAINST
from desirepath.clinicians.models import (
    AvailabilityException,
    Clinician,
    Credential,
    Engagement,
    Membership,
    PracticePreference,
    QuietChoices,
    StandingYes,
    Terms,
    WeeklyPattern,
)
from desirepath.demo.asked import MONDAY_TO_FRIDAY, WITHIN, chosen
from desirepath.demo.cast import SOURCE, Cast, found_places, skills
from desirepath.demo.packs import write_packs
from desirepath.demo.script import Script, Session
from desirepath.organisations.models import RoleAssignment
from desirepath.pools import actions as pools
from desirepath.pools.models import ClinicianRole, Pool, PoolPractice
from desirepath.vacancies.models import Vacancy

# SQLite takes 32,766 values in a statement
BATCH = 500
# a pool of the demonstration asks for the usual set
ASKED = {
    role: [Asked(u.item, u.level, u.verified_by, u.months) for u in usual() if u.role == role]
    for role in ClinicianRole.values
}
OnStep = Callable[[str, int, int], None]


def silent(what: str, done: int, of: int) -> None:
    """Nobody watches."""


def begun(script: Script) -> Cast:
    """The pool with its agency rates and its chambers, at the moment the script begins."""
    area = script.area
    places = found_places(area)
    pool = pools.begin_pool(by=None, code=area.code, name=area.name, host=places[area.host], fictional=True)
    Pool.objects.filter(pk=pool.pk).update(offer_hours=script.offer_hours)
    pool.offer_hours = script.offer_hours
    # by hand to begin with; a pool that is built whole begins to ask by itself later
    set_policy(by=None, pool=pool, values={"automatic": False, "offer_hours": script.offer_hours})
    cast = Cast(script, pool, {**places, ("pool", area.code): pool.organisation}, skills())
    for name in area.chambers:
        cast.chambers[name] = pools.found_chambers(by=None, pool=pool, name=name)
        cast.places["chambers", name] = cast.chambers[name].organisation
    if area.bodies:
        write_packs([cast.practice(spot.code) for spot in area.practices])
    for price in script.prices:
        pools.set_agency_rate(
            by=None,
            pool=pool,
            role=price.role,
            pounds_an_hour=price.pounds_an_hour,
            since=script.began.date(),
            source=SOURCE,
        )
    return cast


@transaction.atomic
def perform(script: Script) -> Cast:
    """Set everything up but the sessions."""
    with clock.at(script.began):
        cast = begun(script)
        _practices(cast)
        _people(cast)
        _clinicians(cast)
        _memberships(cast)
        _terms(cast)
        _free_times(cast)
    return cast


@transaction.atomic
def post(cast: Cast, sessions: Iterable[Session]) -> None:
    """The practices ask for cover."""
    asked = list(sessions)
    rows = _insert(_vacancies(cast, asked))
    through = Vacancy.skills.through
    _insert(
        through(vacancy=row, skill=cast.skills[code])
        for row, session in zip(rows, asked, strict=True)
        for code in session.skills
    )
    events = []
    for row, session in zip(rows, asked, strict=True):
        by = cast.people[session.by]
        events += [_event("posted", row, by), _event("draft > released", row, by)]
        for event in events[-2:]:
            event.at = session.posted
    _insert(events)


@transaction.atomic
def choose(cast: Cast) -> None:
    """Each says how she wants to be asked. Offers that wait for her answer are left for whoever looks."""
    offers = Offer.objects.live().for_pool(cast.pool)
    waiting = set(offers.order_by().values_list("clinician_id", "vacancy__practice__code"))
    people: list[Person] = []
    quiet: list[QuietChoices] = []
    muted: list[PracticePreference] = []
    yeses: list[StandingYes] = []
    events: list[Event] = []
    for each in chosen(cast.script):
        her, person = cast.clinicians[each.email], cast.people[each.email]
        if each.values:
            quiet.append(QuietChoices(clinician=her, **each.values))
            events.append(_event("quiet choices set", quiet[-1], person))
        if each.phone:
            person.phone = each.phone
            people.append(person)
        if each.muted:
            practice = cast.practice(each.muted)
            muted.append(PracticePreference(clinician=her, practice=practice, kind="muted"))
            events.append(_event("practice preference set", her, person))
        if each.yes_to and (her.pk, each.yes_to) not in waiting:
            yeses.append(
                StandingYes(
                    clinician=her,
                    practice=cast.practice(each.yes_to),
                    on=True,
                    since=clock.now(),
                    weekdays=StandingYes.bits(MONDAY_TO_FRIDAY),
                    **WITHIN,
                )
            )
            events.append(_event("standing yes given", yeses[-1], person))
    Person.objects.bulk_update(people, ["phone"], batch_size=BATCH)
    for rows in (quiet, muted, yeses, events):
        _insert(rows)


def _insert(rows: Iterable[Any]) -> list[Any]:
    """Insert rows of one model, in order."""
    made = list(rows)
    if made:
        model: type[models.Model] = type(made[0])
        model._default_manager.bulk_create(made, batch_size=BATCH)
    return made


def _event(verb: str, subject: Base, by: Actor | None, **details: Any) -> Event:
    return Event(
        verb=verb,
        entity=type(subject).__name__,
        entity_id=subject.public_id,
        actor=by.public_id if by else None,
        details=details,
    )


def _practices(cast: Cast) -> None:
    practices = [cast.practice(spot.code) for spot in cast.script.area.practices]
    _insert(PoolPractice(pool=cast.pool, practice=practice) for practice in practices)
    _insert(
        _event("practice added", cast.pool, None, practice=str(practice.public_id)) for practice in practices
    )


def _people(cast: Cast) -> None:
    """Everybody, none with a password, and the roles that are held at a place."""
    script = cast.script
    people = _insert(
        Person(email=somebody.email, name=somebody.name, fictional=True, password=make_password(None))
        for somebody in script.people
    )
    cast.people = {person.email: person for person in people}
    held = _insert(
        RoleAssignment(
            person=cast.people[each.email],
            role=each.role,
            organisation=cast.places[each.place] if each.place else None,
        )
        for each in script.roles
    )
    _insert(_event("role given", row, None, role=row.role) for row in held)


def _clinicians(cast: Cast) -> None:
    workers, manager = cast.script.workers, cast.person(Role.POOL_MANAGER)
    rows = _insert(
        Clinician(
            person=cast.people[worker.email],
            role=worker.role,
            registration=worker.registration,
            latitude=worker.latitude,
            longitude=worker.longitude,
        )
        for worker in workers
    )
    cast.clinicians = {worker.email: row for worker, row in zip(workers, rows, strict=True)}
    through = Clinician.skills.through
    _insert(
        through(clinician=row, skill=cast.skills[code])
        for worker, row in zip(workers, rows, strict=True)
        for code in worker.skills
    )
    held = _insert(RoleAssignment(person=row.person, role=Role.CLINICIAN) for row in rows)
    _insert(_event("role given", row, manager, role=row.role) for row in held)
    _insert(_event("registered", row, manager) for row in rows)


def _memberships(cast: Cast) -> None:
    """Everybody joins, with the checks that the pool had made before."""
    manager, today, timers = cast.person(Role.POOL_MANAGER), clock.today(), []
    memberships, records = [], []
    for worker in cast.script.workers:
        her = cast.clinicians[worker.email]
        held = Held(RECORDED, worker.cleared_until or FOR_EVER, whole=True)
        clear = clearance(ASKED[worker.role], [held], (), today)
        timers += timers_of(her, clear, today)
        memberships.append(
            Membership(
                clinician=her,
                pool=cast.pool,
                pcn=cast.places["pcn", worker.pcn] if worker.pcn else None,
                chambers=cast.chambers[worker.chambers] if worker.chambers else None,
                state="active",
                **columns(clear, today),
            )
        )
        records.append(
            Credential(
                clinician=her,
                item=RECORDED,
                state="verified",
                expires_on=worker.cleared_until,
                verified_by=manager,
                verified_in=cast.pool,
                authority="governance",
                verified_at=clock.now(),
                against=RECORDED_AGAINST,
            )
        )
    rows = _insert(memberships)
    _insert(_event("invited > active", row, manager) for row in rows)
    _insert(
        Engagement(
            clinician=cast.clinicians[worker.email],
            host=cast.pool.organisation,
            kind=worker.engagement,
            state="active",
        )
        for worker in cast.script.workers
    )
    _insert(_event("recorded", row, manager, item=RECORDED) for row in _insert(records))
    keep_timers(timers)


def _terms(cast: Cast) -> None:
    rows = _insert(
        Terms(
            clinician=cast.clinicians[worker.email],
            version=1,
            published_at=clock.now(),
            state="published",
            **worker.terms,
        )
        for worker in cast.script.workers
    )
    _insert(_event("draft > published", row, row.clinician.person) for row in rows)


def _free_times(cast: Cast) -> None:
    """Weekly patterns, days off, and the practices that are preferred or blocked."""
    _insert(_patterns(cast))
    exceptions, preferences, events = [], [], []
    for worker in cast.script.workers:
        clinician, person = cast.clinicians[worker.email], cast.people[worker.email]
        windows = sum(len(spans) for spans in worker.pattern.values())
        events.append(_event("weekly pattern set", clinician, person, windows=windows))
        for day in worker.days_off:
            exceptions.append(AvailabilityException(clinician=clinician, day=day))
            events.append(_event("day set", clinician, person, day=str(day)))
        for code, kind in worker.preferences:
            preferences.append(
                PracticePreference(clinician=clinician, practice=cast.practice(code), kind=kind)
            )
            events.append(_event("practice preference set", clinician, person))
    _insert(exceptions)
    _insert(preferences)
    _insert(events)


def _patterns(cast: Cast) -> Iterator[WeeklyPattern]:
    for worker in cast.script.workers:
        for weekday, spans in worker.pattern.items():
            for start, end in spans:
                yield WeeklyPattern(
                    clinician=cast.clinicians[worker.email], weekday=weekday, start=start, end=end
                )


def _vacancies(cast: Cast, sessions: Iterable[Session]) -> Iterator[Vacancy]:
    for session in sessions:
        with clock.at(session.posted):
            yield Vacancy(
                pool=cast.pool,
                practice=cast.practice(session.practice),
                role=session.role,
                start=session.start,
                end=session.end,
                rate_cap=session.rate_cap,
                urgency=session.urgency,
                reason=session.reason,
                duties=session.duties,
                state="released",
            )
