"""What a cancelled booking costs. Those cancelled before there were scales cost nothing."""

from typing import Any

from django.conf import settings
from django.db import migrations, models

CALLED_OFF = ["cancelled by practice", "cancelled by clinician", "no-show", "turned away"]


def cost_nothing(apps: Any, schema_editor: Any) -> None:
    apps.get_model("bookings", "Booking").objects.filter(state__in=CALLED_OFF).update(
        cancelled_at=models.F("state_since"), cancellation_percent=0, cancellation_fee=0
    )


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0004_standing_yes"),
        ("cascade", "0001_initial"),
        ("clinicians", "0005_conditions"),
        ("organisations", "0002_one_parent_at_a_time"),
        ("pools", "0002_one_pool_at_a_time"),
        ("vacancies", "0002_planning_is_a_job"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="cancellation_fee",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="cancellation_percent",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="cancelled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="cancelled_because",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.RunPython(cost_nothing, migrations.RunPython.noop),
    ]
