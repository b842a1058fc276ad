"""How the benchmarks measure and print: CPU seconds beside the wall's, tables in plain text."""

import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter


@dataclass
class Spent:
    """Seconds of processor time (processes waited for included) and of the wall."""

    cpu: float = 0.0
    wall: float = 0.0

    def __str__(self) -> str:
        return f"{seconds(self.cpu)} CPU ({seconds(self.wall)} wall)"


@contextmanager
def spent() -> Iterator[Spent]:
    """What the block inside takes; the figures are there at its end."""
    found = Spent()
    cpu, wall = cpu_seconds(), perf_counter()
    try:
        yield found
    finally:
        found.cpu, found.wall = cpu_seconds() - cpu, perf_counter() - wall


def cpu_seconds() -> float:
    """Processor time of this process and of the processes it has waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_mb() -> tuple[float, float]:
    """The most megabytes that this process has held, and that any process it has waited for has."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    own, children = (
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own / unit, children / unit


def seconds(value: float) -> str:
    """Seconds with three figures that count: "0.142 s", "14.7 s", "321 s"."""
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3}f} s"


def heading(text: str) -> None:
    """A section begins."""
    print(f"\n== {text}", flush=True)


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table in columns, the first to the left, the others to the right."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        cells = [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
        print("  ".join(cells), flush=True)
