"""What holds for every call: the key, the shape of refusals, limits, the trail, one effect per idempotency key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from accounts.actions.keys import revoke_api_key
from accounts.models import ApiKey, Organization
from accounts.tenancy.binding import bind
from api.jobs import KEPT, forget_answers
from api.models import ApiAnswer, ApiCall
from api.routes import orders
from production.models import WorkOrder
from tests import factories
from tests.api.calling import Program, make_key, program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(organization: Organization) -> Program:
    return program_of(organization, "auditor")


@pytest.fixture
def supervisor(organization: Organization) -> Program:
    return program_of(organization, "supervisor")


def calls(organization: Organization) -> list[tuple[str, str, int, str]]:
    with bind(organization):
        return list(ApiCall.objects.order_by("pk").values_list("method", "path", "status", "code"))


def test_call_without_a_key_is_told_how_to_send_one(organization: Organization) -> None:
    answer = Program().get("/reason-codes")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Backflush"'
    assert answer.json() == {
        "code": "UNAUTHENTICATED",
        "message": "Send a key that is valid: Authorization: Bearer bf_…",
        "details": None,
    }


@pytest.mark.parametrize("text", ["x", "bf_acme_0000", "bf__", "bf_nobody_12", "bf_acme_", "bf_äcme_ß"])
def test_unknown_key_is_refused(organization: Organization, text: str) -> None:
    assert Program(text.encode().decode("latin-1")).get("/reason-codes").status_code == 401


def test_expired_and_revoked_keys_are_refused(organization: Organization) -> None:
    member = factories.make_member(organization, "auditor")
    expired = Program(make_key(organization, member, expires_at=timezone.now()))
    assert expired.get("/reason-codes").status_code == 401

    held = Program(make_key(organization, member))
    assert held.get("/reason-codes").status_code == 200
    with bind(organization):
        key = ApiKey.objects.select_related("organization").latest("pk")
        assert key.last_used_at is not None
        revoke_api_key(key=key, actor=factories.admin_of(organization))
    assert held.get("/reason-codes").status_code == 401
    assert calls(organization) == [
        ("GET", "/v1/reason-codes", 401, "UNAUTHENTICATED"),
        ("GET", "/v1/reason-codes", 200, ""),
        ("GET", "/v1/reason-codes", 401, "UNAUTHENTICATED"),
    ]


def test_key_sees_the_organization_that_its_text_names_alone(
    organization: Organization, other_organization: Organization, auditor: Program
) -> None:
    factories.make_item(organization, "OURS")
    factories.make_item(other_organization, "THEIRS")

    assert auditor.get("/items/OURS/stock").status_code == 200
    answer = auditor.get("/items/THEIRS/stock")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/nothing", "/work-orders/", "/", "/reason-codes/more"])
def test_unknown_address_answers_in_the_shape_of_every_refusal(auditor: Program, path: str) -> None:
    answer = auditor.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert Program().get(path).status_code == 401


def test_method_that_an_address_does_not_take(auditor: Program) -> None:
    answer = auditor.send("DELETE", "/reason-codes")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"
    assert answer.json() == {
        "code": "METHOD_NOT_ALLOWED",
        "message": "This address takes GET.",
        "details": {"allowed": ["GET"]},
    }


def test_every_wrong_field_is_named_at_once(supervisor: Program) -> None:
    answer = supervisor.post("/work-orders", {"item": "P", "quantity": "-1", "colour": "red"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "INVALID"
    assert {one["field"] for one in answer.json()["details"]} == {"number", "quantity", "colour"}


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[]", b"\xff", b'{"number": NaN}', b"[" * 100_000, b"1" * 5_000),
        b'{"number": "WO-1", "item": "P", "quantity": 1, "quantity": 2}',
    ],
    ids=["cut", "list", "bytes", "nan", "deep", "long", "twice"],
)
def test_body_that_cannot_be_read_is_refused(supervisor: Program, body: bytes) -> None:
    answer = supervisor.send("POST", "/work-orders", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")


def test_numbers_are_read_without_floats(organization: Organization, supervisor: Program) -> None:
    factories.make_product(organization, "P")
    body = b'{"number": "WO-1", "item": "P", "quantity": 1.100001}'
    assert supervisor.send("POST", "/work-orders", body).json()["outputs"][0]["quantity"] == "1.100001"

    longer = b'{"number": "WO-2", "item": "P", "quantity": 1.1000000000000001}'
    assert supervisor.send("POST", "/work-orders", longer).status_code == 422


def test_text_with_a_zero_sign_is_refused(organization: Organization, supervisor: Program) -> None:
    for number in ("WO\x00", "\ud800"):
        answer = supervisor.post("/work-orders", {"number": number, "item": "P"})
        assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")
    assert supervisor.get("/work-orders/%00").status_code == 422


@pytest.mark.parametrize("path", ["/work-orders/WO-1/status", "/work-orders/WO%00/status"])
@pytest.mark.parametrize("name", ["\ud800", "a\x00", "a\x1f", " ", "\x7f"])
def test_external_id_that_nobody_can_read_is_refused(supervisor: Program, path: str, name: str) -> None:
    answer = supervisor.post(path, {"status": "Placed", "external_id": name})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID"), answer.content


@pytest.mark.parametrize("day", [20251119, 0, 86400.0, "20251119", "86400", "-86400", True, "99999-01-01"])
def test_day_that_is_not_written_out_is_refused(
    organization: Organization, supervisor: Program, day: object
) -> None:
    factories.make_product(organization, "P")
    answer = supervisor.post("/work-orders", {"number": "WO-1", "item": "P", "due_on": day})
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (422, "due_on")


def test_right_is_the_members(organization: Organization, auditor: Program) -> None:
    factories.make_product(organization, "P")
    answer = auditor.post("/work-orders", {"number": "WO-1", "item": "P"})
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


def test_key_for_reading_writes_nothing(organization: Organization) -> None:
    factories.make_product(organization, "P")
    reader = program_of(organization, "supervisor", is_read_only=True)

    assert reader.get("/work-orders").status_code == 200
    answer = reader.post("/work-orders", {"number": "WO-1", "item": "P"})
    assert (answer.status_code, answer.json()["message"]) == (
        403,
        "This key reads only: ask an admin for one that writes.",
    )


def test_every_call_stands_in_the_trail(organization: Organization, supervisor: Program) -> None:
    factories.make_product(organization, "P")
    supervisor.get("/reason-codes")
    supervisor.get("/nothing")
    supervisor.post("/work-orders", {"number": "WO-1", "item": "P"}, key="one")
    supervisor.post("/work-orders", {"number": "WO-1", "item": "P"}, key="one")
    supervisor.post("/work-orders", {"number": "WO-1", "item": "X"}, key="one")

    assert calls(organization) == [
        ("GET", "/v1/reason-codes", 200, ""),
        ("GET", "/v1/nothing", 404, "NOT_FOUND"),
        ("POST", "/v1/work-orders", 201, ""),
        ("POST", "/v1/work-orders", 201, ""),
        ("POST", "/v1/work-orders", 409, "IDEMPOTENCY_MISMATCH"),
    ]
    with bind(organization):
        assert list(ApiCall.objects.order_by("pk").values_list("idempotency_key", "is_replayed")) == [
            ("", False),
            ("", False),
            ("one", False),
            ("one", True),
            ("one", False),
        ]


def test_limit_holds_per_key_and_says_when_to_come_again(organization: Organization) -> None:
    first, second = program_of(organization, "auditor"), program_of(organization, "auditor")
    with override_settings(API_REQUESTS_PER_MINUTE=1):
        allowed = first.get("/reason-codes")
        other = second.get("/reason-codes")
    assert (allowed.status_code, allowed["RateLimit-Limit"], allowed["RateLimit-Remaining"]) == (
        200,
        "1",
        "0",
    )
    assert (other.status_code, other["RateLimit-Remaining"]) == (200, "0")

    with override_settings(API_REQUESTS_PER_MINUTE=0):
        refused = first.get("/reason-codes")
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
    assert refused["Retry-After"] == refused["RateLimit-Reset"]
    assert 1 <= int(refused["Retry-After"]) <= 60


def test_keys_own_limit_holds_below_the_operators_alone(organization: Organization) -> None:
    own = program_of(organization, "auditor", calls_per_minute=3)
    assert [
        (answer["RateLimit-Limit"], answer["RateLimit-Remaining"])
        for answer in (own.get("/reason-codes"), own.get("/nothing"))
    ] == [("3", "2"), ("3", "1")]

    with override_settings(API_REQUESTS_PER_MINUTE=2):
        refused = own.get("/reason-codes")
    assert (refused.status_code, refused["RateLimit-Limit"]) == (429, "2")
    assert own.get("/reason-codes").status_code == 429


def test_same_request_sent_twice_has_one_effect_and_one_answer(
    organization: Organization, supervisor: Program
) -> None:
    factories.make_product(organization, "P")
    first = supervisor.post("/work-orders", {"number": "WO-1", "item": "P", "quantity": "5"}, key="one")
    again = supervisor.post("/work-orders", {"quantity": "5", "item": "P", "number": "WO-1"}, key="one")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    with bind(organization):
        assert WorkOrder.objects.count() == 1


def test_external_id_does_the_same_for_its_address(organization: Organization, supervisor: Program) -> None:
    factories.make_product(organization, "P")
    body = {"number": "WO-1", "item": "P", "external_id": "X1"}
    first = supervisor.post("/work-orders", body)
    assert supervisor.post("/work-orders", body).content == first.content

    other = supervisor.post("/work-orders", {**body, "number": "WO-2"})
    assert (other.status_code, other.json()["code"]) == (409, "IDEMPOTENCY_MISMATCH")
    moved = supervisor.post("/work-orders/WO-1/status", {"status": "PLACED", "external_id": "X1"})
    assert moved.json()["status"] == "Placed"


def test_key_belongs_to_its_member(organization: Organization, supervisor: Program) -> None:
    factories.make_product(organization, "P")
    body = {"number": "WO-1", "item": "P"}
    assert supervisor.post("/work-orders", body, key="one").status_code == 201
    answer = program_of(organization, "supervisor").post("/work-orders", body, key="one")
    assert answer.json()["message"] == "There is a work order WO-1 already: choose another number."


def test_refusal_leaves_nothing_behind_and_the_key_is_free(
    organization: Organization, supervisor: Program
) -> None:
    body = {"number": "WO-1", "item": "P"}
    assert supervisor.post("/work-orders", body, key="one").status_code == 404
    with bind(organization):
        assert not ApiAnswer.objects.exists()

    factories.make_product(organization, "P")
    assert supervisor.post("/work-orders", body, key="one").status_code == 201


def test_key_that_no_program_should_send(supervisor: Program) -> None:
    answer = supervisor.post("/work-orders", {"number": "WO-1", "item": "P"}, key="x" * 201)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")


def test_old_answers_are_forgotten_and_fresh_ones_kept(
    organization: Organization, supervisor: Program
) -> None:
    factories.make_product(organization, "P")
    for number in (1, 2):
        supervisor.post("/work-orders", {"number": f"WO-{number}", "item": "P"}, key=str(number))
    with bind(organization):
        first = ApiAnswer.objects.earliest("pk")
        first.created_at = timezone.now() - KEPT - timedelta(seconds=1)
        first.save()

    assert forget_answers() == 1
    with bind(organization):
        assert [answer.key for answer in ApiAnswer.objects.all()] == ["key 2"]


@pytest.mark.parametrize("path", ["/work-orders", "/imports"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=number\r\n\r\nWO"),
        ("application/x-www-form-urlencoded", b"number=WO-1&item=P"),
        ("text/plain", b"number"),
        ("application/octet-stream", b"\x00"),
    ],
)
def test_body_of_another_kind_is_refused(
    organization: Organization, path: str, kind: str, body: bytes
) -> None:
    planner = program_of(organization, "planner")
    answer = Client().post(
        f"/v1{path}", body, content_type=kind, headers={"authorization": f"Bearer {planner.key}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID"), answer.content


def test_body_that_does_not_say_it_is_json_is_the_same_request(
    organization: Organization, supervisor: Program
) -> None:
    """As curl -d sends it without a content type: its external_id holds all the same."""
    factories.make_product(organization, "P")
    body = b'{"number": "WO-1", "item": "P", "external_id": "X1"}'
    first, again = (
        Client().post(
            "/v1/work-orders",
            body,
            content_type="application/x-www-form-urlencoded",
            headers={"authorization": f"Bearer {supervisor.key}"},
        )
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again["Idempotent-Replayed"], again.content) == ("true", first.content)


def test_many_mistakes_are_told_by_the_first_hundred(supervisor: Program) -> None:
    answer = supervisor.post("/work-orders", {f"field {n}": n for n in range(300)})
    assert answer.status_code == 422
    assert len(answer.json()["details"]) == 100
    assert answer.json()["message"].endswith("(and 301 more).")


def test_body_that_is_too_large_is_refused(supervisor: Program) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        answer = supervisor.post("/work-orders", {"number": "WO-1", "item": "P" * 200})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")


def test_mistake_of_ours_is_told_undone_and_kept_in_the_trail(
    organization: Organization, supervisor: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view fails after it has written."""
    factories.make_product(organization, "P")
    monkeypatch.setattr(orders, "order_detail", lambda order: 1 // 0)
    answer = supervisor.post("/work-orders", {"number": "WO-1", "item": "P"}, key="one")
    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL_ERROR")
    with bind(organization):
        assert not WorkOrder.objects.exists()
    assert calls(organization) == [("POST", "/v1/work-orders", 500, "INTERNAL_ERROR")]

    monkeypatch.undo()
    assert supervisor.post("/work-orders", {"number": "WO-1", "item": "P"}, key="one").status_code == 201
