"""A problem from a directory of CSV files, in PLANNER's format. Writing is in `written`."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from desirepath.matching import cells
from desirepath.matching.problem import (
    Clinician,
    Options,
    Pair,
    Practice,
    Preference,
    Problem,
    ProblemError,
    Vacancy,
    Weights,
    Window,
)
from desirepath.matching.rules import refuse_bad_pins
from desirepath.matching.table import Column, FileErrors, Line, Report, read_table
from desirepath.matching.written import write_plan, write_problem

__all__ = ["FileErrors", "read_problem", "write_plan", "write_problem"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEVEL_NAMES = {"l1": "filling", "l2": "tier", "l3": "preference", "l4": "fairness", "l5": "cost"}

PRACTICES = (
    Column("practice", cells.text),
    Column("pcn", cells.text, ""),
    Column("pool", cells.text),
    Column("latitude", cells.number),
    Column("longitude", cells.number),
)
NEIGHBOURS = (Column("pcn", cells.text), Column("neighbour", cells.text))
CLINICIANS = (
    Column("clinician", cells.text),
    Column("role", cells.text),
    Column("skills", cells.several, frozenset()),
    Column("latitude", cells.number),
    Column("longitude", cells.number),
    Column("pcn", cells.text, None),
    Column("pools", cells.several, frozenset()),
    Column("agency", cells.flag, False),
    Column("base_rate", cells.pence),
    Column("evening_pct", cells.decimal, 0),
    Column("saturday_pct", cells.decimal, 0),
    *(Column(f"{name}_pct", cells.decimal, 0) for name in WEEKDAYS),
    Column("bank_holiday_pct", cells.decimal, 0),
    Column("far_km", cells.number, 0.0),
    Column("far_pence_per_km", cells.whole, 0),
    Column("max_km", cells.number),
    Column("max_sessions_week", cells.whole),
    Column("max_sessions_day", cells.whole),
    Column("max_consecutive_days", cells.whole),
    Column("wished_sessions_week", cells.whole),
    Column("max_minutes_week", cells.whole),
    Column("min_rest_minutes", cells.whole),
    Column("valid_until", cells.day, None),
    Column("history_wished", cells.whole, 0),
    Column("history_offered", cells.whole, 0),
)
AVAILABILITY = (
    Column("clinician", cells.text),
    Column("start", cells.moment),
    Column("end", cells.moment),
)
PREFERENCES = (Column("clinician", cells.text), Column("practice", cells.text), Column("kind", cells.text))
VACANCIES = (
    Column("vacancy", cells.text),
    Column("practice", cells.text),
    Column("start", cells.moment),
    Column("end", cells.moment),
    Column("role", cells.text),
    Column("skills", cells.several, frozenset()),
    Column("urgency", cells.whole),
    Column("rate_cap", cells.pence),
)
PAIRS = (Column("vacancy", cells.text), Column("clinician", cells.text))


def read_problem(directory: Path | str) -> tuple[Problem, tuple[str, ...]]:
    """The problem of a directory, and what in it was ignored.

    Raises FileErrors (a ProblemError) with up to twenty faults, one line each.
    """
    reading = Reading(Path(directory))
    if not reading.directory.is_dir():
        raise FileErrors((f"{reading.directory.name}: there is no such directory",))
    practices = reading.practices()
    windows = reading.windows()
    clinicians = reading.clinicians(windows)
    reading.refuse_unknown("availability.csv", "clinician", clinicians)
    vacancies = reading.vacancies(practices)
    preferences = reading.preferences(clinicians, practices)
    fixed = reading.pairs("fixed.csv", vacancies, clinicians)
    pinned = reading.pairs("pinned.csv", vacancies, clinicians)
    forbidden = reading.pairs("forbidden.csv", vacancies, clinicians)
    neighbours = reading.neighbours()
    options = reading.options()
    reading.report.stop()
    try:
        problem = Problem(
            practices=tuple(practices.values()),
            neighbours=frozenset(neighbours),
            clinicians=tuple(clinicians.values()),
            vacancies=tuple(vacancies.values()),
            preferences=tuple(preferences),
            fixed=tuple(fixed),
            forbidden=frozenset(forbidden),
            pinned=tuple(pinned),
            options=options,
        )
        refuse_bad_pins(problem)
    except ProblemError as reason:
        # every file is sound by itself: only a pin can still contradict the others
        reading.report.fault("pinned.csv", str(reason))
        reading.report.stop()
        raise
    return problem, tuple(reading.report.warnings)


class Reading:
    """The files of one directory as they are read: faults and warnings are gathered in `report`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.report = Report()
        self.mentioned: dict[str, list[tuple[int, str]]] = {}
        self.incomplete: set[str] = set()

    def rows(self, file: str, columns: tuple[Column, ...], *, needed: bool = True) -> Iterator[Line]:
        """The sound rows of a file."""
        return read_table(self.directory, file, columns, self.report, needed=needed)

    def made(self, file: str, line: int, make: Callable[[], Any], id_column: str = "") -> Any:
        """The value that `make` makes, or None with its fault noted under the column it names."""
        try:
            return make()
        except ProblemError as reason:
            column = id_column if reason.field == "id" else reason.field
            self.report.fault(file, str(reason), line, column)
            return None

    def named(
        self, file: str, columns: tuple[Column, ...], make: Callable[[dict[str, Any]], Any]
    ) -> dict[str, Any]:
        """Rows with an id in the first column as values by id; an id given twice is a fault."""
        word = columns[0].name
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        faults = len(self.report.errors)
        for line in self.rows(file, columns):
            name = line.values.pop(word)
            if name in lines:
                reason = f"{name} is given twice, first on line {lines[name]}"
                self.report.fault(file, reason, line.number, word)
                continue
            lines[name] = line.number
            value = self.made(file, line.number, partial(make, {"id": name, **line.values}), word)
            if value is not None:
                found[name] = value
        if len(self.report.errors) > faults:
            self.incomplete.add(word)
        return found

    def practices(self) -> dict[str, Practice]:
        """practices.csv"""
        return self.named("practices.csv", PRACTICES, lambda values: Practice(**values))

    def windows(self) -> dict[str, list[Window]]:
        """availability.csv, by clinician. Many are free at the same times: each window is made once."""
        found: dict[str, list[Window]] = {}
        alike: dict[tuple[datetime, datetime], Window] = {}
        for line in self.rows("availability.csv", AVAILABILITY):
            who = line.values["clinician"]
            self.mentioned.setdefault("availability.csv", []).append((line.number, who))
            span = line.values["start"], line.values["end"]
            window = alike.get(span) or self.made("availability.csv", line.number, partial(Window, *span))
            if window is not None:
                found.setdefault(who, []).append(alike.setdefault(span, window))
        return found

    def clinicians(self, windows: dict[str, list[Window]]) -> dict[str, Clinician]:
        """clinicians.csv with the windows of each."""

        def make(values: dict[str, Any]) -> Clinician:
            week = tuple(values.pop(f"{name}_pct") for name in WEEKDAYS)
            return Clinician(**values, day_pct=week, windows=tuple(windows.get(values["id"], ())))

        return self.named("clinicians.csv", CLINICIANS, make)

    def vacancies(self, practices: dict[str, Practice]) -> dict[str, Vacancy]:
        """vacancies.csv"""
        return self.named("vacancies.csv", VACANCIES, lambda values: self.vacancy(values, practices))

    def vacancy(self, values: dict[str, Any], practices: dict[str, Practice]) -> Vacancy:
        """One vacancy of a known practice."""
        if values["practice"] not in practices and "practice" not in self.incomplete:
            raise ProblemError(f"unknown practice {values['practice']}", "practice")
        return Vacancy(**values)

    def refuse_unknown(self, file: str, column: str, known: dict[str, Any]) -> None:
        """Note every row of a file read before that mentions what does not exist."""
        for line, name in self.mentioned.get(file, ()):
            if name not in known and column not in self.incomplete:
                self.report.fault(file, f"unknown {column} {name}", line, column)

    def known(self, file: str, line: Line, column: str, values: dict[str, Any]) -> bool:
        """Whether the row's reference exists; else the fault is noted."""
        name = line.values[column]
        if name not in values and column not in self.incomplete:
            self.report.fault(file, f"unknown {column} {name}", line.number, column)
        return name in values

    def preferences(
        self, clinicians: dict[str, Clinician], practices: dict[str, Practice]
    ) -> list[Preference]:
        """practice_preferences.csv; a row given again is ignored."""
        file = "practice_preferences.csv"
        found: dict[tuple[str, ...], Preference] = {}
        lines: dict[tuple[str, ...], int] = {}
        for line in self.rows(file, PREFERENCES, needed=False):
            clinician = self.known(file, line, "clinician", clinicians)
            if not (self.known(file, line, "practice", practices) and clinician):
                continue
            words = tuple(line.values.values())
            if words in found:
                self.report.ignored(f"{file}, line {line.number}: repeats line {lines[words]} and is ignored")
                continue
            each = self.made(file, line.number, partial(Preference, *words))
            if each is not None:
                found[words], lines[words] = each, line.number
        return list(found.values())

    def pairs(self, file: str, vacancies: dict[str, Vacancy], clinicians: dict[str, Clinician]) -> list[Pair]:
        """fixed.csv, pinned.csv or forbidden.csv; a vacancy is fixed or pinned once."""
        found: list[Pair] = []
        for line in self.rows(file, PAIRS, needed=False):
            vacancy = self.known(file, line, "vacancy", vacancies)
            if not (self.known(file, line, "clinician", clinicians) and vacancy):
                continue
            pair = line.values["vacancy"], line.values["clinician"]
            if file != "forbidden.csv" and pair[0] in dict(found):
                self.report.fault(file, f"{pair[0]} is given twice", line.number, "vacancy")
            found.append(pair)
        return found

    def neighbours(self) -> list[Pair]:
        """pcn_neighbours.csv, one way as written; a PCN isn't its own neighbour."""
        file, found = "pcn_neighbours.csv", []
        for line in self.rows(file, NEIGHBOURS, needed=False):
            pair = line.values["pcn"], line.values["neighbour"]
            if pair[0] == pair[1]:
                self.report.fault(file, f"{pair[0]} can't be its own neighbour", line.number, "neighbour")
            found.append(pair)
        return found

    def options(self) -> Options:
        """options.toml, or the defaults."""
        path = self.directory / "options.toml"
        if not path.exists():
            return Options()
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
            return Options(**dict(self.options_in(content)))
        except OSError as reason:
            self.report.fault("options.toml", f"can't be read: {reason.strerror}")
        except UnicodeDecodeError:
            self.report.fault("options.toml", "is not UTF-8 text")
        except (tomllib.TOMLDecodeError, ArithmeticError, RecursionError) as reason:
            self.report.fault("options.toml", f"can't be read: {reason}")
        except ProblemError as reason:
            self.report.fault("options.toml", str(reason), column=reason.field)
        return Options()

    def options_in(self, content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """The options that are known, each as `Options` wants it."""
        for name, value in content.items():
            if name == "weights":
                yield name, weights_in(value)
            elif name == "evening_from":
                yield name, clock_in(value)
            elif name == "bank_holidays":
                yield name, frozenset(holiday_in(each) for each in listed(value, name))
            elif name in Options.__dataclass_fields__:
                yield name, value
            else:
                self.report.ignored(f"options.toml: unknown option {name!r} is ignored")


def listed(value: Any, name: str) -> list[Any]:
    """The value if it is a list; raises ProblemError."""
    if not isinstance(value, list):
        raise ProblemError(f"{name} must be a list, not {value!r}", name)
    return value


def weights_in(value: Any) -> Weights:
    """Weights from a list of five, or a table of L1 to L5 (or filling, tier, preference, fairness, cost)."""
    if isinstance(value, list) and len(value) == len(LEVEL_NAMES):
        return Weights(*value)
    if not isinstance(value, dict):
        raise ProblemError("weights must be a table of L1 to L5, or a list of five", "weights")
    names = {LEVEL_NAMES.get(str(name).lower(), str(name)): number for name, number in value.items()}
    unknown = set(names) - set(LEVEL_NAMES.values())
    if unknown or len(names) < len(value):
        raise ProblemError(f"weights are L1 to L5, each once, not {', '.join(sorted(value))}", "weights")
    return Weights(**names)


def clock_in(value: Any) -> time:
    """A time of day: TOML's own, or text as HH:MM."""
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise ProblemError(f"evening_from must be a time as HH:MM, not {value!r}", "evening_from") from None


def holiday_in(value: Any) -> date:
    """A date: TOML's own, or text as YYYY-MM-DD."""
    if type(value) is date:
        return value
    try:
        return cells.day(value)
    except (TypeError, cells.CellError):
        raise ProblemError(f"bank_holidays must be dates, not {value!r}", "bank_holidays") from None
