"""Whoever settles neighbourhoods: the same plan, and nobody's death costs it."""

import io
import pickle
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.worlds import ics
from desirepath.cli.app import app
from desirepath.matching import Params, ProblemError, check, crew, search, solve
from desirepath.matching.crew import Alone, Cluster, Processes, Worker, crew_of, work
from desirepath.matching.excerpt import excerpt
from desirepath.matching.files import write_problem
from tests.matching.markets import market_for, placed
from tests.matching.worlds import problem

HERE = "127.0.0.1"


@pytest.fixture
def a_country(monkeypatch):
    """A care system whose every part counts as one too large to be searched at once."""
    monkeypatch.setattr(search, "LARGEST_PART", 0)
    return ics(4, sessions=160, clinicians=110)


@pytest.fixture(scope="module")
def undisturbed():
    """What two further processes find of that care system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "LARGEST_PART", 0)
        return same(solve(ics(4, sessions=160, clinicians=110), params=Params(workers=2)))


def same(plan):
    """What must not differ between two runs."""
    return plan.assignments, plan.objective, plan.bound, dict(plan.prices)


def question():
    """A neighbourhood in which there is something to gain."""
    standing = placed(market_for(ics(4, sessions=160, clinicians=110)))
    return excerpt(standing, np.arange(0, 80))


def told(answer):
    """An answer as something that compares."""
    return None if answer.prices is None else answer.prices.tolist(), answer.edges


@pytest.fixture
def processes():
    """Two further processes, ended with the test."""
    crowd = Processes(2)
    yield crowd
    crowd.dismiss()


def test_answers_are_those_given_here(processes):
    """Further processes answer what this one does, in the order of the questions."""
    here = told(Alone().ask(question(), 0)())
    assert here != (None, None)
    gets = [processes.ask(question(), 0) for _ in range(2)]
    assert [told(get()) for get in gets] == [here, here]


def test_dead_worker_is_replaced_and_its_question_answered(processes):
    """One killed over a question: the question is answered all the same, and the next by its successor."""
    here = told(Alone().ask(question(), 0)())
    first = processes.workers[0].process
    first.send_signal(signal.SIGSTOP)
    get = processes.ask(question(), 0)
    first.kill()
    assert told(get()) == here
    processes.workers.rotate(-1)
    assert processes.workers[0].process.pid != first.pid
    assert told(processes.ask(question(), 0)()) == here


def test_worker_killed_midway_costs_no_plan(a_country, undisturbed, monkeypatch):
    """With one of two workers killed in the middle the plan is the very one that two living ones find."""
    ask, asked = Processes.ask, []

    def killing(self, *about):
        asked.append(about)
        get = ask(self, *about)
        if len(asked) == 3:
            self.workers[-1].process.kill()
        return get

    monkeypatch.setattr(Processes, "ask", killing)
    plan = solve(a_country, params=Params(workers=2))
    assert len(asked) > 3
    assert same(plan) == undisturbed
    assert check(a_country, plan) == ()


def test_workers_that_never_start(a_country, monkeypatch):
    """Where no further process comes up at all, this one does the work."""

    def stillborn(self):
        return subprocess.Popen(
            [sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )

    monkeypatch.setattr(Worker, "start", stillborn)
    plan = solve(a_country, params=Params(workers=2))
    assert check(a_country, plan) == ()
    assert plan.assignments


def test_nobody_is_left_behind(a_country, monkeypatch):
    """After a plan all further processes have ended."""
    started, start = [], Worker.start

    def remembered(self):
        started.append(start(self))
        return started[-1]

    monkeypatch.setattr(Worker, "start", remembered)
    solve(a_country, params=Params(workers=2))
    assert len(started) == 2
    assert all(each.poll() is not None for each in started)


def test_work_until_there_are_no_more_questions():
    """A worker answers each question read, in order, and ends with its input."""
    questions, answers = io.BytesIO(), io.BytesIO()
    for seed in (0, 1):
        pickle.dump((question(), seed), questions)
    questions.seek(0)
    work(questions, answers)
    answers.seek(0)
    assert [told(pickle.load(answers)) for _ in range(2)] == [
        told(Alone().ask(question(), s)()) for s in (0, 1)
    ]
    assert answers.read() == b""


def test_who_is_asked():
    """One worker is this process; a small problem needs nobody else whatever the parameters say."""
    assert isinstance(crew_of(Params()), Alone)
    nowhere = Params(cluster=f"tcp://{HERE}:1")
    assert solve(problem(), params=nowhere).objective == solve(problem()).objective


def free_port():
    """A port of this machine nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def needs_dask():
    """Skip where the extra isn't installed."""
    pytest.importorskip("distributed", reason="the extra desirepath[cluster] is not installed")


