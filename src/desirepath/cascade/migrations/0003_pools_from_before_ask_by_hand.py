"""A pool that is here already goes on asking by its manager's hand until she says otherwise."""

from typing import Any, ClassVar

from django.db import migrations


def by_hand(apps: Any, schema_editor: Any) -> None:
    pools, policies = apps.get_model("pools", "Pool"), apps.get_model("cascade", "CascadePolicy")
    policies.objects.bulk_create(
        [policies(pool=pool, automatic=False, offer_hours=pool.offer_hours) for pool in pools.objects.all()]
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("cascade", "0002_cascades_and_policies"),
        ("pools", "0002_one_pool_at_a_time"),
    ]
    operations: ClassVar = [migrations.RunPython(by_hand, migrations.RunPython.noop)]
