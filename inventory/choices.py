"""Kinds and states of what stands in stock and in the books."""

from __future__ import annotations

from django.db import models


class ItemKind(models.TextChoices):
    MATERIAL = "material", "Material"
    SKU = "sku", "Finished good"


class Tracking(models.TextChoices):
    NONE = "none", "No lots"
    LOT = "lot", "Lots"
    SERIAL = "serial", "Serial numbers"


class RoundingDirection(models.TextChoices):
    UP = "up", "Up"
    DOWN = "down", "Down"
    NEAREST = "nearest", "To the nearest"


class LocationKind(models.TextChoices):
    SITE = "site", "Site"
    STORE = "store", "Store"
    SHELF = "shelf", "Shelf"
    BIN = "bin", "Bin"


class StockEvent(models.TextChoices):
    RECEIVE = "RECEIVE", "Received"
    CONSUME = "CONSUME", "Consumed"
    ADJUST = "ADJUST", "Adjusted"
    SNAPSHOT = "SNAPSHOT", "ERP snapshot"


class SourceKind(models.TextChoices):
    BACKFLUSH = "backflush", "Backflush"
    STOCK_FILE = "stock_file", "Stock file"
    COUNT = "count", "Count"
    KIT = "kit", "Kit build"
    EXCEPTION = "exception", "Settled shortage"


class ErpAnswer(models.TextChoices):
    NONE = "", "Unanswered"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ExceptionKind(models.TextChoices):
    """Short; short and waiting for a receipt that is to come; short until stock that came in covered it."""

    SHORT = "short", "Short"
    LATER = "later", "Waits for a receipt"
    TIMING = "timing", "Short in time only"


class Resolution(models.TextChoices):
    """What a shortage turned out to be. The first three move stock; the others are findings."""

    PICKED = "picked", "It was taken from another place or lot"
    MOVED = "moved", "It is moved here from another place"
    SUBSTITUTED = "substituted", "Another item was used"
    RECEIVED = "received", "It was there, the receipt came later"
    MISCOUNTED = "miscounted", "The stock was counted wrong"
    ACCEPTED = "accepted", "Nobody knows; accepted"
    REVERSED = "reversed", "The posting was reversed"


MOVING = (Resolution.PICKED, Resolution.MOVED, Resolution.SUBSTITUTED)
FINDINGS = (Resolution.RECEIVED, Resolution.MISCOUNTED, Resolution.ACCEPTED)


class PeriodStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class AccountRole(models.TextChoices):
    COMPONENT_INVENTORY = "component_inventory", "Component inventory"
    BYPRODUCT_INVENTORY = "byproduct_inventory", "By-product inventory"
    FINISHED_GOODS = "finished_goods", "Finished goods"
    WIP = "wip", "Work in progress"
    CONVERSION_ABSORBED = "conversion_absorbed", "Conversion absorbed"
    SUBSTITUTION_VARIANCE = "substitution_variance", "Substitution variance"
    SCRAP_VARIANCE = "scrap_variance", "Scrap variance"
    USAGE_VARIANCE = "usage_variance", "Usage variance"
    PRICE_VARIANCE = "price_variance", "Price variance"
    OUTPUT_VARIANCE = "output_variance", "Output variance"
    SCRAP_LOSS = "scrap_loss", "Scrap loss"
    INVENTORY_ADJUSTMENT = "inventory_adjustment", "Inventory adjustment"
    ROUNDING = "rounding", "Rounding"
