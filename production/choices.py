"""Kinds of lines and states of orders."""

from __future__ import annotations

from django.db import models


class LineType(models.TextChoices):
    COMPONENT = "component", "Component"
    BYPRODUCT = "byproduct", "By-product"


class Basis(models.TextChoices):
    PER_UNIT = "per_unit", "Per unit"
    PER_N = "per_n", "Per N units"
    PER_BATCH = "per_batch", "Per batch"
    PIECES = "pieces", "Pieces per component"
    PER_ORDER = "per_order", "Once per order"
    ORDER_QUANTITY = "order_quantity", "Per ordered quantity"
    WHOLE_LOT = "whole_lot", "The whole lot"


class LossMethod(models.TextChoices):
    MULTIPLY = "multiply", "× (1 + loss)"
    YIELD = "yield", "÷ (1 − loss)"


class Supply(models.TextChoices):
    BACKFLUSH = "backflush", "Backflushed"
    HAND = "hand", "Issued by hand"


class BackflushState(models.TextChoices):
    """What stands on a completion: nothing, a document on its way, or a posted one."""

    NONE = "", "Waiting"
    LIVE = "live", "Drafted"
    POSTED = "posted", "Posted"


class OrderKind(models.TextChoices):
    PRODUCTION = "production", "Production"
    KIT = "kit", "Kit"


class OrderStatus(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    ENTERED = "ENTERED", "Entered"
    PLACED = "PLACED", "Placed"
    PRODUCTION = "PRODUCTION", "Production"
    IN_TRANSIT = "IN_TRANSIT", "In Transit"
    PARTIAL = "PARTIAL", "Partial"
    RECEIVED = "RECEIVED", "Received"
    COMPLETED = "COMPLETED", "Completed"
    CANCELLED = "CANCELLED", "Cancelled"
