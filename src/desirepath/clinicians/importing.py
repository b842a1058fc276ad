"""The pool's clinicians from a spreadsheet: invited, they join; rates are a draft for her to publish."""

from __future__ import annotations

from collections import Counter
from datetime import time
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.text import slugify

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.context import on_behalf_of
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.clinicians.actions import join_pool, register_clinician, set_weekly_pattern
from desirepath.clinicians.credentials.actions import record_whole
from desirepath.clinicians.models import DAYS, Clinician, Membership, Skill, Terms
from desirepath.messages.actions import link, tell
from desirepath.messages.letters import invite
from desirepath.nhsuk.formats import plural
from desirepath.organisations.models import Kind
from desirepath.pools import cells
from desirepath.pools.actions import person_at, waiting
from desirepath.pools.importing import Column, Import, Line, register
from desirepath.pools.models import Chambers, ClinicianRole, Pool

PERCENT = cells.whole(0, 300, "per cent")
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")

WHO = (
    Column("name", "Full name", cells.words(120), "Sam Example", required=True),
    Column(
        "email", "E-mail address, to which the invitation goes", cells.email, "sam@example.org", required=True
    ),
    Column("role", "GP, nurse, pharmacist or paramedic", cells.role, "GP", required=True),
    Column(
        "registration",
        "Number with the GMC (7 digits), NMC, GPhC or HCPC",
        cells.registration,
        "7012345",
        required=True,
    ),
    Column(
        "skills",
        "What not everyone of the role does, with ; between",
        cells.several,
        "coil fitting; minor surgery",
    ),
    Column(
        "latitude",
        "Where the clinician sets out from, degrees north; nobody else sees it",
        cells.latitude,
        "52.63",
        required=True,
    ),
    Column("longitude", "The same, degrees east", cells.longitude, "1.29", required=True),
    Column("postcode", "For your own use: it is not kept", cells.postcode, ""),
    Column("pcn", "Code of the PCN in whose bank the clinician is", cells.code("PCN"), "U12345"),
    Column("chambers", "Name of the chambers in this pool", cells.words(200), ""),
    Column(
        "cleared_until",
        "The last day on which the checks that the pool has made are valid; empty: no work before they are",
        cells.day,
        "31/3/2027",
    ),
)
TERMS = (
    Column("base_rate", "The clinician's own rate in pounds an hour", cells.pounds(1, 500), "92.00"),
    Column("evening_pct", "Added from 6pm, per cent", PERCENT, "15"),
    Column("saturday_pct", "Added on Saturdays, per cent", PERCENT, "20"),
    *(
        Column(f"{day}_pct", f"Added on {name}, per cent", PERCENT, "0")
        for day, name in zip(DAYS, WEEKDAYS, strict=True)
    ),
    Column("bank_holiday_pct", "Added on bank holidays, per cent", PERCENT, "50"),
    Column(
        "far_km", "Beyond how many kilometres something is added", cells.whole(0, 500, "kilometres"), "20"
    ),
    Column(
        "far_pence_per_km", "Pence an hour added for each kilometre beyond", cells.whole(0, 500, "pence"), "0"
    ),
    Column("max_km", "The farthest to travel, kilometres", cells.whole(1, 500, "kilometres"), "30"),
    Column("max_sessions_day", "The most sessions a day", cells.whole(0, 4, "sessions"), "2"),
    Column("max_sessions_week", "The most sessions a week", cells.whole(0, 20, "sessions"), "8"),
    Column("max_consecutive_days", "The most days in a row", cells.whole(1, 14, "days"), "5"),
    Column("max_minutes_week", "The most minutes a week", cells.whole(0, 5040, "minutes"), "2400"),
    Column(
        "min_rest_minutes", "The least rest between days, minutes", cells.whole(0, 2880, "minutes"), "660"
    ),
    Column("wished_sessions_week", "Sessions a week wished for", cells.whole(0, 20, "sessions"), "4"),
)
PATTERN = tuple(
    Column(day, f"When free on {name}", cells.windows, "08:00-13:00;13:30-18:30" if day == "mon" else "")
    for day, name in zip(DAYS, WEEKDAYS, strict=True)
)
TERM_NAMES = tuple(column.name for column in TERMS)

