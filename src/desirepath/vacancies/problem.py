"""The adapter between the tables and the pure planning problem of ``matching``.

Ids in the problem are row numbers as text. Time committed anywhere - this pool, another pool - enters as
fixed sessions, so that travel, rest and limits count it; where it is, stays inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Q, QuerySet, prefetch_related_objects

from desirepath.audit import clock
from desirepath.clinicians.free_time import free_time
from desirepath.clinicians.models import (
    LIMITS,
    AvailabilityException,
    BusyTime,
    Clinician,
    CommittedTime,
    Membership,
    PracticePreference,
    Requirement,
    Terms,
)
from desirepath.clinicians.month import bank_holidays, holidays_between
from desirepath.clinicians.quiet import choices_of
from desirepath.organisations.models import Kind, Parent
from desirepath.pools.models import PcnNeighbour, Pool
from desirepath.vacancies.checks import lacking, last_day, lent
from desirepath.vacancies.light import LightVacancy
from desirepath.vacancies.models import PairChoice, Vacancy

if TYPE_CHECKING:
    from desirepath import matching

# committed time this far around the plan still bears on it: the longest run of consecutive days is 14
AROUND = timedelta(days=15)


def planning_options(years: Iterable[int]) -> matching.Options:
    """The rules' numbers: PLANNER's defaults, with England's bank holidays of ``years``."""
    from desirepath.matching import Options

    return Options(bank_holidays=frozenset().union(*(bank_holidays(year) for year in years)))


@dataclass(frozen=True, slots=True)
class Material:
    """Rows a problem is made from, fetched once."""

    pool: Pool
    vacancies: Sequence[Vacancy | LightVacancy]
    clinicians: Sequence[Clinician]
    committed: Sequence[CommittedTime]
    asked: Sequence[tuple[int, int]]
    guests: Mapping[int, date] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date, date]:
        return min(v.day for v in self.vacancies), max(v.day for v in self.vacancies)


def build(
    *,
    pool: Pool,
    vacancies: Iterable[Vacancy | LightVacancy],
    clinicians: Iterable[Clinician] | None = None,
    asked: Iterable[tuple[int, int]] = (),
    declined: Iterable[tuple[int, int]] = (),
    without: Iterable[CommittedTime] = (),
    asking: bool = False,
    terms: Mapping[int, Terms] | None = None,
    next_pools: bool = False,
) -> matching.Problem:
    """The problem of covering ``vacancies`` of one ``pool``.

    ``clinicians`` defaults to its active members; those without published terms are left out;
    ``asked`` are (vacancy, clinician) row numbers with a live offer, kept as they are; ``declined`` pairs are
    not proposed again; ``without`` leaves committed time out (a booking that is about to be replaced);
    ``asking`` keeps to what she chose about being asked: a practice she has muted counts as blocked, and
    whoever is paused or on standby is not free; ``next_pools`` counts members of neighbouring pools who allow
    it as the pool's own. A pin that no longer fits is left out: the plan's row then lacks the mark.
    """
    from desirepath.matching import Problem

    material = _fetch(
        pool, list(vacancies), clinicians, list(asked), {row.pk for row in without}, terms or {}, asking
    )
    if next_pools:
        material = replace(material, guests=lent(pool, material.clinicians))
    practices = _practices(material)
    problem = Problem(
        practices=tuple(practices.values()),
        neighbours=_neighbours(material),
        clinicians=tuple(_clinicians(material, asking)),
        vacancies=tuple(_vacancies(material)),
        preferences=tuple(_preferences(material, asking)),
        fixed=tuple(_fixed(material)),
        options=planning_options({day.year for day in material.days} if material.vacancies else ()),
    )
    return _with_choices(
        problem,
        material,
        {(str(v), str(c)) for v, c in declined} | lacking(material.vacancies, material.clinicians),
    )


def _fetch(
    pool: Pool,
    vacancies: list[Vacancy | LightVacancy],
    clinicians: Iterable[Clinician] | None,
    asked: list[tuple[int, int]],
    without: set[int],
    instead: Mapping[int, Terms],
    asking: bool,
) -> Material:
    if not vacancies:
        return Material(pool, [], [], [], [])
    start, end = min(v.start for v in vacancies), max(v.end for v in vacancies)
    if clinicians is None:
        clinicians = Clinician.objects.for_pool(pool)
    if not isinstance(clinicians, list):
        rows = clinicians.filter(terms__state="published").order_by("pk")  # type: ignore[attr-defined]
        clinicians = list(rows.select_related("quiet_choices") if asking else rows)
    first, last = start.date() - timedelta(days=1), end.date() + timedelta(days=1)
    prefetch_related_objects(clinicians, "skills", "weekly_pattern")
    _bring(clinicians, "exceptions_near", AvailabilityException.objects.filter(day__range=(first, last)))
    near = BusyTime.objects.between(start - timedelta(days=2), end + timedelta(days=2))
    _bring(clinicians, "busy_near", near)
    _bring(clinicians, "terms_now", Terms.objects.filter(state="published"))
    # asked along the way, since hardly any practice asks for something beside its pool
    lists = Requirement.objects.filter(policy__practice__in={v.practice_id for v in vacancies})
    here = Membership.objects.filter(pool=pool, state="active").annotate(practices_ask=Exists(lists))
    _bring(clinicians, "membership_here", here)
    for row in clinicians:
        if row.pk in instead:
            row.terms_now = [instead[row.pk]]  # type: ignore[union-attr]
    clinicians = [row for row in clinicians if row.terms_now]  # type: ignore[union-attr]
    committed = [
        row
        for row in CommittedTime.objects.of(clinicians)
        .between(start - AROUND, end + AROUND)
        .select_related("practice")
        if row.pk not in without
    ]
    members = {c.pk for c in clinicians}
    prefetch_related_objects([v for v in vacancies if isinstance(v, Vacancy)], "practice", "skills")
    return Material(pool, vacancies, clinicians, committed, [pair for pair in asked if pair[1] in members])


