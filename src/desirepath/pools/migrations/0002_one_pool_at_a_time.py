"""A practice belongs to one pool at a time: held by the database."""

from typing import ClassVar

from django.db import migrations

from desirepath.audit.integrity import no_overlap


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pools", "0001_initial")]
    operations: ClassVar = [
        no_overlap(
            "practice_in_one_pool_at_a_time",
            "pools_poolpractice",
            ["practice_id"],
            "starts_on",
            "ends_on",
            dates=True,
        )
    ]
