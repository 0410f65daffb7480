"""What the OpenAPI document says of every call is true, whatever is sent and whoever sends it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.roles import Role
from api.main import api
from api.problems import STATUS
from tests import factories
from tests.api.calling import make_key
from tests.api.things import named, things

SCHEMA: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/v1/")))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
OPERATIONS = [
    (path, method, operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]
each_operation = pytest.mark.parametrize(
    ("path", "method", "operation"),
    OPERATIONS,
    ids=[operation["operationId"] for _, _, operation in OPERATIONS],
)


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The application would close the connection that this test's transaction lives on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_connection")
def test_every_answer_is_as_documented() -> None:
    """No error of ours, no status, header or shape that is not documented: whatever is sent, sense or nonsense, in
    every role, about our own things and about another organization's."""
    ours, theirs = factories.make_organization("acme"), factories.make_organization("other")
    known = [things(ours), things(theirs)]
    keys = {role: make_key(ours, factories.make_member(ours, role)) for role in Role}
    schema = schemathesis.openapi.from_dict(SCHEMA)
    schema.app = get_wsgi_application()
    seen: set[tuple[str, int]] = set()

    for result in schema.get_all_operations():
        operation = result.ok()
        sense = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        takes_anything = bool(operation.body) or any(True for _ in operation.query)
        nonsense = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) if takes_anything else sense

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=st.one_of(sense, sense, nonsense),
            whose=st.sampled_from([0, 0, 1, None]),
            role=st.sampled_from(list(Role)),
        )
        def check(case: Any, whose: int | None, role: Role) -> None:
            if whose is not None and isinstance(case.path_parameters, dict):
                values = named(case.path, known[whose])
                case.path_parameters = {
                    name: values.get(name, value) for name, value in case.path_parameters.items()
                }
            with transaction.atomic():
                response = case.call(headers={"Authorization": f"Bearer {keys[role]}"})
                transaction.set_rollback(True)
            seen.add((case.operation.label, response.status_code))
            case.validate_response(response, checks=CHECKS)
            if whose == 1 and named(case.path, known[1]):
                assert response.status_code in {401, 403, 404, 422}, (case.operation.label, response.content)

        check()

    assert len({label for label, _ in seen}) == len(OPERATIONS)
    assert len([label for label, status in seen if status < 300]) > 15


@each_operation
def test_call_shows_what_is_sent_and_answered(path: str, method: str, operation: dict[str, Any]) -> None:
    """Examples that are what they are examples of, and every refusal by its code."""
    bodies = [
        content["schema"]
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if "$ref" in content["schema"]
    ]
    for status, answer in operation["responses"].items():
        assert answer["description"]
        for kind, content in answer.get("content", {}).items():
            if kind != "application/json":
                continue
            if int(status) < 400:
                bodies.append(content["schema"])
                continue
            for code, example in content["examples"].items():
                assert STATUS[code] == int(status)
                assert not errors_of(content["schema"], example["value"])
    for schema in bodies:
        example = example_of(schema)
        assert example, schema
        assert not errors_of(schema, example)
    always = {"401", "403", "405", "422", "429", "500", "503"} | ({"409"} if method != "get" else set())
    assert always <= set(operation["responses"])
    assert "INTERNAL_ERROR" in operation["responses"]["500"]["content"]["application/json"]["examples"]
    assert ("{" in path) <= ("404" in operation["responses"])


def errors_of(schema: dict[str, Any], value: Any) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": SCHEMA["components"]})
    return [error.message for error in validator.iter_errors(value)]


def example_of(schema: dict[str, Any]) -> Any:
    """The example that a reader of the page sees: put together from those of the fields."""
    if "$ref" in schema:
        return example_of(SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "examples" in schema:
        return schema["examples"][0]
    if "properties" in schema:
        return {name: example_of(field) for name, field in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"])]
    for choice in schema.get("anyOf", []):
        if choice.get("type") != "null":
            return example_of(choice)
    return schema.get("default", schema.get("enum", ["text"])[0])


def test_document_and_its_page_are_open_to_everybody_and_call_nobody() -> None:
    said = Client().get("/v1/openapi.json")
    assert said.status_code == 200
    assert said.json() == SCHEMA
    assert SCHEMA["openapi"].startswith("3.1")

    page = Client().get("/v1/docs")
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert addresses
    assert all(address.startswith("/") for address in addresses)
