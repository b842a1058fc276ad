"""The worker seals what was written: rows become part of a chain, in batches, and hold nobody up.

Recording an event stays one insert. The order of the chain is the order of sealing: a transaction that ends
late has its row sealed in a later batch. Two workers that seal at once make the same number, and the database
lets one of them have it; one that is killed has sealed nothing.
"""

from __future__ import annotations

from logging import getLogger

from django.db import IntegrityError, transaction

from desirepath.audit import clock, marks
from desirepath.audit.models import Event, Seal

BATCH = 2_000
# a row may be sealed though so many that were numbered after it are already: its transaction took long
REACH = 10_000

log = getLogger(__name__)


def seal_due() -> int:
    """Seal every row that is not; how many were sealed. Rows without our mark are left for verify to name."""
    sealed, refused = 0, set[int]()
    while True:
        last = Seal.objects.order_by("-number").first()
        waiting = [each for each in unsealed(last) if each not in refused][:BATCH]
        if not waiting:
            break
        chosen = set(waiting)
        rows = Event.objects.filter(pk__gte=waiting[0], pk__lte=waiting[-1]).order_by("pk")
        genuine = [row for row in rows if row.pk in chosen and marks.is_marked(row)]
        refused |= chosen - {row.pk for row in genuine}
        try:
            with transaction.atomic():
                if genuine:
                    _seal(last, genuine)
                    sealed += len(genuine)
        except IntegrityError:
            # another worker made the seal of this number
            break
    if refused:
        log.error("%d events without our mark are left unsealed: see desirepath audit verify", len(refused))
    return sealed


def unsealed(last: Seal | None) -> list[int]:
    """Numbers of rows that no seal covers yet and one still may, ascending."""
    floor = last.upto - REACH if last else 0
    covered: set[int] = set()
    for events in Seal.objects.filter(upto__gt=floor).values_list("events", flat=True):
        covered.update(marks.numbers(events))
    ids = Event.objects.filter(pk__gt=floor).order_by("pk").values_list("pk", flat=True)
    return [each for each in ids if each not in covered]


def _seal(last: Seal | None, rows: list[Event]) -> Seal:
    number, previous, made_at = (last.number + 1 if last else 1), (last.digest if last else ""), clock.now()
    digest = marks.seal_digest(
        number=number, made_at=made_at, previous=previous, lines=[marks.line(row) for row in rows]
    )
    return Seal.objects.create(
        number=number,
        made_at=made_at,
        events=marks.spans(row.pk for row in rows),
        upto=max(rows[-1].pk, last.upto if last else 0),
        previous=previous,
        digest=digest,
        mark=marks.seal_mark(digest),
    )