NEW = "new: invited by e-mail"
KNOWN = "known here already: joins this pool with the profile and terms already held, and is told by e-mail"
ACCOUNT = "has an account already: becomes a clinician and joins this pool"
MEMBER = "a member of this pool already: nothing changes"
NOT_CLEARED = "no work is offered before the checks are verified here: cleared_until is empty"
# what a recorded check was made against
RECORDED_AGAINST = "The pool's own records, read in with the member"
MEMBER_WAITING = "a member of this pool already, who has not begun: invited again"


def judge(pool: Pool, lines: list[Line]) -> None:
    """Each row beside the others, the pool, and the people known here."""
    _judge_each(lines)
    _judge_twice(lines)
    _judge_places(pool, lines)
    _judge_skills(lines)
    _judge_known(pool, lines)


def _judge_each(lines: list[Line]) -> None:
    for line in lines:
        number = line.values.get("registration")
        if number and line.values.get("role") == ClinicianRole.GP and not cells.GMC_NUMBER.fullmatch(number):
            line.wrong("registration", "must be a GMC number of 7 digits")
        given = [name for name in TERM_NAMES if name in line.cells]
        if given and "base_rate" not in line.cells:
            line.wrong(
                "base_rate", f"is missing: {given[0]} is one of the terms, and they begin with the rate"
            )


def _judge_twice(lines: list[Line]) -> None:
    for column in ("email", "registration"):
        first: dict[Any, int] = {}
        for line in lines:
            key = line.values.get(column)
            if key is None:
                continue
            if key in first:
                line.wrong(column, f"is the same as in row {first[key]:,}")
            first.setdefault(key, line.number)


def _judge_places(pool: Pool, lines: list[Line]) -> None:
    pcns = {place.code: place for place in pool.organisations().filter(kind=Kind.PCN)}
    teams = Chambers.objects.filter(pool=pool).select_related("organisation").annotate(held=Count("members"))
    by_name = {team.organisation.name.casefold(): team for team in teams}
    joining: Counter[int] = Counter()
    for line in lines:
        if code := line.values.get("pcn"):
            line.values["pcn"] = pcns.get(code)
            if code not in pcns:
                line.wrong("pcn", f"{code} is not the PCN of any practice of this pool")
        if name := line.values.get("chambers"):
            team = line.values["chambers"] = by_name.get(name.casefold())
            if team is None:
                line.wrong("chambers", f"there is no chambers “{name}” in this pool")
                continue
            joining[team.pk] += 1
            if team.held + joining[team.pk] > team.most_members:
                line.wrong("chambers", f"{team} would have more than its {team.most_members} members")


def _judge_skills(lines: list[Line]) -> None:
    known = {
        (skill.role, word.casefold()) for skill in Skill.objects.all() for word in (skill.code, skill.name)
    }
    for line in lines:
        role = line.values.get("role")
        new = [word for word in line.values.get("skills", []) if (role, word.casefold()) not in known]
        if role and new:
            line.notes.append(f"new in the list of skills: {', '.join(new)} (check the spelling)")


def _judge_known(pool: Pool, lines: list[Line]) -> None:
    """Find who is known here by registration number or e-mail address, and say what will happen."""
    emails = [line.values["email"] for line in lines if "email" in line.values]
    numbers = [line.values["registration"] for line in lines if "registration" in line.values]
    people = {person.email.lower(): person for person in Person.objects.filter(email__in=emails)}
    rows = Clinician.objects.select_related("person")
    registered = {(row.role, row.registration): row for row in rows.filter(registration__in=numbers)}
    of_person = {row.person_id: row for row in rows.filter(person__in=people.values())}
    found = {row.pk for row in (*registered.values(), *of_person.values())}
    members = set(
        Membership.objects.filter(pool=pool, clinician__in=found).values_list("clinician_id", flat=True)
    )
    for line in lines:
        person = people.get(line.values.get("email", ""))
        by_number = registered.get((line.values.get("role", ""), line.values.get("registration", "")))
        by_email = of_person.get(person.pk) if person else None
        if by_email and by_email != by_number:
            line.wrong("email", "belongs to a clinician with another registration number")
        elif by_number and person and by_number.person_id != person.pk:
            line.wrong("registration", "belongs to somebody with another e-mail address")
        line.values["clinician"] = by_number
        happens = _what_happens(person, by_number, members)
        line.notes.insert(0, happens)
        if happens in (NEW, KNOWN, ACCOUNT) and "cleared_until" not in line.values:
            line.notes.append(NOT_CLEARED)


