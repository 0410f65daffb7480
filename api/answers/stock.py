"""Stock and its ledger as answers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from api.answers.common import digits, sure_digits
from inventory.models import Item, ReasonCode, StockBalance, StockEntry

SIX = Decimal("0.000001")


def item_stock(item: Item, balances: Sequence[StockBalance], organization: Organization) -> dict[str, Any]:
    is_known = item.is_stock_known or bool(balances)
    total = sum((balance.on_hand for balance in balances), Decimal(0))
    return {
        "item": item.sku,
        "description": item.description,
        "unit": item.unit,
        "is_known": is_known,
        "on_hand": sure_digits(total) if is_known else None,
        "currency_code": organization.currency_code,
        "items": [_place(balance, organization) for balance in balances],
        "next": None,
    }


def _place(balance: StockBalance, organization: Organization) -> dict[str, Any]:
    lot = balance.lot
    cost = lot.unit_cost if lot is not None else None
    if cost is None and balance.on_hand:
        value = Decimal(balance.value_minor).scaleb(-organization.currency_decimals)
        cost = (value / balance.on_hand).quantize(SIX)
    return {
        "location": balance.location.code,
        "lot": lot.code if lot else None,
        "on_hand": sure_digits(balance.on_hand),
        "unit_cost": digits(cost),
        "value_minor": balance.value_minor,
        "received_on": lot.received_on if lot else None,
        "expires_on": lot.expires_on if lot else None,
    }


def entry(row: StockEntry, organization: Organization) -> dict[str, Any]:
    return {
        "id": row.pk,
        "item": row.item.sku,
        "location": row.location.code,
        "lot": row.lot.code if row.lot else None,
        "event": row.event,
        "quantity": sure_digits(row.quantity),
        "unit_cost": sure_digits(row.unit_cost),
        "amount_minor": row.amount_minor,
        "currency_code": organization.currency_code,
        "effective_date": row.effective_date,
        "document": row.document_number,
        "work_order": row.order_number or None,
        "reason": row.reason.code if row.reason else None,
        "reversal_of": row.reversal_of_id,
        "posted_at": row.posted_at,
    }


def reason(row: ReasonCode) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "is_abnormal": row.is_abnormal, "is_active": row.is_active}
