"""Run the whole suite on SQLite, what touches the database on PostgreSQL too, and add up what happened.

Two parts run at once where there are two cores. The last line is "N passed, N failed, N skipped"; exit code
0, or 1 where something failed. With CI=true a skip counts as a failure: what suits one engine only is
parametrised, not skipped.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
SQLITE = ("SQLite", ["--database=sqlite", "-m", "not browser"])
BROWSER = ("the browser", ["--database=sqlite", "-m", "browser"])
POSTGRESQL = (
    "PostgreSQL",
    ["--database=postgresql", "--skip-without-server", "-m", "database and not browser"],
)
# who may open what is the same on both engines: a thousand pages more on the second only in the long run
ON_ONE_ENGINE = [f"--ignore=tests/architecture/{name}.py" for name in ("test_routes", "test_api_routes")]
NOTHING_TO_RUN = 5
AT_ONCE = min(2, os.cpu_count() or 1)
# seconds between two words of a part whose output waits for its end
A_WORD = 60


class Terminated(KeyboardInterrupt):
    """Somebody asked this process to end, not by Ctrl-C."""


@dataclass
class Tally:
    """What one run of pytest came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.reasons += other.reasons

    def __str__(self) -> str:
        return f"{self.passed:,} passed, {self.failed:,} failed, {self.skipped:,} skipped"


def read(report: Path, code: int) -> Tally:
    """The tally of a JUnit report; a run that broke off counts as one more failure."""
    tally = Tally()
    if not report.exists():
        return Tally(failed=1)
    for case in ElementTree.parse(report).iter("testcase"):
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed += 1
        elif skipped is not None and skipped.get("type") != "pytest.xfail":
            tally.skipped += 1
            tally.reasons[skipped.get("message", "no reason given")] += 1
        else:
            tally.passed += 1
    if code not in (0, 1, NOTHING_TO_RUN) and not tally.failed:
        tally.failed = 1
    return tally


class Part:
    """One run of pytest under way. What it prints is shown as it comes (``live``), or at its end."""

    def __init__(self, name: str, options: list[str], *, live: bool) -> None:
        print(f"\n== {name}{'' if live else ', beside'}", flush=True)
        self.name, self.live, self.began = name, live, time.monotonic()
        self.folder = tempfile.TemporaryDirectory()
        self.report, self.said = Path(self.folder.name) / "report.xml", Path(self.folder.name) / "said"
        command = [sys.executable, "-m", "pytest", f"--junitxml={self.report}", *options]
        with self.said.open("wb") as said:
            to = {} if live else {"stdout": said, "stderr": subprocess.STDOUT}
            self.process = subprocess.Popen(command, cwd=ROOT, **to)  # type: ignore[call-overload]

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def end(self) -> Tally:
        """What it came to, once it has ended."""
        tally = read(self.report, self.process.wait())
        if not self.live:
            print(f"\n== {self.name}, from beside\n{self.said.read_text(errors='replace')}", end="")
        print(f"== {self.name}: {tally} in {self.seconds:.0f} s", flush=True)
        self.folder.cleanup()
        return tally


def run(parts: Sequence[tuple[str, list[str]]]) -> Tally:
    """Run all, some at once; what they came to together."""
    total, waiting, running, spoke = Tally(), list(parts), [], time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(Part(*waiting.pop(0), live=not any(part.live for part in running)))
            for part in [part for part in running if part.process.poll() is not None]:
                running.remove(part)
                total.add(part.end())
            if not any(part.live for part in running) and time.monotonic() - spoke > A_WORD:
                spoke = time.monotonic()
                print(
                    "".join(f".. {part.name}, {part.seconds:.0f} s\n" for part in running), end="", flush=True
                )
            time.sleep(0.2)
    except KeyboardInterrupt as stop:
        # Ctrl-C has reached pytest too, a termination has not; either way each stops its server and browser
        for part in running:
            if isinstance(stop, Terminated):
                part.process.send_signal(signal.SIGINT)
            part.process.wait()
        raise
    return total


def _terminated(number: int, frame: FrameType | None) -> None:
    raise Terminated


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _terminated)
    chosen = [argument for argument in arguments if argument != "--quick"]
    parts = [SQLITE] if "--quick" in arguments else [SQLITE, POSTGRESQL, BROWSER]
    try:
        left_out = [] if chosen or os.environ.get("DESIRE_LONG") == "1" else ON_ONE_ENGINE
        total = run(
            [
                (name, [*options, *chosen, *(left_out if name == "PostgreSQL" else [])])
                for name, options in parts
            ]
        )
    except KeyboardInterrupt:
        print("stopped")
        return 130
    print()
    for reason, count in sorted(total.reasons.items()):
        print(f"skipped {count:,}: {reason}")
    refused = bool(total.skipped) and os.environ.get("CI") == "true"
    if refused:
        print("a skip counts as a failure here (CI=true)")
    print(total)
    return 1 if total.failed or refused or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
