"""Files full of nonsense: read rightly or refused in one clear line, never a traceback, nothing half done."""

import csv
import os

import pytest
from typer.testing import CliRunner

from desirepath.cli.app import app
from desirepath.matching import FileErrors, Preference, check, read_problem, solve
from desirepath.matching.files import CLINICIANS, PRACTICES, VACANCIES, write_problem
from desirepath.matching.table import MOST_CHARACTERS
from tests.matching.worlds import clinician, practice, problem, vacancy

LONG = os.environ.get("DESIRE_LONG") == "1"
NASTY = (
    *("", " ", "nan", "NaN", "sNaN", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e-400", "1e2147483648"),
    *(
        "-1",
        "-0",
        "0",
        "1e18",
        "999999999999",
        "1_000",
        "\uff11\uff12",
        "٣",
        "0x10",
        "1,5",
        "+3",
        "--3",
        "1E+2",
        "5e-5",
    ),
    *(
        "-100",
        "-101",
        "1001",
        "0.00001",
        "250000",
        "true",
        "None",
        "é",
        "a" * 10_000,
        "\x00",
        "a\nb",
        "\u202e",
    ),
    *("'; DROP", "=1+1", ";", ";;", "a;a", "😀", "2026-12-07", "2026-12-07T08:30", "9999-12-31T23:59"),
    *("0001-01-01T00:00", "2026-03-29T01:30", "2026-10-25T01:30", "2026-02-30T00:00", "2026-12-07T08:30Z"),
)
# what can't be a number of any column, however it is written
NO_NUMBERS = (
    "nan",
    "sNaN",
    "inf",
    "-inf",
    "Infinity",
    "1e400",
    "-1e400",
    "1e-400",
    "1e2147483648",
    "1_000",
    "0x10",
)
NUMERIC = [
    (file, column.name)
    for file, columns in (
        ("practices.csv", PRACTICES),
        ("clinicians.csv", CLINICIANS),
        ("vacancies.csv", VACANCIES),
    )
    for column in columns
    if column.parse.__name__ not in ("text", "several", "flag", "day", "moment")
]
FILES = (
    "practices.csv",
    "pcn_neighbours.csv",
    "clinicians.csv",
    "availability.csv",
    "practice_preferences.csv",
    "vacancies.csv",
    "fixed.csv",
    "forbidden.csv",
)


@pytest.fixture
def week(tmp_path):
    """A directory with a sound problem that has a row in every file."""
    question = problem(
        vacancies=(vacancy(), vacancy("v2", "2026-12-08T08:30")),
        preferences=(Preference("ann", "D1", "preferred"),),
        fixed=(("v2", "ann"),),
        forbidden=frozenset({("v2", "ann")}),
    )
    write_problem(tmp_path / "week", question)
    return tmp_path / "week"


def table_of(path):
    """The rows of a file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def put_table(path, rows):
    """Write rows as a file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def refusals(week, *, plan=True):
    """The lines with which the directory is refused; none where it is read, and then it plans soundly."""
    try:
        question, _ = read_problem(week)
    except FileErrors as refused:
        return refused.errors
    if plan:
        assert check(question, solve(question)) == ()
    return ()


@pytest.mark.parametrize("file", FILES)
def test_any_nonsense_in_any_cell(week, file):
    """Whatever stands in a cell is read and planned, or refused in one line that names its place."""
    sound = table_of(week / file)
    for column in range(len(sound[0])):
        for number, cell in enumerate(NASTY):
            rows = [list(row) for row in sound]
            rows[1][column] = cell
            put_table(week / file, rows)
            for line in refusals(week, plan=LONG or (number + column) % 8 == 0):
                assert line.isprintable()
                assert len(line) < MOST_CHARACTERS + 100
                assert ".csv, line " in line


def test_every_numeric_column_is_tried():
    """The next test is not empty: it tries every column that holds numbers."""
    assert len(NUMERIC) == 28


@pytest.mark.parametrize(("file", "column"), NUMERIC, ids=lambda each: each)
def test_no_number_in_a_numeric_column(week, file, column):
    """NaN, infinity and numbers beyond all size are refused by their place, in every numeric column."""
    sound = table_of(week / file)
    for cell in NO_NUMBERS:
        rows = [list(row) for row in sound]
        rows[1][rows[0].index(column)] = cell
        put_table(week / file, rows)
        (line,) = refusals(week)
        assert line.startswith(f"{file}, line 2, {column}: ")


@pytest.mark.parametrize(
    "column", ["max_minutes_week", "min_rest_minutes", "max_sessions_day", "base_rate", "max_km"]
)
def test_less_than_nothing(week, column):
    """Minutes, sessions, money and kilometres below 0 are refused."""
    rows = table_of(week / "clinicians.csv")
    rows[1][rows[0].index(column)] = "-1"
    put_table(week / "clinicians.csv", rows)
    (line,) = refusals(week)
    assert line.startswith(f"clinicians.csv, line 2, {column}: ")


@pytest.mark.parametrize("file", ["practices.csv", "clinicians.csv", "vacancies.csv"])
def test_an_id_given_twice(week, file):
    """The same id on two lines is refused with both lines, even where the rows are alike."""
    rows = table_of(week / file)
    put_table(week / file, [*rows, rows[1]])
    (line,) = refusals(week)
    assert f"line {len(rows) + 1}" in line
    assert "is given twice, first on line 2" in line


def test_what_spreadsheets_write(week):
    """A byte-order mark, CRLF, quotes round cells with commas, spaces and blank lines change nothing."""
    question, _ = read_problem(week)
    for path in week.iterdir():
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_problem(week) == (question, ())


def test_commas_quotes_and_line_breaks_in_quotes(tmp_path):
    """An id may hold commas and quotes, there and back; a line break in one is refused."""
    name = 'the "old" surgery, 1st floor'
    question = problem(
        practices=(practice(name),),
        neighbours=(),
        vacancies=(vacancy(practice=name),),
        clinicians=(clinician("a,b"),),
    )
    write_problem(tmp_path / "week", question)
    assert read_problem(tmp_path / "week")[0] == question
    rows = table_of(tmp_path / "week" / "vacancies.csv")
    rows[1][0] = "v\n1"
    put_table(tmp_path / "week" / "vacancies.csv", rows)
    assert refusals(tmp_path / "week") == (
        "vacancies.csv, line 2, vacancy: must be text on one line, not 'v\\n1'",
    )


OPTION_VALUES = (
    *(
        "nan",
        "inf",
        "-inf",
        "1e400",
        "-1e400",
        "1e9999999999",
        "-1",
        "true",
        "''",
        "'x'",
        "[]",
        "{}",
        "[nan]",
    ),
    *(
        "1e300",
        "1e-300",
        "1979-05-27",
        "1979-05-27T07:32:00Z",
        "07:32:00",
        "07:32:30",
        "'07:32+01:00'",
        "'24:00'",
    ),
    *(
        "[1, 2, 3, 4, 5]",
        "[1.5, 1, 1, 1, 1]",
        "['x']",
        "['2026-02-30']",
        "{L1 = 1, l1 = 2}",
        "{L1 = 'x'}",
        "0",
        "5",
    ),
)
OPTION_NAMES = (
    *("fairness_steps", "road_factor", "speed_kmh", "travel_buffer_minutes", "agency_markup", "evening_from"),
    *(
        "bank_holidays",
        "weights",
        "fairness_history",
        "weights.L1",
        "weights.bogus",
        "[weights]\nL5",
        "[[weights]]\nL1",
    ),
)


@pytest.mark.parametrize("name", OPTION_NAMES)
def test_any_nonsense_in_options(week, name):
    """Whatever options.toml holds is used, or refused in one line that names the option."""
    for value in OPTION_VALUES:
        (week / "options.toml").write_text(f"{name} = {value}\n")
        for line in refusals(week):
            assert line.startswith("options.toml")
            assert line.isprintable()


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"\x00",
        b"[",
        b"a = 1\na = 2",
        b"[weights]\n[weights]",
        b"a = " + b"[" * 3_000 + b"]" * 3_000,
    ],
)
def test_options_that_are_no_toml(week, content):
    """A file that is no TOML at all is refused by its name."""
    (week / "options.toml").write_bytes(content)
    (line,) = refusals(week)
    assert line.startswith("options.toml: ")


