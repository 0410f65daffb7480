from django.db import migrations

from accounts.tenancy.operations import Protect


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("accounts", "0002_walls")]

    operations = [
        Protect(
            "ImportBatch",
            "ImportIssue",
            "ImportMapping",
        ),
    ]
