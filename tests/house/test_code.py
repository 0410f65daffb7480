"""What the code may not do, and no linter of others knows."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "inventory", "production", "backflush", "approvals", "exports", "imports", "api", "ui")
ENGINE = ROOT / "backflush" / "engine"
IMPURE = {"open", "print", "float"}
OUTSIDE = {
    "asyncio",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "time",
    "uuid",
}

# Where rows and their history are written together.
WRITERS = {ROOT / "accounts" / "tenancy" / "writes.py"}
BULK = {"bulk_create", "bulk_update", "abulk_create", "abulk_update"}
UPDATES = {"update", "aupdate"}
CHANGES = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|TRUNCATE)\b", re.IGNORECASE)


def trees(*folders: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(), str(path))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')}"


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    return []


def test_engine_imports_the_standard_library_alone() -> None:
    breaches = []
    for path, tree in trees(ENGINE):
        for node in ast.walk(tree):
            for name in imported(node):
                top = name.split(".")[0]
                own = name == "backflush.engine" or name.startswith("backflush.engine.")
                if not own and (top not in sys.stdlib_module_names or top in OUTSIDE):
                    breaches.append(f"{place(path, node)} imports {name}")

    assert ENGINE.is_dir()
    assert breaches == []


def test_engine_loads_without_anything_of_django() -> None:
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path, _ in trees(ENGINE)]
    names = [name.removesuffix(".__init__") for name in modules]
    source = f"import sys, {', '.join(names)}; print([m for m in ('django', 'psycopg', 'logging') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_engine_has_no_float_and_no_clock() -> None:
    breaches = []
    for path, tree in trees(ENGINE):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                breaches.append(f"{place(path, node)} has the float {node.value}")
            elif isinstance(node, ast.Name) and node.id in IMPURE:
                breaches.append(f"{place(path, node)} uses {node.id}")
            elif isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
                breaches.append(f"{place(path, node)} asks for the time")

    assert breaches == []


def queryset_writes(tree: ast.Module) -> Iterator[tuple[ast.Call, str, list[str]]]:
    """Calls of QuerySet's bulk writes: the call, the name its chain starts with, the columns it names."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        columns = [keyword.arg or "**" for keyword in node.keywords]
        # `.update(…)` with keywords alone is a QuerySet's; a dict's or a hash's takes an argument.
        if node.func.attr in BULK or (node.func.attr in UPDATES and columns and not node.args):
            start: ast.expr = node.func
            while not isinstance(start, ast.Name):
                if isinstance(start, ast.Call):
                    start = start.func
                elif isinstance(start, ast.Attribute | ast.Subscript):
                    start = start.value
                else:
                    break
            yield node, start.id if isinstance(start, ast.Name) else "", columns


def leaves_no_history_row_out(path: Path, name: str, call: ast.Call, columns: list[str]) -> bool:
    """Of a model without history, or of columns alone that its history leaves out."""
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    module = importlib.import_module(dotted.removesuffix(".__init__"))
    model = getattr(module, name, None)
    if not (isinstance(model, type) and issubclass(model, Model)):
        return False
    if not hasattr(model, "history"):
        return True
    assert isinstance(call.func, ast.Attribute)
    tracked = {field.name for field in model.history.model.tracked_fields}
    return call.func.attr in UPDATES and tracked.isdisjoint(columns)


def test_rows_are_written_in_bulk_through_the_one_helper() -> None:
    """Django's own bulk writes leave no history rows."""
    breaches = [
        f"{place(path, call)} writes {name or '?'} in bulk: use accounts.tenancy.writes"
        for path, tree in trees(*(ROOT / app for app in APPS))
        if path not in WRITERS
        for call, name, columns in queryset_writes(tree)
        if not leaves_no_history_row_out(path, name, call, columns)
    ]

    assert breaches == []


def test_actions_write_no_sql_of_their_own() -> None:
    breaches = [
        f"{place(path, node)} writes rows by SQL"
        for app in APPS
        for name in ("actions", "queries", "views")
        for source in (ROOT / app / name, ROOT / app / f"{name}.py")
        for path, tree in (trees(source) if source.is_dir() else single(source))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHANGES.search(node.value)
    ]

    assert breaches == []


def single(path: Path) -> Iterator[tuple[Path, ast.Module]]:
    if path.exists():
        yield path, ast.parse(path.read_text(), str(path))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the machine's configuration, never the checkout's."""
    hosts = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com"]
    options = re.compile(r"--(extra-)?index-" + r"url|find-" + r"links\b|registry\s*=")

    breaches = []
    for path in tracked():
        try:
            content = path.read_text()
        except UnicodeDecodeError:
            continue
        breaches += [f"{path.relative_to(ROOT)} names {host}" for host in hosts if host in content]
        if options.search(content) and path != Path(__file__):
            breaches.append(f"{path.relative_to(ROOT)} chooses a package index")

    assert breaches == []


def test_every_requirement_is_locked_with_hashes() -> None:
    for kind in ("base", "dev"):
        text = (ROOT / "requirements" / f"{kind}.txt").read_text()
        pinned = re.findall(r"^([A-Za-z0-9][^\s=]*)==\S+(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)

        assert pinned
        assert [name for name, rest in pinned if "--hash=sha256:" not in rest] == []


def test_base_is_part_of_dev_at_the_same_versions() -> None:
    pins = re.compile(r"^([A-Za-z0-9][^\s=]*)==([^\s;\\]+)", re.MULTILINE)
    base, dev = (
        set(pins.findall((ROOT / "requirements" / f"{kind}.txt").read_text())) for kind in ("base", "dev")
    )

    assert base - dev == set()


def test_pages_bring_no_script_and_no_style_of_their_own() -> None:
    """The content policy would block them, in the reader's browser and without a word on the server."""
    inline = re.compile(
        r"""\sstyle\s*=\s*["']|<style\b|<script\b(?![^>]*\bsrc=)|\son[a-z]+=["']""", re.IGNORECASE
    )

    breaches = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(line)
    ]

    assert breaches == []
