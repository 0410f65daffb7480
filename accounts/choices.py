"""Policies that an organization chooses."""

from __future__ import annotations

from django.db import models


class ScrapPolicy(models.TextChoices):
    FOUND = "found", "Consumes up to the operation where it was found"
    ALL = "all", "Consumes all components of the order"
    NONE = "none", "Consumes nothing by itself"


class LotOrder(models.TextChoices):
    FIFO = "fifo", "Oldest received first"
    FEFO = "fefo", "First to expire first"


class FinishedGoodsAt(models.TextChoices):
    ACTUAL = "actual", "At actual cost"
    STANDARD = "standard", "At standard cost"


class NegativePolicy(models.TextChoices):
    ALLOW = "allow", "Allow"
    WARN = "warn", "Allow and list it"
    BLOCK = "block", "Refuse"
