"""The second wall: what raw SQL can do as the role that serves. Tables are found from the models and the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, connection, models, transaction
from django.db.utils import DatabaseError, InternalError

from accounts.models import (
    ApiKey,
    Counter,
    Event,
    Invitation,
    Job,
    Organization,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.tenancy.binding import bind, bind_user
from accounts.tenancy.models import ScopedForeignKey
from api.models import ApiAnswer, ApiCall, KeyWindow
from exports.models import DueBelowMark, DueMark, ExportBatch
from imports.models import ImportBatch
from production.models import Document
from tests import factories
from tests.rows import any_row, history_models, scoped_models

pytestmark = pytest.mark.django_db

TABLES = [*scoped_models(), *history_models()]
REFERENCES = [
    (model, column)
    for model in scoped_models()
    for column in model._meta.concrete_fields
    if isinstance(column, ScopedForeignKey)
]
# Counters, marks, kept answers and deliveries are tools; events, attempts and the trail of calls are written once.
# What a history leaves out is a secret, a blob, or what is no change of the record.
WITHOUT_HISTORY = {
    ApiAnswer,
    ApiCall,
    Counter,
    DueBelowMark,
    DueMark,
    Event,
    KeyWindow,
    WebhookAttempt,
    WebhookDelivery,
}
NOT_IN_HISTORY: dict[type[models.Model], set[str]] = {
    ApiKey: {"hashed_secret", "last_used_at"},
    Document: {"content"},
    ExportBatch: {"content"},
    ImportBatch: {"content", "results"},
    Invitation: {"hashed_token"},
    Job: {"done", "total"},
    WebhookEndpoint: {
        "secret_nonce",
        "secret_check",
        "old_secret_nonce",
        "old_secret_check",
        "failing_since",
        "failures",
        "paused_until",
    },
}
OTHER_POLICIES = {("accounts_membership", "own_memberships", "SELECT")}


def name_of(value: Any) -> str:
    return value._meta.label if isinstance(value, type) else getattr(value, "name", str(value))


each_table = pytest.mark.parametrize("model", TABLES, ids=name_of)
each_model = pytest.mark.parametrize("model", scoped_models(), ids=name_of)


def ask(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def tell(statement: str, *parameters: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def bare_organization(slug: str) -> Organization:
    """Without the rows that a new organization starts with."""
    return Organization.objects.create(slug=slug, name=slug, currency_code="USD")


class Pair:
    """A row of each organization in one table."""

    def __init__(self, model: type[models.Model], ours: Organization, theirs: Organization) -> None:
        source = getattr(model, "instance_type", model)
        self.table, self.ours, self.theirs = model._meta.db_table, ours, theirs
        self.key = model._meta.pk.column  # type: ignore[union-attr]
        self.columns = [column.column for column in model._meta.concrete_fields]
        ids = []
        for organization in (ours, theirs):
            with bind(organization):
                row = any_row(source, organization)
                ids.append(row.pk if source is model else source.history.get(id=row.pk).pk)  # type: ignore[attr-defined]
        self.our_id, self.their_id = ids

    def copy(self, organization: Organization) -> int:
        """Insert a copy of our row for this organization."""
        names = ", ".join(f'"{column}"' for column in self.columns)
        values = ", ".join(
            {"organization_id": str(organization.pk), self.key: "900000000001"}.get(column, f'"{column}"')
            for column in self.columns
        )
        return tell(
            f'INSERT INTO "{self.table}" ({names}) SELECT {values} FROM "{self.table}" WHERE "{self.key}" = %s',
            self.our_id,
        )


@pytest.fixture
def ours() -> Organization:
    return bare_organization("acme")


@pytest.fixture
def theirs() -> Organization:
    return bare_organization("other")


@pytest.fixture
def pair(model: type[models.Model], ours: Organization, theirs: Organization) -> Pair:
    return Pair(model, ours, theirs)


def changes_nothing(statement: str, *parameters: Any) -> bool:
    """No row is touched, or the role is not even allowed to try."""
    try:
        return tell(statement, *parameters) == 0
    except (ProgrammingError, InternalError, DatabaseError) as error:
        return any(word in str(error) for word in ("permission denied", "append-only", "row-level security"))


@each_table
def test_table_without_organization_shows_nothing(model: Any, pair: Pair) -> None:
    assert ask(f'SELECT count(*) FROM "{pair.table}"') == [(0,)]


@each_table
def test_table_shows_rows_of_the_bound_organization_only(model: Any, pair: Pair) -> None:
    with bind(pair.ours):
        assert ask(f'SELECT DISTINCT organization_id FROM "{pair.table}"') == [(pair.ours.pk,)]
        assert ask(f'SELECT 1 FROM "{pair.table}" WHERE "{pair.key}" = %s', pair.their_id) == []


@each_table
def test_other_organizations_row_is_not_changed(model: Any, pair: Pair) -> None:
    with bind(pair.ours):
        assert changes_nothing(
            f'UPDATE "{pair.table}" SET organization_id = organization_id WHERE "{pair.key}" = %s',
            pair.their_id,
        )
        assert changes_nothing(
            f'UPDATE "{pair.table}" SET organization_id = %s WHERE "{pair.key}" = %s',
            pair.ours.pk,
            pair.their_id,
        )
        assert changes_nothing(f'DELETE FROM "{pair.table}" WHERE "{pair.key}" = %s', pair.their_id)
    with bind(pair.theirs):
        assert ask(f'SELECT 1 FROM "{pair.table}" WHERE "{pair.key}" = %s', pair.their_id) == [(1,)]


@each_table
def test_no_row_is_inserted_for_another_organization(model: Any, pair: Pair) -> None:
    with bind(pair.ours), pytest.raises(ProgrammingError, match="row-level security"):
        pair.copy(pair.theirs)


@each_table
def test_no_row_moves_to_another_organization(model: Any, pair: Pair) -> None:
    with (
        bind(pair.ours),
        pytest.raises(DatabaseError, match=r"row-level security|permission denied|append-only"),
    ):
        tell(
            f'UPDATE "{pair.table}" SET organization_id = %s WHERE "{pair.key}" = %s',
            pair.theirs.pk,
            pair.our_id,
        )


@each_table
def test_nothing_is_written_without_an_organization(model: Any, pair: Pair) -> None:
    assert changes_nothing(f'UPDATE "{pair.table}" SET organization_id = organization_id')
    assert changes_nothing(f'DELETE FROM "{pair.table}"')


@each_table
def test_row_security_is_forced(model: Any) -> None:
    table = model._meta.db_table
    assert ask(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table
    ) == [(True, True)]


@each_table
def test_policy_asks_for_the_bound_organization(model: Any) -> None:
    table = model._meta.db_table
    wanted = "(organization_id = (NULLIF(current_setting('app.organization'::text, true), ''::text))::bigint)"
    found = ask(
        "SELECT policyname, cmd, permissive, qual, with_check FROM pg_policies WHERE tablename = %s", table
    )
    own = [row for row in found if (table, row[0], row[1]) not in OTHER_POLICIES]
    assert own == [("organization_only", "ALL", "PERMISSIVE", wanted, wanted)]


def test_every_table_with_an_organization_is_known_to_these_tests() -> None:
    found = ask(
        "SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, "
        "table_name) WHERE column_name = 'organization_id' AND table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    assert {row[0] for row in found} == {model._meta.db_table for model in TABLES}


@each_model
def test_every_change_is_kept_in_the_history(model: Any) -> None:
    if model in WITHOUT_HISTORY:
        assert not hasattr(model, "history")
        return
    tracked = {column.name for column in model.history.model.tracked_fields}
    everything = {column.name for column in model._meta.concrete_fields}
    assert everything - tracked == NOT_IN_HISTORY.get(model, set())
    written = {column.name for column in model.history.model._meta.concrete_fields}
    assert tracked <= written


@each_model
def test_history_is_never_rewritten(model: Any) -> None:
    if model in WITHOUT_HISTORY:
        return
    table = model.history.model._meta.db_table
    granted = ask(
        "SELECT privilege_type FROM information_schema.table_privileges "
        "WHERE table_name = %s AND grantee = current_user",
        table,
    )
    assert {row[0] for row in granted} == {"SELECT", "INSERT"}


@pytest.mark.parametrize(("model", "column"), REFERENCES, ids=name_of)
def test_reference_carries_its_organization(model: Any, column: ScopedForeignKey) -> None:
    found = ask(
        """
        SELECT convalidated, confrelid::regclass::text,
            (SELECT array_agg(attname::text ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS k(attnum, place)
                JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.attnum),
            (SELECT array_agg(attname::text ORDER BY place) FROM unnest(confkey) WITH ORDINALITY AS k(attnum, place)
                JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.attnum)
        FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass
        """,
        model._meta.db_table,
    )
    target = column.related_model._meta.db_table  # type: ignore[union-attr]
    assert (True, target, ["organization_id", column.column], ["organization_id", "id"]) in found


@pytest.mark.parametrize(("model", "column"), REFERENCES, ids=name_of)
def test_reference_to_another_organizations_row_is_refused(
    model: Any, column: ScopedForeignKey, ours: Organization, theirs: Organization
) -> None:
    with bind(theirs):
        target = any_row(column.related_model, theirs)  # type: ignore[arg-type]
    with bind(ours):
        row = any_row(model, ours)
        with pytest.raises(DatabaseError, match=r"_same_org|append-only"):
            tell(
                f'UPDATE "{model._meta.db_table}" SET "{column.column}" = %s WHERE id = %s', target.pk, row.pk
            )


def test_serving_role_owns_nothing_and_is_no_superuser() -> None:
    assert ask(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = session_user"
    ) == [(False, False, False, False)]
    assert ask("SELECT current_user = session_user") == [(True,)]
    assert ask("SELECT count(*) FROM pg_tables WHERE tableowner = current_user") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE inventory_item CASCADE",
        "ALTER TABLE inventory_item DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE inventory_item NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY organization_only ON inventory_item",
        "SET ROLE bf_owner",
        "SET ROLE postgres",
        "CREATE TABLE public.mine (id int)",
        "ALTER TABLE inventory_stockentry DISABLE TRIGGER append_only",
    ],
)
def test_serving_role_cannot_take_the_walls_down(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        tell(statement)


def test_row_security_cannot_be_switched_off(ours: Organization) -> None:
    with bind(ours):
        any_row(scoped_models()[0], ours)
        tell("SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError, match="row-level security"):
            tell("SELECT count(*) FROM inventory_item")


@pytest.mark.parametrize(
    "table",
    ["inventory_stockentry", "inventory_journalentry", "inventory_journalline"],
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET organization_id = organization_id", "DELETE FROM {}"])
def test_ledger_is_append_only(table: str, statement: str, ours: Organization) -> None:
    with bind(ours), pytest.raises(DatabaseError, match="append-only"):
        tell(statement.format(table))


def test_person_sees_own_memberships_and_changes_none() -> None:
    ours, theirs = factories.make_organization("acme"), factories.make_organization("other")
    alice = factories.make_member(ours, "planner")
    factories.make_member(theirs, "planner")
    with bind_user(alice.pk):
        assert ask("SELECT organization_id, user_id FROM accounts_membership") == [(ours.pk, alice.pk)]
        assert changes_nothing("UPDATE accounts_membership SET role = 'admin'")
        assert changes_nothing("DELETE FROM accounts_membership")
