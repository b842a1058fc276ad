"""Events say as which role, on whose behalf and from where; each bears a mark, and seals chain them."""

import uuid
from typing import Any, ClassVar

from django.db import migrations, models

import desirepath.audit.clock
import desirepath.audit.context
from desirepath.audit import marks
from desirepath.audit.integrity import frozen, thawed

RULE = "events_are_append_only"
BATCH = 2_000


def mark_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Events from before the chain get an id and a mark each; the worker seals them with the next ones."""
    event = apps.get_model("audit", "Event")
    rows = event.objects.filter(public_id=None).order_by("pk")
    while batch := list(rows[:BATCH]):
        for row in batch:
            row.public_id = uuid.uuid4()
            row.mark = marks.mark(row)
        event.objects.bulk_update(batch, ["public_id", "mark"], batch_size=200)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0002_append_only")]

    operations: ClassVar = [
        thawed(RULE, "audit_event"),
        migrations.AddField("event", "public_id", models.UUIDField(null=True, editable=False)),
        migrations.AddField(
            "event",
            "role",
            models.CharField(
                blank=True, default=desirepath.audit.context.role, help_text="acted in", max_length=30
            ),
        ),
        migrations.AddField(
            "event",
            "place",
            models.UUIDField(
                default=desirepath.audit.context.place,
                help_text="public id of the role's place",
                null=True,
            ),
        ),
        migrations.AddField(
            "event",
            "on_behalf_of",
            models.UUIDField(
                default=desirepath.audit.context.represented,
                help_text="public id of the person for whom it was done",
                null=True,
            ),
        ),
        migrations.AddField(
            "event",
            "door",
            models.CharField(blank=True, default=desirepath.audit.context.door, max_length=10),
        ),
        migrations.AddField(
            "event",
            "source",
            models.CharField(
                blank=True,
                default=desirepath.audit.context.source,
                help_text="salted hash of where it came from",
                max_length=64,
            ),
        ),
        migrations.AddField(
            "event",
            "mark",
            models.CharField(
                default="", editable=False, help_text="made with this installation's key", max_length=64
            ),
            preserve_default=False,
        ),
        migrations.RunPython(mark_what_is_there, migrations.RunPython.noop),
        migrations.AlterField(
            "event", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        frozen(RULE, "audit_event"),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("events", models.TextField(help_text="the numbers of its events, in order: 3-7,9")),
                (
                    "upto",
                    models.PositiveBigIntegerField(
                        db_index=True, help_text="the highest number sealed so far"
                    ),
                ),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("mark", models.CharField(help_text="made with this installation's key", max_length=64)),
            ],
            options={"ordering": ["number"]},
        ),
        frozen("seals_are_append_only", "audit_seal"),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("salt", models.CharField(max_length=32)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("browser", models.CharField(blank=True, max_length=200)),
                (
                    "first_seen_at",
                    models.DateTimeField(db_index=True, default=desirepath.audit.clock.now),
                ),
            ],
        ),
    ]
