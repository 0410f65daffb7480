"""The bytes of a file, exactly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.errors import AppError
from accounts.models import Organization
from accounts.tenancy.binding import bind
from exports.actions.templates import switch_template
from exports.choices import ColumnSource as S
from exports.choices import DateFormat, DecimalMark, Delimiter, Encoding, LineEnd
from exports.writer import Layout, LayoutColumn, guarded_copy, layout_from_json, write_file
from inventory.choices import StockEvent
from inventory.models import AccountMapping, Item, StockEntry
from tests.exports.making import DAY, export, post, template_named
from tests.factories import make_item, make_lot, make_organization, make_reason

pytestmark = pytest.mark.django_db


@pytest.fixture
def bolt(organization: Organization) -> Item:
    return make_item(organization, "BOLT", description="Bolt, M8", unit="EA")


def written(organization: Organization, *columns: LayoutColumn, **form: Any) -> bytes:
    """What a layout makes of everything that was posted, in the order of posting."""
    with bind(organization):
        ids = list(StockEntry.objects.order_by("pk").values_list("pk", flat=True))
        return write_file(Layout(columns=columns, **form), ids, batch_number="EX-000007").content


def cell(organization: Organization, column: LayoutColumn, **form: Any) -> str:
    """The only cell of a file without header."""
    content = written(organization, column, **{"has_header": False, "line_end": LineEnd.LF, **form})
    return content.decode(form.get("encoding", "utf-8")).removesuffix("\n")


def test_generic_preset(organization: Organization, bolt: Item) -> None:
    steel = make_item(organization, "007", unit="KG")
    post(organization, bolt, "-12.5", reason_id=make_reason(organization, "OVERUSE").pk)
    post(organization, steel, "-0.484", lot=make_lot(organization, steel, "L-1"), location="STORE 2")
    post(organization, bolt, 3, event=StockEvent.RECEIVE.value, effective_date=DAY - dt.timedelta(days=1))

    batch = export(organization)

    assert batch.content == (
        b"external_id,date,item,quantity,unit,location,lot,unit_cost,amount,reason,work_order,document\r\n"
        b"EX-000001-1,2026-03-08,BOLT,3,EA,MAIN,,1.25,3.75,,WO-1,BF-000001\r\n"
        b"EX-000001-2,2026-03-09,BOLT,-12.5,EA,MAIN,,1.25,-15.62,OVERUSE,WO-1,BF-000001\r\n"
        b"EX-000001-3,2026-03-09,007,-0.484,KG,STORE 2,L-1,1.25,-0.60,,WO-1,BF-000001\r\n"
    )


def test_netsuite_preset(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, "-12.5")
    post(organization, bolt, "2", effective_date=DAY + dt.timedelta(days=1), order_number="")

    batch = export(organization, template_named(organization, "NetSuite inventory adjustment"))

    assert batch.content == (
        b"externalId,tranDate,account,item,location,units,adjustQtyBy,memo\r\n"
        b"EX-000001-20260309,03/09/2026,5400,BOLT,MAIN,EA,-12.5,BF-000001 WO-1\r\n"
        b"EX-000001-20260310,03/10/2026,5400,BOLT,MAIN,EA,2,BF-000001\r\n"
    )


def test_business_central_preset(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, "-12.5")
    post(organization, bolt, "2")
    post(organization, bolt, "7", event=StockEvent.RECEIVE.value)

    batch = export(organization, switched_on(organization, "Business Central consumption journal"))

    assert batch.content == (
        b"\xef\xbb\xbfPosting Date,Entry Type,Order Type,Order No.,Document No.,Item No.,Description,Location Code,"
        b"Quantity,Unit of Measure Code,Lot No.\r\n"
        b'2026-03-09,Consumption,Production,WO-1,EX-000001,BOLT,"Bolt, M8",MAIN,12.5,EA,\r\n'
        b'2026-03-09,Consumption,Production,WO-1,EX-000001,BOLT,"Bolt, M8",MAIN,-2,EA,\r\n'
    )


def test_sap_preset(organization: Organization, bolt: Item) -> None:
    number = make_item(organization, "4711")
    post(organization, number, "-12.5", lot=make_lot(organization, number, "C1"))
    post(organization, bolt, "2")

    batch = export(organization, switched_on(organization, "SAP goods movement 261 and 262"))

    assert batch.content == (
        b"PSTNG_DATE\tGM_CODE\tMOVE_TYPE\tPLANT\tSTGE_LOC\tMATERIAL\tBATCH\tENTRY_QNT\tORDERID\r\n"
        b"20260309\t03\t261\tPLANT\tMAIN\t000000000000004711\tC1\t12.5\tWO-1\r\n"
        b"20260309\t03\t262\tPLANT\tMAIN\tBOLT\t\t2\tWO-1\r\n"
    )


def test_erpnext_preset(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, "-12.5")

    batch = export(organization, switched_on(organization, "ERPNext material issue"))

    assert batch.content == (
        b"Stock Entry Type,Posting Date,Work Order,Source Warehouse,Item Code,Qty,UOM,Conversion Factor,Stock UOM,"
        b"Batch No\r\n"
        b"Material Issue,2026-03-09,WO-1,MAIN,BOLT,12.5,EA,1,EA,\r\n"
    )


def test_quickbooks_preset(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, "-12.5")

    batch = export(organization, switched_on(organization, "QuickBooks Desktop inventory adjustment"))

    assert batch.content == (
        b"Account Ref,Txn Date,Ref Number,Inventory Site,Memo,Item Ref Full Name,Quantity Adj Difference,"
        b"Quantity Adj Lot Number\r\n"
        b"5400,03/09/2026,EX-000001,MAIN,BF-000001 WO-1,BOLT,-12.5,\r\n"
    )


def switched_on(organization: Organization, name: str) -> Any:
    template = template_named(organization, name)
    return switch_template(organization=organization, template_id=template.pk, is_active=True, actor=None)


def test_numbers_are_plain_and_exact(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, "-1234567.000001", unit_cost=Decimal("0.0245"), amount_minor=-5)

    assert cell(organization, LayoutColumn("q", S.SIGNED_QUANTITY)) == "-1234567.000001"
    assert cell(organization, LayoutColumn("q", S.RELIEF_QUANTITY)) == "1234567.000001"
    assert cell(organization, LayoutColumn("q", S.ABSOLUTE_QUANTITY)) == "1234567.000001"
    assert cell(organization, LayoutColumn("q", S.SIGNED_QUANTITY, decimals=6)) == "-1234567.000001"
    assert cell(organization, LayoutColumn("c", S.UNIT_COST)) == "0.0245"
    assert cell(organization, LayoutColumn("c", S.UNIT_COST, decimals=2)) == "0.02"
    assert cell(organization, LayoutColumn("a", S.AMOUNT)) == "-0.05"
    assert cell(organization, LayoutColumn("a", S.AMOUNT, decimals=4)) == "-0.0500"


def test_whole_number_has_no_trailing_zeros_unless_asked_for(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, "-10")

    assert cell(organization, LayoutColumn("q", S.SIGNED_QUANTITY)) == "-10"
    assert cell(organization, LayoutColumn("q", S.SIGNED_QUANTITY, decimals=2)) == "-10.00"
    assert cell(organization, LayoutColumn("q", S.SIGNED_QUANTITY, decimals=0)) == "-10"


@pytest.mark.parametrize(("code", "shown"), [("JPY", "-1250"), ("USD", "-12.50"), ("KWD", "-1.250")])
def test_amount_has_its_currencys_decimals(db: None, code: str, shown: str) -> None:
    organization = make_organization("money", currency_code=code)
    post(organization, make_item(organization), -1, amount_minor=-1250)

    assert cell(organization, LayoutColumn("a", S.AMOUNT)) == shown


def test_decimal_comma_is_quoted_only_beside_a_comma_delimiter(
    organization: Organization, bolt: Item
) -> None:
    post(organization, bolt, "-12.5")
    column = LayoutColumn("q", S.SIGNED_QUANTITY)

    assert cell(organization, column, decimal_mark=DecimalMark.COMMA) == '"-12,5"'
    assert (
        cell(organization, column, decimal_mark=DecimalMark.COMMA, delimiter=Delimiter.SEMICOLON) == "-12,5"
    )


def test_quantity_that_does_not_fit_its_decimals_is_refused_and_not_rounded(
    organization: Organization, bolt: Item
) -> None:
    post(organization, bolt, "-1")
    post(organization, bolt, "-0.4845")

    with pytest.raises(AppError) as refused:
        written(organization, LayoutColumn("qty", S.SIGNED_QUANTITY, decimals=3))

    assert refused.value.code == "INVALID"
    assert refused.value.message == (
        "The file cannot be written: line 2 (item BOLT, BF-000001), column “qty”: -0.4845 has more than 3 decimals. "
        "Give the column more, or correct the entry."
    )


def test_text_that_is_too_long_is_refused_and_not_cut(organization: Organization) -> None:
    for sku in ("A" * 18, "B" * 19, "C" * 20):
        post(organization, make_item(organization, sku), -1)

    with pytest.raises(AppError) as refused:
        written(organization, LayoutColumn("MATERIAL", S.SKU, max_length=18))

    assert refused.value.message == (
        f"The file cannot be written: line 2 (item {'B' * 19}, BF-000001), column “MATERIAL”: “{'B' * 19}” is longer "
        "than 18 characters. Nothing is cut: shorten it, or widen the column. 1 more does not fit."
    )
    assert [problem["line"] for problem in refused.value.details] == [2, 3]


def test_empty_cell_of_a_required_column_is_refused(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1, order_number="")

    with pytest.raises(AppError, match=r"column “Order No\.”: it is empty and this ERP needs it"):
        written(organization, LayoutColumn("Order No.", S.WORK_ORDER, is_required=True))


def test_codes_of_digits_are_filled_with_zeros_and_others_are_not(organization: Organization) -> None:
    for sku in ("4711", "AB12", "123456789", "-5"):
        post(organization, make_item(organization, sku), -1)

    content = written(organization, LayoutColumn("m", S.SKU, pad_to=8), is_guarded=False, has_header=False)

    assert content == b"00004711\r\nAB12\r\n123456789\r\n-5\r\n"


@pytest.mark.parametrize("text", ["=SUM(A1)", "+1", "-1", "@x", "\tx", "＝1"])
def test_text_that_a_spreadsheet_would_compute_is_guarded(organization: Organization, text: str) -> None:
    post(organization, make_item(organization, "X", description=text), "-12.5")
    columns = (LayoutColumn("d", S.DESCRIPTION), LayoutColumn("q", S.SIGNED_QUANTITY))

    guarded = written(organization, *columns, has_header=False)
    plain = written(organization, *columns, has_header=False, is_guarded=False)

    assert guarded == f"'{text},-12.5\r\n".encode()
    assert plain == f"{text},-12.5\r\n".encode()


def test_text_is_quoted_where_it_must_be(organization: Organization) -> None:
    post(organization, make_item(organization, "X", description='say "3/4, or\nso"'), -1)

    assert cell(organization, LayoutColumn("d", S.DESCRIPTION)) == '"say ""3/4, or\nso"""'


