from django.db import migrations

from accounts.tenancy.operations import AppendOnly, Protect


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("accounts", "0002_walls")]

    operations = [
        Protect("ApiCall", "ApiAnswer", "KeyWindow"),
        AppendOnly("ApiCall"),
    ]
