"""When a search stops, and how it goes about its work: validated values, read from TOML."""

from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import Params, ProblemError, Stop, check, solve
from tests.matching.worlds import problem, random_problem

ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True) | st.integers()
QUESTION = random_problem(92, people=12, sessions=40)


@given(gap=ANY_NUMBER, seconds=st.none() | ANY_NUMBER)
def test_a_stop_is_sound_or_refused(gap, seconds):
    """A gap from 0 to under 1 and seconds from 0 on are taken as they are; everything else is refused."""
    sound = 0 <= gap < 1 and (seconds is None or 0 <= seconds < float("inf"))
    if sound:
        stop = Stop(gap=gap, seconds=seconds)
        assert (stop.gap, stop.seconds) == (gap, seconds)
    else:
        with pytest.raises(ProblemError) as refused:
            Stop(gap=gap, seconds=seconds)
        assert refused.value.field in ("gap", "seconds")


@given(workers=st.integers() | st.booleans() | st.none() | st.text() | st.floats())
def test_workers_are_a_whole_number(workers):
    """From 1 to 256 processes; everything else is refused."""
    if type(workers) is int and 1 <= workers <= 256:
        assert Params(workers=workers).workers == workers
    else:
        with pytest.raises(ProblemError, match="workers"):
            Params(workers=workers)


@given(cluster=st.none() | st.text() | st.integers())
def test_a_cluster_is_an_address(cluster):
    """None, or text with something in it."""
    if cluster is None or (isinstance(cluster, str) and cluster.strip()):
        assert Params(cluster=cluster).cluster == cluster
    else:
        with pytest.raises(ProblemError, match="cluster"):
            Params(cluster=cluster)


@given(
    workers=st.integers(1, 256),
    cluster=st.none() | st.from_regex(r"tcp://[a-z.]{1,20}:[0-9]{2,5}", fullmatch=True),
)
def test_params_from_toml(tmp_path_factory, workers, cluster):
    """What a TOML file says is what the value holds; what it leaves out keeps its default."""
    path = tmp_path_factory.mktemp("params") / "params.toml"
    path.write_text(f"workers = {workers}\n" + (f'cluster = "{cluster}"\n' if cluster else ""))
    assert Params.from_toml(path) == Params(workers=workers, cluster=cluster)
    path.write_text("")
    assert Params.from_toml(path) == Params()


@pytest.mark.parametrize(
    "content",
    [
        b"workers = ",
        b"workers = 0",
        b"workers = nan",
        b"workers = true",
        b"workers = 1e400",
        b"workers = '2'",
        b"workers = []",
        b"[workers]\nmost = 2",
        b"cluster = 7",
        b"cluster = ''",
        b"colour = 'red'",
        b"\xff\xfe",
        b"workers = 1\nworkers = 2",
        b"a = " + b"[" * 3_000 + b"]" * 3_000,
    ],
    ids=lambda content: content[:20].decode(errors="replace"),
)
def test_params_that_make_no_sense(tmp_path, content):
    """A file with anything else is refused in words, never with a traceback."""
    path = tmp_path / "params.toml"
    path.write_bytes(content)
    with pytest.raises(ProblemError):
        Params.from_toml(path)


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_params_that_are_no_file(tmp_path, name):
    """A file that isn't there, or is a directory, is refused."""
    with pytest.raises(ProblemError, match="can't be read"):
        Params.from_toml(tmp_path / name)


@pytest.mark.parametrize("value", [Stop(), Params()])
def test_nobody_changes_them(value):
    """They are frozen."""
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(value)[0].name, 0.5)


@pytest.fixture(scope="module")
def best():
    """The proven plan of the question."""
    return solve(QUESTION)


@pytest.mark.parametrize("gap", [0, 1e-9, 1e-4, 0.01, 0.2, 0.99])
def test_any_gap_is_kept(gap, best):
    """Whatever gap is allowed, the plan is within it, and its bound is one."""
    plan = solve(QUESTION, stop=Stop(gap=gap))
    assert plan.gap <= gap
    assert plan.objective <= best.objective <= plan.bound
    assert check(QUESTION, plan) == ()


@pytest.mark.parametrize("after", [1, 2, 3, 5, 8, 100])
def test_somebody_says_stop(after, best):
    """`when` hears the reports; once it says stop the best plan so far comes back, with its bound."""
    heard = []

    def when(progress):
        heard.append(progress)
        return len(heard) >= after

    plan = solve(QUESTION, stop=Stop(when=when))
    assert heard
    assert check(QUESTION, plan) == ()
    assert plan.objective <= best.objective <= plan.bound


def test_settings_change_no_plan(best):
    """Params say how soon, not what: the objective is the same."""
    assert solve(QUESTION, params=Params(workers=2)).objective == best.objective


def test_a_stop_on_a_problem_without_sessions():
    """Nothing to plan stops at once, whatever was asked for."""
    assert solve(problem(vacancies=()), stop=Stop(gap=0.5, seconds=0, when=lambda progress: True)).gap == 0
