"""Problems and plans as files: there and back, and every bad cell named."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desirepath.matching import (
    FileErrors,
    Options,
    ProblemError,
    Weights,
    Window,
    read_problem,
    solve,
    write_plan,
)
from desirepath.matching.files import write_problem
from desirepath.matching.times import from_local, to_local
from tests.matching.worlds import clinician, problem, random_problem, vacancy


@pytest.fixture
def week(tmp_path):
    """A directory with a small sound problem."""
    write_problem(tmp_path / "week", problem())
    return tmp_path / "week"


def put(week, file, line, column, cell):
    """Change one cell of a file; lines count from 1, the header."""
    rows = [row.split(",") for row in (week / file).read_text().splitlines()]
    rows[line - 1][rows[0].index(column)] = cell
    (week / file).write_text("\n".join(",".join(row) for row in rows) + "\n")


def nameable(question):
    """Whether local clocks can name every time of the problem."""
    spans = [*question.vacancies, *(w for c in question.clinicians for w in c.windows)]
    moments = [moment for span in spans for moment in (span.start, span.end)]
    return all(from_local(to_local(each).replace(tzinfo=None)) == each for each in moments)


@given(seed=st.integers(0, 10**9))
def test_there_and_back(tmp_path_factory, seed):
    """A problem written and read again is the same problem."""
    question = random_problem(seed, people=5, sessions=8)
    directory = tmp_path_factory.mktemp("round")
    if not nameable(question):
        with pytest.raises(ProblemError, match="second of two"):
            write_problem(directory, question)
        return
    write_problem(directory, question)
    assert read_problem(directory) == (question, ())


BAD_CELLS = [
    ("practices.csv", "latitude", "nan", "must be a finite number"),
    ("practices.csv", "longitude", "inf", "must be a finite number"),
    ("practices.csv", "latitude", "95", "from -90 to 90"),
    ("practices.csv", "pool", "", "is missing"),
    ("clinicians.csv", "base_rate", "85.555", "at most two decimals"),
    ("clinicians.csv", "base_rate", "-1", "from 0 to"),
    ("clinicians.csv", "max_sessions_day", "1.5", "whole number"),
    ("clinicians.csv", "max_km", "far", "must be a number"),
    ("clinicians.csv", "agency", "yes", "must be 0 or 1"),
    ("clinicians.csv", "evening_pct", "NaN", "finite number"),
    ("clinicians.csv", "valid_until", "31/12/2026", "YYYY-MM-DD"),
    ("clinicians.csv", "wished_sessions_week", "1e400", "ordinary size"),
    ("availability.csv", "clinician", "zoe", "unknown clinician zoe"),
    ("availability.csv", "start", "2026-12-07", "YYYY-MM-DDTHH:MM"),
    ("availability.csv", "end", "2026-12-01T00:00", "after the start"),
    ("availability.csv", "start", "2026-03-29T01:30", "does not exist"),
    ("vacancies.csv", "practice", "D9", "unknown practice D9"),
    ("vacancies.csv", "urgency", "4", "1, 2, 3 or 5"),
    ("vacancies.csv", "rate_cap", "Infinity", "finite number"),
]


@pytest.mark.parametrize(("file", "column", "cell", "reason"), BAD_CELLS)
def test_bad_cell_is_named(week, file, column, cell, reason):
    """A bad cell is refused by file, line, column and reason, and nothing else is."""
    put(week, file, 2, column, cell)
    with pytest.raises(FileErrors) as refused:
        read_problem(week)
    (error,) = refused.value.errors
    assert error.startswith(f"{file}, line 2, {column}: ")
    assert reason in error


def test_every_fault_up_to_twenty(week):
    """Several faults are told together, twenty at most."""
    bad = "".join(f"d{i},U1,north,x,1\n" for i in range(30))
    (week / "practices.csv").write_text(f"practice,pcn,pool,latitude,longitude\n{bad}")
    with pytest.raises(FileErrors) as refused:
        read_problem(week)
    assert len(refused.value.errors) == 20


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("practices.csv", "", "line 1: has no header"),
        ("practices.csv", "practice,pcn\nD1,U1\n", "line 1, pool: the column is missing"),
        ("practices.csv", "practice,practice,pool,latitude,longitude\n", "the column is there twice"),
        ("practices.csv", "practice,pcn,pool,latitude,longitude\nD1,U1,north,52\n", "line 2: has 4 cells"),
        ("practices.csv", 'practice,pcn,pool,latitude,longitude\n"D1"x,U1,north,52,1\n', "is not a CSV file"),
        ("practices.csv", b"\xff\xfe", "is not UTF-8 text"),
        ("fixed.csv", "vacancy,clinician\nv1,ann\nv1,ann\n", "line 3, vacancy: v1 is given twice"),
        ("fixed.csv", "vacancy,clinician\nv9,ann\n", "line 2, vacancy: unknown vacancy v9"),
        ("forbidden.csv", "vacancy,clinician\nv1,bob\n", "line 2, clinician: unknown clinician bob"),
        ("practice_preferences.csv", "clinician,practice,kind\nann,D1,loved\n", "line 2, kind: kind must be"),
        ("pcn_neighbours.csv", "pcn,neighbour\nU1,U1\n", "line 2, neighbour: U1 can't be its own"),
        ("options.toml", "speed_kmh = 0", "options.toml, speed_kmh: "),
        ("options.toml", "speed_kmh = nan", "options.toml, speed_kmh: "),
        ("options.toml", "speed_kmh = ", "options.toml: can't be read"),
        ("options.toml", "weights = [1, 2]", "options.toml, weights: "),
        ("options.toml", 'evening_from = "six"', "options.toml, evening_from: "),
        ("options.toml", "bank_holidays = [5]", "options.toml, bank_holidays: "),
        ("options.toml", 'fairness_history = "yes"', "options.toml, fairness_history: "),
    ],
)
def test_bad_file_is_named(week, file, content, reason):
    """A file that is not what it claims is refused with where and why."""
    (week / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(FileErrors) as refused:
        read_problem(week)
    assert any(reason in error for error in refused.value.errors)


def test_id_given_twice(week):
    """A second row of one id is refused, with the line of the first."""
    with (week / "vacancies.csv").open("a") as stream:
        stream.write((week / "vacancies.csv").read_text().splitlines()[1])
    with pytest.raises(FileErrors, match="line 3, vacancy: v1 is given twice, first on line 2"):
        read_problem(week)


def test_missing_files(week):
    """Files that must be there are named; the others may be absent."""
    for file in ("pcn_neighbours.csv", "practice_preferences.csv", "fixed.csv", "options.toml"):
        (week / file).unlink()
    assert read_problem(week)[0].options == Options()
    (week / "vacancies.csv").unlink()
    with pytest.raises(FileErrors, match=r"vacancies\.csv: the file is missing"):
        read_problem(week)
    with pytest.raises(FileErrors, match="no such directory"):
        read_problem(week / "nowhere")


def test_unknown_columns_and_options_reported(week):
    """What is not known is reported and ignored, missing optional columns take the default."""
    (week / "practices.csv").write_text("practice,pool,latitude,longitude,note\nD1,north,52.6,1.2,old\n")
    (week / "options.toml").write_text('colour = "red"\n')
    question, warnings = read_problem(week)
    assert question.practices[0].pcn == ""
    assert len(warnings) == 2
    assert "'note'" in warnings[0]
    assert "'colour'" in warnings[1]


def test_options(week):
    """Options as TOML writes them, exactly."""
    (week / "options.toml").write_text(
        "agency_markup = 0.175\nroad_factor = 1.5\nevening_from = 17:30:00\n"
        'bank_holidays = [2026-12-25, "2026-12-28"]\nfairness_history = true\n[weights]\nL1 = 7\ncost = 2\n'
    )
    options = read_problem(week)[0].options
    assert options.agency_markup == Decimal("0.175")
    assert (options.road_factor, options.evening_from.hour) == (1.5, 17)
    assert options.bank_holidays == {date(2026, 12, 25), date(2026, 12, 28)}
    assert options.weights == Weights(filling=7, cost=2)
    assert options.fairness_history


def test_pin_that_breaks_a_rule_is_refused(week):
    """A pin that can't be is refused when the files are read."""
    put(week, "clinicians.csv", 2, "role", "nurse")
    (week / "pinned.csv").write_text("vacancy,clinician\nv1,ann\n")
    with pytest.raises(FileErrors, match="rule on role"):
        read_problem(week)


