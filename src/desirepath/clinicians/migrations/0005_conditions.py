"""Conditions beside rates and limits. Versions that exist promise nothing: no fee, no word on the rest."""

from importlib import import_module

import django.core.validators
from django.db import migrations, models

import desirepath.audit.privacy
import desirepath.clinicians.models.terms
from desirepath.audit.integrity import frozen, thawed

# spelled out: a migration must not change when the model's lists do
BEFORE = import_module("desirepath.clinicians.migrations.0002_nobody_twice").TERMS
CONDITIONS = [
    "practice_cancels",
    "clinician_cancels",
    "payment_days",
    "most_patients",
    "shortest_appointment",
    "home_visits",
    "extras",
    "session_types",
    "statement",
]
RULE, TABLE, DRAFT = "published_terms_are_frozen", "clinicians_terms", "OLD.state = 'draft'"


class Migration(migrations.Migration):
    dependencies = [
        ("clinicians", "0004_quiet_by_choice"),
    ]

    operations = [
        thawed(RULE, TABLE, unless=DRAFT, columns=BEFORE),
        migrations.RemoveConstraint(
            model_name="terms",
            name="base_rate_above_zero",
        ),
        migrations.AddField(
            model_name="terms",
            name="clinician_cancels",
            field=models.JSONField(
                blank=True, default=list, validators=[desirepath.clinicians.models.terms.valid_scale]
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="extras",
            field=models.JSONField(
                blank=True, default=list, validators=[desirepath.clinicians.models.terms.valid_extras]
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="home_visits",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="most a session; 0: none",
                null=True,
                validators=[django.core.validators.MaxValueValidator(20)],
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="most_patients",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(60),
                ],
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="payment_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(90),
                ],
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="practice_cancels",
            field=models.JSONField(
                blank=True, default=list, validators=[desirepath.clinicians.models.terms.valid_scale]
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="session_types",
            field=models.JSONField(
                blank=True, default=list, validators=[desirepath.clinicians.models.terms.valid_kinds]
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="shortest_appointment",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="minutes",
                null=True,
                validators=[django.core.validators.MaxValueValidator(120)],
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="statement",
            field=models.TextField(
                blank=True, max_length=600, validators=[desirepath.audit.privacy.refuse_nhs_number]
            ),
        ),
        migrations.AddConstraint(
            model_name="terms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("base_rate__gt", 0), models.Q(("base_rate__gte", 0), ("state", "draft")), _connector="OR"
                ),
                name="base_rate_above_zero",
            ),
        ),
        frozen(RULE, TABLE, unless=DRAFT, columns=[*BEFORE, *CONDITIONS]),
    ]
