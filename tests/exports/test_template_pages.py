"""The pages of export templates: what is written, edited column by column, copied and switched off."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from accounts.tenancy.binding import bind
from accounts.tenancy.writes import save_row
from exports.choices import ColumnSource as S
from exports.models import ExportTemplate
from exports.writer import LayoutColumn, layout_of
from inventory.models import Item
from tests.exports.looking import queries_of, text_of, url
from tests.exports.making import make_template, post

pytestmark = pytest.mark.django_db


def columns_of(template: ExportTemplate, **changes: Any) -> dict[str, str]:
    """What a browser sends of the columns as they are, with changes."""
    data: dict[str, str] = {}
    columns = layout_of(template).columns if template.pk else ()
    for at, column in enumerate(columns):
        data |= {
            f"columns-{at}-header": column.header,
            f"columns-{at}-source": str(column.source),
            f"columns-{at}-constant": column.constant,
            f"columns-{at}-ORDER": str(at + 1),
        }
    data |= {
        "columns-TOTAL_FORMS": str(len(columns) + 3),
        "columns-INITIAL_FORMS": str(len(columns)),
        "name": template.name,
        "delimiter": template.delimiter,
        "encoding": template.encoding,
        "line_end": template.line_end,
        "decimal_mark": template.decimal_mark,
        "date_format": template.date_format,
        "has_header": "on",
        "is_guarded": "on",
        "has_consumption": "on",
    }
    return data | changes


def test_template_page_shows_what_would_be_written(
    organization: Organization, bolt: Item, template: ExportTemplate, alice_client: Client
) -> None:
    post(organization, bolt, "-12.5")

    page = text_of(alice_client, url("template", template.pk))

    assert "sku,qty\nBOLT,-12.5</pre>" in page
    assert "made for a test" in page


def test_template_page_names_what_does_not_fit(
    organization: Organization, bolt: Item, alice_client: Client
) -> None:
    post(organization, bolt, -1)
    template = make_template(organization, [LayoutColumn("sku", S.SKU, max_length=3)])

    assert "“BOLT” is longer than 3 characters" in text_of(alice_client, url("template", template.pk))


def test_template_is_edited_column_by_column(
    organization: Organization, template: ExportTemplate, alice_client: Client
) -> None:
    with bind(organization):
        data = columns_of(
            template,
            **{
                "columns-0-ORDER": "3",
                "columns-0-translations": "BOLT = B-1\n",
                "columns-1-DELETE": "on",
                "columns-2-header": "where",
                "columns-2-source": "location",
                "columns-2-ORDER": "1",
                "delimiter": "\t",
            },
        )

    response = alice_client.post(url("edit_template", template.pk), data)

    assert response.status_code == 302, response.content.decode()
    with bind(organization):
        changed = ExportTemplate.objects.get(pk=template.pk)
        assert (changed.delimiter, changed.has_receipts) == ("\t", False)
        assert layout_of(changed).columns == (
            LayoutColumn("where", "location"),
            LayoutColumn("sku", "sku", translations={"BOLT": "B-1"}),
        )


def test_preview_saves_nothing(
    organization: Organization, bolt: Item, template: ExportTemplate, alice_client: Client
) -> None:
    post(organization, bolt, "-12.5")
    with bind(organization):
        data = columns_of(template, **{"columns-0-header": "ITEM", "delimiter": ";", "preview": "1"})

    response = alice_client.post(url("edit_template", template.pk), data)

    assert "ITEM;qty\nBOLT;-12.5</pre>" in response.content.decode()
    with bind(organization):
        assert ExportTemplate.objects.get(pk=template.pk).delimiter == ","


def test_columns_that_make_no_file_are_explained_beside_them(
    organization: Organization, template: ExportTemplate, alice_client: Client
) -> None:
    with bind(organization):
        data = columns_of(template, **{"columns-0-source": "constant", "columns-1-translations": "nonsense"})

    response = alice_client.post(url("edit_template", template.pk), data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Write the text that stands in every line." in page
    assert "Write one pair per line: ours = theirs." in page


def test_new_template_is_made(organization: Organization, alice_client: Client) -> None:
    with bind(organization):
        data = columns_of(
            ExportTemplate(organization=organization, name="Mine"),
            **{"columns-0-header": "sku", "columns-0-source": "sku"},
        )

    response = alice_client.post(url("new_template"), data, follow=True)

    assert "“Mine” is saved." in response.content.decode()


def test_name_that_is_taken_is_explained(
    organization: Organization, template: ExportTemplate, alice_client: Client
) -> None:
    response = alice_client.post(url("duplicate_template", template.pk), {"name": "Stock adjustments"})

    assert response.status_code == 422
    assert "There is a template with this name already." in response.content.decode()


def test_template_is_copied_and_switched(
    organization: Organization, template: ExportTemplate, alice_client: Client
) -> None:
    copied = alice_client.post(
        url("duplicate_template", template.pk), {"name": "Ours, other plant"}, follow=True
    )
    switched = alice_client.post(url("switch_template", template.pk), {"is_active": "0"}, follow=True)

    assert "“Ours, other plant” is made." in copied.content.decode()
    assert "“Ours” is switched off." in switched.content.decode()


def test_template_list_asks_as_much_for_many_as_for_one(
    organization: Organization, template: ExportTemplate, alice_client: Client
) -> None:
    before = queries_of(alice_client, url("templates"))
    make_template(organization, [LayoutColumn("sku", S.SKU)], name="Another")

    assert queries_of(alice_client, url("templates")) == before


def test_template_without_a_column_is_shown_and_writes_nothing(
    organization: Organization, bolt: Item, alice_client: Client
) -> None:
    """No page makes one; a program may."""
    post(organization, bolt, "-1")
    with bind(organization):
        template = save_row(ExportTemplate(organization=organization, name="Bare"), actor=None, reason="Made")

    assert "A template needs at least one column." in text_of(alice_client, url("template", template.pk))
    refused = alice_client.post(url("new_batch"), {"template": template.pk})
    assert refused.status_code == 422
    assert "has no columns yet" in refused.content.decode()
    assert "Bare" in text_of(alice_client, url("edit_template", template.pk))
