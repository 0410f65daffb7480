"""Proofs over the stored rows: what a room promises, asked of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils.module_loading import import_string

from accounts.models import Organization
from accounts.tenancy.models import ScopedForeignKey, ScopedRow
from accounts.tenancy.plans import whole_tables

MOST = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that must hold: a statement, or a function, that answers the breaches (label, what is wrong)."""

    invariant: int
    title: str
    statement: str = ""
    function: Callable[[Organization], Sequence[tuple[str, str]]] | None = None

    def breaches(self, organization: Organization) -> list[tuple[str, str]]:
        """What breaks it, at most MOST; the organization is bound by the caller."""
        if self.function is not None:
            return list(self.function(organization))[:MOST]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT label::text, wrong::text FROM ({self.statement}) found(label, wrong) LIMIT {MOST}"
            )
            return cursor.fetchall()


def all_proofs() -> list[Proof]:
    """The proofs of all rooms, by invariant."""
    proofs = [proof for path in settings.BOOK_PROOFS for proof in import_string(path)]
    return sorted(proofs, key=lambda proof: proof.invariant)


def scoped_models() -> Iterator[type[models.Model]]:
    """Every table that belongs to an organization."""
    for model in apps.get_models():
        if issubclass(model, ScopedRow):
            yield model


def _walls(organization: Organization) -> list[tuple[str, str]]:
    breaches = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, "
            "EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = c.relname) FROM pg_class c WHERE c.relkind = 'r'"
        )
        walls = {name: forced and has_policy for name, forced, has_policy in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint WHERE conname LIKE '%%_same_org'", [])
        keys = {row[0] for row in cursor.fetchall()}
    for model in scoped_models():
        table = model._meta.db_table
        tables = [table] + ([model.history.model._meta.db_table] if hasattr(model, "history") else [])
        breaches += [(name, "row security is not forced") for name in tables if not walls.get(name)]
        for field in model._meta.concrete_fields:
            if isinstance(field, ScopedForeignKey) and f"{table}_{field.column}_same_org"[:63] not in keys:
                breaches.append((f"{table}.{field.column}", "has no composite key"))
    return breaches


def _history(organization: Organization) -> list[tuple[str, str]]:
    breaches: list[tuple[str, str]] = []
    quote = connection.ops.quote_name
    for model in scoped_models():
        history = getattr(model, "history", None)
        if history is None or len(breaches) >= MOST:
            continue
        tracked = {f.attname for f in history.model.tracked_fields}
        columns = [quote(str(f.column)) for f in model._meta.concrete_fields if f.attname in tracked]
        mine = ", ".join(f"t.{c}" for c in columns)
        theirs = ", ".join(f"h.{c}" for c in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.id FROM {quote(model._meta.db_table)} t LEFT JOIN LATERAL (SELECT * FROM "
                f"{quote(history.model._meta.db_table)} h WHERE h.id = t.id "
                "ORDER BY h.history_id DESC LIMIT 1) h ON true "
                f"WHERE h.id IS NULL OR ({mine}) IS DISTINCT FROM ({theirs}) LIMIT {MOST}"
            )
            breaches += [
                (f"{model._meta.label} {row[0]}", "differs from its last history row")
                for row in cursor.fetchall()
            ]
    return breaches


PROOFS: Sequence[Proof] = (
    Proof(9, "Walls stand between organizations", function=_walls),
    Proof(10, "Every row equals its last history row", function=_history),
)


def prove(organization: Organization, report: Callable[[Proof, list[tuple[str, str]]], Any]) -> bool:
    """Run all proofs for the bound organization; True when nothing is broken."""
    is_clean = True
    for proof in all_proofs():
        with whole_tables():
            found = proof.breaches(organization)
        report(proof, found)
        is_clean = is_clean and not found
    return is_clean
