"""``desirepath start``: the first administrator and the pool she looks after."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from desirepath.organisations.models import Organisation
    from desirepath.pools.models import Pool

CODE = r"[A-Z0-9][A-Z0-9-]{1,11}"
QUESTIONS = {
    "pool_name": ("--pool-name", "Name of the pool"),
    "code": ("--code", "A short code for it, such as ABC"),
    "name": ("--name", "Your full name"),
    "email": ("--email", "Your e-mail address"),
}


def start(
    pool_name: Annotated[
        str, typer.Option(help="Name of the pool, such as “Seaside flexible staff pool”.")
    ] = "",
    code: Annotated[str, typer.Option(help="A short code of 2 to 12 letters, digits and dashes.")] = "",
    email: Annotated[str, typer.Option(help="E-mail address of the first administrator.")] = "",
    name: Annotated[str, typer.Option(help="Her full name.")] = "",
    host_icb: Annotated[str, typer.Option(help="Code of the ICB that hosts the pool, if one does.")] = "",
) -> None:
    """Begin a real pool: its first administrator gets an invitation to set her password."""
    from desirepath.audit.refusal import Refused
    from desirepath.cli import start as starting

    given = _answers({"pool_name": pool_name, "code": code, "name": name, "email": email})
    starting.django_ready()
    given = _checked(given)
    host = _host(host_icb.strip().upper())
    try:
        pool, link = begin(**given, host=host)
    except Refused as refused:
        _refuse(str(refused))
    _say(pool, given["email"], link)


def at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _answers(given: dict[str, str]) -> dict[str, str]:
    """What was given, and at a terminal the answers to what was not. Exit code 2 with nobody to ask."""
    missing = [key for key, value in given.items() if not value.strip()]
    if missing and not at_a_terminal():
        _refuse(
            f"Give {', '.join(QUESTIONS[key][0] for key in missing)} as well (see desirepath start --help)."
        )
    return {
        key: (given[key] if key not in missing else typer.prompt(QUESTIONS[key][1])).strip() for key in given
    }


def _checked(given: dict[str, str]) -> dict[str, str]:
    """The answers as they are kept, or exit code 2 with every fault in one line."""
    import re

    from desirepath.pools import cells

    faults = []
    code = given["code"].upper()
    if not re.fullmatch(CODE, code):
        faults.append(f"--code {given['code']!r} is not a code of 2 to 12 letters, digits and dashes")
    for key, parse in (("pool_name", cells.words(200)), ("name", cells.words(120)), ("email", cells.email)):
        try:
            given[key] = parse(given[key])
        except ValueError as error:
            faults.append(f"{QUESTIONS[key][0]} {error}")
    if faults:
        _refuse("; ".join(faults) + ".")
    return {**given, "code": code}


def _host(code: str) -> Organisation | None:
    from desirepath.organisations.models import Kind, Organisation

    if not code:
        return None
    host = Organisation.objects.filter(kind=Kind.ICB, code=code).first()
    if host is None:
        _refuse(f"There is no ICB with the code {code} here. Bring it in first: desirepath import --help")
    return host


def begin(
    *, pool_name: str, code: str, name: str, email: str, host: Organisation | None = None
) -> tuple[Pool, str]:
    """The pool, and the link of the first administrator's invitation. Raises Refused for a taken code."""
    from django.db import transaction

    from desirepath.accounts.roles import Role
    from desirepath.messages.letters import invitation_link, invite
    from desirepath.pools.actions import begin_pool, give_role, person_at

    with transaction.atomic():
        pool = begin_pool(by=None, code=code, name=pool_name, host=host)
        person = person_at(email=email, name=name, fictional=False)
        # the first role held is the one she acts in when she signs in
        give_role(by=None, person=person, role=Role.POOL_MANAGER, organisation=pool.organisation)
        give_role(by=None, person=person, role=Role.SYSTEM_ADMINISTRATOR)
        _, invitation = invite(email=email, name=name, by=None, role=f"{Role.POOL_MANAGER.label} at {pool}")
    return pool, invitation_link(invitation)


def _say(pool: Pool, email: str, link: str) -> None:
    from django.conf import settings

    from desirepath.accounts.models import INVITATION_LASTS, Person

    print(f"{pool} ({pool.code}) has begun.")
    print(f"Set your password within {INVITATION_LASTS.days} days at:\n\n  {link}\n")
    where = getattr(settings, "EMAIL_FILE_PATH", "")
    print(f"The same link is on its way to {email}{f' (as a file in {where})' if where else ''}.")
    print("Start the pages with: desirepath serve")
    if Person.objects.filter(fictional=True).exists():
        print("This database also holds the fictional people of a demonstration: serve it without --demo.")


def _refuse(told: str) -> NoReturn:
    print(told, file=sys.stderr)
    raise typer.Exit(2)
