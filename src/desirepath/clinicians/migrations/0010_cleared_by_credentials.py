from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clinicians", "0009_recorded_checks")]

    operations = [migrations.RemoveField(model_name="clinician", name="cleared_until")]
