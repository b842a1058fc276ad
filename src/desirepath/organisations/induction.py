"""What is done about a practice's induction pack: write a draft, make it current, review it.

Nothing of it may hold a patient's details: what looks like an NHS number is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from desirepath.accounts.models import Person
from desirepath.accounts.roles import Role
from desirepath.audit import clock
from desirepath.audit.privacy import refuse_nhs_number
from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove
from desirepath.messages.actions import link, tell
from desirepath.nhsuk.formats import day_and_year
from desirepath.organisations.models import InductionPack, Organisation

# the parts of a pack in the order in which somebody new needs them
TEXTS = ("parking", "ask_for", "logins", "rooms", "contacts", "emergency", "referrals", "other")
PARTS = ("parking", "ask_for", "system", "logins", "rooms", "contacts", "emergency", "referrals", "other")
LONGEST = 4000
FARTHEST_REVIEW = timedelta(days=731)


def shown_of(practice: Organisation) -> InductionPack | None:
    """The pack that whoever comes to ``practice`` reads, if it has written one."""
    return InductionPack.objects.for_practice(practice).shown().first()


def parts_of(pack: InductionPack) -> list[tuple[str, str]]:
    """Its parts that say something: (heading, text)."""
    found = []
    for name in PARTS:
        text = pack.get_system_display() if name == "system" else getattr(pack, name)
        if text:
            label = str(InductionPack._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append((label[:1].upper() + label[1:], text))
    return found


@transaction.atomic
def write_draft(*, by: Person | None, practice: Organisation, values: Mapping[str, Any]) -> InductionPack:
    """Keep what is written, for nobody to see yet. Raises Refused for an NHS number or too long a text."""
    for name in TEXTS:
        _refuse_what_may_not_be(str(values.get(name) or ""))
    Organisation.objects.select_for_update().get(pk=practice.pk)
    draft = InductionPack.objects.filter(practice=practice, state="draft").first()
    draft = draft or InductionPack(practice=practice)
    for name in (*PARTS, "review_on"):
        if name in values:
            setattr(draft, name, values[name])
    draft.written_by = by
    draft.save()
    return draft


def _refuse_what_may_not_be(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused(f"A part has at most {LONGEST:,} characters.")
    try:
        refuse_nhs_number(text)
    except ValidationError as error:
        raise Refused(f"{error.messages[0]}.") from error


@transaction.atomic
def make_current(*, by: Person | None, pack: InductionPack) -> None:
    """Whoever comes reads this version from now on. Raises Refused without a day of review or any text."""
    Organisation.objects.select_for_update().get(pk=pack.practice_id)
    pack.refresh_from_db()
    if pack.state != "draft":
        raise Refused("This version is current already.")
    if not parts_of(pack):
        raise Refused("Write at least one part first.")
    _refuse_bad_review(pack.review_on)
    versions = InductionPack.objects.for_practice(pack.practice)
    newest = max((row.version or 0 for row in versions), default=0)
    for old in versions.shown():
        old.move("superseded", by=by)
    pack.move("current", by=by, version=newest + 1)


def _refuse_bad_review(day: date | None) -> None:
    today = clock.today()
    if day is None or not today < day <= today + FARTHEST_REVIEW:
        raise Refused("The day of the next review must be within the next two years.")


@transaction.atomic
def still_right(*, by: Person, pack: InductionPack, review_on: date) -> None:
    """Somebody has read it again and it is right. Raises Refused."""
    _refuse_bad_review(review_on)
    pack.refresh_from_db()
    if pack.state == "current":
        InductionPack.objects.filter(pk=pack.pk).update(review_on=review_on)
        return
    try:
        pack.move("current", by=by, review_on=review_on)
    except InvalidMove as error:
        raise Refused("A newer version has taken its place.") from error


def review_due() -> int:
    """Mark what is to be read again and tell the practice's bookers; how many. Safe to run twice."""
    marked = 0
    for pack in InductionPack.objects.overdue().select_related("practice"):
        with transaction.atomic():
            try:
                pack.move("review due", by=None)
            except InvalidMove:
                continue
            _tell_bookers(pack)
            marked += 1
    return marked


def _tell_bookers(pack: InductionPack) -> None:
    held = pack.practice.role_assignments.current().filter(role=Role.PRACTICE_BOOKER).select_related("person")
    for assignment in held:
        tell(
            to=assignment.person,
            subject="Please read your induction pack again",
            body=(
                f"The induction pack of {pack.practice} was to be read again by "
                f"{day_and_year(pack.review_on or clock.today())}. It is shown all the same.\n\n"
                f"Say that it is still right, or write a new version: "
                f"{link(reverse('organisations:induction-pack'))}\n"
            ),
            key=f"review {pack.public_id} {pack.review_on} {assignment.person.public_id}",
        )
