"""The page for planners names what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

from imports.reading.kinds import KINDS
from imports.reading.mapping import Mapping, parse_mapping

PAGE = (Path(__file__).parents[3] / "docs" / "files.md").read_text(encoding="utf-8")


def test_every_kind_and_column_is_described() -> None:
    for kind in KINDS.values():
        section = PAGE.split(f"### `{kind.name}`")[1].split("###")[0]
        named = re.findall(r"^\| `(\w+)`(\*?) \|", section, re.MULTILINE)
        assert named == [(column.name, "*" if column.required else "") for column in kind.columns]


def test_every_key_of_a_mapping_is_described_and_the_example_is_one() -> None:
    keys = re.findall(r"^\| `(\w+)` \| ", PAGE.split("## The mapping")[1], re.MULTILINE)
    assert sorted(keys) == sorted(Mapping.__dataclass_fields__)
    example = json.loads(PAGE.split("```json")[1].split("```")[0])
    assert parse_mapping(example, "stock").columns["on_hand"] == 3
