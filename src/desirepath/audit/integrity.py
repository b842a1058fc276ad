"""Migration operations for rules that the database itself holds, on both engines."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations

_SQLITE_OVERLAP = """
CREATE TRIGGER {name}_{when} BEFORE {event} ON {table}
WHEN {alive} AND EXISTS (
    SELECT 1 FROM {table} other
    WHERE {same} AND other.id <> NEW.id {others_alive}
      AND other.{start} < COALESCE(NEW.{end}, '9999-12-31')
      AND NEW.{start} < COALESCE(other.{end}, '9999-12-31')
)
BEGIN SELECT RAISE(ABORT, '{name}'); END;
"""

_POSTGRES_OVERLAP = """
ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist
({same}, {range}({start}, {end}) WITH &&) {where};
"""

_SQLITE_FROZEN = """
CREATE TRIGGER {name}_{when} BEFORE {event} ON {table} {condition}
BEGIN SELECT RAISE(ABORT, '{name}'); END;
"""


def _run(by_vendor: dict[str, list[str]]) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        for statement in by_vendor[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)

    return run


def no_overlap(
    name: str, table: str, group: Sequence[str], start: str, end: str, *, dates: bool = False, where: str = ""
) -> migrations.RunPython:
    """Two rows of one ``group`` may touch but not overlap in [``start``, ``end``); an empty end is for ever.

    ``where`` (columns bare, plain comparison) limits the rule to some rows. A breach raises IntegrityError
    naming ``name``.
    """
    column = where.split(maxsplit=1)[0] if where else ""
    fill = {
        "name": name,
        "table": table,
        "start": start,
        "end": end,
        "same": " AND ".join(f"other.{c} = NEW.{c}" for c in group),
        "alive": f"NEW.{where}" if where else "1",
        "others_alive": f"AND other.{where}" if where else "",
    }
    sqlite = [
        _SQLITE_OVERLAP.format(when="insert", event="INSERT", **fill),
        _SQLITE_OVERLAP.format(
            when="update",
            event="UPDATE OF " + ", ".join([*group, start, end, *([column] if column else [])]),
            **fill,
        ),
    ]
    postgres = [
        "CREATE EXTENSION IF NOT EXISTS btree_gist;",
        _POSTGRES_OVERLAP.format(
            name=name,
            table=table,
            same=", ".join(f"{c} WITH =" for c in group),
            range="daterange" if dates else "tstzrange",
            start=start,
            end=end,
            where=f"WHERE ({where})" if where else "",
        ),
    ]
    undo = {
        "sqlite": [f"DROP TRIGGER {name}_insert;", f"DROP TRIGGER {name}_update;"],
        "postgresql": [f"ALTER TABLE {table} DROP CONSTRAINT {name};"],
    }
    return migrations.RunPython(_run({"sqlite": sqlite, "postgresql": postgres}), _run(undo))


def frozen(name: str, table: str, *, unless: str = "", columns: Sequence[str] = ()) -> migrations.RunPython:
    """Rows that may not be changed or deleted (``unless`` a condition on OLD holds; only ``columns``, where
    named).
    """
    return migrations.RunPython(*(_run(way) for way in _frozen(name, table, unless, columns)))


def thawed(name: str, table: str, *, unless: str = "", columns: Sequence[str] = ()) -> migrations.RunPython:
    """Take a ``frozen`` of the same arguments away: before its table gains columns (SQLite makes a new table,
    which would lose the triggers without a word), to be frozen again after.
    """
    return migrations.RunPython(*(_run(way) for way in reversed(_frozen(name, table, unless, columns))))


def _frozen(
    name: str, table: str, unless: str, columns: Sequence[str]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The statements that freeze, and those that undo it."""
    conditions = [f"NOT ({unless})"] if unless else []
    changed = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in columns)
    update = " AND ".join([*conditions, *([f"({changed})"] if changed else [])])
    delete = " AND ".join(conditions)
    sqlite = [
        _SQLITE_FROZEN.format(
            name=name,
            table=table,
            when="update",
            event="UPDATE",
            condition=f"WHEN {update}" if update else "",
        ),
        _SQLITE_FROZEN.format(
            name=name,
            table=table,
            when="delete",
            event="DELETE",
            condition=f"WHEN {delete}" if delete else "",
        ),
    ]
    postgres = _postgres_frozen(name, table, unless, columns)
    undo = {
        "sqlite": [f"DROP TRIGGER {name}_update;", f"DROP TRIGGER {name}_delete;"],
        "postgresql": [
            f"DROP TRIGGER IF EXISTS {name}_update ON {table};",
            f"DROP TRIGGER IF EXISTS {name}_delete ON {table};",
            f"DROP FUNCTION {name}_refuse();",
        ],
    }
    return {"sqlite": sqlite, "postgresql": postgres}, undo


def _postgres_frozen(name: str, table: str, unless: str, columns: Sequence[str]) -> list[str]:
    conditions = [f"NOT ({unless})"] if unless else []
    changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
    update = " AND ".join([*conditions, *([f"({changed})"] if changed else [])])
    delete = " AND ".join(conditions)
    statements = [
        f"CREATE FUNCTION {name}_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{name}' "
        "USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;"
    ]
    for event, condition in (("update", update), ("delete", delete)):
        when = f"WHEN ({condition})" if condition else ""
        statements.append(
            f"CREATE TRIGGER {name}_{event} BEFORE {event.upper()} ON {table} FOR EACH ROW {when} "
            f"EXECUTE FUNCTION {name}_refuse();"
        )
    return statements
