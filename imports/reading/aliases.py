"""Which column of a file is which of ours, by the names that real systems give them."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from .erp_names import ERP_NAMES
from .kinds import KINDS
from .words import plain

GENERAL = 1_000
_BRACKETS = re.compile(r"\s*[(\[{][^)\]}]*[)\]}]\s*$")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@lru_cache(maxsize=16)
def alias_table(kind: str) -> dict[str, tuple[tuple[int, str], ...]]:
    """Plain header → (rank, canonical column) for this kind; a smaller rank is a surer match."""
    table: dict[str, dict[str, int]] = {}
    spec = KINDS[kind]
    for column in spec.names:
        special, _, general = ERP_NAMES[kind].get(column, "").partition("||")
        ranked = [(0, column), *enumerate(special.split("|"), 1)]
        ranked += enumerate(re.split(r"\|+", general), GENERAL)
        for rank, alias in ranked:
            for form in {plain(alias), plain(alias.translate(_UMLAUTS))}:
                if form:
                    table.setdefault(form, {}).setdefault(column, rank)
    return {
        form: tuple(sorted((rank, name) for name, rank in found.items())) for form, found in table.items()
    }


@lru_cache(maxsize=20_000)
def header_meanings(header: str, kind: str) -> tuple[tuple[int, str], ...]:
    """(rank, canonical column) of one header: as it stands, without its unit in brackets, or its last part."""
    table = alias_table(kind)
    forms = [header, _BRACKETS.sub("", header)]
    if parts := re.split(r"[./:]", header.strip().rstrip("./:")):
        forms.append(parts[-1])
    for step, form in enumerate(forms):
        if found := table.get(plain(form)):
            return tuple((rank + step * (GENERAL // 4), name) for rank, name in found)
    return ()


def match_headers(headers: list[str], kind: str) -> dict[str, int]:
    """Canonical column → the column (from 0) whose header means it; surest first, each column used once.

    A header that stands over several columns means none of them: which one is meant cannot be told.
    """
    forms = Counter(map(plain, headers))
    order = {name: place for place, name in enumerate(ERP_NAMES[kind])}
    claims = sorted(
        (rank, order[name], index, name)
        for index, header in enumerate(headers)
        if forms[plain(header)] == 1
        for rank, name in header_meanings(header, kind)
    )
    found: dict[str, int] = {}
    ranks: dict[str, int] = {}
    for rank, _, index, name in claims:
        if name not in found and index not in found.values():
            found[name], ranks[name] = index, rank
    # "Item" beside "Part number" does not make one of them the parent; "Item" beside "Component" does.
    if ranks.get("parent_sku", 0) >= GENERAL and ranks.get("component_sku", 0) >= GENERAL:
        del found["parent_sku"]
    return found


def other_matches(headers: list[str], kind: str, name: str) -> list[int]:
    """All columns (from 0) whose header can mean this canonical column."""
    return [
        index
        for index, header in enumerate(headers)
        if any(meaning == name for _, meaning in header_meanings(header, kind))
    ]
