"""The processes of an installation, as a host runs them: pages under gunicorn, and workers; started, killed.

Everything is ended by the number of a process that was started here.
"""

import os
import random
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = "from desirepath.cli import main; main()"
PATIENCE = 120
# seconds that a process which is told to stop has for what it is at
TO_FINISH = 30


class Process:
    """One command of Desirepath in a session of its own."""

    told = subprocess.DEVNULL

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it unless it runs; ``ready`` waits for it."""
        if self.running is None or self.running.poll() is not None:
            command = [sys.executable, "-c", PROGRAM, *self.arguments]
            self.running = subprocess.Popen(command, bufsize=0, stdout=self.told, start_new_session=True)

    def ready(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        """SIGKILL, for it alone."""
        if self.running is not None and self.running.poll() is None:
            self.running.kill()
            self.running.wait()

    def end(self) -> None:
        """Its whole session, at the end: told to stop, it finishes what it has in hand."""
        if self.running is None:
            return
        for signalled in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.running.pid, signalled)
                self.running.wait(TO_FINISH)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.running.wait()


class Worker(Process):
    """``desirepath worker``, on a machine of its own; it does not outlive this process."""

    def __init__(self) -> None:
        super().__init__("worker", "--every", "0.1", "--beside", str(os.getpid()))

    def ready(self) -> None:
        """Until it catches SIGTERM: before that it has not begun its rounds."""
        assert self.running is not None
        wait_for(self._catches, "a worker")

    def _catches(self) -> bool:
        assert self.running is not None
        if self.running.poll() is not None:
            raise RuntimeError(f"a worker ended by itself: {self.running.returncode}")
        status = Path(f"/proc/{self.running.pid}/status").read_text()
        caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), 16)
        return bool(caught & (1 << (signal.SIGTERM - 1)))


class Pages(Process):
    """``desirepath serve``: gunicorn's parent and the processes that answer.

    ``port`` is whichever was free when it was started last, and 0 while it does not run: another program, or
    another of these, may have the old one by then.
    """

    told = subprocess.PIPE
    port = 0

    def __init__(self, answering: int = 2) -> None:
        super().__init__("serve", "--no-worker", "--workers", str(answering), "--port", "0")

    def start(self) -> None:
        if self.running is None or self.running.poll() is not None:
            self.port = 0
        super().start()

    def ready(self) -> None:
        """Until it says where it listens."""
        if not self.port:
            wait_for(self._says_where, "the pages")

    def _says_where(self) -> bool:
        assert self.running is not None
        assert self.running.stdout is not None
        if not select.select([self.running.stdout], [], [], 1)[0]:
            return False
        line = self.running.stdout.readline().decode()
        if not line:
            raise RuntimeError(f"the pages ended by themselves: {self.running.wait()}")
        if found := re.search(r"Desirepath is at http://[^ ]+:(\d+)", line):
            self.port = int(found[1])
        return bool(self.port)

    def kill_one(self) -> None:
        """One of the processes that answer; its parent starts another."""
        assert self.running is not None
        children = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children").read_text().split()
        if children:
            os.kill(int(random.choice(children)), signal.SIGKILL)

    def kill(self) -> None:
        """All of it, as when a machine loses its power."""
        self.port = 0
        if self.running is not None and self.running.poll() is None:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()


def wait_for(what: object, name: str) -> None:
    """Until ``what()`` is true. Raises TimeoutError."""
    ends = time.monotonic() + PATIENCE
    while not what():  # type: ignore[operator]
        if time.monotonic() > ends:
            raise TimeoutError(f"{name} did not come to that in {PATIENCE} seconds")
        time.sleep(0.02)
