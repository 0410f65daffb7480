"""The engine is functions of their arguments: the standard library only, no clock, no chance, no float."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import backflush.engine

SOURCES = sorted(Path(backflush.engine.__file__).parent.glob("*.py"))
ALLOWED = {
    "__future__",
    "collections",
    "collections.abc",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "math",
    "typing",
}


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_only_the_standard_library_is_imported(source: Path) -> None:
    assert imported(ast.parse(source.read_text())) <= ALLOWED


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_float_and_no_clock_in_the_source(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text())):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        if isinstance(node, ast.Name):
            assert node.id not in {"float", "print", "open"}
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "today", "utcnow"}


def test_files_stay_short() -> None:
    assert {path.name: count for path in SOURCES if (count := path.read_text().count("\n")) > 440} == {}
