import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import desirepath.audit.clock
import desirepath.clinicians.models.passport


class Migration(migrations.Migration):
    dependencies = [
        ("clinicians", "0010_cleared_by_credentials"),
        ("pools", "0005_neighbouring_pools"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TrustedIssuer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                ("issuer", models.CharField(max_length=200, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("keys", models.JSONField(default=dict, help_text="public part (base64url) by key id")),
                ("revoked", models.JSONField(default=list)),
                ("revoked_at", models.DateTimeField(help_text="when the list was made")),
                ("revoked_until", models.DateTimeField()),
                ("pinned_at", models.DateTimeField(default=desirepath.audit.clock.now)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="BroughtPassport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                ("number", models.CharField(max_length=64)),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="brought_passports",
                        to="clinicians.clinician",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="pools.pool"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="passports",
                        to="clinicians.trustedissuer",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="credential",
            name="brought",
            field=models.ForeignKey(
                blank=True,
                help_text="the passport in which it came",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credentials",
                to="clinicians.broughtpassport",
            ),
        ),
        migrations.CreateModel(
            name="IssuerKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                ("kid", models.CharField(max_length=43, unique=True)),
                ("public", models.CharField(help_text="the 32 bytes, base64url", max_length=43)),
                ("private", models.TextField(blank=True, help_text="encrypted; empty once retired")),
                ("endorsed", models.TextField(blank=True)),
                ("signs", models.BooleanField(default=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawn",
                    models.BooleanField(
                        default=False, help_text="it may be known to others: nothing of it counts"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("signs", True)), fields=("signs",), name="one_key_signs"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_at", None), ("signs", True)),
                            models.Q(("retired_at__isnull", False), ("signs", False)),
                            _connector="OR",
                        ),
                        name="a_key_signs_or_is_retired",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Passport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=desirepath.audit.clock.now, editable=False)),
                ("digest", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ("items", models.JSONField(default=list, help_text="public ids of the credentials in it")),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passports",
                        to="clinicians.clinician",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="PassportCode",
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
                    "code",
                    models.CharField(
                        default=desirepath.clinicians.models.passport._code, max_length=32, unique=True
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passport_codes",
                        to="clinicians.clinician",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="pools.pool"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("used_at", None)),
                        fields=("clinician", "pool"),
                        name="one_open_code_for_a_pool",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="broughtpassport",
            constraint=models.UniqueConstraint(
                fields=("issuer", "number", "pool"), name="one_passport_is_taken_once"
            ),
        ),
    ]
