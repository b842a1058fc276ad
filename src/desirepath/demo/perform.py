"""Perform a script through the actions that people use."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.cascade.setting import set_policy
from desirepath.clinicians import actions as clinicians
from desirepath.demo.cast import SOURCE, Cast, found_places, skills
from desirepath.demo.packs import write_packs
from desirepath.demo.script import Script, Session, Worker
from desirepath.pools import actions as pools
from desirepath.pools.models import Pool
from desirepath.vacancies.actions import post_vacancy

OnStep = Callable[[str, int, int], None]


def silent(what: str, done: int, of: int) -> None:
    """Nobody watches."""


def begun(script: Script) -> Cast:
    """The pool with its agency rates and its chambers, at the moment the script begins: the same for both
    performers.
    """
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
def perform(script: Script, on_step: OnStep = silent) -> Cast:
    """Set everything up but the sessions, as the people of the script would have done it."""
    with clock.at(script.began):
        cast = begun(script)
        for spot in script.area.practices:
            pools.add_practice(by=None, pool=cast.pool, practice=cast.practice(spot.code))
        for somebody in script.people:
            cast.people[somebody.email] = Person.objects.create_user(
                somebody.email, name=somebody.name, fictional=True
            )
        for held in script.roles:
            place = cast.places[held.place] if held.place else None
            pools.give_role(by=None, person=cast.people[held.email], role=held.role, organisation=place)
        for number, worker in enumerate(script.workers, 1):
            _join(cast, worker)
            on_step("Clinicians", number, len(script.workers))
    return cast


def _join(cast: Cast, worker: Worker) -> None:
    """One clinician registers, joins, publishes her terms and says when and where she works."""
    person, manager = cast.people[worker.email], cast.person(Role.POOL_MANAGER)
    clinician = clinicians.register_clinician(
        by=manager,
        person=person,
        role=worker.role,
        registration=worker.registration,
        latitude=worker.latitude,
        longitude=worker.longitude,
        skills=[cast.skills[code] for code in worker.skills],
        cleared_until=worker.cleared_until,
    )
    cast.clinicians[worker.email] = clinician
    clinicians.join_pool(
        by=manager,
        clinician=clinician,
        pool=cast.pool,
        pcn=cast.places["pcn", worker.pcn] if worker.pcn else None,
        chambers=cast.chambers[worker.chambers] if worker.chambers else None,
        engagement=worker.engagement,
    )
    clinicians.publish_terms(by=person, clinician=clinician, values=worker.terms)
    clinicians.set_weekly_pattern(by=person, clinician=clinician, windows=worker.pattern)
    for day in worker.days_off:
        clinicians.set_day(by=person, clinician=clinician, day=day, windows=[])
    for code, kind in worker.preferences:
        clinicians.set_practice_preference(
            by=person, clinician=clinician, practice=cast.practice(code), kind=kind
        )


def post(cast: Cast, sessions: Iterable[Session], on_step: OnStep = silent) -> None:
    """The practices ask for cover, each session at its own moment."""
    asked = list(sessions)
    for number, session in enumerate(asked, 1):
        with clock.at(session.posted):
            post_vacancy(
                by=cast.people[session.by],
                practice=cast.practice(session.practice),
                role=session.role,
                start=session.start,
                end=session.end,
                rate_cap=session.rate_cap,
                skills=[cast.skills[code] for code in session.skills],
                urgency=session.urgency,
                reason=session.reason,
                duties=session.duties,
            )
        on_step("Sessions", number, len(asked))
