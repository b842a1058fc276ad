"""Who could come to a session were money no matter, and at what rate: as it is asked, and with one change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from desirepath.audit.clock import LONDON
from desirepath.nhsuk import formats
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.actions import MOST_RATE
from desirepath.vacancies.light import LightVacancy
from desirepath.vacancies.problem import build

if TYPE_CHECKING:
    from desirepath import matching

# rates are told on a grid of £5: a finer one, asked penny by penny, would tell somebody's rate
GRID = 5
HALF_HOUR = timedelta(minutes=30)
# a session is not made shorter than this by the changes proposed
SHORTEST = timedelta(hours=2)
CHANGES_OF_TIME = 2


def floor_of(rate: Decimal) -> int:
    """The rate on the grid that is not above ``rate``, pounds an hour."""
    return int(rate // GRID * GRID)


def steps(above: int) -> range:
    """The rates of the grid above one, to the most anybody may pay."""
    return range(above + GRID, int(MOST_RATE) + GRID, GRID)


@dataclass(frozen=True, slots=True)
class Question:
    """A session as a practice asks or would ask for it: ``skills`` are names by code, ``pk`` if posted."""

    pool: Pool
    practice: Organisation
    role: str
    start: datetime
    end: datetime
    skills: Mapping[str, str] = field(default_factory=dict)
    pk: int = 0

    @property
    def day(self) -> date:
        return self.start.astimezone(LONDON).date()

    @property
    def key(self) -> str:
        """The same for the same time and skills, whatever the practice pays."""
        return f"{self.start.timestamp():.0f} {self.end.timestamp():.0f} {','.join(sorted(self.skills))}"

    def variants(self) -> Iterator[tuple[str, datetime, datetime, frozenset[str]]]:
        """(words, start, end, skills) with one thing changed, the smallest change of each kind first."""
        codes = frozenset(self.skills)
        for start in _half_hours(self.start, HALF_HOUR):
            if self.end - start >= SHORTEST:
                yield f"if it starts at {formats.clock(start)}", start, self.end, codes
        for end in _half_hours(self.end, -HALF_HOUR):
            if end - self.start >= SHORTEST:
                yield f"if it ends by {formats.clock(end)}", self.start, end, codes
        for code, name in sorted(self.skills.items()):
            yield f"without {name}", self.start, self.end, codes - {code}


def _half_hours(moment: datetime, step: timedelta) -> Iterator[datetime]:
    """The next full and half hours after ``moment``, or before it."""
    over = timedelta(minutes=moment.minute % 30)
    first = moment - over + step if step > timedelta(0) else moment - (over or HALF_HOUR)
    return (first + n * step for n in range(CHANGES_OF_TIME))


def able(question: Question) -> dict[str, dict[int, Decimal]]:
    """Whoever every rule lets come, by the words of each change ("" for none), with her hourly rate.

    Beside what each has committed already, and as she chose to be asked.
    """
    from desirepath.matching import feasible_pairs, rules

    sessions = {"": _light(question, question.pk, question.start, question.end, frozenset(question.skills))}
    for number, (words, start, end, codes) in enumerate(question.variants(), start=1):
        sessions[words] = _light(question, -number, start, end, codes)
    problem = build(pool=question.pool, vacancies=list(sessions.values()), asking=True)
    words_of = {str(session.pk): words for words, session in sessions.items()}
    ruled_out = {who for vacancy, who in problem.forbidden if vacancy == str(question.pk)}
    hers: dict[str, list[matching.Vacancy]] = {}
    for vacancy, who in problem.fixed:
        hers.setdefault(who, []).append(problem.vacancy_of[vacancy])
    found: dict[str, dict[int, Decimal]] = {words: {} for words in sessions}
    pairs = feasible_pairs(problem)
    columns = (pairs.clinician.tolist(), pairs.vacancy.tolist(), pairs.rate.tolist())
    for place, what, rate in zip(*columns, strict=True):
        person, session = problem.clinicians[place], problem.vacancies[what]
        if session.id not in words_of or person.id in ruled_out:
            continue
        if rules.goes_with(problem, person, hers.get(person.id, []), session):
            found[words_of[session.id]][int(person.id)] = Decimal(rate) / 100
    return found


def _light(
    question: Question, pk: int, start: datetime, end: datetime, codes: frozenset[str]
) -> LightVacancy:
    return LightVacancy(
        pk=pk,
        practice_id=question.practice.pk,
        start=start,
        end=end,
        role=question.role,
        urgency=1,
        rate_cap=MOST_RATE,
        state="released",
        pool_id=question.pool.pk,
        session_type="",
        practice=question.practice,
        skill_codes=codes,
        day=start.astimezone(LONDON).date(),
        minutes=int((end - start).total_seconds()) // 60,
    )
