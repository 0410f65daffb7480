"""Two people send files at once: what both hold goes in once, and nobody is answered with an error of the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.errors import AppError
from accounts.models import Organization
from accounts.tenancy.binding import bind
from imports.actions.load import import_file
from imports.kinds.shapes import Options
from tests.factories import NOON, make_item, make_order, make_product

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4
HEADS = {
    "items": "sku,unit,standard_cost,location",
    "boms": "parent_sku,component_sku,usage",
    "costs": "sku,unit_cost,effective_from",
    "stock": "sku,location,lot,on_hand",
    "work_orders": "wo_number,sku,quantity,site",
    "completions": "wo_number,sku,completed_qty,scrap_qty,scrap_reason,reference",
    "issues": "wo_number,component_sku,quantity,location",
    "units": "from_unit,to_unit,factor",
    "operations": "sku,operation,name",
}
ROWS = {
    "items": "N-{n},EA,1.5,S-{n}",
    "boms": "P,M-{n},2",
    "costs": "M-{n},2.5,2025-01-01",
    "stock": "M-{n},S-{n},L-{n},5",
    "work_orders": "W-{n},P,5,S-{n}",
    "completions": "C-{n},P,5,1,R-{n},1",
    "issues": "W,M-{n},5,S-{n}",
    "units": "u{n},v{n},5",
    "operations": "P,1{n:02},Op {n}",
}


def at_once(organization: Organization, kind: str, texts: list[str]) -> list[str]:
    """What each of them is answered who send these files at the same moment."""
    barrier = Barrier(len(texts))

    def send(text: str) -> str:
        try:
            barrier.wait()
            with bind(organization):
                done = import_file(
                    kind=kind,
                    file_name="file.csv",
                    content=text.encode(),
                    options=Options(counted_at=NOON) if kind == "stock" else None,
                    actor=None,
                )
            return "again" if done.earlier else str(done.batch.status)
        except AppError as error:
            return error.message
        finally:
            connection.close()

    with ThreadPoolExecutor(len(texts)) as pool:
        return sorted(pool.map(send, texts))


@pytest.fixture
def shop(organization: Organization) -> Organization:
    product = make_product(organization, "P")
    for number in range(30):
        make_item(organization, f"M-{number}", tracking="lot")
    make_order(organization, product, 10, "W")
    return organization


def text(kind: str, numbers: range) -> str:
    return "\n".join([HEADS[kind], *(ROWS[kind].format(n=number) for number in numbers)]) + "\n"


@pytest.mark.parametrize("kind", ["items", "stock", "completions"])
def test_same_file_sent_at_once_goes_in_once(shop: Organization, kind: str) -> None:
    assert at_once(shop, kind, [text(kind, range(30))] * PEOPLE) == ["again"] * (PEOPLE - 1) + ["loaded"]


@pytest.mark.parametrize("kind", HEADS)
def test_files_that_share_rows_are_all_taken(shop: Organization, kind: str) -> None:
    texts = [text(kind, range(start, 30)) for start in range(PEOPLE)]
    backwards = [
        texts[0],
        *("\n".join([HEADS[kind], *reversed(t.splitlines()[1:])]) + "\n" for t in texts[1:]),
    ]

    assert at_once(shop, kind, backwards) == ["loaded"] * PEOPLE
