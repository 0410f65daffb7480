"""Words only: shortages are settled with stock, or wait for a receipt. The columns stay as they are."""

from django.db import migrations, models

SOURCES = [
    ("backflush", "Backflush"),
    ("stock_file", "Stock file"),
    ("count", "Count"),
    ("kit", "Kit build"),
    ("exception", "Settled shortage"),
]
KINDS = [("short", "Short"), ("later", "Waits for a receipt"), ("timing", "Short in time only")]


def words(model: str, name: str, field: models.Field) -> migrations.AlterField:
    return migrations.AlterField(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_walls")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                *(
                    words(model, "source_kind", models.CharField(choices=SOURCES, max_length=10))
                    for model in ("historicaljournalentry", "historicalstockentry", "journalentry", "stockentry")
                ),
                *(
                    words(model, "kind", models.CharField(choices=KINDS, default="short", max_length=8))
                    for model in ("historicalstockexception", "stockexception")
                ),
            ]
        )
    ]
