"""A national week in a process of its own, from files to checked plan, so that its memory is its own.

Run as a program it does one step and prints what it measured as JSON:

    python benchmarks/national.py write DIR --data FILE --days 7 --sessions 25000
    python benchmarks/national.py solve DIR --workers 1 --gap 0.0001
    python benchmarks/national.py solve DIR --cluster tcp://192.0.2.1:8786 --gap 0.0001
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from figures import peak_mb, say, spent

PRACTICES = Path("england") / "practices.csv"
# The public files lie beside the project, as for the tests.
DATA = Path(__file__).parents[2] / "shared" / "data" / PRACTICES


def written(directory: Path, *, days: int = 7, sessions: int = 25_000, seed: int = 1) -> None:
    """An invented week on England's real map, as files in the directory; several also one by one and in twos
    (`part_of`)."""
    step("write", directory, f"--data={DATA}", f"--days={days}", f"--sessions={sessions}", f"--seed={seed}")


def part_of(directory: Path, first: int, weeks: int) -> Path:
    """Where one or two weeks of several, from the first on, are written by themselves, with everybody."""
    return directory / f"weeks-{first}-{weeks}"


def solved(
    directory: Path,
    *,
    gap: float = 1e-4,
    workers: int = 1,
    cluster: str | None = None,
    seconds: float | None = None,
    inside: Sequence[str] = (),
    hear: Callable[[str], None] | None = None,
) -> Any:
    """The week of a directory read and solved in a fresh process: what `solve_files` measured.

    `inside` is a command to run it within; `hear` is told the phase of every report of progress.
    """
    given = {"seconds": seconds, "cluster": cluster}
    more = [f"--{name}={value}" for name, value in given.items() if value is not None]
    if hear is not None:
        more.append("--progress")
    return step("solve", directory, f"--gap={gap}", f"--workers={workers}", *more, inside=inside, hear=hear)


def step(*arguments: object, inside: Sequence[str] = (), hear: Callable[[str], None] | None = None) -> Any:
    """One step in a process of its own; its last line is its answer, `hear` is told those before."""
    command = [*inside, sys.executable, __file__, *map(str, arguments)]
    last = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                last = line.strip()
                if hear is not None:
                    hear(last)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return json.loads(last)


def write_files(directory: Path, data: Path, days: int, sessions: int, seed: int) -> dict[str, Any]:
    """Invent the week and write it."""
    from worlds import england

    from desirepath.matching.files import write_problem

    problem = england(seed, data, days=days, sessions=sessions)
    write_problem(directory, problem)
    mondays = sorted({vacancy.monday for vacancy in problem.vacancies})
    for weeks in (1, 2) if len(mondays) > 2 else ():
        for first in range(0, len(mondays), weeks):
            some = set(mondays[first : first + weeks])
            vacancies = tuple(each for each in problem.vacancies if each.monday in some)
            write_problem(part_of(directory, first, weeks), replace(problem, vacancies=vacancies))
    return {"vacancies": len(problem.vacancies), "clinicians": len(problem.clinicians)}


def solve_files(directory: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Read the week, find its pairs (once alone, to time them), solve it, check it again."""
    with spent() as loading:
        from desirepath.matching import Params, Stop, check, feasible_pairs, read_problem, solve
    with spent() as reading:
        problem, _ = read_problem(directory)
    with spent() as pairing:
        feasible_pairs(problem)
    with spent() as solving:
        plan = solve(
            problem,
            stop=Stop(gap=given.gap, seconds=given.seconds),
            params=Params(workers=given.workers, cluster=given.cluster),
            seed=1,
            on_progress=(lambda progress: say(progress.phase)) if given.progress else None,
        )
    with spent() as checking:
        faults = check(problem, plan)
    own, largest_child = peak_mb()
    return {
        "vacancies": len(problem.vacancies),
        "clinicians": len(problem.clinicians),
        "pairs": plan.edges,
        "filled": len(plan.assignments),
        "objective": plan.objective,
        "bound": plan.bound,
        "certificate": plan.certificate,
        "gap": plan.gap,
        "level_1": plan.levels.l1,
        "level_1_bound": plan.level_1_bound,
        "level_1_gap": plan.level_1_gap,
        "faults": len(faults),
        "phases": {name: wall for name, wall in plan.seconds.items() if name != "total"},
        "loading": vars(loading),
        "reading": vars(reading),
        "pairing": vars(pairing),
        "solving": vars(solving),
        "checking": vars(checking),
        "peak_mb": own,
        # without workers the largest child is a mere copy of this process at its birth
        "peak_mb_of_a_worker": largest_child if given.workers > 1 else 0.0,
    }


def main(arguments: list[str]) -> None:
    """One step, its answer as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("write", "solve"))
    parser.add_argument("directory", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--sessions", type=int, default=25_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--cluster", help="the address of a Dask scheduler")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--progress", action="store_true", help="print the phase of every report")
    given = parser.parse_args(arguments)
    if given.step == "write":
        answer = write_files(given.directory, given.data, given.days, given.sessions, given.seed)
    else:
        answer = solve_files(given.directory, given)
    say(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
