"""What every organization-scoped table derives from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.db import models
from django_scopes import ScopedManager

from .history import History


class ScopedForeignKey(models.ForeignKey[Any, Any]):
    """A reference between rows of one organization.

    The database checks (organization, id) as one composite key, made by the `Protect` migration operation, because
    a plain foreign key ignores row security and would let a row point at another organization's.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, list(args), kwargs


class ScopedRow(models.Model):
    """Belongs to one organization; an unscoped query is refused by the manager and answered empty by the database."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects: ClassVar[models.Manager[Self]] = ScopedManager(organization="organization")

    class Meta:
        abstract = True


class ScopedModel(ScopedRow):
    """A scoped row whose every change has a history row."""

    history = History(inherit=True)

    class Meta:
        abstract = True
