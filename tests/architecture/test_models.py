"""What is true of every model of every room."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from desirepath.audit.models import Base, Event, Stateful, known_state
from desirepath.audit.states import TABLES

MODELS = [model for model in apps.get_models() if model.__module__.startswith("desirepath.")]
STATEFUL = [model for model in MODELS if issubclass(model, Stateful)]


def named(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_every_model_names_its_rows(model):
    """Each model has a ``__str__`` of its own."""
    assert model.__str__ is not models.Model.__str__


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_every_model_says_what_it_is(model):
    """Each model has a docstring that was written, not made from its fields."""
    assert model.__doc__ and not model.__doc__.startswith(f"{model.__name__}(")


@pytest.mark.parametrize("model", STATEFUL, ids=named)
def test_every_table_of_states_is_registered(model):
    """The transition table of a model is known to the documentation under the model's name."""
    assert TABLES[model.__name__] is model.STATES


@pytest.mark.parametrize("model", STATEFUL, ids=named)
def test_every_state_can_be_reached_and_fits(model):
    """Every state follows from the first by some path, and fits its column."""
    moves = model.STATES.moves
    reached, ahead = set(), [model.STATES.start]
    while ahead:
        state = ahead.pop()
        reached.add(state)
        ahead += moves[state] - reached
    assert reached == set(moves)
    assert max(map(len, moves)) <= model._meta.get_field("state").max_length


@pytest.mark.parametrize("model", STATEFUL, ids=named)
def test_the_database_knows_every_state(model):
    """Each model with a state carries the database's rule, made from the very table of its moves."""
    assert known_state(model.__name__) in model._meta.constraints


CATALOGUE = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE name = %s",
    "postgresql": "SELECT string_agg(conname, ' ') FROM pg_constraint WHERE conrelid = %s::regclass",
}


@pytest.mark.django_db
@pytest.mark.parametrize("model", STATEFUL, ids=named)
def test_the_rule_of_states_stands_in_the_database(model):
    """The database's own catalogue shows the rule, on either engine."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE[connection.vendor], [model._meta.db_table])
        assert known_state(model.__name__).name in cursor.fetchone()[0]


ROOMS = sorted({app.path for app in apps.get_app_configs() if app.name.startswith("desirepath.")})


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: Path(path).name)
def test_migrations_are_one_line(room):
    """A room's migrations are numbered without a gap or a fork: a database that exists lives on by adding."""
    names = sorted(path.stem for path in Path(room, "migrations").glob("0*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert names[:1] in ([], ["0001_initial"])


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_money_is_never_binary(model):
    """No column that counts pounds or pence is a float."""
    money = ("rate", "pay", "cost", "price", "amount", "pounds", "pence", "fee")
    floats = [f.name for f in model._meta.get_fields() if isinstance(f, models.FloatField)]
    assert not [name for name in floats if any(word in name.split("_") for word in money)]


@pytest.mark.parametrize("model", [m for m in MODELS if issubclass(m, Base)], ids=named)
def test_people_address_rows_by_an_unguessable_id(model):
    """The public id is unique and made by chance."""
    field = model._meta.get_field("public_id")
    assert field.unique and field.default() != field.default()


@pytest.mark.django_db
def test_migrations_are_complete():
    """The models say nothing that no migration has written, on this engine."""
    said = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)
    assert "No changes detected" in said.getvalue()


# a rule's name stands first in the operation that makes it, quoted there or as a constant above
RULES = sorted(
    set(
        re.findall(
            r'(?:no_overlap|frozen)\(\s*"(\w+)"|^RULE = "(\w+)"',
            "\n".join(p.read_text() for room in ROOMS for p in Path(room, "migrations").glob("0*.py")),
            re.MULTILINE,
        )
    )
)
STANDING = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
    "postgresql": "SELECT (SELECT count(*) FROM pg_trigger WHERE tgname LIKE %s)"
    " + (SELECT count(*) FROM pg_constraint WHERE conname LIKE %s)",
}


@pytest.mark.django_db
def test_rules_of_the_database_outlive_later_migrations():
    """What one migration forbids still is: SQLite drops a table's triggers when a later one rebuilds it."""
    names = sorted({name for pair in RULES for name in pair if name})
    assert {"no_time_committed_twice", "events_are_append_only", "published_terms_are_frozen"} <= set(names)
    query = STANDING[connection.vendor]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(query, [f"{name}%"] * query.count("%s"))
            assert cursor.fetchone()[0] > 0, (
                f"{name} is gone: say it again in the migration that rebuilt the table"
            )


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE audit_event SET verb = 'other'", "DELETE FROM audit_event"])
def test_the_log_cannot_be_changed(statement):
    """The database itself refuses to change or delete an event."""
    Event.objects.create(verb="tried", entity="Test")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().verb == "tried"
