"""Checks in words: a named green or a named blocker, never the document nor who saw it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from desirepath.clinicians.credentials.clearance import FOR_EVER, NEVER, Clearance, Line
from desirepath.clinicians.credentials.clearing import at_practices, truth_of
from desirepath.clinicians.credentials.usual import RECORDED, RECORDED_NAME, blocker_in_words, name_of
from desirepath.clinicians.models import Clinician, Membership
from desirepath.nhsuk import formats
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Pool

VALID_FOR_EVER = "Checks valid, with no end date"


@dataclass(frozen=True, slots=True)
class Check:
    """One check on the day of a session: good, a blocker, or (``warns``) something only to know."""

    words: str
    good: bool
    warns: bool = False

    @property
    def colour(self) -> str:
        return "green" if self.good else "yellow" if self.warns else "red"


def until_in_words(until: date) -> str:
    """ "3 Mar 2027", "No end date", or that nothing has been checked yet."""
    if until == FOR_EVER:
        return "No end date"
    return formats.day_and_year(until) if until > NEVER else "Not checked yet"


def in_short(membership: Membership | None, day: date) -> Check:
    """All her checks in one sentence, from what the membership keeps."""
    if membership is None:
        return Check("Checked by a neighbouring pool", True)
    until = membership.cleared_until
    if day <= until:
        return Check(
            VALID_FOR_EVER if until == FOR_EVER else f"Checks valid until {formats.day_and_year(until)}", True
        )
    named = ", ".join(blocker_in_words(name) for name in membership.checks.get("blockers", []))
    if until == NEVER:
        return Check(f"Not checked: {named}" if named else "Not checked yet", False)
    told = f"Checks run out {formats.day_and_year(until)}, before this session"
    return Check(f"{told}: {named}" if named else told, False)


def checks_on(clinician: Clinician, pool: Pool, practice: Organisation, day: date) -> list[Check]:
    """Each thing that the pool and the practice ask for, on the day of a session: blockers first, then what
    only warns. Six queries.
    """
    rows = Membership.objects.filter(clinician=clinician).exclude(state__in=("left", "declined"))
    membership = rows.filter(pool=pool).first()
    if membership is None:
        until = rows.filter(state="active").aggregate(until=Max("cleared_until"))["until"] or NEVER
        good = day <= until
        return [
            Check("Checked by a neighbouring pool" if good else "Not cleared by a neighbouring pool", good)
        ]
    truth = truth_of([clinician], [pool.pk])
    found = truth.of(membership, clinician)
    here = at_practices([practice.pk], [clinician]).get((practice.pk, clinician.pk))
    told = [*_of(found, day), *(_of(here, day) if here else ())]
    if not told:
        told = [Check(VALID_FOR_EVER, True)]
    return sorted(told, key=lambda check: (check.good, check.warns))


def _of(found: Clearance, day: date) -> Iterable[Check]:
    if found.stopped and day > found.until:
        yield Check(blocker_in_words(found.stopped).capitalize(), False)
    elif found.conditions:
        yield Check("Conditions on the Performers List: ask your pool manager", False, warns=True)
    whole = [line.until for line in found.lines if line.source == RECORDED and line.good_on(day)]
    if whole:
        yield Check(_good(RECORDED_NAME, whole[0]), True)
    for line in found.lines:
        if line.source != RECORDED or not line.good_on(day):
            yield line_in_words(line, day)


def line_in_words(line: Line, day: date) -> Check:
    """One item on one day."""
    name = name_of(line.item)
    if line.good_on(day):
        return Check(_good(name, line.until), True)
    if line.until == NEVER:
        return Check(f"{name}: not verified", False, warns=not line.blocks)
    return Check(f"{name}: runs out {formats.day_and_year(line.until)}", False, warns=not line.blocks)


def _good(name: str, until: date) -> str:
    return name if until == FOR_EVER else f"{name}: until {formats.day_and_year(until)}"
