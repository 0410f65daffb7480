from django.db import migrations

from accounts.tenancy.operations import Protect


class Migration(migrations.Migration):
    dependencies = [("production", "0001_initial"), ("inventory", "0002_walls")]

    operations = [
        Protect(
            "BillOfMaterials",
            "BomLine",
            "Substitute",
            "Operation",
            "WorkOrder",
            "WorkOrderOutput",
            "WorkOrderInput",
            "Document",
            "Completion",
            "ReportedUse",
            "Receipt",
            "ReceiptItem",
        ),
    ]
