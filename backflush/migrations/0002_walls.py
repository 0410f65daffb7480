from django.db import migrations

from accounts.tenancy.operations import Protect


class Migration(migrations.Migration):
    dependencies = [("backflush", "0001_initial"), ("production", "0002_walls")]

    operations = [
        Protect(
            "Backflush",
            "BackflushLine",
            "LotPick",
            "HeldUse",
        ),
    ]
