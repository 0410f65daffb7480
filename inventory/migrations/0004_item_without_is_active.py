"""Nothing ever set it: an item that is no longer used is one that the ERP's files name no more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_exceptions")]

    operations = [
        migrations.RemoveField("item", "is_active"),
        migrations.RemoveField("historicalitem", "is_active"),
    ]
