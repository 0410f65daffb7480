from .books import AccountMapping, JournalEntry, JournalLine, Period
from .items import Item, ItemCost, Location, Lot, ReasonCode, UnitConversion
from .stock import EntryOutcome, StockBalance, StockEntry, StockException

__all__ = [
    "AccountMapping",
    "EntryOutcome",
    "Item",
    "ItemCost",
    "JournalEntry",
    "JournalLine",
    "Location",
    "Lot",
    "Period",
    "ReasonCode",
    "StockBalance",
    "StockEntry",
    "StockException",
    "UnitConversion",
]
