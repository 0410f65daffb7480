"""A valid row of any scoped model, made from its columns alone, so that new tables are tested without being named."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import Organization, User
from accounts.tenancy.models import ScopedForeignKey, ScopedRow
from accounts.tenancy.writes import save_row

_numbers = count(1)


def scoped_models() -> list[type[models.Model]]:
    """Every organization-scoped model of the product, without its history."""
    return [model for model in apps.get_models() if issubclass(model, ScopedRow)]


def history_models() -> list[type[models.Model]]:
    return [model.history.model for model in scoped_models() if hasattr(model, "history")]  # type: ignore[attr-defined]


def any_row(model: type[models.Model], organization: Organization, **values: Any) -> Any:
    """Write a row of the organization that is bound, with all that it must point to."""
    columns = {
        column.name: _value(column, organization)
        for column in model._meta.concrete_fields
        if not column.primary_key and column.name not in values
    }
    row = model(**columns, **values)
    return save_row(row, actor=None, reason="made for a test") if hasattr(model, "history") else _plain(row)


def _plain(row: models.Model) -> models.Model:
    row.save()
    return row


def _value(column: models.Field[Any, Any], organization: Organization) -> Any:
    if column.name == "organization":
        return organization
    if column.has_default() or column.null:
        return column.get_default()
    if isinstance(column, ScopedForeignKey):
        return any_row(column.related_model, organization)  # type: ignore[arg-type]
    if isinstance(column, models.ForeignKey):
        if column.related_model is not User:
            raise TypeError(f"{column} points to something unknown")
        return User.objects.create(email=f"row{next(_numbers)}@example.com")
    if column.choices:
        return column.flatchoices[0][0]
    number = next(_numbers)
    if isinstance(column, models.DecimalField):
        return Decimal(1)
    if isinstance(column, models.EmailField):
        return f"row{number}@example.com"
    if isinstance(column, models.CharField | models.TextField):
        return f"x{number}"[: column.max_length or 100]
    if isinstance(column, models.DateTimeField):
        return dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    if isinstance(column, models.DateField):
        return dt.date(2000, 1, 1) + dt.timedelta(days=number)
    if isinstance(column, models.BinaryField):
        return b"bytes"
    if isinstance(column, models.IntegerField):
        return 0 if column.name.endswith("_minor") else number
    raise TypeError(f"tests/rows.py does not know what to put into {column}")
