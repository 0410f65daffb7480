"""History rows as we keep them: 64-bit ids, a reason of any length, and no index that no query needs."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


class History(HistoricalRecords):
    """django-simple-history with only one index per history table: the row it tells of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("history_id_field", models.BigAutoField())
        kwargs.setdefault("history_change_reason_field", models.TextField(null=True))
        super().__init__(*args, **kwargs)

    def copy_fields(self, model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
        fields = super().copy_fields(model)
        primary_key = model._meta.pk.name if model._meta.pk else "id"
        for name, field in fields.items():
            field.db_index = name == primary_key
        return fields

    def _get_history_user_fields(self) -> dict[str, models.Field[Any, Any]]:
        fields = super()._get_history_user_fields()
        for field in fields.values():
            field.db_index = False
        return fields
