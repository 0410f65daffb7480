"""How one input's standard and expected quantity are shared by the items that were used for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .enums import Rounding
from .picking import is_named
from .places import Supply
from .recipe import CompiledInput
from .scale import MICRO, half_away, micro, shortest, text, to_step
from .types import ChosenLot, CompletionInputs, Held, ItemFacts
from .uses import Use


class Exact(NamedTuple):
    """An input's exact cumulative target in millionths, and what of it this completion adds."""

    target: Fraction
    change: Fraction


class Share(NamedTuple):
    """One item's part: in its own stock unit, and in that of the input's item (`origin_*`), in millionths."""

    standard: int
    expected: int
    origin_standard: int
    origin_expected: int
    exact: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))

    def terms(self, use: Use) -> dict[str, Any]:
        """What the line's words say of it, and its exact share for the parts that follow."""
        told: dict[str, Any] = {"share": text(self.origin_expected)}
        told["exact"] = [str(part / MICRO) for part in self.exact]
        if use.stands_in_for is not None:
            told["by"] = shortest(use.factor)
            told["gives"] = text(self.expected)
        return told


def share_out(
    line: CompiledInput,
    uses: Sequence[Use],
    due: tuple[int, int],
    standard: Exact,
    expected: Exact,
    held: Sequence[Held],
    facts: Mapping[int, ItemFacts],
) -> list[Share]:
    """Shares in the order of `uses`; `due` is what the input's standard and expected come to, rounded.

    The input's own item keeps its use up to what is expected; substitutes share the rest in their order, the last takes
    all that is left. A substitute's standard is the factor times its share of the exact target, cumulative over the
    parts, each with the factor it was used at, and rounded once to that item's step.
    """
    whole_standard, whole = due
    left = Fraction(whole)
    taken: dict[int, Fraction] = {}
    substitutes = [at for at, use in enumerate(uses) if use.item != line.item]
    own = next((at for at, use in enumerate(uses) if use.item == line.item), None)
    if own is not None:
        wanted = uses[own].quantity
        taken[own] = left if not substitutes else _within(Fraction(whole if wanted is None else wanted), left)
        left -= taken[own]
    for at in substitutes:
        use = uses[at]
        if at != substitutes[-1] and use.quantity is not None:
            taken[at] = _within(Fraction(use.quantity * use.f_d, use.f_n), left)
        else:
            taken[at] = left
        left -= taken[at]
    last = substitutes[-1] if substitutes else own
    shares: dict[int, Share] = {}
    rest_standard, rest_expected = whole_standard, whole
    for at in sorted(taken, key=lambda position: position == last):
        use, part = uses[at], taken[at]
        weight = part / whole if whole else Fraction(at == last)
        if at == last:
            origin_standard, origin_expected = rest_standard, rest_expected
        else:
            origin_expected = half_away(part.numerator, part.denominator)
            origin_standard = _rounded(weight * whole_standard)
        rest_standard -= origin_standard
        rest_expected -= origin_expected
        before = _Before(held, use)
        if weight == 1 and not before.others_hold:
            # Alone in all parts: its share is the whole target, so that parts add up whatever they round to.
            standard_share, expected_share = standard.target, expected.target
        else:
            standard_share = before.standard_share + weight * standard.change
            expected_share = before.expected_share + weight * expected.change
        exact = (standard_share - before.standard_share, expected_share - before.expected_share)
        if use.item == line.item:
            shares[at] = Share(origin_standard, origin_expected, origin_standard, origin_expected, exact)
            continue
        factor = Fraction(use.f_n, use.f_d)
        standard_sum = before.standard_sum + exact[0] * factor
        expected_sum = before.expected_sum + exact[1] * factor
        item = facts[use.item]
        direction = item.rounding or (Rounding.DOWN if line.sign < 0 else Rounding.UP)
        shares[at] = Share(
            _to_step(standard_sum, item, direction) - before.standard,
            _to_step(expected_sum, item, direction) - before.expected,
            origin_standard,
            origin_expected,
            exact,
        )
    return [shares[at] for at in range(len(uses))]


def held_share(terms: Iterable[Mapping[str, Any]]) -> tuple[Fraction, Fraction]:
    """The exact shares that live lines of one input and item hold, from their terms, for `Held.share_*`."""
    standard = expected = Fraction(0)
    for told in terms:
        exact = told.get("exact")
        if exact is not None:
            standard += Fraction(exact[0])
            expected += Fraction(exact[1])
    return standard, expected


class _Before:
    """What earlier parts hold of one input for one item.

    In its unit rounded (`standard`) and exactly (`standard_sum`), and exactly in the input's (`standard_share`).
    """

    __slots__ = (
        "expected",
        "expected_share",
        "expected_sum",
        "others_hold",
        "standard",
        "standard_share",
        "standard_sum",
    )

    def __init__(self, held: Sequence[Held], use: Use) -> None:
        self.standard = self.expected = 0
        self.standard_share = self.expected_share = Fraction(0)
        self.standard_sum = self.expected_sum = Fraction(0)
        self.others_hold = False
        for row in held:
            if row.item != use.item:
                own = (row.standard, row.expected, row.share_standard, row.share_expected)
                self.others_hold = self.others_hold or any((*own, row.origin_standard, row.origin_expected))
                continue
            standard, expected = micro(row.standard), micro(row.expected)
            self.standard += standard
            self.expected += expected
            factor = Fraction(*row.factor.as_integer_ratio())
            standard_share = _share_of(row.share_standard, standard, factor)
            expected_share = _share_of(row.share_expected, expected, factor)
            self.standard_share += standard_share
            self.expected_share += expected_share
            self.standard_sum += standard_share * factor
            self.expected_sum += expected_share * factor


def _share_of(share: Fraction | None, rounded: int, factor: Fraction) -> Fraction:
    """Without the exact share, what was rounded stands for it."""
    return rounded / factor if share is None else share * MICRO


def whole_lot(inputs: CompletionInputs, line: CompiledInput, supply: Supply) -> int:
    """What the chosen lot holds, in millionths: a person's choice, else a reported lot, else the first in order."""
    chosen: ChosenLot | None = None
    for row in inputs.reported:
        names = row.input_key == line.key or (row.input_key is None and row.item == line.item)
        if names and row.lot is not None and chosen is None:
            chosen = ChosenLot(row.lot, row.location)
    for edit in inputs.edits:
        if edit.input_key == line.key and edit.lots:
            chosen = edit.lots[0]
    queue = inputs.stock.queue(line.item, supply)
    standing = [
        (queue.stock.rows[place], queue.stock.left[place])
        for place in queue.order
        if queue.stock.left[place] > 0
    ]
    if chosen is None:
        if not standing:
            return 0
        first = standing[0][0]
        chosen = ChosenLot(first.lot, first.location if first.lot is None else None)
    return line.sign * sum(left for row, left in standing if is_named(row, chosen))


def _within(part: Fraction, whole: Fraction) -> Fraction:
    """As much of `part` as has the sign of `whole` and is no more than it."""
    if part * whole <= 0:
        return Fraction(0)
    return part if abs(part) < abs(whole) else whole


def _to_step(value: Fraction, item: ItemFacts, direction: Rounding) -> int:
    return to_step(value.numerator, value.denominator, item.step_micro, direction)


def _rounded(value: Fraction) -> int:
    return half_away(value.numerator, value.denominator)
