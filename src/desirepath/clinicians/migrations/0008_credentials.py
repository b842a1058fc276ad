import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import desirepath.audit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("clinicians", "0007_asked_by_neighbouring_pools"),
        ("organisations", "0004_induction_packs"),
        ("pools", "0005_neighbouring_pools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="checks",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="membership",
            name="cleared_until",
            field=models.DateField(default=datetime.date(1, 1, 1), editable=False),
        ),
        migrations.AddField(
            model_name="membership",
            name="shares",
            field=models.BooleanField(
                default=True, help_text="what she holds counts in this pool, and is seen by it"
            ),
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                ("state", models.CharField(max_length=30)),
                ("state_since", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                ("item", models.CharField(max_length=80)),
                ("issued_on", models.DateField(blank=True, null=True)),
                (
                    "expires_on",
                    models.DateField(blank=True, help_text="its last day; empty: it has none", null=True),
                ),
                (
                    "authority",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("verifier", "Credential verifier"),
                            ("governance", "Clinical-governance lead"),
                        ],
                        max_length=12,
                    ),
                ),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("against", models.CharField(blank=True, max_length=200)),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="why it was rejected or revoked: she reads it", max_length=300
                    ),
                ),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="clinicians.clinician",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verified_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pools.pool",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application/pdf", "PDF"),
                            ("image/jpeg", "JPEG picture"),
                            ("image/png", "PNG picture"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                (
                    "credential",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="document",
                        to="clinicians.credential",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                (
                    "pool",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credential_policy",
                        to="pools.pool",
                    ),
                ),
                (
                    "practice",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credential_policy",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegisterStatus",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gmc_number", models.CharField(db_index=True, max_length=7)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("included", "Included"),
                            ("conditions", "Included with conditions"),
                            ("suspended", "Suspended"),
                            ("removed", "Removed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, help_text="the last day; empty: still", null=True)),
            ],
            options={
                "verbose_name_plural": "register statuses",
                "ordering": ["gmc_number", "starts_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gmc_number", "status", "starts_on"), name="one_status_from_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="register_status_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("gp", "GP"),
                            ("nurse", "Nurse"),
                            ("pharmacist", "Pharmacist"),
                            ("paramedic", "Paramedic"),
                        ],
                        max_length=12,
                    ),
                ),
                ("item", models.CharField(max_length=80)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("block", "Blocks: no work without it"),
                            ("warn", "Warns: work goes on, and people are told"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "verified_by",
                    models.CharField(
                        choices=[
                            ("verifier", "Credential verifier"),
                            ("governance", "Clinical-governance lead"),
                        ],
                        default="verifier",
                        help_text="or whoever is above",
                        max_length=12,
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="how long it counts after it was issued; empty: as it says itself",
                        null=True,
                    ),
                ),
                (
                    "since",
                    models.DateField(
                        default=desirepath.audit.clock.today,
                        help_text="sessions before this day don't need it",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200)),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requirements",
                        to="clinicians.policy",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CheckTimer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(blank=True, max_length=80)),
                ("until", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_timers",
                        to="clinicians.clinician",
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["due_at"],
                        name="check_timers_that_wait",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinician", "item", "until", "days"), name="one_timer_of_a_kind"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(fields=["state", "created_at"], name="credentials_by_state"),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["expired", "expiring", "rejected", "revoked", "submitted", "verified"])
                ),
                name="credential_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("submitted", "rejected")),
                    models.Q(
                        ("verified_at__isnull", False),
                        models.Q(("against", ""), _negated=True),
                        models.Q(("authority", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="verified_by_somebody_against_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("rejected", "revoked")), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="refused_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pool", None), ("practice__isnull", False)),
                    models.Q(("pool__isnull", False), ("practice", None)),
                    _connector="OR",
                ),
                name="policy_of_a_pool_or_a_practice",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.UniqueConstraint(
                fields=("policy", "role", "item"), name="one_requirement_of_an_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("months", None), ("months__range", (1, 120)), _connector="OR"),
                name="requirement_counts_for_months",
            ),
        ),
    ]
