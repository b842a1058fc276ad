"""The log of events is append-only: the database itself refuses to change or delete a row."""

from typing import ClassVar

from django.db import migrations

from desirepath.audit.integrity import frozen


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [frozen("events_are_append_only", "audit_event")]
