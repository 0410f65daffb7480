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


class ErpAnswer(models.TextChoices):
    NONE = "", "Unanswered"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ExceptionKind(models.TextChoices):
    SHORT = "short", "Short"
    TIMING = "timing", "Short in time only"


class Resolution(models.TextChoices):
    RECEIVED = "received", "It was there, the receipt came later"
    MOVED = "moved", "It was in another place"
    SUBSTITUTED = "substituted", "Another item was used"
    MISCOUNTED = "miscounted", "The stock was counted wrong"
    ACCEPTED = "accepted", "Nobody knows; accepted"


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
