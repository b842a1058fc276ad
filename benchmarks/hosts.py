"""Two hosts on one machine: two network namespaces joined by one cable, a Dask worker in each.

Needs Linux, root and `ip` (iproute2); `missing` says what there is not. Nothing of the machine's own network
is touched: both ends of the cable are made inside the namespaces, and every socket is bound there.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import national

# Addresses kept for examples (RFC 5737), so that they are nobody's.
FIRST, SECOND = "192.0.2.1", "192.0.2.2"
SCHEDULER = f"tcp://{FIRST}:8786"
# Seconds for the workers to come, and for a process to end when asked.
THERE_WITHIN, ENDED_WITHIN = 60, 5
# Where the benchmark is killed outright: the scheduler goes when idle, the workers when it is gone.
IDLE, ORPHANED = "--idle-timeout=10 minutes", "--death-timeout=60"
WAIT = f"from distributed import Client; Client({SCHEDULER!r}, timeout=60).wait_for_workers(2, timeout=60)"


class NoHosts(Exception):
    """Why there are no two hosts to be had here, in words."""


class Host:
    """One network namespace with the processes that run in it."""

    def __init__(self, name: str, logs: Path) -> None:
        self.name, self.logs = name, logs
        self.inside = ("ip", "netns", "exec", name)
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """A program of Dask's, its words kept in a log."""
        with (self.logs / f"{program}-{self.name}").open("wb") as log:
            command = [*self.inside, sys.executable, "-m", f"distributed.cli.{program}", *arguments]
            process = subprocess.Popen(command, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def worker(self, address: str) -> "subprocess.Popen[bytes]":
        """A worker of one thread that answers at the address."""
        alone = ("--nthreads=1", "--no-nanny", "--no-dashboard", "--memory-limit=0", ORPHANED)
        where = (f"--host={address}", f"--local-directory={self.logs / self.name}")
        return self.start("dask_worker", SCHEDULER, *alone, *where)

    def close(self) -> None:
        """End the processes, then the namespace, and with it its end of the cable."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(ENDED_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        subprocess.run(["ip", "netns", "delete", self.name], stderr=subprocess.DEVNULL, check=False)


def missing() -> str | None:
    """What two hosts would need and there is not; None where they can be tried."""
    if not sys.platform.startswith("linux"):
        return "network namespaces are Linux's"
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "there is no `ip` (iproute2)"
    return "there is no Dask (the extra cluster)" if find_spec("distributed") is None else None


@contextmanager
def hosts() -> Iterator[tuple[Host, Host]]:
    """Two hosts that reach each other and nobody else, taken down whatever happens. Raises NoHosts."""
    what = missing()
    if what is not None:
        raise NoHosts(what)
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        first, second = (Host(f"desirepath-{os.getpid()}-{end}", logs) for end in "ab")
        for host in (first, second):
            ip("netns", "add", host.name)
            stack.callback(host.close)
            ip("-n", host.name, "link", "set", "lo", "up")
        cable = ("type", "veth", "peer", "name", "cable", "netns", second.name)
        ip("link", "add", "cable", "netns", first.name, *cable)
        for host, address in ((first, FIRST), (second, SECOND)):
            ip("-n", host.name, "address", "add", f"{address}/30", "dev", "cable")
            ip("-n", host.name, "link", "set", "cable", "up")
        yield first, second


def ip(*arguments: str) -> None:
    """One command of iproute2's; NoHosts in its own words where it is refused."""
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoHosts(f"`ip {' '.join(arguments)}` was refused: {done.stderr.strip()}")


def solved_by_two(directory: Path, *, gap: float, killed_after: int | None = None) -> tuple[Any, int]:
    """The week solved from the first host with a fresh worker on each, and how many reports the search gave.

    After so many reports of the search, where given, the second host's worker is killed. Raises NoHosts.
    """
    with hosts() as (first, second):
        first.start("dask_scheduler", f"--host={FIRST}", "--port=8786", "--no-dashboard", IDLE)
        first.worker(FIRST)
        far = second.worker(SECOND)
        wait = [*first.inside, sys.executable, "-c", WAIT]
        try:
            subprocess.run(wait, capture_output=True, timeout=THERE_WITHIN + ENDED_WITHIN, check=True)
        except subprocess.SubprocessError:
            raise NoHosts(f"the workers did not come: {last_words(first.logs)}") from None
        reports = 0

        def hear(line: str) -> None:
            nonlocal reports
            reports += line == "search"
            if reports == killed_after and far.poll() is None:
                far.send_signal(signal.SIGKILL)
                far.wait()

        week = national.solved(directory, gap=gap, cluster=SCHEDULER, inside=first.inside, hear=hear)
        if killed_after is not None and far.returncode != -signal.SIGKILL:
            raise SystemExit("the search was over before the worker could be killed")
        return week, reports


def last_words(logs: Path) -> str:
    """The last line of every log."""
    lines = (path.read_text().splitlines()[-1:] for path in sorted(logs.iterdir()) if path.is_file())
    return "; ".join(line.strip() for last in lines for line in last)
