"""Plans and problems as files, in PLANNER's format: all of them or none."""

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from desirepath.matching.plan import Plan
from desirepath.matching.problem import Clinician, Options, Problem, ProblemError
from desirepath.matching.times import from_local, to_local

Rows = Iterable[Sequence[object]]


def write_plan(directory: Path | str, problem: Problem, plan: Plan) -> None:
    """Write plan.csv, unfilled.csv and plan.json; raises ProblemError where that can't be."""

    def write(place: Path) -> None:
        write_csv(
            place / "plan.csv",
            ("vacancy", "clinician", "tier", "preference", "pay", "km", "reasons"),
            (
                (
                    a.vacancy,
                    a.clinician,
                    a.tier,
                    a.preference,
                    pounds(a.pay),
                    f"{a.km:.3f}",
                    ";".join(a.reasons),
                )
                for a in plan.assignments
            ),
        )
        write_csv(
            place / "unfilled.csv",
            ("vacancy", "reason", "candidates", "changes"),
            (
                (u.vacancy, u.reason, u.candidates, ";".join(each.text for each in u.changes))
                for u in plan.unfilled
            ),
        )
        summary = json.dumps(plan_summary(plan), indent=2) + "\n"
        (place / "plan.json").write_text(summary, encoding="utf-8")

    all_or_nothing(Path(directory), write)


def plan_summary(plan: Plan) -> dict[str, object]:
    """What plan.json says."""
    return {
        "filled": len(plan.assignments),
        "unfilled": len(plan.unfilled),
        "levels": {name.upper(): value for name, value in plan.levels._asdict().items()},
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "level_1_bound": plan.level_1_bound,
        "level_1_gap": plan.level_1_gap,
        "seconds": dict(plan.seconds),
        "edges": plan.edges,
        "peak_memory_mb": plan.peak_memory_mb,
        "seed": plan.seed,
        "versions": dict(plan.versions),
    }


def write_problem(directory: Path | str, problem: Problem) -> None:
    """Write a problem as the files that `read_problem` reads.

    Raises ProblemError for a time in the repeated hour of autumn's second pass, which local time can't name.
    """

    def write(place: Path) -> None:
        for file, (header, rows) in problem_tables(problem).items():
            write_csv(place / file, header, rows)
        (place / "options.toml").write_text(options_text(problem.options), encoding="utf-8")

    all_or_nothing(Path(directory), write)


def problem_tables(problem: Problem) -> dict[str, tuple[Sequence[str], Rows]]:
    """Header and rows of each file of a problem."""
    week = [f"{name}_pct" for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
    plain = [name for name in Clinician.__dataclass_fields__ if name not in ("id", "windows")]
    header = ["clinician"] + [c for name in plain for c in (week if name == "day_pct" else [name])]
    pair = ("vacancy", "clinician")
    return {
        "practices.csv": (
            ("practice", "pcn", "pool", "latitude", "longitude"),
            ((p.id, p.pcn, p.pool, p.latitude, p.longitude) for p in problem.practices),
        ),
        "pcn_neighbours.csv": (("pcn", "neighbour"), sorted(problem.neighbours)),
        "clinicians.csv": (header, (clinician_row(c, plain) for c in problem.clinicians)),
        "availability.csv": (
            ("clinician", "start", "end"),
            ((c.id, wall(w.start), wall(w.end)) for c in problem.clinicians for w in c.windows),
        ),
        "practice_preferences.csv": (
            ("clinician", "practice", "kind"),
            ((p.clinician, p.practice, p.kind) for p in problem.preferences),
        ),
        "vacancies.csv": (
            ("vacancy", "practice", "start", "end", "role", "skills", "urgency", "rate_cap"),
            (
                (
                    v.id,
                    v.practice,
                    wall(v.start),
                    wall(v.end),
                    v.role,
                    cell(v.skills),
                    v.urgency,
                    pounds(v.rate_cap),
                )
                for v in problem.vacancies
            ),
        ),
        "fixed.csv": (pair, problem.fixed),
        "pinned.csv": (pair, problem.pinned),
        "forbidden.csv": (pair, sorted(problem.forbidden)),
    }


def clinician_row(clinician: Clinician, names: list[str]) -> list[object]:
    """One row of clinicians.csv."""
    row: list[object] = [clinician.id]
    for name in names:
        value = getattr(clinician, name)
        if name == "day_pct":
            row += value
        elif name == "base_rate":
            row.append(pounds(value))
        else:
            row.append(cell(value))
    return row


def cell(value: object) -> object:
    """A value as a cell."""
    if isinstance(value, frozenset):
        return ";".join(sorted(value))
    return int(value) if isinstance(value, bool) else "" if value is None else value


def options_text(options: Options) -> str:
    """options.toml of the options."""
    weights = options.weights
    holidays = ", ".join(day.isoformat() for day in sorted(options.bank_holidays))
    return (
        f"fairness_steps = {options.fairness_steps}\n"
        f"road_factor = {options.road_factor!r}\n"
        f"speed_kmh = {options.speed_kmh!r}\n"
        f"travel_buffer_minutes = {options.travel_buffer_minutes!r}\n"
        f"agency_markup = {options.agency_markup:f}\n"
        f'evening_from = "{options.evening_from:%H:%M}"\n'
        f"bank_holidays = [{holidays}]\n"
        f"fairness_history = {str(options.fairness_history).lower()}\n\n[weights]\n"
        f"L1 = {weights.filling}\nL2 = {weights.tier}\nL3 = {weights.preference}\n"
        f"L4 = {weights.fairness}\nL5 = {weights.cost}\n"
    )


def wall(moment: datetime) -> str:
    """A time as London's clocks show it; raises ProblemError where that would name another time."""
    local = to_local(moment).replace(tzinfo=None)
    if from_local(local) != moment:
        raise ProblemError(f"{local:%Y-%m-%dT%H:%M} is the second of two: local time can't name it")
    return f"{local:%Y-%m-%dT%H:%M}"


def pounds(pence: int) -> str:
    """Pence as pounds with two decimals."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02}"


def write_csv(path: Path, header: Sequence[str], rows: Rows) -> None:
    """One CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def all_or_nothing(directory: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a directory beside, then move its files in place."""
    if directory.exists() and not directory.is_dir():
        raise ProblemError(f"{directory.name} is a file, not a directory")
    beside = None
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        write(beside)
        directory.mkdir(exist_ok=True)
        for file in sorted(beside.iterdir()):
            os.replace(file, directory / file.name)
    except OSError as reason:
        raise ProblemError(f"{directory.name} can't be written: {reason.strerror}") from None
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
