"""Who settles neighbourhoods: this process alone, several processes, or an existing Dask cluster.

Answers come back in the order of the questions, so that the same seed and the same crew give the same plan.
Each answer is checked in whole numbers before it is taken over, whoever gave it. A worker that dies costs the
time of what it was at: that question is settled here.
"""

import contextlib
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from importlib import import_module
from typing import IO, Any, Protocol

from desirepath.matching.excerpt import Answer, Excerpt
from desirepath.matching.local import settle
from desirepath.matching.params import Params
from desirepath.matching.problem import ProblemError

Get = Callable[[], Answer]
# Seconds to wait for a cluster: to be reached, and for one neighbourhood.
REACHED_WITHIN, ANSWERED_WITHIN = 10, 20
# Questions out for each worker, so that it need not wait for the next.
WAITING = 2


class Crew(Protocol):
    """So many questions at once: `ask` gives a function that waits for the answer."""

    width: int

    def ask(self, question: Excerpt, seed: int) -> Get:
        """Begin to settle."""

    def dismiss(self) -> None:
        """Send everybody home."""


def crew_of(params: Params) -> Crew:
    """The crew that the parameters ask for. Raises ProblemError where a cluster can't be reached."""
    if params.cluster is not None:
        return Cluster(params.cluster)
    return Alone() if params.workers == 1 else Processes(params.workers)


class Alone:
    """This process, when asked for the answer."""

    width = 1

    def ask(self, question: Excerpt, seed: int) -> Get:
        """Settle at once."""
        answer = settle(question, seed)
        return lambda: answer

    def dismiss(self) -> None:
        """Nobody to send home."""


class Worker:
    """One further process: reads questions and writes answers, pickled, in order."""

    def __init__(self) -> None:
        self.asked: deque[tuple[Excerpt, int]] = deque()
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        """A new process."""
        command = [sys.executable, "-c", "from desirepath.matching.crew import main; main()"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, question: Excerpt, seed: int) -> None:
        """Send a question behind those it has."""
        self.asked.append((question, seed))
        self.send(question, seed)

    def send(self, question: Excerpt, seed: int) -> None:
        """Write a question; to a dead process in vain."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            pickle.dump((question, seed), self.process.stdin, pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()

    def answer(self) -> Answer:
        """The answer to its oldest question; where it died over it, settled here, and a new process has the
        others.
        """
        assert self.process.stdout is not None
        question, seed = self.asked.popleft()
        try:
            answer: Answer = pickle.load(self.process.stdout)  # noqa: S301 - written by our own process
        except (EOFError, OSError, pickle.UnpicklingError):
            self.stop()
            self.process = self.start()
            for each in self.asked:
                self.send(*each)
            return settle(question, seed)
        return answer

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class Processes:
    """`count` further processes on this machine; each has a question in hand and one waiting."""

    def __init__(self, count: int) -> None:
        self.width = WAITING * count
        self.workers = deque(Worker() for _ in range(count))

    def ask(self, question: Excerpt, seed: int) -> Get:
        """Give the question to the worker whose turn it is."""
        worker = self.workers[0]
        self.workers.rotate(-1)
        worker.ask(question, seed)
        return worker.answer

    def dismiss(self) -> None:
        """End all processes."""
        for worker in self.workers:
            worker.stop()


class Cluster:
    """The workers of a Dask scheduler at an address such as "tcp://10.0.0.1:8786"."""

    def __init__(self, address: str) -> None:
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise ProblemError(
                "a cluster needs the extra: pip install desirepath[cluster]", "cluster"
            ) from None
        try:
            self.client: Any = distributed.Client(address, timeout=REACHED_WITHIN, set_as_default=False)
        except (OSError, ValueError) as fault:
            raise ProblemError(f"the cluster at {address} can't be reached: {fault}", "cluster") from None
        self.width = WAITING * sum(self.client.nthreads().values())
        if self.width == 0:
            self.client.close()
            raise ProblemError(f"the cluster at {address} has no workers", "cluster")

    def ask(self, question: Excerpt, seed: int) -> Get:
        """Have some worker settle it; where the cluster is lost, settle here."""
        try:
            future = self.client.submit(settle, question, seed, pure=False)
        except Exception:  # a client that lost its cluster takes no more questions
            return Alone().ask(question, seed)

        def get() -> Answer:
            try:
                answer: Answer = future.result(timeout=ANSWERED_WITHIN)
            except Exception:  # whatever became of the cluster, the plan goes on
                with contextlib.suppress(Exception):
                    future.cancel()
                return settle(question, seed)
            return answer

        return get

    def dismiss(self) -> None:
        """Leave the cluster as it was."""
        self.client.close()


def work(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer questions until there are no more."""
    while True:
        try:
            question, seed = pickle.load(questions)  # noqa: S301 - written by our own process
        except EOFError:
            return
        pickle.dump(settle(question, seed), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def main() -> None:
    """What a further process does; it loads the solver while the first questions are being thought of."""
    from desirepath.matching.compiled import warm

    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        warm.main()
        work(sys.stdin.buffer, sys.stdout.buffer)
