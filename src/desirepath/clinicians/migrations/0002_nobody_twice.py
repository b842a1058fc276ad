"""Nobody's time is committed twice, and published terms stay as they are: held by the database."""

from typing import ClassVar

from django.db import migrations

from desirepath.audit.integrity import frozen, no_overlap

# spelled out: a migration must not change when the model's lists do
TERMS = [
    "clinician_id",
    "version",
    "published_at",
    "base_rate",
    "evening_pct",
    "saturday_pct",
    "mon_pct",
    "tue_pct",
    "wed_pct",
    "thu_pct",
    "fri_pct",
    "sat_pct",
    "sun_pct",
    "bank_holiday_pct",
    "far_km",
    "far_pence_per_km",
    "max_km",
    "max_sessions_day",
    "max_sessions_week",
    "max_consecutive_days",
    "max_minutes_week",
    "min_rest_minutes",
    "wished_sessions_week",
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("clinicians", "0001_initial")]
    operations: ClassVar = [
        no_overlap(
            "no_time_committed_twice", "clinicians_committedtime", ["clinician_id"], '"start"', '"end"'
        ),
        frozen("published_terms_are_frozen", "clinicians_terms", unless="OLD.state = 'draft'", columns=TERMS),
    ]
