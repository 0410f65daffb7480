"""Quantities that are written with their unit: "12,5 kg", "1.200 STK". Only units that are known are taken off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .numbers import SPACES
from .texts import Ids, Mask, Texts

# What systems call the units that quantities come in. `M` for a thousand, `K` and currencies are left out: beside a
# number they could mean something else.
_USUAL = (
    "EA each pc pcs pce pz pza st stk stck stück szt un und unit units pr pair paar set satz dz doz dozen gr gro gross "
    "kg g mg t to lb lbs oz l ltr ml cl dl hl gal m cm mm km ft in yd m2 cm2 mm2 m² cm² m3 cm3 m³ cm³ qm cbm "
    "h hr hrs std min box bx case cs ctn carton kar pk pkg pack pak pal bag bottle can roll rol rolle sheet sht"
)
USUAL: Mapping[str, str] = {unit.casefold(): unit for unit in _USUAL.split()}
_LONGEST = 60  # signs of number and unit together
# A minus after the number needs a space behind it: "5-pack" is no negative.
_NUMBER_AND_UNIT = re.compile(
    rf"^(?P<number>[-+−–(]?[0-9.,'’´ {SPACES}()−–-]*(?:[0-9.,)]|[−–-](?=\s)))\s*(?P<unit>[^\W\d_]\S{{0,15}})$"
)


def known_units(*said: Iterable[str]) -> dict[str, str]:
    """Folded code → how it is written; what is `said` first comes before the usual ways."""
    known: dict[str, str] = {}
    for units in said:
        for unit in units:
            known.setdefault(unit.strip().casefold(), unit.strip())
    known.pop("", None)
    return {**USUAL, **known}


def split_unit(text: str, known: Mapping[str, str]) -> tuple[str, str]:
    """The number's text and the known unit after it; the text itself and "" where there is none."""
    bare = text.strip()
    if bare.isascii() and bare.lower() == bare.upper():
        return text, ""  # no letter at all, as nearly every number: a million of them are looked at
    found = _NUMBER_AND_UNIT.match(bare) if len(bare) <= _LONGEST else None
    if not found:
        return text, ""
    unit = known.get(found["unit"].casefold()) or known.get(found["unit"].rstrip(".").casefold())
    return (found["number"], unit) if unit else (text, "")


@dataclass(frozen=True, slots=True)
class Beside:
    """The unit of each row as its cells and its unit column say it, and the rows in which they contradict."""

    units: list[str]  # beside the unit column's own texts, in the order of their numbers
    ids: Ids  # 0 is none; else the number of a unit from 1
    contradictions: Mask


def units_beside(columns: Sequence[tuple[Texts, Sequence[str]]], rows: Mask) -> Beside:
    """What the rows' cells say. Each column comes with the unit of each of its texts, "" where it has none.

    Units that differ in case alone are the same; the first way of writing counts.
    """
    units: list[str] = []
    numbers: dict[str, int] = {"": 0}
    ids = np.zeros(len(rows), np.int32)
    contradictions = np.zeros(len(rows), np.bool_)
    for column, said in columns:
        for unit in said:
            if unit.casefold() not in numbers:
                units.append(unit)
                numbers[unit.casefold()] = len(units)
        own = np.asarray([numbers[unit.casefold()] for unit in said] or [0], np.int32)[column.ids]
        contradictions |= (ids != 0) & (own != 0) & (ids != own)
        ids = np.where(ids == 0, own, ids)
    return Beside(units, ids, contradictions & rows)
