"""Which code takes which kind of file."""

from __future__ import annotations

from imports.choices import FileKind

from .boms import Bills
from .completions import Completions
from .costs import Costs
from .items import Items
from .operations import Operations
from .orders import Orders
from .shapes import Kind
from .stock import Stock
from .units import Units
from .use import ReportedUse

KINDS: dict[str, Kind] = {
    FileKind.ITEMS: Items(),
    FileKind.BOMS: Bills(),
    FileKind.WORK_ORDERS: Orders(),
    FileKind.COMPLETIONS: Completions(),
    FileKind.ISSUES: ReportedUse(),
    FileKind.STOCK: Stock(),
    FileKind.COSTS: Costs(),
    FileKind.UNITS: Units(),
    FileKind.OPERATIONS: Operations(),
}