def _bring(clinicians: Iterable[Clinician], name: str, rows: QuerySet[Any]) -> None:
    """Each clinician's own of ``rows`` as a list by that name, in place of those for the days and the pool of
    an earlier problem. Where one clinician is judged, Django's Prefetch costs more than its query.
    """
    people = {clinician.pk: clinician for clinician in clinicians}
    of_her: dict[int, list[Any]] = {pk: [] for pk in people}
    for row in rows.filter(clinician__in=list(people)):
        row.clinician = people[row.clinician_id]
        of_her[row.clinician_id].append(row)
    for clinician in clinicians:
        setattr(clinician, name, of_her[clinician.pk])


def _pcn_of(practices: Iterable[int], day: date) -> dict[int, int]:
    rows = Parent.objects.filter(Q(ends_on__gt=day) | Q(ends_on=None), kind=Kind.PCN, starts_on__lte=day)
    return dict(rows.filter(child__in=practices).values_list("child_id", "parent_id"))


def _practices(material: Material) -> dict[int, matching.Practice]:
    from desirepath.matching import Practice

    own = {v.practice_id for v in material.vacancies}
    places = {row.practice_id: row.practice for row in material.committed}
    places |= {row.practice_id: row.practice for row in material.vacancies}
    rows = dict(sorted(places.items(), key=lambda place: (place[1].name, place[0])))
    pcns = _pcn_of(rows, material.days[0]) if material.vacancies else {}
    return {
        pk: Practice(
            id=str(pk),
            pcn=str(pcns.get(pk, "")),
            pool=str(material.pool.pk) if pk in own else "elsewhere",
            latitude=row.latitude or 0.0,
            longitude=row.longitude or 0.0,
        )
        for pk, row in rows.items()
    }


def _neighbours(material: Material) -> frozenset[tuple[str, str]]:
    banks = {m.pcn_id for row in material.clinicians for m in row.membership_here}  # type: ignore[attr-defined]
    pairs = PcnNeighbour.objects.filter(pcn__in=banks - {None})
    return frozenset((str(pcn), str(other)) for pcn, other in pairs.values_list("pcn_id", "neighbour_id"))


def _clinicians(material: Material, asking: bool) -> Iterable[matching.Clinician]:
    from desirepath.matching import Window

    if not material.vacancies:
        return
    if asking:
        prefetch_related_objects(material.clinicians, "quiet_choices")
    today = clock.today()
    first, last = (day + timedelta(days=n) for day, n in zip(material.days, (-1, 1), strict=True))
    holidays = holidays_between(first, last)
    for row in material.clinicians:
        terms: Terms = row.terms_now[0]  # type: ignore[attr-defined]
        membership = next(iter(row.membership_here), None)  # type: ignore[attr-defined]
        free = free_time(
            row.weekly_pattern.all(),
            row.exceptions_near,  # type: ignore[attr-defined]
            first,
            last,
            days_off=() if row.free_on_bank_holidays else holidays,
            busy=row.busy_near,  # type: ignore[attr-defined]
        )
        if asking and (choices_of(row).paused_on(today) or choices_of(row).standby):
            free = []
        yield planned(
            row,
            terms,
            pool=str(material.pool.pk) if membership or row.pk in material.guests else None,
            pcn=str(membership.pcn_id) if membership and membership.pcn_id else None,
            agency=row.through_agency,
            valid_until=last_day(row, membership, material.guests),
            windows=tuple(Window(stretch.start, stretch.end) for stretch in free),
        )


def planned(
    row: Clinician,
    terms: Terms,
    *,
    pool: str | None,
    pcn: str | None = None,
    agency: bool = False,
    valid_until: date | None = None,
    windows: tuple[matching.Window, ...] = (),
) -> matching.Clinician:
    """A clinician as the plan knows her, with the rates (in pence) and limits of one version of her terms."""
    from desirepath.matching import Clinician as Person

    return Person(
        id=str(row.pk),
        role=row.role,
        skills=frozenset(skill.code for skill in row.skills.all()),
        latitude=row.latitude,
        longitude=row.longitude,
        pcn=pcn,
        pools=frozenset({pool} if pool else ()),
        agency=agency,
        base_rate=int(terms.base_rate * 100),
        evening_pct=terms.evening_pct,
        saturday_pct=terms.saturday_pct,
        day_pct=terms.day_pct,  # type: ignore[arg-type]
        bank_holiday_pct=terms.bank_holiday_pct,
        far_km=terms.far_km,
        far_pence_per_km=terms.far_pence_per_km,
        valid_until=valid_until,
        windows=windows,
        **{name: getattr(terms, name) for name in LIMITS},
    )


