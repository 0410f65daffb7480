"""Templates that every organization starts with. A description says what of the ERP's side is not confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exports.choices import ColumnSource as S
from exports.choices import DateFormat, Encoding
from exports.writer import LayoutColumn as Column


@dataclass(frozen=True, slots=True)
class Preset:
    """A template's fields that differ from the defaults, and its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


CONSUMPTION_ONLY = {"has_receipts": False, "has_adjustments": False}

GENERIC = Preset(
    name="Stock adjustments",
    description=(
        "One line per ledger entry with its signed quantity: negative relieves stock, positive adds to "
        "it. For any ERP that takes signed adjustments, and as a base for a template of your own. The "
        "external ID is unique per line, so that an ERP which knows it can refuse a second load."
    ),
    columns=(
        Column("external_id", S.EXTERNAL_ID),
        Column("date", S.EFFECTIVE_DATE),
        Column("item", S.SKU),
        Column("quantity", S.SIGNED_QUANTITY),
        Column("unit", S.UNIT),
        Column("location", S.LOCATION),
        Column("lot", S.LOT),
        Column("unit_cost", S.UNIT_COST),
        Column("amount", S.AMOUNT),
        Column("reason", S.REASON),
        Column("work_order", S.WORK_ORDER),
        Column("document", S.DOCUMENT),
    ),
)

NETSUITE = Preset(
    name="NetSuite inventory adjustment",
    description=(
        "For NetSuite's CSV import assistant, record type Inventory Adjustment. The headers are "
        "NetSuite's field names; you assign them once in the assistant, so they may be renamed here. "
        "adjustQtyBy is negative to reduce. All lines of one posting date share an external ID and become "
        "one adjustment; NetSuite refuses an external ID that it knows. The account is the organization's "
        "inventory adjustment account.\n"
        "Not confirmed: the date format (it follows the importing user's preferences; here "
        "month/day/year), the CSV form of the inventory detail for lots and bins (not written), and "
        "whether your account needs subsidiary or adjLocation (add them as columns). Unit costs are left "
        "out: add unitCost if receipts go this way."
    ),
    columns=(
        Column("externalId", S.BATCH_DATE),
        Column("tranDate", S.EFFECTIVE_DATE),
        Column("account", S.ACCOUNT, is_required=True),
        Column("item", S.SKU),
        Column("location", S.LOCATION),
        Column("units", S.UNIT),
        Column("adjustQtyBy", S.SIGNED_QUANTITY),
        Column("memo", S.MEMO),
    ),
    settings={"date_format": DateFormat.MONTH_FIRST},
)

BUSINESS_CENTRAL = Preset(
    name="Business Central consumption journal",
    description=(
        "Lines for the consumption journal of Dynamics 365 Business Central: a positive quantity "
        "consumes, a negative one returns. Carries consumption only; the output is posted in Business "
        "Central.\n"
        "Not confirmed: the order of the columns in your configuration package (package sheets do not "
        "allow columns to be added, moved or left out, so compare with an exported one first), the date "
        "format, and whether Order Line No. and Prod. Order Comp. Line No. are needed, which are not "
        "known here."
    ),
    columns=(
        Column("Posting Date", S.EFFECTIVE_DATE),
        Column("Entry Type", S.CONSTANT, constant="Consumption"),
        Column("Order Type", S.CONSTANT, constant="Production"),
        Column("Order No.", S.WORK_ORDER, is_required=True),
        Column("Document No.", S.BATCH_NUMBER),
        Column("Item No.", S.SKU),
        Column("Description", S.DESCRIPTION),
        Column("Location Code", S.LOCATION),
        Column("Quantity", S.RELIEF_QUANTITY),
        Column("Unit of Measure Code", S.UNIT),
        Column("Lot No.", S.LOT),
    ),
    settings={**CONSUMPTION_ONLY, "encoding": Encoding.UTF8_BOM},
)

