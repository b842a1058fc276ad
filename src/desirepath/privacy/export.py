"""Everything about one person, as JSON and CSV in one zip: read out of the models by the table of parts."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from desirepath.accounts.models import Person
from desirepath.audit import clock
from desirepath.audit.models import Event, Source
from desirepath.clinicians.models import Clinician
from desirepath.organisations.models import Organisation
from desirepath.pools.models import Chambers, Pool
from desirepath.pools.spreadsheet import to_csv
from desirepath.privacy.parts import PARTS, Part
from desirepath.vacancies.models import Vacancy

Row = dict[str, Any]
ABOUT = """Everything that {site} keeps about {name}, on {day}.

everything.json holds it all; the folder csv holds the same, one table a file, to open in a spreadsheet.

Other people are shown by an id that says nothing about them, and so are you: your own ids are
{ids}
Left out are passwords and other secrets, and their digests: nobody can read them, here either.
"Events" is the log of what you did and of what was done about you or for you.
"""


def everything(person: Person) -> dict[str, list[Row]]:
    """Rows by the title of their part, each part by one query; parts without a row are left in, empty."""
    found = {part.title: rows_of(label, part, person) for label, part in PARTS.items()}
    return {**found, "Events": _events(person), "Where you were": _sources(person)}


def ids_of(person: Person) -> list[str]:
    """The public ids by which the log and other rows know her."""
    clinicians = Clinician.objects.filter(person=person).values_list("public_id", flat=True)
    return [str(person.public_id), *map(str, clinicians)]


def zipped(person: Person) -> bytes:
    """The file itself."""
    found = everything(person)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        ids = "".join(f"  {each}\n" for each in ids_of(person))
        about = ABOUT.format(
            site="this installation of Desirepath", name=person.name, day=clock.today(), ids=ids
        )
        archive.writestr("about.txt", about)
        archive.writestr("everything.json", json.dumps(found, cls=DjangoJSONEncoder, indent=1))
        for title, rows in found.items():
            if rows:
                name = title.lower().replace(", ", " ").replace(" ", "-")
                archive.writestr(f"csv/{name}.csv", to_csv(_table(rows)))
    return out.getvalue()


def rows_of(label: str, part: Part, person: Person) -> list[Row]:
    """The rows of one part, column by column, in the order they were made."""
    model = apps.get_model(label)
    hers = Q()
    for path in part.paths:
        hers |= Q(**{path: person.pk})
    lookups = dict(_columns(model, part.without))
    rows = model._default_manager.filter(hers).order_by("pk").distinct().values_list(*lookups.values())
    return [dict(zip(lookups, row, strict=True)) for row in rows]


def _columns(model: type[models.Model], without: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(name of a column in the file, lookup); a row of another table is shown by name or by its opaque id."""
    for column in model._meta.concrete_fields:
        name = column.name
        if name == "id" or name in without:
            continue
        related = column.related_model
        if not isinstance(related, type):
            yield name, name
        elif related is Organisation:
            yield name, f"{name}__name"
        elif related in (Pool, Chambers):
            yield name, f"{name}__organisation__name"
        elif related is Vacancy:
            yield from ((f"{name} {what}", f"{name}__{what}") for what in ("public_id", "start", "end"))
            yield f"{name} practice", f"{name}__practice__name"
        else:
            kept = {each.name for each in related._meta.concrete_fields}
            yield name, f"{name}__{'public_id' if 'public_id' in kept else 'pk'}"


def _events(person: Person) -> list[Row]:
    ids = ids_of(person)
    about = Q(actor__in=ids) | Q(on_behalf_of__in=ids) | Q(entity_id__in=ids)
    names = ("at", "verb", "entity", "entity_id", "actor", "role", "place", "on_behalf_of", "door", "details")
    return list(Event.objects.filter(about).order_by("pk").values(*names))


def _sources(person: Person) -> list[Row]:
    """Addresses and browsers that she came from, for as long as they are kept."""
    hers = Event.objects.filter(actor=person.public_id).exclude(source="").values("source")
    rows = Source.objects.filter(digest__in=hers).order_by("pk")
    return [dict(row) for row in rows.values("address", "browser", "first_seen_at")]


def _table(rows: list[Row]) -> Iterator[list[Any]]:
    yield list(rows[0])
    for row in rows:
        yield [_cell(value) for value in row.values()]


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return "" if value is None else str(value)
