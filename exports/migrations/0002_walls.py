from django.db import migrations

from accounts.tenancy.operations import Protect


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial"), ("inventory", "0002_walls")]

    operations = [
        Protect(
            "ExportTemplate",
            "ExportColumn",
            "ExportBatch",
            "ExportLine",
            "DueMark",
            "DueBelowMark",
        ),
    ]
