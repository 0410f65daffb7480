"""Migration operations that put the walls up: row security, composite keys, append-only tables."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel

from .models import ScopedForeignKey

CURRENT = "NULLIF(current_setting('app.organization', true), '')::bigint"


def _run(schema_editor: Any, statement: str) -> None:
    schema_editor.execute(statement, params=None)


class CreateTables(Operation):
    """The first tables of an app, from the operations that makemigrations wrote, all at once.

    Django renders the models of every app anew after each single operation, and as everything refers to the
    organization that took most of a minute. Here the state takes all of them first and is rendered once.
    """

    reduces_to_sql = True

    def __init__(self, *operations: Operation) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            if isinstance(
                operation, CreateModel
            ):  # with its constraints, indexes and later columns, as rendered
                schema_editor.create_model(to_state.apps.get_model(app_label, operation.name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            if isinstance(operation, CreateModel):
                schema_editor.delete_model(from_state.apps.get_model(app_label, operation.name))

    def describe(self) -> str:
        return "Create the tables"


class _Forward(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, *model_names: str) -> None:
        self.model_names = model_names

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, list(self.model_names), {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        return None

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        return None  # dropping the tables drops their walls

    def models(self, app_label: str, state: Any) -> list[Any]:
        return [state.apps.get_model(app_label, name) for name in self.model_names]


class Protect(_Forward):
    """Row security (forced) on each table and its history, composite keys for its scoped references."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self.models(app_label, to_state):
            table = model._meta.db_table
            self.wall(schema_editor, table)
            try:
                history = to_state.apps.get_model(app_label, f"Historical{model.__name__}")
            except LookupError:
                history = None
            if history is not None:
                self.wall(schema_editor, history._meta.db_table)
                _run(
                    schema_editor,
                    f'REVOKE UPDATE, DELETE ON "{history._meta.db_table}" FROM {settings.APP_ROLE}',
                )
            for field in model._meta.concrete_fields:
                if isinstance(field, ScopedForeignKey):
                    self.composite_key(schema_editor, table, field)

    def wall(self, schema_editor: Any, table: str) -> None:
        _run(schema_editor, f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        _run(schema_editor, f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        _run(
            schema_editor,
            f'CREATE POLICY organization_only ON "{table}" '
            f"USING (organization_id = {CURRENT}) WITH CHECK (organization_id = {CURRENT})",
        )

    def composite_key(self, schema_editor: Any, table: str, field: Any) -> None:
        target = field.remote_field.model._meta.db_table
        name = f"{table}_{field.column}_same_org"[:63]
        _run(
            schema_editor,
            f'CREATE UNIQUE INDEX IF NOT EXISTS "{target}_org_id_key" ON "{target}" (organization_id, id)',
        )
        _run(
            schema_editor,
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organization_id, "{field.column}") '
            f'REFERENCES "{target}" (organization_id, id)',
        )

    def describe(self) -> str:
        return "Protect " + ", ".join(self.model_names)


class AppendOnly(_Forward):
    """Rows are written once: no update, no delete, whoever asks."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        _run(
            schema_editor,
            "CREATE OR REPLACE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% is append-only: answer a mistake with an opposite row', TG_TABLE_NAME "
            "USING ERRCODE = 'restrict_violation'; END $$",
        )
        for model in self.models(app_label, to_state):
            table = model._meta.db_table
            _run(
                schema_editor,
                f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
            )

    def describe(self) -> str:
        return "Append only: " + ", ".join(self.model_names)