def test_line_end_inside_a_text_is_kept_as_it_is(organization: Organization) -> None:
    post(organization, make_item(organization, "X", description="two\nlines"), -1)

    assert written(organization, LayoutColumn("d", S.DESCRIPTION)) == b'd\r\n"two\nlines"\r\n'


def test_empty_cell_of_a_lone_column_still_makes_a_row(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)

    assert written(organization, LayoutColumn("lot", S.LOT)) == b'lot\r\n""\r\n'


@pytest.mark.parametrize("form", list(DateFormat))
def test_dates_are_as_the_choice_shows(organization: Organization, bolt: Item, form: DateFormat) -> None:
    post(organization, bolt, -1, effective_date=dt.date(2026, 3, 9))

    assert cell(organization, LayoutColumn("date", S.EFFECTIVE_DATE), date_format=form) == form.label
    assert form.label == dt.date(2026, 3, 9).strftime(form.value)


def test_direction_writes_one_of_its_two_texts(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)
    post(organization, bolt, 1)
    column = LayoutColumn("Entry Type", S.DIRECTION, constant="Negative Adjmt. | Positive Adjmt.")

    assert written(organization, column, has_header=False) == b"Negative Adjmt.\r\nPositive Adjmt.\r\n"


def test_translations_give_the_erps_word_for_ours(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1, location="MAIN")
    post(organization, bolt, -1, location="OTHER")
    column = LayoutColumn("loc", S.LOCATION, translations={"MAIN": "Plant : Main, left"})

    assert written(organization, column, has_header=False) == b'"Plant : Main, left"\r\nOTHER\r\n'


