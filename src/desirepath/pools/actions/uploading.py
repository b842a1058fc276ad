"""Keep a spreadsheet until its owner has looked at it, and take it: all of it, or nothing."""

from __future__ import annotations

from django.db import transaction

from desirepath.accounts.models import Person
from desirepath.audit.models import Event
from desirepath.audit.refusal import Refused
from desirepath.pools.importing import Import, Line, cells_by_column, judged
from desirepath.pools.models import ImportUpload, Pool
from desirepath.pools.spreadsheet import read

CHANGED = "Something has changed since you looked: look at the rows again. Nothing was taken."


@transaction.atomic
def keep_upload(*, by: Person, pool: Pool, what: Import, file_name: str, data: bytes) -> ImportUpload:
    """Keep the rows of a file for an hour, for her to look at. Raises Refused where it is none."""
    rows = cells_by_column(what.columns, read(data))
    if len(rows) > what.most:
        raise Refused(f"The file has more than {what.most:,} rows. Send it in parts.")
    ImportUpload.objects.over().delete()
    about = {"owner": by, "pool": pool, "kind": what.kind, "practice": what.practice}
    ImportUpload.objects.filter(**about).delete()
    return ImportUpload.objects.create(**about, file_name=file_name[:200], rows=[list(row) for row in rows])


def upload_of(*, owner: Person, pool: Pool, what: Import) -> ImportUpload | None:
    """What she has sent and not taken yet."""
    return (
        ImportUpload.objects.open()
        .filter(owner=owner, pool=pool, kind=what.kind, practice=what.practice)
        .first()
    )


@transaction.atomic
def take_upload(*, by: Person, upload: ImportUpload, what: Import) -> str:
    """Write every row of it, or none; gives the sentence for the banner.

    Raises Refused where something is wrong, also where the world has changed since she looked.
    """
    if by.pk != upload.owner_id:
        raise PermissionError("only who sent it may take it")
    if upload.practice != what.practice:
        raise PermissionError("it was sent for another practice")
    # whoever confirms twice at once: the second finds it gone
    deleted, _ = ImportUpload.objects.filter(pk=upload.pk).delete()
    if not deleted:
        raise Refused("This file has been taken already.")
    return take(by=by, pool=upload.pool, what=what, lines=judged(what, upload.pool, upload.rows))


@transaction.atomic
def take(*, by: Person, pool: Pool, what: Import, lines: list[Line]) -> str:
    """Write judged lines, all of them. Raises Refused where one does not fit."""
    if not all(line.fits for line in lines):
        raise Refused(CHANGED)
    told = what.take(by, pool, lines)
    Event.record("imported", what.practice or pool, by=by, what=what.kind, rows=len(lines))
    return told
