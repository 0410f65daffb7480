"""docs/api.md is true: its commands run, and it names every call and every code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from accounts.roles import ROLE_RIGHTS, Role
from accounts.tenancy.binding import bind
from api.main import api
from api.problems import STATUS
from backflush.models import Backflush
from exports.models import ExportLine
from inventory.models import StockBalance
from tests import factories
from tests.api.calling import make_key
from tests.backflush.crowd import breaches
from tests.tenancy.test_calls import calls

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
# A machine without jq has Python: the page asks it for single fields alone.
JQ = """
command -v jq >/dev/null || jq() { python3 -c '
import json, re, sys
found = json.load(open(sys.argv[2]))
for name, place in re.findall(r"\\.(\\w+)|\\[(\\d+)\\]", sys.argv[1]):
    found = found[name] if name else found[int(place)]
print(found)' "$2" "$3"; }
"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
@pytest.mark.django_db(transaction=True)
def test_commands_do_what_the_page_says(live_server: Any, tmp_path: Path) -> None:
    organization = factories.make_organization("acme")
    keys = {role: make_key(organization, factories.make_member(organization, role)) for role in Role}
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    setup = f"export BASE={live_server.url}/v1 KEY={keys[Role.PLANNER]} SIGNER={keys[Role.CONTROLLER]}\n"

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", setup + JQ + "".join(blocks)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    reported = json.loads((tmp_path / "reported.json").read_text())
    assert (reported["status"], reported["variance_minor"]) == ("SUBMITTED", 750)
    with bind(organization):
        assert set(Backflush.objects.values_list("status", flat=True)) == {"POSTED"}
        assert dict(StockBalance.objects.values_list("item__sku", "on_hand")) == {
            "BRACKET": 500 - 123 - 82,
            "GREASE": 40 - 5,
            "PUMP": 100,
        }
        answers = list(ExportLine.objects.order_by("line_number").values_list("answer", flat=True))
        assert answers == ["rejected", *["accepted"] * 5]
    assert (tmp_path / "relief.csv").read_text().count("\n") == 7
    assert "BRACKET" in (tmp_path / "variances.csv").read_text()
    assert breaches(organization) == []


def test_every_call_is_named_with_who_may_make_it() -> None:
    named = dict(re.findall(r"^\| `((?:GET|POST|PATCH) /v1/\S+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
    wanted = {}
    for call in calls():
        roles = [role.value for role in Role if call.right in ROLE_RIGHTS[role]]
        path = call.path if call.path.startswith("/") else f"/{call.path}"
        wanted[f"{call.method} /v1{path}"] = "any" if len(roles) == len(Role) else ", ".join(roles)
    assert named == wanted


def test_every_code_is_named_with_its_status() -> None:
    named = re.findall(r"^\| (\d{3}) \| ([A-Z_]+) \|", PAGE, re.MULTILINE)
    assert {code: int(status) for status, code in named} == STATUS


def test_document_says_the_same_version_as_the_addresses() -> None:
    assert api.version == "1"
    assert all(path.startswith("/v1/") for path in api.get_openapi_schema(path_prefix="/v1/")["paths"])