def test_byte_order_mark_and_blank_lines(week):
    """What spreadsheets write is read: a byte-order mark, blank lines, spaces."""
    text = (week / "practices.csv").read_text().replace("D1,", " D1 ,")
    (week / "practices.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n\r\n").encode())
    assert read_problem(week)[0] == problem()


def test_plan_written(tmp_path):
    """plan.csv, unfilled.csv and plan.json in the written format."""
    question = problem(vacancies=(vacancy("v1"), vacancy("v2")))
    plan = solve(question, seed=4)
    write_plan(tmp_path / "out", question, plan)
    header, row = (tmp_path / "out" / "plan.csv").read_text().splitlines()
    assert header == "vacancy,clinician,tier,preference,pay,km,reasons"
    assert row.startswith(f"{plan.assignments[0].vacancy},ann,0,3,333.33,0.000,")
    assert (tmp_path / "out" / "unfilled.csv").read_text().startswith("vacancy,reason,candidates,changes\nv")
    summary = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert summary["filled"] == 1
    assert summary["levels"] == {"L1": 1, "L2": 0, "L3": 3, "L4": 60, "L5": -333}
    assert (summary["objective"], summary["gap"], summary["seed"]) == (plan.objective, 0.0, 4)
    assert summary["versions"]["highs"]


def test_plan_written_over_an_older_one_leaves_nothing_beside(tmp_path):
    """A second plan replaces the first; no temporary directory stays."""
    question = problem()
    for _ in range(2):
        write_plan(tmp_path / "out", question, solve(question))
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_writing_onto_a_file_is_refused(tmp_path):
    """An output that is a file is refused, and stays as it is."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ProblemError, match="is a file"):
        write_plan(tmp_path / "out", problem(), solve(problem()))
    assert (tmp_path / "out").read_text() == "mine"


def test_time_that_local_clocks_cannot_name(tmp_path):
    """The second pass of the repeated hour can't be written as local time, and is refused whole."""
    night = Window(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC))
    with pytest.raises(ProblemError, match="second of two"):
        write_problem(tmp_path / "week", problem(clinicians=(clinician(windows=(night,)),)))
    assert not (tmp_path / "week").exists()
