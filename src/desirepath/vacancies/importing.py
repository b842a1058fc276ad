"""A practice's sessions from a spreadsheet: a row each, all posted together or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import TextChoices

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.refusal import Refused
from desirepath.clinicians.models import Skill
from desirepath.nhsuk.formats import plural, span
from desirepath.organisations.models import Organisation
from desirepath.pools import cells
from desirepath.pools.importing import Column, Import, Line
from desirepath.pools.models import Pool
from desirepath.vacancies import advice
from desirepath.vacancies.actions import DETAILS, FARTHEST_AHEAD, MOST_RATE, post_vacancy
from desirepath.vacancies.models import Vacancy
from desirepath.vacancies.series import MOST
from desirepath.vacancies.times import WrongTime, moments


def one_of(choices: type[TextChoices]) -> Callable[[str], str]:
    """One of the choices, by its words or by the short name that is kept."""

    def parse(cell: str) -> str:
        for choice in choices:
            if cell.casefold() in (str(choice.value), str(choice.label).casefold()):
                return str(choice.value)
        raise ValueError(f"must be one of: {', '.join(str(choice.label) for choice in choices)}")

    return parse


def urgency(cell: str) -> int:
    """How much it matters, in words."""
    for choice in Vacancy.Urgency:
        if cell.casefold() in (str(choice.value), str(choice.label).casefold()):
            return int(choice.value)
    raise ValueError(f"must be one of: {', '.join(str(choice.label) for choice in Vacancy.Urgency)}")


COLUMNS = (
    Column("date", "The day of the session", cells.day, "8/12/2026", required=True),
    Column("start", "When it starts", cells.clock, "08:30", required=True),
    Column("end", "When it ends; earlier than the start: the next day", cells.clock, "12:40", required=True),
    Column("role", "GP, nurse, pharmacist or paramedic", cells.role, "GP", required=True),
    Column(
        "rate",
        "The most you will pay, in pounds an hour",
        cells.pounds(1, int(MOST_RATE)),
        "95.00",
        required=True,
    ),
    Column("skills", "What not everyone of the role does, with ; between", cells.several, "coil fitting"),
    Column("session_type", "Kind of session", one_of(Vacancy.SessionType), "Booked surgery"),
    Column("contacts", "Patients expected", cells.whole(0, 99, "patients"), "12"),
    Column("appointment_minutes", "Length of an appointment", cells.whole(5, 120, "minutes"), "15"),
    Column("home_visits", "Home visits expected", cells.whole(0, 20, "visits"), "1"),
    Column("duties", "What else there is to do; nothing about patients", cells.words(500), "No on call"),
    Column("urgency", "How much it matters", urgency, "Usual"),
    Column("reason", "Why you need cover", one_of(Vacancy.Reason), "Sickness"),
    Column("funding", "Who pays", one_of(Vacancy.Funding), "Practice budget"),
)


def judge_times(lines: Iterable[Line]) -> None:
    """When each row's session is: ``from`` and ``to``; what is past or too far ahead is wrong."""
    now = clock.now()
    for line in lines:
        if not {"date", "start", "end"} <= set(line.values):
            continue
        day = line.values["date"]
        try:
            start, end = moments(day, line.values["start"], line.values["end"])
        except WrongTime as wrong:
            line.wrong(wrong.field, str(wrong))
            continue
        if day < clock.today():
            line.wrong("date", "is in the past: only sessions still to come can be taken")
        elif start > now + FARTHEST_AHEAD:
            line.wrong("date", "must be within the next year")
        elif start <= now:
            line.wrong("start", "is in the past: only sessions still to come can be taken")
        else:
            line.values["from"], line.values["to"] = start, end


def _judge(practice: Organisation, pool: Pool, lines: list[Line]) -> None:
    """Each row beside the calendar, the skills that are known, and what the practice has asked for."""
    judge_times(lines)
    _judge_skills(lines)
    _judge_pool(practice, pool, lines)
    _note_what_is_there(practice, lines)
    for line in lines:
        if {"from", "to"} <= set(line.values):
            line.notes.append(span(line.values["from"], line.values["to"]))
            line.notes += advice.warnings(
                minutes=int((line.values["to"] - line.values["from"]).total_seconds()) // 60,
                contacts=line.values.get("contacts"),
                appointment_minutes=line.values.get("appointment_minutes"),
            )


def _judge_skills(lines: list[Line]) -> None:
    known = {(skill.role, name): skill for skill in Skill.objects.all() for name in _names(skill)}
    for line in lines:
        role = line.values.get("role")
        if role is None or "skills" not in line.values:
            continue
        found = [known.get((role.value, name.casefold())) for name in line.values["skills"]]
        if None in found:
            missing = line.values["skills"][found.index(None)]
            line.wrong("skills", f"there is no skill “{missing}” of a {role.label}")
        line.values["held"] = [skill for skill in found if skill]


def _names(skill: Skill) -> set[str]:
    return {skill.code.casefold(), skill.name.casefold()}


def _judge_pool(practice: Organisation, pool: Pool, lines: list[Line]) -> None:
    days = {line.values["date"] for line in lines if "from" in line.values}
    inside = {day for day in days if Pool.of_practice(practice, day) == pool}
    for line in lines:
        if "from" in line.values and line.values["date"] not in inside:
            line.wrong("date", "is a day on which your practice is not in this pool")


def _note_what_is_there(practice: Organisation, lines: list[Line]) -> None:
    """What was asked for before is told, and taken all the same: two may be needed at once."""
    timed = [line for line in lines if {"from", "to", "role"} <= set(line.values)]
    starts = {line.values["from"] for line in timed}
    there = set(
        Vacancy.objects.for_practice(practice)
        .wanted()
        .filter(start__in=starts)
        .values_list("role", "start", "end")
    )
    for line in timed:
        if (line.values["role"].value, line.values["from"], line.values["to"]) in there:
            line.notes.append("You have asked for such a session already: this is one more")


def _take(practice: Organisation, by: Person, pool: Pool, lines: list[Line]) -> str:
    """Post every row. Raises Refused with the row that cannot be."""
    for line in lines:
        try:
            post_vacancy(by=by, practice=practice, **_wanted(line.values))
        except Refused as refused:
            raise Refused(f"Row {line.number:,}: {refused} Nothing was posted.") from refused
    return f"{plural(len(lines), 'session')} posted. You will hear by e-mail who is coming"


def _wanted(values: dict[str, Any]) -> dict[str, Any]:
    """A row's values as ``post_vacancy`` takes them."""
    given = {name: values[name] for name in DETAILS if name in values}
    rate: Decimal = values["rate"]
    return {
        **given,
        "start": values["from"],
        "end": values["to"],
        "rate_cap": rate,
        "skills": values.get("held", []),
    }


def sessions_of(practice: Organisation) -> Import:
    """The spreadsheet with which one practice asks for cover."""
    return Import(
        kind="vacancies",
        title="Sessions that need cover",
        about=(
            "One row for each session that you need covered. You see every row before anything is posted; "
            "all are posted together, or none."
        ),
        columns=COLUMNS,
        shown=("date", "start", "end", "role", "rate"),
        judge=partial(_judge, practice),
        take=partial(_take, practice),
        practice=practice,
        most=MOST,
    )
