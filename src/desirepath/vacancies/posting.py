"""What practices do about their vacancies beyond posting one: a series, a block, a copied week, a change.

Everything of a call is posted, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Skill
from desirepath.nhsuk.formats import day as day_in_words
from desirepath.nhsuk.formats import span as span_in_words
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.actions import DETAILS, of_the_role, post_vacancy, refuse_bad_session
from desirepath.vacancies.models import Block, Vacancy
from desirepath.vacancies.planning import span
from desirepath.vacancies.series import MOST
from desirepath.vacancies.times import WrongTime, moments, moved

CHANGED = (*DETAILS, "start", "end")

# rooms above say here why a vacancy may not be changed just now: somebody has applied for it
InTheWay = Callable[[Vacancy], str]
in_the_way: list[InTheWay] = []


@dataclass(frozen=True, slots=True)
class Dated:
    """One session that may be posted; ``already`` where the practice has asked for the very same, ``why_not``
    where it cannot be.
    """

    day: date
    start: datetime | None
    end: datetime | None
    key: str
    already: bool = False
    why_not: str = ""
    vacancy: Vacancy | None = None


def series(practice: Organisation, role: str, days: Iterable[date], times: tuple[time, time]) -> list[Dated]:
    """The sessions of a series before they are posted; ``key`` is the day as an ISO date."""
    found = []
    for day in days:
        try:
            start, end = moments(day, *times)
        except WrongTime as wrong:
            found.append(Dated(day, None, None, day.isoformat(), why_not=f"The {wrong.field} {wrong}"))
        else:
            found.append(Dated(day, start, end, day.isoformat(), why_not=_why_not(practice, start)))
    return _with_those_there(practice, [(each, role) for each in found])


def _why_not(practice: Organisation, start: datetime) -> str:
    if start <= clock.now():
        return "It is in the past"
    day = start.astimezone(clock.LONDON).date()
    return "" if Pool.of_practice(practice, day) else "Your practice is in no pool on that day"


def _with_those_there(practice: Organisation, rows: list[tuple[Dated, str]]) -> list[Dated]:
    """The same, with a mark on those that the practice has asked for already."""
    starts = [row.start for row, _ in rows if row.start]
    if not starts:
        return [row for row, _ in rows]
    there = set(
        Vacancy.objects.for_practice(practice)
        .wanted()
        .filter(start__in=starts)
        .values_list("role", "start", "end")
    )
    return [
        Dated(row.day, row.start, row.end, row.key, True, row.why_not, row.vacancy)
        if (role, row.start, row.end) in there
        else row
        for row, role in rows
    ]


@transaction.atomic
def post_series(
    *,
    by: Person,
    practice: Organisation,
    details: Mapping[str, Any],
    sessions: Sequence[Dated],
    block: Mapping[str, Any] | None = None,
) -> list[Vacancy]:
    """Post each of ``sessions``; with ``block`` (title, how, least) they belong together. Raises Refused,
    with the day, where one cannot be.
    """
    if not sessions:
        raise Refused("Tick at least one day.")
    if len(sessions) > MOST:
        raise Refused(f"{MOST} sessions is the most at once.")
    together = _block(by, practice, sessions, **block) if block else None
    return [_post(by, practice, row, {**details, "block": together}) for row in sessions]


def _post(by: Person, practice: Organisation, row: Dated, details: Mapping[str, Any]) -> Vacancy:
    try:
        if row.start is None or row.end is None:
            raise Refused(f"{row.why_not}.")
        return post_vacancy(by=by, practice=practice, start=row.start, end=row.end, **details)
    except Refused as refused:
        raise Refused(f"{day_in_words(row.day)}: {refused} Nothing was posted.") from refused


def _block(
    by: Person, practice: Organisation, sessions: Sequence[Dated], *, title: str, how: str, least: int
) -> Block:
    pools = {Pool.of_practice(practice, row.day) for row in sessions}
    (pool,) = pools if len(pools) == 1 else (None,)
    if pool is None:
        raise Refused("A block lies within one pool: your practice changes its pool meanwhile.")
    if len(sessions) == 1:
        raise Refused("A block has at least two sessions.")
    if how == Block.How.PARTS and least > len(sessions):
        raise Refused(f"A part can't have {least} sessions: the block has {len(sessions)}.")
    title = title.strip() or (
        f"{len(sessions)} sessions, {day_in_words(sessions[0].day)} to {day_in_words(sessions[-1].day)}"
    )
    made = Block.objects.create(
        pool=pool, practice=practice, title=title, how=Block.How(how), least=least, posted_by=by
    )
    Event.record("posted", made, by=by, sessions=len(sessions), how=how)
    return made


def copied_week(practice: Organisation, monday: date, to: date) -> list[Dated]:
    """The sessions of the week of ``monday`` as they would be in the week of ``to``; ``key`` names the one
    copied.
    """
    rows = Vacancy.objects.for_practice(practice).wanted().between(*span(monday, 1)).order_by("start", "id")
    found = []
    for vacancy in rows.prefetch_related("skills"):
        key, by = str(vacancy.public_id), (to - monday).days
        day = date.fromordinal(vacancy.day.toordinal() + by)
        try:
            start, end = moved(vacancy.start, vacancy.end, by)
        except WrongTime as wrong:
            row = Dated(day, None, None, key, why_not=f"The {wrong.field} {wrong}", vacancy=vacancy)
        else:
            row = Dated(day, start, end, key, why_not=_why_not(practice, start), vacancy=vacancy)
        found.append((row, vacancy.role))
    return _with_those_there(practice, found)


@transaction.atomic
def copy_week(*, by: Person, practice: Organisation, sessions: Sequence[Dated]) -> list[Vacancy]:
    """Post those of ``copied_week`` that were chosen. Raises Refused, with the day, where one cannot be."""
    if not sessions:
        raise Refused("Tick at least one session.")
    return [_post(by, practice, row, details_of(row.vacancy)) for row in sessions if row.vacancy]


def details_of(vacancy: Vacancy) -> dict[str, Any]:
    """What was asked for but its times, for ``post_vacancy``."""
    details = {name: getattr(vacancy, name) for name in DETAILS}
    return {**details, "skills": list(vacancy.skills.all())}


@transaction.atomic
def change_vacancy(
    *,
    by: Person,
    vacancy: Vacancy,
    start: datetime,
    end: datetime,
    role: str,
    rate_cap: Decimal,
    skills: Iterable[Skill] = (),
    **details: Any,
) -> Vacancy:
    """The practice changes what it asks for, while nobody is asked. Raises Refused where somebody is, or has
    applied, or the session cannot be.
    """
    row = Vacancy.objects.select_for_update(of=("self",)).select_related("practice").get(pk=vacancy.pk)
    if why := why_no_change(row):
        raise Refused(why)
    refuse_bad_session(start, end, rate_cap)
    if Pool.of_practice(row.practice, start.astimezone(clock.LONDON).date()) != row.pool:
        raise Refused(f"{row.practice} is not in the same pool on that day. Post a new session instead.")
    wanted = of_the_role(skills, role)
    given = {**details, "start": start, "end": end, "role": role, "rate_cap": rate_cap}
    unknown = set(given) - set(CHANGED)
    if unknown:
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
    changed = sorted(name for name, value in given.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, given[name])
    row.save(update_fields=changed)
    prefetch_related_objects([row], "skills")
    if set(row.skills.all()) != set(wanted):
        row.skills.set(wanted)
        changed.append("skills")
    if changed:
        # a manager's pin was of the session as it stood
        row.pair_choices.filter(kind="pin").delete()
        Event.record("changed", row, by=by, what=changed)
    return row


def why_no_change(vacancy: Vacancy) -> str:
    """Why the practice may not change it now, as a sentence; "" where it may."""
    if vacancy.state not in ("draft", "released", "unfilled") or vacancy.start <= clock.now():
        return {
            "offered": "Somebody is being asked for this session: withdraw it, or wait for the answer.",
            "withdrawn": "This session has been withdrawn: post it again instead.",
        }.get(vacancy.state, "This session can't be changed any more.")
    if vacancy.block_id and vacancy.block is not None and vacancy.block.state == "asked":
        return "Somebody is being asked for the block that this session is part of."
    return next((why for ask in in_the_way if (why := ask(vacancy))), "")


def told_of(sessions: Sequence[Vacancy]) -> str:
    """What the banner says of those just posted."""
    if len(sessions) == 1:
        return f"Posted: {span_in_words(sessions[0].start, sessions[0].end)}."
    first, last = sessions[0], sessions[-1]
    return f"{len(sessions):,} sessions posted, {day_in_words(first.start)} to {day_in_words(last.start)}."
