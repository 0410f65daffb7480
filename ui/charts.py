"""Small pictures as numbers: the geometry of each chart, for templates to write down as SVG attributes.

Places are Decimals cut to tenths of a pixel. The pictures are always accompanied by their figures in words, so a
rounded pixel never is the only place where a number can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ui.formats import tone

Number = Decimal | int

_TENTH = Decimal("0.1")
LABEL_WIDTH = 52  # pixels that a label below a column needs


def _pixels(value: Number) -> Decimal:
    """Tenths of a pixel, without a trailing zero (an SVG attribute, not an amount)."""
    cut = Decimal(value).quantize(_TENTH, rounding=ROUND_HALF_UP)
    return cut.to_integral_value() if cut == cut.to_integral_value() else cut


# --- the variance bar: one line of a table ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VarianceBar:
    """A bar from the zero line: to the right for unfavourable, to the left for favourable."""

    width: int
    height: int
    zero: Decimal
    x: Decimal
    length: Decimal
    tone: str
    is_cut: bool
    label: str

    @property
    def mark(self) -> str:
        """A small break near the end of a bar that is longer than its scale."""
        at = self.x + self.length - 5 if self.tone == "u" else self.x + 5
        return f"M{at} -1l-3 {self.height + 2}"


def variance_bar(
    value: Number | None, full: Number, *, label: str, width: int = 84, height: int = 8
) -> VarianceBar:
    """The bar of ``value`` where ``full`` reaches half the width.

    ``value`` and ``full`` are in one unit (percent, minor units, a quantity). What is not zero shows at least three
    pixels; what exceeds ``full`` is cut and marked. ``label`` is the figure in words, for those who do not see it.
    """
    half = Decimal(width) / 2
    if not value:
        return VarianceBar(width, height, _pixels(half), _pixels(half), Decimal(0), "", False, label)
    share = abs(Decimal(value)) / Decimal(full) if full else Decimal(1)
    length = _pixels(max(min(share, Decimal(1)) * half, Decimal(3)))
    start = half if value > 0 else half - length
    return VarianceBar(width, height, _pixels(half), _pixels(start), length, tone(value), share > 1, label)


def bar_scale(values: Sequence[Number | None], *, least: Number = 10, most: Number | None = 100) -> Decimal:
    """The value that fills half a bar for all lines of a table: the largest one, kept between ``least`` and ``most``.

    A table of differences below one percent then looks as calm as it is, and one wild line does not flatten the rest.
    """
    largest = max((abs(Decimal(value)) for value in values if value is not None), default=Decimal(0))
    largest = max(largest, Decimal(least))
    return largest if most is None else min(largest, Decimal(most))


# --- variance by week: stacked bars around zero -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Week:
    """One column of the chart: its label and the amounts of its parts, in the order of the chart's parts."""

    label: str
    amounts: tuple[int, ...]

    @property
    def net(self) -> int:
        return sum(self.amounts)


@dataclass(frozen=True, slots=True)
class Block:
    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    part: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    y: Decimal
    text_y: Decimal
    label: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class Column:
    middle: Decimal
    net_y: Decimal
    label: str
    net_title: str
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    label: str
    cells: tuple[str, ...]
    net: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The chart at one width."""

    width: int
    height: int
    left: int
    right: int
    label_y: int
    ticks: tuple[Tick, ...]
    blocks: tuple[Block, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class WeekChart:
    """Everything the template writes down: the picture for wide and for narrow screens, the same figures as a table."""

    title: str
    description: str
    parts: tuple[tuple[str, str], ...]
    wide: Picture
    narrow: Picture
    rows: tuple[TableRow, ...]


def nice_step(span: Number, steps: int = 4) -> int:
    """A round step (1, 2 or 5 times a power of ten, at least 1) that divides ``span`` into about ``steps``."""
    rough = Decimal(span) / steps
    power = Decimal(1)
    while power * 10 <= rough:
        power *= 10
    for factor in (1, 2, 5, 10):
        if power * factor >= rough:
            return int(power * factor)
    return int(power * 10)


def week_chart(
    weeks: Sequence[Week],
    parts: Sequence[tuple[str, str]],
    *,
    title: str,
    write: Callable[[int], str],
    write_tick: Callable[[int], str] | None = None,
) -> WeekChart:
    """Variance by week: unfavourable parts stacked above zero, favourable ones below, a dot at the net.

    ``parts`` are (class suffix, name) in the order of each week's amounts; ``write`` prints an amount with sign and
    letter, ``write_tick`` one of the axis.
    """
    total = sum(week.net for week in weeks)
    description = f"{len(weeks)} weeks, together {write(total)}."
    if weeks:
        worst = max(weeks, key=lambda week: abs(week.net))
        description += f" The largest: {worst.label} with {write(worst.net)}."
    rows = tuple(
        TableRow(week.label, tuple(write(amount) for amount in week.amounts), write(week.net))
        for week in weeks
    )
    tick = write_tick or write
    wide = week_picture(weeks, parts, write=write, write_tick=tick, width=720, height=220)
    narrow = week_picture(weeks, parts, write=write, write_tick=tick, width=344, height=200)
    return WeekChart(title, description, tuple(parts), wide, narrow, rows)


def week_picture(
    weeks: Sequence[Week],
    parts: Sequence[tuple[str, str]],
    *,
    write: Callable[[int], str],
    write_tick: Callable[[int], str],
    width: int,
    height: int,
) -> Picture:
    """The geometry of the chart by week in a box of ``width`` by ``height`` pixels."""
    left, right, top, bottom = 64, 8, 10, 24
    above = max((sum(amount for amount in week.amounts if amount > 0) for week in weeks), default=0)
    below = min((sum(amount for amount in week.amounts if amount < 0) for week in weeks), default=0)
    step = nice_step(max(above - below, 1))
    highest = -(-above // step)
    lowest = below // step
    if highest == lowest:
        highest += 1
    scale = Decimal(height - top - bottom) / ((highest - lowest) * step)

    def place(amount: int) -> Decimal:
        return top + (highest * step - amount) * scale

    ticks = tuple(
        Tick(_pixels(place(level)), _pixels(place(level) + 4), write_tick(level), level == 0)
        for level in range(highest * step, lowest * step - 1, -step)
    )
    room = Decimal(width - left - right) / max(len(weeks), 1)
    thick = min(room * Decimal("0.62"), Decimal(36))
    every = max(-(-len(weeks) * LABEL_WIDTH // (width - left - right)), 1)
    blocks: list[Block] = []
    columns: list[Column] = []
    for position, week in enumerate(weeks):
        middle = left + room * position + room / 2
        up = down = 0
        for (part, name), amount in zip(parts, week.amounts, strict=True):
            if not amount:
                continue
            start = up if amount > 0 else down
            y = place(max(start, start + amount))
            tall = max(place(min(start, start + amount)) - y, Decimal("0.5"))
            text = f"{week.label}, {name}: {write(amount)}"
            blocks.append(
                Block(_pixels(middle - thick / 2), _pixels(y), _pixels(thick), _pixels(tall), part, text)
            )
            if amount > 0:
                up += amount
            else:
                down += amount
        text = f"{week.label}, together: {write(week.net)}"
        is_labelled = (len(weeks) - 1 - position) % every == 0
        columns.append(Column(_pixels(middle), _pixels(place(week.net)), week.label, text, is_labelled))
    return Picture(width, height, left, width - right, height - 6, ticks, tuple(blocks), tuple(columns))
