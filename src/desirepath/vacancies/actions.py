"""What people do about vacancies: post one, pin or forbid a clinician for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Clinician, Skill
from desirepath.organisations.models import Organisation
from desirepath.pools.models import ClinicianRole, Pool
from desirepath.vacancies.fit import fit
from desirepath.vacancies.models import Block, PairChoice, Vacancy
from desirepath.vacancies.times import LONGEST, SHORTEST

FARTHEST_AHEAD = timedelta(days=366)
MOST_RATE = Decimal(500)
# what a vacancy asks for, but its times and its skills
DETAILS = (
    "role",
    "rate_cap",
    "urgency",
    "reason",
    "funding",
    "session_type",
    "contacts",
    "appointment_minutes",
    "home_visits",
    "duties",
)


def refuse_bad_session(start: datetime, end: datetime, rate_cap: Decimal) -> None:
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("start and end need their time zone")
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        raise Refused("The session must end after it starts.")
    if not SHORTEST <= end - start <= LONGEST:
        raise Refused("A session lasts from 30 minutes to 13 hours.")
    if start <= clock.now():
        raise Refused("The session must start in the future.")
    if start > clock.now() + FARTHEST_AHEAD:
        raise Refused("The session must start within the next year.")
    if not 1 <= rate_cap <= MOST_RATE:
        raise Refused(f"The most you will pay must be between £1 and £{MOST_RATE} an hour.")


def of_the_role(skills: Iterable[Skill], role: str) -> list[Skill]:
    """The skills, where each is one of the role. Raises Refused."""
    wanted = list(skills)
    if any(skill.role != role for skill in wanted):
        raise Refused(f"One of the skills does not belong to the role {ClinicianRole(role).label}.")
    return wanted


@transaction.atomic
def post_vacancy(
    *,
    by: Person,
    practice: Organisation,
    role: str,
    start: datetime,
    end: datetime,
    rate_cap: Decimal,
    skills: Iterable[Skill] = (),
    urgency: int = Vacancy.Urgency.USUAL,
    reason: str = Vacancy.Reason.OTHER,
    funding: str = "",
    session_type: str = "",
    contacts: int | None = None,
    appointment_minutes: int | None = None,
    home_visits: int | None = None,
    duties: str = "",
    block: Block | None = None,
    draft: bool = False,
) -> Vacancy:
    """A practice asks for cover of one session: releasing it is its yes to whoever fits.

    ``rate_cap`` is pounds an hour, ``contacts`` the patients expected. Raises Refused where the practice is
    in no pool or the session cannot be.
    """
    refuse_bad_session(start, end, rate_cap)
    # of two moments of one zone Python would tell the clocks' difference, which a night in March belies
    start, end = (moment.astimezone(UTC).replace(second=0, microsecond=0) for moment in (start, end))
    pool = Pool.of_practice(practice, start.astimezone(clock.LONDON).date())
    if pool is None:
        raise Refused(f"{practice} does not belong to a pool on that day. Ask the pool manager to add it.")
    wanted = of_the_role(skills, role)
    vacancy = Vacancy.objects.create(
        pool=pool,
        practice=practice,
        role=ClinicianRole(role),
        start=start,
        end=end,
        rate_cap=rate_cap,
        urgency=urgency,
        reason=reason,
        funding=funding,
        session_type=session_type,
        contacts=contacts,
        appointment_minutes=appointment_minutes,
        home_visits=home_visits,
        duties=duties,
        block=block,
    )
    if wanted:
        vacancy.skills.add(*wanted)
    Event.record("posted", vacancy, by=by)
    if not draft:
        vacancy.move("released", by=by)
    return vacancy


@transaction.atomic
def choose_pair(*, by: Person, vacancy: Vacancy, clinician: Clinician, kind: str, reason: str) -> PairChoice:
    """A manager pins a clinician to a vacancy, or forbids the pair; a new word replaces her old one.

    Raises Refused without a reason, and for a pin that breaks a rule: nothing may be planned outside
    somebody's terms.
    """
    if not reason.strip():
        raise Refused("Say why, in a few words: it is kept with the plan.")
    if not Clinician.objects.for_pool(vacancy.pool).filter(pk=clinician.pk).exists():
        raise Refused("This clinician is not an active member of the pool.")
    clear_pair(by=by, vacancy=vacancy, clinician=clinician)
    if kind == PairChoice.Kind.PIN:
        result = fit(clinician, vacancy)
        if not result.fits:
            raise Refused(f"{clinician} can't be kept for this session: {result.why_not_for_others}.")
        vacancy.pair_choices.filter(kind=PairChoice.Kind.PIN).delete()
    choice = PairChoice.objects.create(
        vacancy=vacancy, clinician=clinician, kind=kind, reason=reason.strip(), made_by=by
    )
    Event.record(kind, vacancy, by=by, clinician=str(clinician.public_id))
    return choice


@transaction.atomic
def clear_pair(*, by: Person, vacancy: Vacancy, clinician: Clinician) -> None:
    """Take a pin or a forbidden pair back."""
    removed, _ = vacancy.pair_choices.filter(clinician=clinician).delete()
    if removed:
        Event.record("choice taken back", vacancy, by=by, clinician=str(clinician.public_id))