@pytest.mark.parametrize("file", ["vacancies.csv", "fixed.csv", "options.toml"])
def test_a_directory_in_place_of_a_file(week, file):
    """A directory with a file's name is refused, also where the file may be absent."""
    (week / file).unlink()
    (week / file).mkdir()
    (line,) = refusals(week)
    assert line.startswith(f"{file}: ")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("vacancies.csv", b"\xff\xfe\x00"),
        ("vacancies.csv", b""),
        ("vacancies.csv", b'vacancy,practice\n"unclosed'),
        ("clinicians.csv", b"clinician\nann\n"),
        ("fixed.csv", b"vacancy,clinician\nv1,nobody\n"),
        ("fixed.csv", b"vacancy,clinician\nv1,ann\nv1,ann\n"),
        ("pinned.csv", b"vacancy,clinician\nv2,ann\n"),
        ("pcn_neighbours.csv", b"pcn,neighbour\nU1,U1\n"),
        ("availability.csv", b"clinician,start,end\nann,2026-03-29T01:30,2026-03-29T09:00\n"),
        ("practice_preferences.csv", b"clinician,practice,kind\nann,D1,adored\n"),
        ("options.toml", b"speed_kmh = nan"),
    ],
)
def test_the_command_line_refuses(week, tmp_path, file, content):
    """`desirepath plan DIR`: exit code 2, the file named on one line, no traceback, nothing written."""
    (week / file).write_bytes(content)
    answer = CliRunner().invoke(app, ["plan", str(week), "--out", str(tmp_path / "out")])
    assert answer.exit_code == 2
    lines = answer.stderr.strip().splitlines()
    assert lines
    assert all(file in line for line in lines)
    assert "Traceback" not in answer.output
    assert not (tmp_path / "out").exists()