def _what_happens(person: Person | None, clinician: Clinician | None, members: set[int]) -> str:
    if clinician and clinician.pk in members:
        return MEMBER_WAITING if waiting(clinician.person) else MEMBER
    if clinician:
        return KNOWN
    return ACCOUNT if person else NEW


def take(by: Person, pool: Pool, lines: list[Line]) -> str:
    """Everyone of the file joins the pool. Raises Refused with the row that cannot be."""
    for line in lines:
        try:
            _take_one(by, pool, line)
        except Refused as refused:
            raise Refused(f"Row {line.number:,}: {refused} Nothing was taken.") from refused
    new = sum(NEW in line.notes for line in lines)
    joined = sum(MEMBER not in line.notes and MEMBER_WAITING not in line.notes for line in lines)
    return f"{plural(joined, 'clinician')} joined the pool; {new:,} of them are new and invited by e-mail"


def _take_one(by: Person, pool: Pool, line: Line) -> None:
    known: Clinician | None = line.values["clinician"]
    if MEMBER in line.notes:
        return
    clinician = known or _register(by, pool, line)
    if MEMBER_WAITING not in line.notes:
        pcn, chambers = line.values.get("pcn"), line.values.get("chambers")
        join_pool(by=by, clinician=clinician, pool=pool, pcn=pcn, chambers=chambers)
        if until := line.values.get("cleared_until"):
            record_whole(by=by, clinician=clinician, pool=pool, until=until, against=RECORDED_AGAINST)
    if known and not waiting(known.person):
        _tell_joined(by, pool, clinician)
    else:
        role = f"{clinician.get_role_display()} in {pool}"
        invite(email=clinician.person.email, name=clinician.person.name, by=by, role=role)


def _register(by: Person, pool: Pool, line: Line) -> Clinician:
    """Somebody new here: her profile, a draft of her terms, and when she is free as the pool knows it."""
    values = line.values
    clinician = register_clinician(
        by=by,
        person=person_at(email=values["email"], name=values["name"], fictional=pool.fictional),
        role=values["role"],
        registration=values["registration"],
        latitude=values["latitude"],
        longitude=values["longitude"],
        skills=_skills(values["role"], values.get("skills", [])),
    )
    if "base_rate" in values:
        given: dict[str, Decimal | int] = {name: values[name] for name in TERM_NAMES if name in values}
        draft = Terms.objects.create(clinician=clinician, **given)
        with on_behalf_of(clinician.person):
            Event.record("draft imported", draft, by=by)
    windows: dict[int, list[tuple[time, time]]] = {
        number: values[day] for number, day in enumerate(DAYS) if day in values
    }
    if windows:
        with on_behalf_of(clinician.person):
            set_weekly_pattern(by=by, clinician=clinician, windows=windows)
    return clinician


def _skills(role: str, names: list[str]) -> list[Skill]:
    known = {
        word.casefold(): skill
        for skill in Skill.objects.filter(role=role)
        for word in (skill.code, skill.name)
    }
    return [known.get(name.casefold()) or _new_skill(role, name) for name in names]


def _new_skill(role: str, name: str) -> Skill:
    code = slugify(name)[:40] or "skill"
    if Skill.objects.filter(code=code).exists():
        code = f"{role}-{code}"[:40]
    skill, _ = Skill.objects.get_or_create(code=code, defaults={"name": name, "role": role})
    return skill


def _tell_joined(by: Person, pool: Pool, clinician: Clinician) -> None:
    tell(
        to=clinician.person,
        subject=f"You are a member of {pool}",
        body=(
            f"{by.name} has added you to {pool}. Its practices may now offer you sessions, within your "
            "own terms.\n\nYour profile, terms and free times stay yours, and the pool sees none of your "
            f"other work.\n\n{link('/')}\n"
        ),
        key=f"joined {pool.public_id} {clinician.public_id} {clock.today()}",
    )


CLINICIANS = Import(
    kind="clinicians",
    title="Clinicians",
    about=(
        "Each clinician is invited by e-mail. Rates and limits become a draft of the clinician's terms: "
        "nothing is offered until the clinician has looked at it and published it."
    ),
    columns=(*WHO, *TERMS, *PATTERN),
    shown=("name", "email", "role", "registration", "base_rate"),
    judge=judge,
    take=take,
)
register(CLINICIANS)
