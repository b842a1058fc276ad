"""Every table of the house as plain rows, told without ids made by chance, for comparing two worlds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.hashers import is_password_usable
from django.core.management.color import no_style
from django.db import connection, models

# the moment of writing is one for a performer, another for the next
MOMENTS = {"created_at", "state_since"}


def every_model() -> list[type[models.Model]]:
    """Each model of ours with its through tables."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("desirepath."):
            found.append(model)
    return found


def tables(leave_out: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by table, sorted; a row number or public id is told as its place in its table."""
    places: dict[Any, str] = {}
    for model in every_model():
        for place, row in enumerate(model._default_manager.order_by("pk").values(*_ids(model))):
            places[model, row["pk"]] = f"{model.__name__} {place}"
            if "public_id" in row:
                places[row["public_id"]] = f"{model.__name__} {place}"
                places[str(row["public_id"])] = f"{model.__name__} {place}"
    return {
        model._meta.label: sorted(
            (_row(model, row, places, set(leave_out)) for row in model._default_manager.all()), key=repr
        )
        for model in every_model()
    }


def _ids(model: type[models.Model]) -> list[str]:
    return ["pk", *(f.name for f in model._meta.fields if f.name == "public_id")]


def _row(model: type[models.Model], row: Any, places: dict[Any, str], leave_out: set[str]) -> tuple[Any, ...]:
    told = []
    for field in model._meta.concrete_fields:
        # rows of through tables and events are the same in any order; an event's mark covers its public id
        if (
            field.name in {"public_id", "mark"}
            or field.name in leave_out
            or (field.primary_key and _unordered(model))
        ):
            continue
        value = getattr(row, field.attname)
        if field.primary_key:
            value = places[model, value]
        elif isinstance(field, models.ForeignKey):
            value = places.get((field.related_model, value), value)
        elif field.name == "password":
            value = is_password_usable(value)
        told.append((field.name, _told(value, places)))
    return tuple(told)


def _unordered(model: type[models.Model]) -> bool:
    return bool(model._meta.auto_created) or model.__name__ == "Event"


def _told(value: Any, places: dict[Any, str]) -> Any:
    if isinstance(value, UUID):
        return places.get(value, "a row of elsewhere")
    if isinstance(value, dict):
        return sorted((key, _told(each, places)) for key, each in value.items() if key != "seconds")
    if isinstance(value, str):
        for word in value.split():
            if word in places:
                value = value.replace(word, places[word])
    return value


def digest() -> str:
    """One fingerprint of everything but moments of writing and what carries an address made by chance."""
    every = tables(leave_out={*MOMENTS, "body"})
    return hashlib.sha256(repr(sorted(every.items())).encode()).hexdigest()


def numbers_from_the_start() -> None:
    """Row numbers go on from what is there: PostgreSQL does not take them back with a transaction."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), every_model()):
            cursor.execute(statement)
