"""Kinds of files and what became of them."""

from __future__ import annotations

from django.db import models


class FileKind(models.TextChoices):
    ITEMS = "items", "Items"
    BOMS = "boms", "Bills of materials"
    WORK_ORDERS = "work_orders", "Work orders"
    COMPLETIONS = "completions", "Completions"
    ISSUES = "issues", "Reported use"
    STOCK = "stock", "Stock"
    COSTS = "costs", "Standard costs"
    UNITS = "units", "Unit conversions"
    OPERATIONS = "operations", "Operations"


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", "Uploaded"
    MAPPED = "mapped", "Columns known"
    CHECKED = "checked", "Checked"
    LOADING = "loading", "Loading"
    LOADED = "loaded", "Loaded"
    REFUSED = "refused", "Refused"
    TAKEN_BACK = "taken_back", "Taken back"
    DROPPED = "dropped", "Dropped"


class Severity(models.TextChoices):
    ERROR = "error", "Refused"
    WARNING = "warning", "Warning"
    NOTE = "note", "Note"
