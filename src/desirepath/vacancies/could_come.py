"""How many clinicians could come to a session, and the smallest changes that would bring more: counts, never
names.

What a practice is told on one day about sessions of one role on one day is kept (``CountsTold``): the same
question is answered from there, another rate is read from the same steps, and another question is told within
``disclosure``. However it varies what it asks, no answer tells one person's rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.nhsuk.formats import plural, pounds
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool
from desirepath.vacancies.able import GRID, Question, able, floor_of, steps
from desirepath.vacancies.disclosure import FEWEST, Ledger
from desirepath.vacancies.models import CountsTold, Vacancy

__all__ = ["FEWEST", "GRID", "Change", "CouldCome", "could_come", "could_come_to_draft"]

# different sessions that a practice may check in a day before it posts one, and questions about one day
MOST_DRAFTS, MOST_A_DAY = 20, 12
CHANGES_SHOWN = 5
CHECKED_ENOUGH = (
    "You have checked as many different sessions as a practice may in one day, so that nobody's rate can be "
    "worked out. You can check more tomorrow, and ask for cover without checking."
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change to what is asked, and how many more could come with it."""

    more: int
    words: str

    @property
    def sentence(self) -> str:
        """ "5 more at £95 an hour"."""
        return f"{self.more:,} more {self.words}"


@dataclass(frozen=True, slots=True)
class CouldCome:
    """``now`` clinicians could come; ``changes`` are single ones that bring at least three more.

    ``at`` is the rate in pounds an hour that ``now`` was counted at, where the practice pays a little more;
    ``dearer`` (pounds an hour, clinicians) the least step of the rate that brings more, or None. ``about``:
    told in whole groups, since something like it was asked before that day.
    """

    now: int
    changes: tuple[Change, ...] = ()
    at: Decimal | None = None
    dearer: tuple[Decimal, int] | None = None
    about: bool = False

    @property
    def count(self) -> str:
        """ "9 clinicians could come as it stands"."""
        if self.now < FEWEST:
            number = f"Fewer than {FEWEST} clinicians"
        else:
            number = f"{'About ' if self.about else ''}{plural(self.now, 'clinician')}"
        when = (
            "as it stands"
            if self.at is None
            else f"at {pounds(self.at, exact=False)} an hour (counted in steps of £5)"
        )
        return f"{number} could come {when}"

    @property
    def sentence(self) -> str:
        told = f"{self.count}."
        if self.dearer:
            told += f" At {pounds(self.dearer[0], exact=False)} an hour, {self.dearer[1]:,} could."
        return told


def could_come(vacancy: Vacancy) -> CouldCome | None:
    """For a session that was posted; None where too much was asked about that day already."""
    question = Question(
        pool=vacancy.pool,
        practice=vacancy.practice,
        role=vacancy.role,
        start=vacancy.start,
        end=vacancy.end,
        skills={skill.code: skill.name for skill in vacancy.skills.all()},
        pk=vacancy.pk,
    )
    try:
        return _answered(question, vacancy.rate_cap, draft=False)
    except Refused:
        return None


def could_come_to_draft(
    *,
    practice: Organisation,
    role: str,
    start: datetime,
    end: datetime,
    rate_cap: Decimal,
    skills: Iterable[Any] = (),
    **_: Any,
) -> CouldCome:
    """For what a practice is about to ask; takes what ``post_vacancy`` takes. Nothing is posted.

    Raises Refused where the practice is in no pool, the session has begun, or it has checked enough that day.
    """
    pool = Pool.of_practice(practice, start.date())
    if pool is None:
        raise Refused(f"{practice} does not belong to a pool on that day. Ask the pool manager to add it.")
    if start <= clock.now():
        raise Refused("The session must start in the future.")
    named = {skill.code: skill.name for skill in skills}
    question = Question(pool=pool, practice=practice, role=role, start=start, end=end, skills=named)
    return _answered(question, rate_cap, draft=True)


@transaction.atomic
def _answered(question: Question, rate: Decimal, *, draft: bool) -> CouldCome:
    """From what was told already that day, or told now and kept."""
    told, _ = CountsTold.objects.get_or_create(
        practice=question.practice, role=question.role, day=question.day, asked_on=clock.today()
    )
    told = CountsTold.objects.select_for_update().get(pk=told.pk)
    if question.key not in told.answers:
        if len(told.answers) >= MOST_A_DAY or (draft and _drafts(question) >= MOST_DRAFTS):
            raise Refused(CHECKED_ENOUGH)
        told.answers[question.key] = _tell(told, question, rate)
        told.drafts += draft
        told.save(update_fields=["answers", "groups", "drafts"])
    return _read(told.answers[question.key], rate)


def _drafts(question: Question) -> int:
    rows = CountsTold.objects.filter(practice=question.practice, asked_on=clock.today())
    return rows.aggregate(all=Sum("drafts"))["all"] or 0


def _tell(told: CountsTold, question: Question, rate: Decimal) -> dict[str, Any]:
    """Count everything once: the rate asked first, then every step of it, then each single change."""
    ledger = Ledger(told.groups)
    about = bool(ledger.groups)
    people = able(question)
    base = people.pop("")
    asked = floor_of(rate)
    sizes = {asked: len(ledger.tell(_within(base, asked)))}
    for step in (*steps(asked), *reversed(range(0, asked, GRID))):
        sizes[step] = len(ledger.tell(_within(base, step)))
    changes = {words: len(ledger.tell(_within(others, asked))) for words, others in people.items()}
    told.groups = [sorted(group) for group in ledger.groups]
    return {
        "asked": asked,
        "about": about,
        "steps": _where_it_changes(sizes),
        "changes": [[words, size] for words, size in changes.items()],
    }


def _within(people: Mapping[int, Decimal], rate: int) -> list[int]:
    return [who for who, hers in people.items() if hers <= rate]


def _where_it_changes(sizes: Mapping[int, int]) -> list[list[int]]:
    """[rate, how many] from the lowest rate on, where the number is another than before; it never falls."""
    kept: list[list[int]] = [[0, 0]]
    for rate in sorted(sizes):
        if sizes[rate] >= kept[-1][1] + FEWEST:
            kept.append([rate, sizes[rate]])
    return kept


def _read(answer: Mapping[str, Any], rate: Decimal) -> CouldCome:
    """What a stored answer says at ``rate`` pounds an hour."""
    asked = floor_of(rate)
    now = max((size for step, size in answer["steps"] if step <= asked), default=0)
    dearer = [(Decimal(step), size) for step, size in answer["steps"] if step > asked]
    changes = [Change(size - now, f"at {pounds(step, exact=False)} an hour") for step, size in dearer[:2]]
    if asked == answer["asked"]:
        changes += _other_changes(answer["changes"], now)
    return CouldCome(
        now=now,
        changes=tuple(changes[:CHANGES_SHOWN]),
        at=None if asked == rate else Decimal(asked),
        dearer=dearer[0] if dearer else None,
        about=answer["about"],
    )


def _other_changes(changes: Iterable[tuple[str, int]], now: int) -> list[Change]:
    """Those that bring enough; of a later start or an earlier end only the smallest."""
    found: dict[str, Change] = {}
    for words, size in changes:
        kind = words if words.startswith("without") else words.split()[2]
        if size >= now + FEWEST:
            found.setdefault(kind, Change(size - now, words))
    return list(found.values())


def forget_due() -> int:
    """Delete what was told before today; the number of rows."""
    return CountsTold.forget_before(clock.today())