SAP = Preset(
    name="SAP goods movement 261 and 262",
    description=(
        "Goods issue to an order, with the field names of BAPI_GOODSMVT_CREATE: movement type 261 for "
        "what was consumed, 262 for what comes back, quantities without sign. Numeric materials are "
        "filled with zeros to 18 characters. Carries consumption only. Before the first use put your "
        "plant in place of PLANT.\n"
        "Not confirmed: the date format that your loading program wants, ORDERID and BATCH as field names "
        "there, and that batches are written in upper case (they are written as they are here)."
    ),
    columns=(
        Column("PSTNG_DATE", S.EFFECTIVE_DATE),
        Column("GM_CODE", S.CONSTANT, constant="03"),
        Column("MOVE_TYPE", S.DIRECTION, constant="261|262"),
        Column("PLANT", S.CONSTANT, constant="PLANT"),
        Column("STGE_LOC", S.LOCATION),
        Column("MATERIAL", S.SKU, max_length=18, pad_to=18),
        Column("BATCH", S.LOT),
        Column("ENTRY_QNT", S.ABSOLUTE_QUANTITY),
        Column("ORDERID", S.WORK_ORDER, is_required=True),
    ),
    settings={**CONSUMPTION_ONLY, "delimiter": "\t", "date_format": DateFormat.DIGITS},
)

ERPNEXT = Preset(
    name="ERPNext material issue",
    description=(
        "For ERPNext's Data Import of Stock Entry: a material issue takes positive quantities from the "
        "source warehouse. Carries consumption only. A return is written as a negative quantity, which a "
        "material issue refuses: enter it as a receipt. "
        "Quantities are in stock units, so that the conversion factor is 1.\n"
        "Not confirmed: the labels of the document's own columns (Stock Entry Type, Posting Date, Work "
        "Order) and of Conversion Factor and Stock UOM, and whether your site groups lines into one "
        "document."
    ),
    columns=(
        Column("Stock Entry Type", S.CONSTANT, constant="Material Issue"),
        Column("Posting Date", S.EFFECTIVE_DATE),
        Column("Work Order", S.WORK_ORDER),
        Column("Source Warehouse", S.LOCATION),
        Column("Item Code", S.SKU),
        Column("Qty", S.RELIEF_QUANTITY),
        Column("UOM", S.UNIT),
        Column("Conversion Factor", S.CONSTANT, constant="1"),
        Column("Stock UOM", S.UNIT),
        Column("Batch No", S.LOT),
    ),
    settings=CONSUMPTION_ONLY,
)

QUICKBOOKS = Preset(
    name="QuickBooks Desktop inventory adjustment",
    description=(
        "For importers of QuickBooks Desktop and Enterprise that take inventory adjustments by "
        "difference, signed. Lines with one Ref Number become one adjustment. The account is the "
        "organization's inventory adjustment account.\n"
        "Not confirmed: the date format, and how an importer treats lines of one Ref Number with "
        "different dates."
    ),
    columns=(
        Column("Account Ref", S.ACCOUNT, is_required=True),
        Column("Txn Date", S.EFFECTIVE_DATE),
        Column("Ref Number", S.BATCH_NUMBER, max_length=11, is_required=True),
        Column("Inventory Site", S.LOCATION),
        Column("Memo", S.MEMO),
        Column("Item Ref Full Name", S.SKU, is_required=True),
        Column("Quantity Adj Difference", S.SIGNED_QUANTITY),
        Column("Quantity Adj Lot Number", S.LOT, max_length=40),
    ),
    settings={"date_format": DateFormat.MONTH_FIRST},
)

# The first two are switched on to begin with; the others wait on the templates page.
PRESETS = (GENERIC, NETSUITE, BUSINESS_CENTRAL, SAP, ERPNEXT, QUICKBOOKS)
ACTIVE_PRESETS = (GENERIC, NETSUITE)