def test_cluster_without_the_extra_is_refused(monkeypatch):
    """Without Dask, the message says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ProblemError, match=r"desirepath\[cluster\]"):
        crew_of(Params(cluster=f"tcp://{HERE}:1"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{}", "127.0.0.1:{}", "nonsense://{}"])
def test_cluster_out_of_reach_is_refused(address, monkeypatch):
    """An address at which nobody answers, or which is none, is refused in words."""
    needs_dask()
    monkeypatch.setattr(crew, "REACHED_WITHIN", 1)
    with pytest.raises(ProblemError, match="can't be reached"):
        crew_of(Params(cluster=address.format(free_port())))


def test_command_line_refuses_a_cluster_out_of_reach(a_country, monkeypatch, tmp_path):
    """On the command line: exit code 2, one line, nothing written."""
    needs_dask()
    monkeypatch.setattr(crew, "REACHED_WITHIN", 1)
    write_problem(tmp_path / "in", a_country)
    asked = ["plan", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--cluster"]
    result = CliRunner().invoke(app, [*asked, f"tcp://{HERE}:{free_port()}"])
    assert result.exit_code == 2
    assert "can't be reached" in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


@pytest.fixture
def dask(tmp_path, monkeypatch):
    """A scheduler and two workers in processes of their own, without nannies: (address, processes)."""
    needs_dask()
    monkeypatch.setattr(crew, "REACHED_WITHIN", 15)
    address = f"tcp://{HERE}:{free_port()}"
    plain = ["--host", HERE, "--no-dashboard"]
    worker = [*plain, "--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path)]
    started = [begun("dask_scheduler", "--port", address.rsplit(":", 1)[1], *plain)]
    started += [begun("dask_worker", address, *worker) for _ in range(2)]
    try:
        wait_for_workers(address)
        yield address, started
    finally:
        for each in started:
            each.kill()
            each.wait()


def begun(module, *arguments):
    """A quiet process of Dask's command line."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_workers(address):
    """Until both workers have come."""
    from distributed import Client

    until = time.monotonic() + 60
    while time.monotonic() < until:
        with Client(address, timeout=30, set_as_default=False) as client:
            if len(client.nthreads()) == 2:
                return
        time.sleep(0.3)
    pytest.fail("the workers of the cluster did not come")


def killing_at(third, monkeypatch):
    """End a process when the third question is asked; the questions asked."""
    ask, asked = Cluster.ask, []

    def killing(self, *about):
        asked.append(about)
        if len(asked) == 3:
            third.kill()
            third.wait()
        return ask(self, *about)

    monkeypatch.setattr(Cluster, "ask", killing)
    return asked


def test_cluster_gives_the_same_plan_and_survives_a_worker(a_country, undisturbed, dask, monkeypatch):
    """Two workers of a cluster find what two processes do, also when one of them is killed in the middle."""
    address, (_, worker, _) = dask
    assert same(solve(a_country, params=Params(cluster=address))) == undisturbed
    asked = killing_at(worker, monkeypatch)
    plan = solve(a_country, params=Params(cluster=address))
    assert len(asked) > 3
    assert same(plan) == undisturbed


def test_cluster_lost_midway(a_country, dask, monkeypatch):
    """With the scheduler gone in the middle the plan still comes, sound and bounded."""
    address, (scheduler, *_) = dask
    monkeypatch.setattr(crew, "REACHED_WITHIN", 2)
    monkeypatch.setattr(crew, "ANSWERED_WITHIN", 3)
    asked = killing_at(scheduler, monkeypatch)
    plan = solve(a_country, params=Params(cluster=address))
    assert len(asked) > 3
    assert check(a_country, plan) == ()
    assert plan.objective <= plan.bound
