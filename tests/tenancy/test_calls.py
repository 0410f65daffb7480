"""Every call of the API × role × other organization. New calls are found by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Organization
from accounts.roles import RIGHTS, ROLE_RIGHTS, Role
from api.endpoint import ApiKey
from api.main import api
from tests import factories
from tests.api.calling import Program, program_of
from tests.api.things import named, things


@dataclass(frozen=True)
class Call:
    """`path` is below /v1, with the names of its parameters."""

    name: str
    method: str
    path: str
    auth: Any

    @property
    def right(self) -> str:
        assert isinstance(self.auth, ApiKey), f"{self.name}: register it by api.endpoint.endpoint"
        return self.auth.right


def calls() -> list[Call]:
    return [
        Call(
            operation.view_func.__name__,
            method,
            path.replace("{path:", "{"),
            (*operation.auth_callbacks, None)[0],
        )
        for router in api._get_bound_routers()
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]


ALL = calls()
WITH_OBJECT = [call for call in ALL if "{" in call.path]
# What a call with an object needs beside it. A new write needs a line here.
BODIES: dict[str, dict[str, Any]] = {
    "acknowledge": {"open_lines": {"answer": "accepted"}},
    "approve": {},
    "backflush_work_order": {"completion_qty": "1", "external_id": "X"},
    "discard": {},
    "edit_line": {"note": "Looked at"},
    "finish": {"reason": "Nothing more"},
    "move_order": {"status": "IN_TRANSIT"},
    "recompute_document": {},
    "reopen": {"reason": "One more"},
    "reverse_posting": {"reason": "Wrong order"},
    "send_back": {"note": "Why?"},
    "submit": {},
}

each_call = pytest.mark.parametrize("call", ALL, ids=lambda one: one.name)


def ask(program: Program, call: Call, values: dict[str, Any]) -> Any:
    """Ask, and undo what came of it, so that the next finds the same."""
    path = call.path.format(**values)
    with transaction.atomic():
        answer = (
            program.get(path) if call.method == "GET" else program.send(call.method, path, BODIES[call.name])
        )
        transaction.set_rollback(True)
    return answer


def test_there_are_calls() -> None:
    assert len(ALL) > 25


@each_call
def test_call_names_the_right_it_needs(call: Call) -> None:
    assert call.right in RIGHTS


@pytest.mark.django_db
def test_call_knows_no_row_of_another_organization_and_asks_for_its_right(organization: Organization) -> None:
    theirs = factories.make_organization("other")
    ours_known, theirs_known = things(organization), things(theirs)
    programs = {role: program_of(organization, role) for role in Role}

    for call in WITH_OBJECT:
        mine, other = (named(f"/v1{call.path}", known) for known in (ours_known, theirs_known))
        assert mine, f"add {call.path} to tests/api/things.py"
        for role, program in programs.items():
            if call.right not in ROLE_RIGHTS[role]:
                answer = ask(program, call, mine)
                assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), (call, role)
                continue
            answer = ask(program, call, other)
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), (call, role)
            answer = ask(program, call, mine)
            assert answer.status_code in {200, 202, 409}, (call, role, answer.content)
        assert ask(Program(), call, mine).status_code == 401, call
