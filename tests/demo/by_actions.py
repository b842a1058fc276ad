"""Perform a script through the actions that people use: what ``demo.perform`` is held to."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.clinicians import actions as clinicians
from desirepath.clinicians.choosing import give_standing_yes, set_quiet_choices
from desirepath.clinicians.credentials.actions import record_whole
from desirepath.clinicians.importing import RECORDED_AGAINST
from desirepath.demo.asked import MONDAY_TO_FRIDAY, WITHIN, chosen
from desirepath.demo.cast import Cast
from desirepath.demo.perform import begun
from desirepath.demo.script import Script, Session, Worker
from desirepath.pools import actions as pools
from desirepath.vacancies.actions import post_vacancy


@transaction.atomic
def perform(script: Script) -> Cast:
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
        for worker in script.workers:
            _join(cast, worker)
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
    record_whole(
        by=manager,
        clinician=clinician,
        pool=cast.pool,
        until=worker.cleared_until,
        against=RECORDED_AGAINST,
    )
    clinicians.publish_terms(by=person, clinician=clinician, values=worker.terms)
    clinicians.set_weekly_pattern(by=person, clinician=clinician, windows=worker.pattern)
    for day in worker.days_off:
        clinicians.set_day(by=person, clinician=clinician, day=day, windows=[])
    for code, kind in worker.preferences:
        clinicians.set_practice_preference(
            by=person, clinician=clinician, practice=cast.practice(code), kind=kind
        )


def post(cast: Cast, sessions: Iterable[Session]) -> None:
    """The practices ask for cover, each session at its own moment."""
    for session in sessions:
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


def choose(cast: Cast) -> None:
    """Each says so herself, by the actions of her pages."""
    for each in chosen(cast.script):
        her, person = cast.clinicians[each.email], cast.people[each.email]
        if each.values:
            set_quiet_choices(by=person, clinician=her, values=each.values, phone=each.phone or None)
        if each.muted:
            practice = cast.practice(each.muted)
            clinicians.set_practice_preference(by=person, clinician=her, practice=practice, kind="muted")
        if each.yes_to:
            give_standing_yes(
                by=person,
                clinician=her,
                practice=cast.practice(each.yes_to),
                days=MONDAY_TO_FRIDAY,
                **WITHIN,
            )
