from django.db import migrations

from accounts.tenancy.operations import AppendOnly, Protect


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("backflush", "0002_walls")]

    operations = [
        Protect(
            "ApprovalTier",
            "ApprovalRequest",
            "ApprovalDecision",
        ),
        AppendOnly("ApprovalDecision"),
    ]
