"""What a plan says in the terminal: its figures, and three sessions explained in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from desirepath.demo.perform import OnStep
    from desirepath.matching import Plan, Problem
    from desirepath.vacancies.models import PlanRun, Proposal, Unfilled

PROVEN = 1e-7
TIERS = (
    "the practice's own PCN bank",
    "a neighbouring PCN's bank",
    "the rest of the pool",
    "an agency",
)
# the planner names sessions by their numbers, and where else somebody works is hers
OTHER_SESSION = re.compile(r"(booked for|needed more for) (?:busy )?\d+(?=,)")
FACTS = {"pinned": "kept for it by the manager", "worked": "has worked there before"}


@contextmanager
def progress(console: Console) -> Iterator[OnStep]:
    """Bars for what takes time, one for each thing that is counted; gone when all is done."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def on_step(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield on_step


def tell(console: Console, run: PlanRun) -> None:
    """Print the figures of a plan and up to three examples of it."""
    for line in [*figures(run), *examples(run)]:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def figures(run: PlanRun) -> Iterator[str]:
    """Sessions needed, filled by tier, gap, and pounds against agency."""
    from desirepath.nhsuk.formats import day, number, percent, plural, pounds

    told = run.summary
    needed, filled, asked = told["needed"], told["filled"], told["asked"]
    yield f"Plan of {run.pool} for {plural(run.weeks, 'week')} from {day(run.first_day)}"
    yield f"  Sessions needed: {number(needed)}" + (
        f", {number(asked)} of them being asked already" if asked else ""
    )
    if not needed:
        return
    yield (
        f"  Filled: {number(filled)} ({percent((filled + asked) / needed)} with those being asked)"
        if asked
        else (f"  Filled: {number(filled)} ({percent(filled / needed)})")
    )
    for name, count in zip(TIERS, told["tiers"], strict=True):
        if count:
            yield f"    from {name}: {number(count)}"
    yield f"  Not filled: {number(needed - filled - asked)}"
    yield f"  Gap: {_gap(told['gap'])}"
    yield f"  Cost: {pounds(Decimal(told['fees']))}"
    saved = Decimal(told["saved"])
    if Decimal(told["agency"]):
        against = f"{pounds(saved)} less than" if saved >= 0 else f"{pounds(-saved)} more than"
        yield f"  Against agency: {against} the {pounds(Decimal(told['agency']))} an agency would charge"
    yield f"  Solved in {told['seconds']:.1f} seconds over {plural(told['edges'], 'possible pair')}"


def _gap(gap: float) -> str:
    if gap <= PROVEN:
        return "0, proven the best possible"
    return f"proven within {gap:.4%} of the best possible"


def examples(run: PlanRun) -> Iterator[str]:
    """Two proposals, why her and why not the next one, and a session that stays open
    with what would fill it.
    """
    problem, plan = as_planned(run)
    chosen = _telling(run)
    for proposal in chosen:
        yield from proposed(problem, plan, proposal)
    unfilled = list(run.unfilled.select_related("vacancy__practice").order_by("pk"))
    unfilled.sort(key=lambda each: not each.changes)
    for each in unfilled[: 3 - len(chosen)]:
        yield from left_open(each)


def _telling(run: PlanRun) -> list[Proposal]:
    """Two proposals that show most: one of somebody known there, one from farther away."""
    rows = run.proposals.select_related("vacancy__practice", "clinician__person").order_by("tier", "pk")
    every = list(rows)
    known = [p for p in every if "worked" in p.reasons]
    first = (known or every)[:1]
    rest = [
        p for p in reversed(every) if p not in first and p.clinician_id not in {f.clinician_id for f in first}
    ]
    return [*first, *rest[: 2 - len(first) + (0 if run.unfilled.exists() else 1)]]


def as_planned(run: PlanRun) -> tuple[Problem, Plan]:
    """The problem of the run's sessions that are still open or being asked, and its proposals as a plan of
    it.
    """
    from desirepath.matching import Assignment, Levels, Plan
    from desirepath.vacancies.models import Vacancy
    from desirepath.vacancies.problem import build

    open_now = ("released", "offered", "unfilled")
    mine = Vacancy.objects.filter(state__in=open_now)
    vacancies = mine.filter(proposals__run=run) | mine.filter(unfilled__run=run)
    problem = build(pool=run.pool, vacancies=vacancies.distinct().order_by("start", "pk"))
    assignments = [Assignment(v, c, 0, 0, 0, 0.0, (), fixed=True) for v, c in problem.fixed]
    taken = {vacancy for vacancy, _ in problem.fixed}
    for row in run.proposals.all():
        pair = str(row.vacancy_id), str(row.clinician_id)
        if pair[0] in problem.vacancy_of and pair[1] in problem.clinician_of and pair[0] not in taken:
            fee = int(row.fee * 100)
            assignments.append(Assignment(*pair, row.tier, row.preference, fee, row.km, ()))
    plan = Plan(
        assignments=tuple(assignments),
        unfilled=(),
        levels=Levels(),
        objective=0,
        bound=0,
        gap=run.summary["gap"],
        level_1_bound=0,
        level_1_gap=0.0,
        seconds={},
        edges=0,
        peak_memory_mb=0.0,
        seed=run.seed,
        versions={},
    )
    return problem, plan


def session(vacancy: Any) -> str:
    """ "GP at Elm Surgery, Tue 8 Dec, 8:30am to 12:40pm"."""
    from desirepath.nhsuk.formats import span

    return f"{vacancy.get_role_display()} at {vacancy.practice}, {span(vacancy.start, vacancy.end)}"


def proposed(problem: Problem, plan: Plan, proposal: Proposal, most: int = 1) -> Iterator[str]:
    """Who is proposed and why, and why not the next ``most``, in sentences."""
    from desirepath.matching import explain
    from desirepath.nhsuk.formats import pounds

    facts = [FACTS[name] for name in proposal.reasons if name in FACTS]
    why = "; ".join([f"comes from {TIERS[proposal.tier]}", *facts, f"the fee is {pounds(proposal.fee)}"])
    yield f"{session(proposal.vacancy)}"
    yield f"  {proposal.clinician}: {why}."
    if plan.clinician_for(str(proposal.vacancy_id)) != str(proposal.clinician_id):
        return
    others = explain.proposal(problem, plan, str(proposal.vacancy_id)).others
    if not others:
        yield "  Nobody else could work it."
    for other in others[:most]:
        message = OTHER_SESSION.sub(r"\1 another session", other.message)
        yield f"  Next: {name_of(other.clinician)}. {message}."


def name_of(clinician: str) -> str:
    """The name of a clinician by her id in the problem."""
    from desirepath.clinicians.models import Clinician

    return Clinician.objects.select_related("person").get(pk=int(clinician)).person.name


def left_open(unfilled: Unfilled) -> Iterator[str]:
    """Why a session stays open, and the smallest changes that would each fill it."""
    yield f"{session(unfilled.vacancy)}"
    from desirepath.vacancies.presenters.unfilled import names_of_skills, why_nobody

    why = why_nobody(unfilled, names_of_skills())
    yield f"  Nobody is proposed. {why.reason}."
    if not why.changes:
        yield "  No single change would fill it."
    for change in why.changes[:3]:
        yield f"  Would fill it: {change[0].lower()}{change[1:]}."
