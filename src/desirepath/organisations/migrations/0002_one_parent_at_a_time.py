from django.db import migrations

from desirepath.audit.integrity import no_overlap


class Migration(migrations.Migration):
    """Nobody is under two parents of one kind on one day, held by the database itself."""

    dependencies = [("organisations", "0001_initial")]

    operations = [
        no_overlap(
            "one_parent_of_a_kind_at_a_time",
            "organisations_parent",
            ["child_id", "kind"],
            "starts_on",
            "ends_on",
            dates=True,
        ),
    ]
