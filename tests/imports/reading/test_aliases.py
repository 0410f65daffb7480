"""Headers of real systems are known as they come."""

from __future__ import annotations

import pytest

from imports.reading.aliases import alias_table, match_headers
from imports.reading.kinds import KINDS
from imports.reading.words import plain

BOM = ("parent_sku", "component_sku", "usage")


@pytest.mark.parametrize(
    ("kind", "headers", "names"),
    [
        # SAP, by field names and in German and English lists
        ("boms", "MATNR|IDNRK|MENGE|MEINS|POSNR|BMENG|AUSCH|DATUV|DATUB|RGEKZ",
         "parent_sku component_sku usage unit position usage_per scrap_percent effective_from effective_to supply"),
        ("boms", "Kopfmaterial|Komponente|Komponentenmenge|Basismenge|Komponentenmengeneinheit|Gültig ab|Gültig bis",
         "parent_sku component_sku usage usage_per unit effective_from effective_to"),
        ("boms", "Stücklistenartikel|Unterteil|Menge|ME|Ausschuss %",
         "parent_sku component_sku usage unit scrap_percent"),
        ("stock", "Material|Lagerort|Charge|Frei verwendbar", "sku location lot on_hand"),
        ("stock", "MATNR|LGORT|CHARG|LABST|VERPR", "sku location lot on_hand unit_cost"),
        ("completions", "Auftrag|Material|Gutmenge|Ausschussmenge|Rückmeldung|Vorgang|Buchungsdatum",
         "wo_number sku completed_qty scrap_qty reference operation completed_at"),
        ("completions", "AUFNR|LMNGA|XMNGA|RUECK|VORNR|BUDAT",
         "wo_number completed_qty scrap_qty reference operation completed_at"),
        # Dynamics 365 Business Central and Finance and Operations
        ("boms", "Production BOM No.|No.|Quantity per|Unit of Measure Code|Scrap %|Starting Date|Ending Date",
         "parent_sku _ usage unit scrap_percent effective_from effective_to"),
        ("boms", "BOMId|ItemNumber|Quantity|QuantityDenominator|ProductUnitSymbol|VariableScrapPercentage|LineNumber",
         "parent_sku component_sku usage usage_per unit scrap_percent position"),
        ("stock", "Item No.|Location Code|Bin Code|Lot No.|Quantity", "sku location bin lot on_hand"),
        ("completions", "ProductionOrderNumber|ItemNumber|Good quantity|Scrap quantity",
         "wo_number sku completed_qty scrap_qty"),
        # NetSuite
        ("boms", "Assembly|Component|BOM Quantity|Units", "parent_sku component_sku usage unit"),
        ("items", "Item Name/Number|Description|Base Unit|Standard Cost", "sku description unit standard_cost"),
        ("stock", "Item|Location|On Hand|Average Cost", "sku location on_hand unit_cost"),
        # Odoo
        ("boms", "product_tmpl_id|bom_line_ids/product_id|bom_line_ids/product_qty|bom_line_ids/product_uom_id",
         "parent_sku component_sku usage unit"),
        ("items", "Internal Reference|Name|Unit of Measure|Cost", "sku description unit standard_cost"),
        ("work_orders", "Reference|Product|Quantity to Produce|State|Deadline", "wo_number sku quantity status due"),
        # ERPNext
        ("boms", "Item|Item Code (Items)|Qty (Items)|UOM (Items)", "parent_sku component_sku usage unit"),
        ("stock", "item_code|warehouse|qty|valuation_rate|batch_no", "sku location on_hand unit_cost lot"),
        ("work_orders", "Work Order|production_item|Qty To Manufacture|Status", "wo_number sku quantity status"),
        # InvenTree
        ("boms", "Assembly|Component|Quantity|Setup quantity|Attrition",
         "parent_sku component_sku usage fixed_quantity scrap_percent"),
        # Epicor
        ("boms", "PartNum|MtlPartNum|QtyPer|UOMCode|MtlSeq|RelatedOperation|RevisionNum",
         "parent_sku component_sku usage unit position operation revision"),
        ("completions", "JobNum|PartNum|Completed Qty|OprSeq", "wo_number sku completed_qty operation"),
        ("issues", "JobNum|MtlPartNum|TranQty|LotNum|FromWarehouseCode",
         "wo_number component_sku quantity lot location"),
        # Oracle, JD Edwards, SyteLine, Sage X3
        ("boms",
         "ASSEMBLY_ITEM_NAME|COMPONENT_ITEM_NAME|COMPONENT_QUANTITY|OPERATION_SEQ_NUM|EFFECTIVITY_DATE|DISABLE_DATE",
         "parent_sku component_sku usage operation effective_from effective_to"),
        ("boms", "KITL|CPNT|QNTY|UM|EFFF|EFFT|OPSQ",
         "parent_sku component_sku usage unit effective_from effective_to operation"),
        ("boms", "item|matl|matl_qty|u/m|scrap_fact|oper_num",
         "parent_sku component_sku usage unit scrap_percent operation"),
        ("boms", "ITMREF|CPNITMREF|BOMQTY|BOMUOM", "parent_sku component_sku usage unit"),
        # Other systems and people
        ("boms", "Product variant code / SKU|Ingredient variant code / SKU|Quantity",
         "parent_sku component_sku usage"),
        ("boms", "Designator|MPN|Quantity", "_ component_sku usage"),
        ("boms", "Référence parent|Référence composant|Quantité|Unité|Début|Fin",
         "parent_sku component_sku usage unit effective_from effective_to"),
        ("boms", "Artículo padre|Componente|Cantidad|Unidad|% merma",
         "parent_sku component_sku usage unit scrap_percent"),
        ("boms", "父项|子件|用量|单位", "parent_sku component_sku usage unit"),
        ("costs", "Artikel|Stückkosten|Gültig von|Gültig bis", "sku unit_cost effective_from effective_to"),
        ("costs", "ARTIKEL|STUECKKOSTEN|GUELTIG VON", "sku unit_cost effective_from"),
        ("costs", "Référence|Coût unitaire|Du|Au", "sku unit_cost effective_from effective_to"),
        ("issues", "Auftrag|Komponente|Entnommene Menge|ME|Charge|Lagerort",
         "wo_number component_sku quantity unit lot location"),
        # The adventure company's own exports
        ("completions", "wo_number|sku|order_qty|completed_qty|scrap_qty|scrap_reason|start|end|due",
         "wo_number sku order_qty completed_qty scrap_qty scrap_reason started_at completed_at due"),
        ("items", "sku|description|make_or_buy|finished_good|standard_cost|list_price|safety_stock|reorder_point",
         "sku description _ kind standard_cost _ _ _"),
        ("boms", "parent_sku|component_sku|usage_per_unit|uom|effective_from|effective_to|bom_level",
         "parent_sku component_sku usage unit effective_from effective_to level"),
        ("stock", "InvtID|SiteID|AvgCost|CpnyID|QtyOnHand|StdCost", "sku location unit_cost _ on_hand _"),
    ],
)  # fmt: skip
def test_headers_are_known(kind: str, headers: str, names: str) -> None:
    expected = {name: place for place, name in enumerate(names.split()) if name != "_"}
    assert match_headers(headers.split("|"), kind) == expected


def test_case_accents_and_signs_do_not_matter() -> None:
    assert plain("Réf. Parent") == plain("REF_PARENT") == plain("ref parent")
    assert match_headers(["Parent Item No.", "COMPONENT-ITEM", "Quantity Per (kg)"], "boms") == dict(
        zip(BOM, range(3), strict=True)
    )


def test_header_over_several_columns_is_not_taken() -> None:
    assert "usage" not in match_headers(["parent", "component", "qty", "Qty"], "boms")


def test_two_general_names_do_not_make_a_parent() -> None:
    assert match_headers(["Item Name", "Part Number", "Quantity"], "boms") == {"component_sku": 1, "usage": 2}


def test_prices_of_vendors_are_not_taken_for_costs() -> None:
    headers = [
        "sku",
        "vendor_id",
        "standard_price",
        "last_receipt_cost",
        "last_receipt_date",
        "min_order_qty",
    ]
    assert "unit_cost" not in match_headers(headers, "costs")


@pytest.mark.parametrize("kind", list(KINDS))
def test_names_are_the_kinds_own_columns(kind: str) -> None:
    known = {name for meanings in alias_table(kind).values() for _, name in meanings}
    assert known == set(KINDS[kind].names)
