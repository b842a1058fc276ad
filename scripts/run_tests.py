"""Run the whole suite on SQLite, then what touches the database on PostgreSQL, and add up what happened.

The last line is "N passed, N failed, N skipped"; exit code 0, or 1 where something failed. With CI=true a
skip counts as a failure: what suits one engine only is parametrised, not skipped.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
SQLITE = ("SQLite and the browser", ["--database=sqlite"])
POSTGRESQL = (
    "PostgreSQL",
    ["--database=postgresql", "--skip-without-server", "-m", "database and not browser"],
)
QUICK = ("SQLite without the browser", ["--database=sqlite", "-m", "not browser"])
NOTHING_TO_RUN = 5


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


def run(name: str, options: list[str]) -> Tally:
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *options]
        with subprocess.Popen(command, cwd=ROOT) as process:
            try:
                code = process.wait()
            except KeyboardInterrupt as stop:
                # Ctrl-C has reached pytest too, a termination has not; either way it stops its server and
                # browser
                if isinstance(stop, Terminated):
                    process.send_signal(signal.SIGINT)
                process.wait()
                raise
        tally = read(report, code)
    print(f"== {name}: {tally} in {time.monotonic() - started:.0f} s", flush=True)
    return tally


def _terminated(number: int, frame: FrameType | None) -> None:
    raise Terminated


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _terminated)
    chosen = [argument for argument in arguments if argument != "--quick"]
    total = Tally()
    try:
        for name, options in [QUICK] if "--quick" in arguments else [SQLITE, POSTGRESQL]:
            total.add(run(name, [*options, *chosen]))
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
