"""The processes of an installation, as a host runs them: pages under gunicorn, and workers; started, killed.

Everything is ended by the number of a process that was started here.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = "from desirepath.cli import main; main()"
PATIENCE = 120


class Process:
    """One command of Desirepath in a session of its own."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it unless it runs; ``ready`` waits for it."""
        if self.running is None or self.running.poll() is not None:
            command = [sys.executable, "-c", PROGRAM, *self.arguments]
            self.running = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)

    def ready(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        """SIGKILL, for it alone."""
        if self.running is not None and self.running.poll() is None:
            self.running.kill()
            self.running.wait()

    def end(self) -> None:
        """Its whole session, at the end."""
        if self.running is not None:
            for signalled in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self.running.pid, signalled)
                except ProcessLookupError:
                    break
                time.sleep(0.3)
            self.running.wait()


class Worker(Process):
    """``desirepath worker``, on a machine of its own; it does not outlive this process."""

    def __init__(self) -> None:
        super().__init__("worker", "--every", "0.1", "--beside", str(os.getpid()))

    def ready(self) -> None:
        """Until it catches SIGTERM: before that it has not begun its rounds."""
        assert self.running is not None
        wait_for(lambda: self.running.poll() is None and self._catches(), "a worker")  # type: ignore[union-attr]

    def _catches(self) -> bool:
        assert self.running is not None
        status = Path(f"/proc/{self.running.pid}/status").read_text()
        caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), 16)
        return bool(caught & (1 << (signal.SIGTERM - 1)))


class Pages(Process):
    """``desirepath serve``: gunicorn's parent and the processes that answer."""

    def __init__(self, answering: int = 2) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        super().__init__("serve", "--no-worker", "--workers", str(answering), "--port", str(self.port))

    def ready(self) -> None:
        """Until somebody listens."""
        wait_for(self._answers, "the pages")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill_one(self) -> None:
        """One of the processes that answer; its parent starts another."""
        assert self.running is not None
        children = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children").read_text().split()
        if children:
            os.kill(int(random.choice(children)), signal.SIGKILL)

    def kill(self) -> None:
        """All of it, as when a machine loses its power."""
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
