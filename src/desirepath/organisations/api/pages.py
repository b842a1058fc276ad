"""Long lists, page by page: the cursor says after which row the next page begins, whatever came meanwhile."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet
from ninja import Schema
from ninja.errors import HttpError

T = TypeVar("T")
MOST = 200


class Page(Schema, Generic[T]):
    """``items`` in order; ``next`` is the cursor of the next page, empty on the last."""

    items: list[T]
    next: str = ""


def page(
    rows: QuerySet[Any], *, cursor: str, limit: int, show: Callable[[Any], T], by: str = "start"
) -> dict[str, Any]:
    """One page of ``rows`` in the order of ``by`` (a moment) and of their making; ``show`` makes an item of a
    row. Raises HttpError 400 for a cursor that is not ours.
    """
    if cursor:
        at, pk = _read(cursor)
        rows = rows.filter(Q(**{f"{by}__gt": at}) | Q(**{by: at, "pk__gt": pk}))
    found = list(rows.order_by(by, "pk")[: limit + 1])
    following = _write(getattr(found[limit - 1], by), found[limit - 1].pk) if len(found) > limit else ""
    return {"items": [show(row) for row in found[:limit]], "next": following}


def _write(at: datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, pk = text.rsplit(" ", 1)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not 0 <= int(pk) < 2**63:
            raise ValueError(cursor)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise HttpError(400, "This cursor is not one that a page gave you.") from None
    return moment, int(pk)
