"""A swap is proposed for a day. No page had offered one yet, so there is no row that the defaults could fill."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0006_cancellation_is_whole"),
        ("clinicians", "0006_busy_upload"),
        ("pools", "0003_applications"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="swap",
            name="one_open_swap_per_pair",
        ),
        migrations.AddField(
            model_name="handback",
            name="fee_seen",
            field=models.DecimalField(decimal_places=2, default=0, max_digits=8),
        ),
        migrations.AddField(
            model_name="swap",
            name="colleague",
            field=models.ForeignKey(
                default=1,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="swaps_asked",
                to="clinicians.clinician",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="swap",
            name="day",
            field=models.DateField(default="2026-01-01"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="swap",
            name="wanted",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="swaps_asked",
                to="bookings.booking",
            ),
        ),
        migrations.AddIndex(
            model_name="swap",
            index=models.Index(fields=["colleague", "state"], name="bookings_sw_colleag_f10418_idx"),
        ),
        migrations.AddConstraint(
            model_name="handback",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee_seen__gte", 0)), name="hand_back_fee_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="swap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "agreed"), ("wanted__isnull", False)),
                    models.Q(models.Q(("state", "agreed"), _negated=True), ("wanted", None)),
                    _connector="OR",
                ),
                name="swap_agreed_for_a_booking",
            ),
        ),
        migrations.AddConstraint(
            model_name="swap",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("given", "colleague"),
                name="one_open_swap_per_colleague",
            ),
        ),
    ]