def _vacancies(material: Material) -> Iterable[matching.Vacancy]:
    from desirepath.matching import Vacancy as Session

    for row in material.vacancies:
        yield Session(
            id=str(row.pk),
            practice=str(row.practice_id),
            start=row.start,
            end=row.end,
            role=row.role,
            skills=_skill_codes(row),
            urgency=row.urgency,
            rate_cap=int(row.rate_cap * 100),
        )
    for busy in material.committed:
        yield Session(
            id=f"busy {busy.pk}",
            practice=str(busy.practice_id),
            start=busy.start,
            end=busy.end,
            role="committed",
            skills=frozenset(),
            urgency=1,
            rate_cap=0,
        )


def _skill_codes(row: Vacancy | LightVacancy) -> frozenset[str]:
    if isinstance(row, LightVacancy):
        return row.skill_codes
    return frozenset(skill.code for skill in row.skills.all())


def _fixed(material: Material) -> Iterable[tuple[str, str]]:
    for busy in material.committed:
        yield f"busy {busy.pk}", str(busy.clinician_id)
    known = {v.pk for v in material.vacancies}
    for vacancy, clinician in material.asked:
        if vacancy in known:
            yield str(vacancy), str(clinician)


def _preferences(material: Material, asking: bool) -> Iterable[matching.Preference]:
    from desirepath.matching import Preference

    own = {v.practice_id for v in material.vacancies}
    for clinician, practice, kind in _stated(material.clinicians, own):
        if kind == "preferred":
            yield Preference(str(clinician), str(practice), "preferred")
        elif kind == "blocked" or asking:
            yield Preference(str(clinician), str(practice), "blocked")
    worked = (
        CommittedTime.objects.of(material.clinicians)
        .worked_before(clock.now())
        .filter(practice__in=own)
        .order_by()
        .values_list("clinician_id", "practice_id")
        .distinct()
    )
    for clinician, practice in worked:
        yield Preference(str(clinician), str(practice), "worked")


def _stated(clinicians: Sequence[Clinician], practices: set[int]) -> Iterable[tuple[int, int, str]]:
    """What they have said of these practices; not asked again where all of it has been brought already."""
    if all("practice_preferences" in getattr(row, "_prefetched_objects_cache", ()) for row in clinicians):
        said = [each for row in clinicians for each in row.practice_preferences.all()]
        return [(e.clinician_id, e.practice_id, e.kind) for e in said if e.practice_id in practices]
    stated = PracticePreference.objects.filter(clinician__in=clinicians, practice__in=practices)
    return stated.values_list("clinician_id", "practice_id", "kind")


def _with_choices(
    problem: matching.Problem, material: Material, declined: set[tuple[str, str]]
) -> matching.Problem:
    """The problem with what she declined and what the managers pin and forbid, where it concerns its people
    and sessions.
    """
    taken = {vacancy for vacancy, _ in problem.fixed}
    forbidden = {(v, c) for v, c in declined if v in problem.vacancy_of and c in problem.clinician_of}
    pinned: list[tuple[str, str]] = []
    if not material.vacancies:
        return problem
    # by the days, not by a list of thousands of sessions
    starts = [vacancy.start for vacancy in material.vacancies]
    choices = PairChoice.objects.filter(
        vacancy__pool=material.pool, vacancy__start__range=(min(starts), max(starts))
    )
    for choice in choices.order_by("pk"):
        pair = (str(choice.vacancy_id), str(choice.clinician_id))
        if pair[0] not in problem.vacancy_of or pair[1] not in problem.clinician_of or pair[0] in taken:
            continue
        if choice.kind == PairChoice.Kind.FORBID:
            forbidden.add(pair)
        elif pair not in declined and not broken_rules(problem, pair, beside=pinned):
            pinned.append(pair)
    return replace(problem, forbidden=frozenset(forbidden), pinned=tuple(pinned))


def broken_rules(
    problem: matching.Problem, pair: tuple[str, str], beside: Iterable[tuple[str, str]] = ()
) -> list[str]:
    """Names of the rules that ``pair`` (vacancy, clinician) breaks, alone or with her fixed sessions and
    those ``beside``.
    """
    from desirepath.matching import rules

    vacancy, clinician = problem.vacancy_of[pair[0]], problem.clinician_of[pair[1]]
    hers = [problem.vacancy_of[v] for v, c in (*problem.fixed, *beside) if c == pair[1]]
    return [
        *rules.broken_pair_rules(problem, clinician, vacancy),
        *rules.broken_together_rules(problem, clinician, hers, vacancy),
    ]
