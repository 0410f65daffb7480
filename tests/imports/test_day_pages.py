"""A column of day numbers through the pages: asked once, remembered for the same headers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Organization
from accounts.tenancy.binding import bind
from imports.models import ImportMapping
from production.models import WorkOrder
from tests.factories import make_product
from tests.imports.pages import answers, send, text_of, url

pytestmark = pytest.mark.django_db
ORDERS = "wo_number,sku,quantity,due\nW-1,P-1,5,45992\nW-2,P-1,5,45999\n"


def test_day_numbers_are_asked_about_once(organization: Organization, alice_client: Client) -> None:
    make_product(organization, "P-1")
    number = send(alice_client, "work_orders", ORDERS)
    page = text_of(alice_client, url("columns", number))
    assert "due: all values are numbers such as 45992. Are they days as spreadsheets count them?" in page
    [setting] = [s for s in alice_client.get(url("columns", number)).context["settings"] if s.question]
    assert (setting.name, setting.value) == ("day_numbers", "1900")

    left_open = alice_client.post(url("columns", number), answers(alice_client, number, day_numbers="?"))
    assert left_open.status_code == 200
    alice_client.post(url("columns", number), answers(alice_client, number))
    alice_client.post(url("load", number))

    with bind(organization):
        due = dict(WorkOrder.objects.values_list("number", "due_on"))
        assert due == {"W-1": dt.date(2025, 12, 1), "W-2": dt.date(2025, 12, 8)}
        assert ImportMapping.objects.get().mapping["day_numbers"] == "1900"
    upload = SimpleUploadedFile("june.csv", ORDERS.replace("45999", "46000").encode())
    again = alice_client.post(url("new"), {"kind": "work_orders", "file": upload}, follow=True)
    assert again.redirect_chain[-1][0] == url("import", 2)
    assert "days counted from 1900" in text_of(alice_client, url("mappings"))


def test_said_day_numbers_stand_on_the_page_with_their_evidence(
    organization: Organization, alice_client: Client
) -> None:
    make_product(organization, "P-1")
    number = send(alice_client, "work_orders", ORDERS)
    alice_client.post(url("columns", number), answers(alice_client, number, day_numbers="1904"))

    [setting] = [
        s for s in alice_client.get(url("columns", number)).context["settings"] if s.name == "day_numbers"
    ]
    assert (setting.value, setting.question) == ("1904", "")
    assert setting.evidence == "all 2 different values of due are day numbers: 45992 is 02 December 2029"
