"""The rules of what cancelling costs: apart from the rows they judge, for PostgreSQL alters no table in the
transaction that wrote to it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0005_cancellation")]

    operations = [
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cancellation_fee__isnull", False),
                        ("cancellation_percent__isnull", False),
                        ("cancelled_at__isnull", False),
                        (
                            "state__in",
                            ("cancelled by practice", "cancelled by clinician", "no-show", "turned away"),
                        ),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "state__in",
                                ("cancelled by practice", "cancelled by clinician", "no-show", "turned away"),
                            ),
                            _negated=True,
                        ),
                        ("cancellation_fee", None),
                        ("cancellation_percent", None),
                        ("cancelled_at", None),
                        ("cancelled_because", ""),
                    ),
                    _connector="OR",
                ),
                name="booking_costs_cancelling_exactly_when_called_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancellation_percent", None),
                    models.Q(
                        ("cancellation_fee__gte", 0),
                        ("cancellation_fee__lte", models.F("fee")),
                        ("cancellation_percent__range", (0, 100)),
                    ),
                    _connector="OR",
                ),
                name="booking_cancellation_within_the_fee",
            ),
        ),
    ]
