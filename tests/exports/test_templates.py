"""Templates are made, changed, copied and switched, and tell their history."""

from __future__ import annotations

import pytest

from accounts.errors import AppError
from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from exports.actions.templates import duplicate_template, save_template, switch_template
from exports.choices import ColumnSource as S
from exports.models import ExportColumn, ExportTemplate
from exports.writer import LayoutColumn, layout_of
from tests.exports.making import make_template, template_named
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def change(
    organization: Organization,
    template: ExportTemplate,
    *columns: LayoutColumn,
    actor: User | None = None,
    **values: object,
) -> None:
    save_template(
        organization=organization,
        template=template,
        values=values,
        columns=columns,
        actor=actor,
        reason="changed for a test",
    )


def headers(organization: Organization, template: ExportTemplate) -> list[str]:
    with bind(organization):
        return [column.header for column in layout_of(template).columns]


def test_new_organization_has_the_presets_the_first_two_switched_on(organization: Organization) -> None:
    with bind(organization):
        found = list(ExportTemplate.objects.order_by("pk").values_list("name", "is_active"))

    assert found == [
        ("Stock adjustments", True),
        ("NetSuite inventory adjustment", True),
        ("Business Central consumption journal", False),
        ("SAP goods movement 261 and 262", False),
        ("ERPNext material issue", False),
        ("QuickBooks Desktop inventory adjustment", False),
    ]


def test_every_erps_preset_says_what_is_not_confirmed(organization: Organization) -> None:
    with bind(organization):
        silent = [
            template.name
            for template in ExportTemplate.objects.all()
            if "Not confirmed:" not in template.description
        ]

    assert silent == ["Stock adjustments"]


def test_columns_can_be_moved_changed_added_and_left_out(organization: Organization) -> None:
    template = make_template(
        organization, [LayoutColumn("a", S.SKU), LayoutColumn("b", S.UNIT), LayoutColumn("c", S.LOT)]
    )

    change(organization, template, LayoutColumn("b", S.UNIT), LayoutColumn("a", S.SKU, max_length=9))
    assert headers(organization, template) == ["b", "a"]

    change(
        organization,
        template,
        LayoutColumn("n", S.LINE_NUMBER),
        LayoutColumn("b", S.UNIT),
        LayoutColumn("a", S.SKU),
    )
    assert headers(organization, template) == ["n", "b", "a"]


def test_change_leaves_history_of_what_changed_alone(organization: Organization, alice: User) -> None:
    template = make_template(organization, [LayoutColumn("a", S.SKU), LayoutColumn("b", S.UNIT)])

    change(
        organization, template, LayoutColumn("a", S.SKU), LayoutColumn("b", S.LOT), actor=alice, delimiter=";"
    )

    with bind(organization):
        of_template = ExportTemplate.history.filter(id=template.pk)
        of_columns = ExportColumn.history.filter(template_id=template.pk)
        assert [(row.delimiter, row.history_user) for row in of_template] == [(";", alice), (",", None)]
        assert sorted((row.header, row.source, row.history_type) for row in of_columns) == [
            ("a", "sku", "+"),
            ("b", "lot", "~"),
            ("b", "unit", "+"),
        ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([], "A template needs at least one column."),
        ([LayoutColumn("", S.SKU)], "Column 1: Give the column a name"),
        ([LayoutColumn("a", "nonsense")], "Column 1: “nonsense” is nothing that a column can show."),
        ([LayoutColumn("a", S.CONSTANT)], "Column 1: Write the text that stands in every line."),
        (
            [LayoutColumn("a", S.DIRECTION, constant="261")],
            "Column 1: Write two texts with a bar between them",
        ),
        (
            [LayoutColumn("a", S.DIRECTION, constant="261|")],
            "Column 1: Write two texts with a bar between them",
        ),
        (
            [LayoutColumn("a", S.SKU, decimals=2)],
            "Column 1: Only quantities, costs and amounts have decimals.",
        ),
        ([LayoutColumn("a", S.UNIT_COST, decimals=7)], "Column 1: At most 6 decimals are kept."),
        (
            [LayoutColumn("a", S.SKU, max_length=5, pad_to=6)],
            "Column 1: Filled with zeros it would be longer",
        ),
        (
            [LayoutColumn("a", S.AMOUNT, translations={"1": "2"})],
            "Column 1: Numbers are written as they are.",
        ),
        ([LayoutColumn("a", S.ABSOLUTE_QUANTITY)], "Quantities without sign need a column that tells relief"),
    ],
)
def test_columns_that_make_no_file_are_refused(
    organization: Organization, columns: list[LayoutColumn], message: str
) -> None:
    with pytest.raises(AppError) as refused:
        make_template(organization, columns)

    assert refused.value.code == "INVALID"
    assert refused.value.message.startswith(message)


def test_name_is_taken_once_per_organization(
    organization: Organization, other_organization: Organization
) -> None:
    make_template(organization, [LayoutColumn("a", S.SKU)], name="Ours")
    make_template(other_organization, [LayoutColumn("a", S.SKU)], name="Ours")

    with pytest.raises(AppError, match="There is a template with this name already"):
        make_template(organization, [LayoutColumn("a", S.SKU)], name="Ours")


def test_template_that_takes_nothing_is_refused(organization: Organization) -> None:
    with pytest.raises(AppError, match="Choose at least one kind of entry"):
        make_template(
            organization,
            [LayoutColumn("a", S.SKU)],
            has_consumption=False,
            has_receipts=False,
            has_adjustments=False,
        )


def test_copy_has_the_same_form_under_another_name(organization: Organization, alice: User) -> None:
    original = template_named(organization, "SAP goods movement 261 and 262")

    copy = duplicate_template(
        organization=organization, template_id=original.pk, name="SAP Hamburg", actor=alice
    )

    with bind(organization):
        assert copy.is_active
        assert (copy.delimiter, copy.date_format, copy.has_receipts) == ("\t", "%Y%m%d", False)
        assert layout_of(copy).columns == layout_of(original).columns
        assert copy.history.get().history_change_reason == "Copied from SAP goods movement 261 and 262"


def test_switching_twice_leaves_one_history_row(organization: Organization, alice: User) -> None:
    template = template_named(organization)
    for _ in range(2):
        switch_template(organization=organization, template_id=template.pk, is_active=False, actor=alice)

    with bind(organization):
        assert [row.history_change_reason for row in template.history.all()] == [
            "Switched off",
            "Template of a new organization",
        ]


@pytest.mark.parametrize("role", ["controller", "admin", "auditor"])
def test_only_planners_change_templates(organization: Organization, role: str) -> None:
    member = make_member(organization, role)
    template = template_named(organization)

    for attempt in (
        lambda: change(organization, template, LayoutColumn("a", S.SKU), actor=member),
        lambda: duplicate_template(
            organization=organization, template_id=template.pk, name="x", actor=member
        ),
        lambda: switch_template(
            organization=organization, template_id=template.pk, is_active=False, actor=member
        ),
    ):
        with pytest.raises(AppError) as refused:
            attempt()
        assert refused.value.code == "FORBIDDEN"


def test_template_of_another_organization_is_not_found(
    organization: Organization, other_organization: Organization
) -> None:
    foreign = template_named(other_organization)

    with pytest.raises(AppError) as refused:
        change(organization, foreign, LayoutColumn("a", S.SKU))

    assert refused.value.code == "NOT_FOUND"