def test_account_of_the_items_class_goes_before_the_general_one(
    organization: Organization, bolt: Item
) -> None:
    with bind(organization):
        AccountMapping.objects.create(
            organization=organization, role="inventory_adjustment", item_class="STEEL", account_code="5410"
        )
    post(organization, bolt, -1)
    post(organization, make_item(organization, "ROD", item_class="STEEL"), -1)

    assert written(organization, LayoutColumn("a", S.ACCOUNT), has_header=False) == b"5400\r\n5410\r\n"


def test_encodings(organization: Organization) -> None:
    post(organization, make_item(organization, "Ü", description="5 € – Größe"), -1)
    columns = (LayoutColumn("Stück", S.SKU), LayoutColumn("d", S.DESCRIPTION))
    text = "Stück,d\r\nÜ,5 € – Größe\r\n"

    assert written(organization, *columns) == text.encode()
    assert written(organization, *columns, encoding=Encoding.UTF8_BOM) == b"\xef\xbb\xbf" + text.encode()
    assert written(organization, *columns, encoding=Encoding.WINDOWS_1252) == text.encode("cp1252")


def test_character_that_windows_1252_lacks_names_its_row(organization: Organization) -> None:
    post(organization, make_item(organization, "A", description="Größe"), -1)
    post(organization, make_item(organization, "B", description="Łódź"), -1)

    with pytest.raises(AppError) as refused:
        written(organization, LayoutColumn("Text", S.DESCRIPTION), encoding=Encoding.WINDOWS_1252)

    assert refused.value.message == (
        "The file cannot be written: line 2 (item B, BF-000001), column “Text”: “Łódź” holds 'Ł', which Windows-1252 "
        "(Western European) does not have. Choose UTF-8, or change the text."
    )


