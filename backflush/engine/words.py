"""The sum of a line in words, from the terms that the line keeps.

`(180 good + 6 scrap) × 2.5 g ÷ 1000 × 1.04 = 0.483600 kg → 0.484 kg (step 0.001 up)`
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from .enums import Basis
from .scale import MICRO, half_away

Terms = Mapping[str, Any]


def explain(terms: Terms) -> str:
    """How the expected quantity came about; empty for use that the recipe does not know."""
    if "input" not in terms:
        return ""
    words = _sum(terms, is_standard=False)
    if "held" in terms:
        rest = Fraction(terms["target"]) - Fraction(terms["held"])
        words += f"; {_signed(terms['held'])} held by earlier parts, {_number(rest)} due"
    if "by" in terms:
        words += (
            f"; {_signed(terms['share'])} of it by a substitute × {terms['by']} = {_signed(terms['gives'])}"
        )
    elif "share" in terms:
        words += f"; {_signed(terms['share'])} of it by the item itself"
    return words


def explain_standard(terms: Terms) -> str:
    """How the standard quantity came about."""
    if "input" not in terms:
        return ""
    words = _sum(terms, is_standard=True)
    held = terms.get("standard_held", terms.get("held"))
    if held is not None:
        rest = Fraction(terms.get("standard_target", terms["target"])) - Fraction(held)
        words += f"; {_signed(held)} held by earlier parts, {_number(rest)} due"
    return words


def question(terms: Terms) -> str:
    """What the line asks of a person, if anything."""
    asked = terms.get("asked", {})
    if "over" in asked:
        return f"{_signed(asked['over'])} used beyond expected on earlier parts: is it this part's?"
    if "skipped" in asked:
        return f"{_signed(asked['skipped'])} of what earlier parts expected was not used: was it used here?"
    return ""


def _sum(terms: Terms, *, is_standard: bool) -> str:
    line: Terms = terms["input"]
    target = terms.get("standard_target", terms["target"]) if is_standard else terms["target"]
    unit = line.get("stock_unit", line.get("unit", ""))
    if line.get("basis") == Basis.WHOLE_LOT:
        return f"the whole lot, once = {_signed(target)} {unit}".rstrip()
    reports: Terms = terms["reports"]
    good, scrap = Fraction(reports["good"]), Fraction(reports.get("scrap", "0"))
    if not Fraction(target) and not good and not scrap:
        return f"nothing reported = 0 {unit}".rstrip()
    if is_standard:
        driver, words = good, f"{reports['good']} good"
        if "planned" in line:
            driver *= 1 + Fraction(line["planned"]) / 100
            words += f" × {_over(line['planned'])}"
    else:
        driver, words = good + scrap, f"{reports['good']} good"
        if scrap:
            words = f"({reports['good']} good + {reports['scrap']} scrap)"
    exact = driver
    levels: list[Terms] = [*line.get("phantoms", []), line]
    loss_of_phantom = "0"
    for level in levels:
        if is_standard and Fraction(loss_of_phantom):
            exact *= 1 + Fraction(loss_of_phantom) / 100
            words += f" × {_over(loss_of_phantom)}"
        exact, words = _level(level, exact, words, terms.get("ordered", "0"))
        loss_of_phantom = level.get("planned", "0") if level is not line else "0"
    if line.get("byproduct"):
        exact, words = -exact, f"−({words})"
    told = f"{words} = {_six(exact)} {unit}".rstrip()
    if "step" in line:
        told += f" → {_signed(target)} {unit}".rstrip() + f" (step {line['step']} {line['round']})"
    return told


def _level(level: Terms, driver: Fraction, words: str, ordered: str) -> tuple[Fraction, str]:
    """One line of a bill: usage by its basis, conversion, loss, fixed quantity."""
    usage, unit = Fraction(level["usage"]), level.get("unit", "")
    basis = level.get("basis", Basis.PER_UNIT)
    fixed = Fraction(level.get("fixed", "0"))
    loss, loss_words = _loss(level)
    factor, factor_words = _factor(level)
    if basis == Basis.PER_ORDER:
        once = level.get("fixed", level["usage"])
        return Fraction(once) * factor, f"{once} {unit}".rstrip() + " once" + factor_words
    per = Fraction(level.get("per", "1"))
    if basis == Basis.ORDER_QUANTITY:
        driver, words = Fraction(ordered), f"{ordered} ordered"
    if basis == Basis.PER_BATCH:
        driver = Fraction(ceil(driver / per))
        words = f"⌈{words} ÷ {level.get('per', '1')}⌉"
        per = Fraction(1)
    elif basis == Basis.PIECES:
        driver = Fraction(ceil(driver * loss / per))
        words = f"⌈{words}{loss_words} ÷ {level.get('per', '1')}⌉"
        loss, loss_words, per = Fraction(1), "", Fraction(1)
    words = f"{words} × {level['usage']} {unit}".rstrip()
    if per != 1:
        words += f" ÷ {level['per']}"
    exact = driver * usage / per * loss
    if fixed:
        words = f"{words}{loss_words} + {level['fixed']} {unit}".rstrip() + " fixed"
        if factor_words:
            words = f"({words}){factor_words}"
        return (exact + fixed) * factor, words
    return exact * factor, words + factor_words + loss_words


def _loss(level: Terms) -> tuple[Fraction, str]:
    if "loss" not in level:
        return Fraction(1), ""
    if level.get("yield"):
        rest = 1 - Fraction(level["loss"]) / 100
        return 1 / rest, f" ÷ {_number(rest)}"
    return 1 + Fraction(level["loss"]) / 100, f" × {_over(level['loss'])}"


def _factor(level: Terms) -> tuple[Fraction, str]:
    if "factor" not in level:
        return Fraction(1), ""
    numerator, denominator = level["factor"]
    words = f" × {numerator}" if numerator != 1 else ""
    if denominator != 1:
        words += f" ÷ {denominator}"
    return Fraction(numerator, denominator), words


def _over(percent: str) -> str:
    return _number(1 + Fraction(percent) / 100)


def _six(value: Fraction) -> str:
    """Six decimals, half away from zero."""
    count = half_away(value.numerator * MICRO, value.denominator)
    whole, part = divmod(abs(count), MICRO)
    return f"{'−' if count < 0 else ''}{whole}.{part:06}"


def _number(value: Fraction) -> str:
    shown = _six(value)
    return shown.rstrip("0").rstrip(".")


def _signed(text: str) -> str:
    return "−" + text[1:] if text.startswith("-") else text
