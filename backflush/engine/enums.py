"""The words of the calculation. Values are what the database and the files hold."""

from __future__ import annotations

from enum import StrEnum


class Basis(StrEnum):
    """What a usage is for. `usage_per` is N, the batch size, or the pieces that one component gives."""

    PER_UNIT = "per_unit"
    PER_N = "per_n"
    PER_BATCH = "per_batch"
    PIECES = "pieces"
    PER_ORDER = "per_order"
    ORDER_QUANTITY = "order_quantity"
    WHOLE_LOT = "whole_lot"


class LossMethod(StrEnum):
    MULTIPLY = "multiply"
    YIELD = "yield"


class Rounding(StrEnum):
    """Direction of the magnitude: up is away from zero."""

    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


class LineType(StrEnum):
    COMPONENT = "component"
    BYPRODUCT = "byproduct"


class Supply(StrEnum):
    BACKFLUSH = "backflush"
    HAND = "hand"


class Tracking(StrEnum):
    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class ScrapPolicy(StrEnum):
    """What reported scrap consumes: up to where it was found, all components, nothing."""

    FOUND = "found"
    ALL = "all"
    NONE = "none"


class NegativePolicy(StrEnum):
    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


class LotOrder(StrEnum):
    FIFO = "fifo"
    FEFO = "fefo"


class FinishedGoodsAt(StrEnum):
    ACTUAL = "actual"
    STANDARD = "standard"


class Source(StrEnum):
    """Where a line's actual quantity comes from."""

    EXPECTED = "expected"
    REPORTED = "reported"
    EDITED = "edited"


class Flag(StrEnum):
    """What a reader of a line should know. `asks_*` are questions that change nothing by themselves."""

    SHORT = "short"
    BLOCKED = "blocked"
    STOCK_UNKNOWN = "stock_unknown"
    LOT_SHORT = "lot_short"
    LOT_UNKNOWN = "lot_unknown"
    SERIAL_MISSING = "serial_missing"
    LOT_MISSING = "lot_missing"
    NO_COST = "no_cost"
    EXTRA = "extra"
    SUBSTITUTE = "substitute"
    RETURN = "return"
    RETURN_UNPOSTED = "return_unposted"
    NONE_USED = "none_used"
    ASKS_OVERUSE = "asks_overuse"
    ASKS_SKIPPED = "asks_skipped"
    SCRAP_UNEXPLAINED = "scrap_unexplained"


class AccountRole(StrEnum):
    COMPONENT_INVENTORY = "component_inventory"
    BYPRODUCT_INVENTORY = "byproduct_inventory"
    FINISHED_GOODS = "finished_goods"
    WIP = "wip"
    CONVERSION_ABSORBED = "conversion_absorbed"
    SUBSTITUTION_VARIANCE = "substitution_variance"
    SCRAP_VARIANCE = "scrap_variance"
    USAGE_VARIANCE = "usage_variance"
    PRICE_VARIANCE = "price_variance"
    OUTPUT_VARIANCE = "output_variance"
    SCRAP_LOSS = "scrap_loss"
    INVENTORY_ADJUSTMENT = "inventory_adjustment"
    ROUNDING = "rounding"