def test_header_that_windows_1252_lacks_is_named(organization: Organization, bolt: Item) -> None:
    post(organization, bolt, -1)

    with pytest.raises(AppError, match="cannot be written: the header, column “Ilość”"):
        written(organization, LayoutColumn("Ilość", S.SKU), encoding=Encoding.WINDOWS_1252)


def test_spreadsheet_copy_guards_every_cell(organization: Organization) -> None:
    post(organization, make_item(organization, "=X", description="Größe; A"), "-12.5")
    columns = (
        LayoutColumn("d", S.DESCRIPTION),
        LayoutColumn("s", S.SKU),
        LayoutColumn("q", S.SIGNED_QUANTITY),
    )
    form = {
        "delimiter": Delimiter.SEMICOLON,
        "decimal_mark": DecimalMark.COMMA,
        "encoding": Encoding.WINDOWS_1252,
    }
    layout = Layout(columns=columns, **form)

    copy = guarded_copy(written(organization, *columns, **form), layout_from_json(layout.as_json()))

    assert copy == b"\xef\xbb\xbf" + "d,s,q\r\nGröße; A,'=X,\"'-12,5\"\r\n".encode()


def test_entry_of_another_organization_is_not_written(organization: Organization, bolt: Item) -> None:
    other = make_organization("other")
    entry = post(other, make_item(other, "SECRET"), -1)

    with bind(organization), pytest.raises(AppError) as refused:
        write_file(Layout(columns=(LayoutColumn("s", S.SKU),)), [entry.pk], batch_number="EX-000001")

    assert refused.value.code == "NOT_FOUND"


# An independent writer, cell by cell in Python, for whatever people can type.

SHORT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def reference(value: str, delimiter: str) -> str:
    if value[:1] in tuple("=+-@\t\r\n＝＋－＠") and value:
        value = f"'{value}"
    if any(character in value for character in ('"', "\r", "\n", delimiter)):
        value = '"' + value.replace('"', '""') + '"'
    return value


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=SHORT,
    quantity=st.decimals("-999999", "999999", places=6).filter(bool),
    delimiter=st.sampled_from(list(Delimiter)),
    mark=st.sampled_from(list(DecimalMark)),
)
def test_any_text_and_number_is_written_as_an_independent_writer_does(
    organization: Organization, text: str, quantity: Decimal, delimiter: Delimiter, mark: DecimalMark
) -> None:
    item = make_item(organization, description=text)
    entry = post(organization, item, str(quantity))
    layout = Layout(
        columns=(LayoutColumn("d", S.DESCRIPTION), LayoutColumn("q", S.SIGNED_QUANTITY)),
        delimiter=delimiter,
        decimal_mark=mark,
    )
    with bind(organization):
        content = write_file(layout, [entry.pk], batch_number="EX-000001").content
    number = f"{quantity.normalize():f}".replace(".", mark.value)
    if mark.value == delimiter.value and "," in number:
        number = f'"{number}"'

    assert content.decode() == (
        f"d{delimiter.value}q\r\n{reference(text, delimiter.value)}{delimiter.value}{number}\r\n"
    )
