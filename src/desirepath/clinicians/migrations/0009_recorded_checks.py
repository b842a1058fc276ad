"""Until when somebody was cleared becomes a record of each pool of theirs, and clears them as before."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import migrations

from desirepath.audit import clock

NOTICES = (60, 30, 7)


def record(apps: Any, schema_editor: Any) -> None:
    Membership = apps.get_model("clinicians", "Membership")
    Credential = apps.get_model("clinicians", "Credential")
    CheckTimer = apps.get_model("clinicians", "CheckTimer")
    today, timers = clock.today(), set()
    for row in Membership.objects.select_related("clinician").iterator(chunk_size=500):
        until = row.clinician.cleared_until
        Credential.objects.create(
            clinician=row.clinician,
            item="recorded",
            state="verified",
            expires_on=until,
            verified_in=row.pool,
            authority="governance",
            verified_at=clock.now(),
            against="The date that stood here before credentials were kept",
        )
        checks = {"blockers": [], "warnings": [], "conditions": False}
        Membership.objects.filter(pk=row.pk).update(cleared_until=until or date.max, checks=checks)
        if until and until >= today:
            timers.add((row.clinician_id, until))
    CheckTimer.objects.bulk_create(
        (_timer(CheckTimer, clinician, until, today) for clinician, until in sorted(timers)), batch_size=500
    )


def _timer(CheckTimer: Any, clinician: int, until: date, today: date) -> Any:
    days = next((n for n in NOTICES if n <= (until - today).days), 0)
    due = until - timedelta(days=days) if days else until + timedelta(days=1)
    return CheckTimer(
        clinician_id=clinician,
        item="recorded",
        until=until,
        days=days,
        due_at=datetime.combine(due, time(), clock.LONDON),
    )


class Migration(migrations.Migration):
    dependencies = [("clinicians", "0008_credentials")]

    operations = [migrations.RunPython(record, migrations.RunPython.noop)]
