import uuid

import django.db.models.deletion
from django.db import migrations, models

import desirepath.audit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0008_rates_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckFlag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                ("because", models.JSONField(default=list)),
                ("raised_at", models.DateTimeField(default=desirepath.audit.clock.now)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_flag",
                        to="bookings.booking",
                    ),
                ),
            ],
            options={
                "ordering": ["booking__start", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_at", None), ("lifted_at__gte", models.F("raised_at")), _connector="OR"
                        ),
                        name="check_flag_lifted_after_it_was_raised",
                    )
                ],
            },
        ),
    ]
