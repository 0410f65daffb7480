"""Made-up figures for the style guide. They need not add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from ui import cells, charts, formats
from ui.components import (
    Choice,
    Crumb,
    Event,
    Fact,
    Figure,
    Journal,
    JournalRow,
    KeyHint,
    NavItem,
    Progress,
    Step,
    Tab,
)
from ui.tables import CodeColumn, PillColumn, QuantityColumn, Table, VarianceColumn

STATES = {
    "draft": ("Draft", "mute"),
    "submitted": ("Awaiting you", "warn"),
    "returned": ("Returned", "bad"),
    "posted": ("Posted", "good"),
    "reversed": ("Reversed", "info"),
}


@dataclass(frozen=True)
class SampleOrganization:
    name: str = "Halden Pumps"
    currency_code: str = "USD"
    currency_decimals: int = 2


ORGANIZATION = SampleOrganization()

NAVIGATION = [
    NavItem("Today", "#", "sun", 7),
    NavItem("Work orders", "#", "clipboard-document-list"),
    NavItem("Review", "#", "check-circle", 4, active=True),
    NavItem("Stock", "#", "cube"),
    NavItem("Exports", "#", "arrow-up-tray", 1),
    NavItem("Imports", "#", "arrow-down-tray"),
    NavItem("Reports", "#", "chart-bar"),
    NavItem("Settings", "#", "cog-6-tooth"),
]


@dataclass(frozen=True)
class Line:
    """A line of the review page, formatted before it renders."""

    number: int
    code: str
    about: str
    standard: str
    scrap: str
    actual: str
    bar: str
    money: str
    on_hand: str
    tag: str = ""
    is_open: bool = False


def line(
    number: int, texts: tuple[str, str], figures: tuple[str, str, str], percent: str, minor: int, **more: Any
) -> Line:
    value = Decimal(percent)
    shape = charts.variance_bar(value, 42, label=formats.percent(value, signed=True) if value else "0")
    money = cells.variance_money(minor, "USD", 2)
    return Line(number, *texts, *figures, bar=cells.bar_with_words(shape), money=money, **more)


LONG = ("X-900-LONG-CODE-0042 Gasket set, with a description that is longer than its column", "each")
GLUE = ("G-04 Glue, epoxy", "kg · step 0.001 up")
BEARING = ("B-117 Bearing 6204 ZZ", "stands in for B-112 Bearing 6204")
LOOK = [
    line(1, GLUE, ("0.468", "0.016", "0.667"), "37.8", 21430, on_hand="11.204", is_open=True),
    line(2, BEARING, ("360", "12", "372"), "0", 9300, on_hand="128", tag="Substitute"),
    line(3, ("S-220 Shaft seal", "each"), ("180", "6", "188"), "1.1", 550, on_hand="−12 short"),
    line(4, LONG, ("180", "6", "1,204.000125"), "548", 1020000, on_hand="0"),
]
EXPECTED = [
    line(5, ("C-310 Casing, cast iron", "each"), ("180", "6", "186"), "0", 0, on_hand="402"),
    line(6, ("R-035 Rotor", "each · 2 lots"), ("180", "6", "186"), "-4.2", -1805, on_hand="77"),
]


class SampleTable(Table):
    number = CodeColumn(url=lambda record: "#", describe=lambda record: record["item"])
    status = PillColumn(states=STATES)
    good = QuantityColumn(verbose_name="Good")
    scrap = QuantityColumn(verbose_name="Scrap", classes="n p3")
    usage = VarianceColumn(verbose_name="Usage", classes="n p2", accessor="usage_minor")
    total = VarianceColumn(verbose_name="Variance, USD", classes="n key", accessor="total_minor")

    class Meta(Table.Meta):
        attrs = {"aria-label": "Backflushes"}
        row_attrs = {"data-keys-item": ""}
        order_by = "-total"

    organization = ORGANIZATION


ROWS = [
    {
        "number": f"BF-{412 - index:06d}",
        "item": ("P-310 Circulation pump", "P-120 Booster", "K-7 Service kit")[index % 3],
        "status": tuple(STATES)[index % 5],
        "good": Decimal(180 + 37 * index),
        "scrap": Decimal(index % 4),
        "usage_minor": (31280, -1805, 0, 1204055)[index % 4],
        "total_minor": (45312, -4410, 0, 1204055)[index % 4],
    }
    for index in range(120)
]


class SampleForm(forms.Form):
    name = forms.CharField(label="Reason", help_text="Shown in the list of reasons and in exports.")
    code = forms.CharField(label="Code", max_length=8)
    kind = forms.ChoiceField(label="Kind", choices=[("normal", "Normal loss"), ("abnormal", "Abnormal loss")])
    limit = forms.DecimalField(
        label="Tolerance", required=False, help_text="Percent of the expected quantity."
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    who = forms.ChoiceField(
        label="Who may use it",
        choices=[("all", "Everybody"), ("controllers", "Controllers")],
        widget=forms.RadioSelect,
    )
    is_active = forms.BooleanField(
        label="May be chosen", required=False, help_text="Old lines keep it either way."
    )


class SampleFilter(forms.Form):
    q = forms.CharField(label="Search", required=False, help_text="Order, item or lot")
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Any"), *((state, words[0]) for state, words in STATES.items())],
    )
    since = forms.DateField(label="Since", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class SampleUpload(forms.Form):
    file = forms.FileField(label="Completions, issues, stock: any file")


PARTS = (("substitution", "Substitution"), ("scrap", "Scrap"), ("usage", "Usage"), ("price", "Price"))
WEEKS = [
    charts.Week(f"{label}", amounts)
    for label, amounts in (
        ("1 Sep", (4000, 14042, 31280, -1805)),
        ("8 Sep", (0, 9900, 12050, -8020)),
        ("15 Sep", (12000, 22010, 55040, 3300)),
        ("22 Sep", (0, 4100, -15020, -9900)),
        ("29 Sep", (-8000, 8800, -21000, -3050)),
        ("6 Oct", (0, 12000, 9000, 0)),
        ("13 Oct", (3000, 11000, 28000, 12000)),
        ("20 Oct", (0, 9000, 17000, -2000)),
        ("27 Oct", (0, 8700, -3000, -11000)),
        ("3 Nov", (22000, 15000, 41000, -4000)),
        ("10 Nov", (0, 10010, 16000, -1200)),
        ("17 Nov", (9300, 14042, 31280, -1805)),
    )
]


def context() -> dict[str, Any]:
    """Everything the style guide shows."""
    return {
        "organization": ORGANIZATION,
        "organizations": [Choice("Halden Pumps", "#", True), Choice("Halden Service", "#")],
        "navigation": NAVIGATION,
        "crumbs": [Crumb("Review", "#"), Crumb("WO-20417", "#")],
        "states": STATES,
        "figures": [
            Figure("Standard for 180 good", "$4,212.60"),
            Figure("Scrap, 6 units", "$140.42", "casting porosity"),
            Figure("Usage beyond that", formats.variance_money(31280, "USD", 2), "3 of 14 lines", "u"),
            Figure("Price", formats.variance_money(-1805, "USD", 2), "2 lots", "f"),
        ],
        "look": LOOK,
        "expected": EXPECTED,
        "events": [
            Event("Waiting for a controller", "since 19 Nov 16:20 · $330.48 at risk", "now"),
            Event("Submitted by Priya", "19 Nov 16:20 · “glue again”"),
            Event("Actual of G-04 0.484 → 0.667", "Priya, 16:18 · BOM usage too low"),
            Event("Returned by Sam", "19 Nov 14:02 · “which lot?”", "bad"),
            Event("Drafted", "16:02, from 14 BOM lines, rev C"),
            Event("Completion imported", "16:01, import 88", url="#"),
        ],
        "effects": [
            Fact("Raw material", "−$4,647.77"),
            Fact("Work in progress", "+$4,212.60"),
            Fact("Variances", "+$435.17"),
            Fact("P-310 into Finished", "+180"),
        ],
        "facts": [
            Fact("Order", "WO-20417", "#"),
            Fact("Item", "P-310 Circulation pump"),
            Fact("Recipe", "Revision C, 14 lines"),
            Fact("Reference", "completions-1119.csv, row 212", "#"),
        ],
        "tabs": [
            Tab("Lines", "#", 14, True),
            Tab("Journal", "#", 6),
            Tab("History", "#"),
            Tab("Files", "#", 0),
        ],
        "steps": [Step("File", "done"), Step("Columns", "done"), Step("Check", "now"), Step("Load")],
        "hints": [
            KeyHint("j k", "next, previous"),
            KeyHint("r", "return"),
            KeyHint("o", "open a line"),
            KeyHint("?", "all keys"),
        ],
        "journal": Journal(
            [
                JournalRow("1410", "Work in progress", "4,212.60"),
                JournalRow("5210", "Usage variance", "435.17"),
                JournalRow("1310", "Raw material", "", "4,647.77"),
            ],
            "4,647.77",
            "4,647.77",
            "USD",
        ),
        "progress_none": Progress("Checking completions-1119.csv", 0, 0, "", True),
        "progress_done": Progress("Loaded", 48210, 48210, "", False, "48,198 rows loaded, 12 refused."),
        "chart": charts.week_chart(
            WEEKS,
            PARTS,
            title="Variance by week",
            write=lambda minor: formats.variance_money(minor, "USD", 2),
            write_tick=lambda minor: formats.money(minor, "USD", 2).removesuffix(".00"),
        ),
    }
