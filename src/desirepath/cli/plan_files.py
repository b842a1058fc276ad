"""`desirepath plan DIR --out OUT`: the planner on files, without a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from desirepath.matching import Plan, Problem
    from desirepath.matching import Progress as Step

PHASES = {
    "pairs": "Finding who can work what",
    "place": "Placing the sessions",
    "search": "Searching for the best plan",
    "level 1": "Bounding what can be filled",
    "explain": "Explaining",
    "check": "Checking",
    "done": "Done",
}
TIERS = ("own PCN", "neighbouring PCN", "pool", "agency")


def plan_directory(directory: Path, out: Path, how: dict[str, Any], console: "Console") -> None:
    """Read a problem, plan it, write plan.csv, unfilled.csv and plan.json to `out`, print a summary.

    `how` holds seed, seconds, gap, workers and cluster as `desirepath plan` takes them.

    Wrong input: one line per error on standard error, typer.Exit(2), nothing written. Ctrl-C while searching
    stops with the best plan found.
    """
    from desirepath.matching import ProblemError, read_problem, write_plan

    try:
        problem, warnings = read_problem(directory)
        for warning in warnings:
            typer.echo(warning, err=True)
        if out.exists() and not out.is_dir():
            raise ProblemError(f"{out.name} is a file, not a directory")
        plan = planned(problem, how, console)
        write_plan(out, problem, plan)
    except ProblemError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from None
    for line in summary(problem, plan):
        console.print(line, highlight=False, markup=False)
    console.print(f"Written to {out}: plan.csv, unfilled.csv, plan.json", highlight=False, markup=False)


def planned(problem: "Problem", how: dict[str, Any], console: "Console") -> "Plan":
    """The plan, with a progress bar that names the phase."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from desirepath.matching import Params, Stop, solve

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[gap]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Planning", total=1.0, gap="")

        def tell(step: "Step") -> None:
            """Show the phase, how much of it is done, and the gap."""
            phase = PHASES.get(step.phase, step.phase)
            bar.update(task, description=phase, completed=step.share, gap=gap_in_words(step))

        return solve(
            problem,
            stop=Stop(gap=how["gap"], seconds=how["seconds"]),
            seed=how["seed"],
            params=Params(how["workers"], how["cluster"]),
            on_progress=tell,
        )


def gap_in_words(step: "Step") -> str:
    """The gap so far: "gap 0.12%", nothing before there is one."""
    if step.objective is None or step.bound is None or step.bound <= 0:
        return ""
    return f"gap {max(0, step.bound - step.objective) / step.bound:.4%}"


def summary(problem: "Problem", plan: "Plan") -> list[str]:
    """What was planned, line by line."""
    filled, needed = len(plan.assignments), len(problem.vacancies)
    share = f" ({filled / needed:.1%})" if needed else ""
    tiers = [sum(each.tier == tier for each in plan.assignments) for tier in range(len(TIERS))]
    booked = sum(each.fixed for each in plan.assignments)
    pay = sum(each.pay for each in plan.assignments)
    proven = "proven optimal" if plan.gap <= 1e-7 else f"at most {plan.gap:.4%} below the best possible"
    return [
        f"Sessions: {needed:,} needed, {filled:,} filled{share}, {booked:,} of them already booked",
        "Filled from: " + ", ".join(f"{name} {count:,}" for name, count in zip(TIERS, tiers, strict=True)),
        f"Cost: £{pay // 100:,}.{pay % 100:02}",
        f"Gap: {plan.gap:.2g}, {proven}; urgency filled {plan.levels.l1:,} of at most {plan.level_1_bound:,}",
        f"Feasible pairs: {plan.edges:,}; {plan.seconds['total']:.2f} seconds; "
        f"peak memory {plan.peak_memory_mb:.0f} MB; seed {plan.seed}",
    ]
