"""Roles and the rights they give. Rights are object permissions on the organization (django-guardian)."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    PLANNER = "planner", "Planner"
    SUPERVISOR = "supervisor", "Supervisor"
    CONTROLLER = "controller", "Controller"
    FINANCE = "finance", "Finance"
    ADMIN = "admin", "Admin"
    AUDITOR = "auditor", "Auditor"


RIGHTS: dict[str, str] = {
    "read_books": "Read everything of the organization",
    "import_files": "Load files",
    "draft_backflush": "Draft backflushes",
    "edit_backflush": "Edit drafts",
    "submit_backflush": "Submit drafts",
    "export_batches": "Write files for the ERP and record its answers",
    "release_orders": "Release and move work orders",
    "record_completions": "Record what was built",
    "sign_backflush": "Sign backflushes",
    "sign_kits": "Sign kit builds",
    "reverse_backflush": "Reverse what was posted",
    "reopen_orders": "Reopen closed orders",
    "resolve_exceptions": "Resolve stock exceptions",
    "maintain_rules": "Maintain tiers, reasons, tolerances and accounts",
    "close_periods": "Close and open periods",
    "manage_members": "Invite, change and remove members",
    "manage_settings": "Change the organization's settings",
}

ROLE_RIGHTS: dict[Role, frozenset[str]] = {
    Role.PLANNER: frozenset(
        {
            "read_books",
            "import_files",
            "draft_backflush",
            "edit_backflush",
            "submit_backflush",
            "export_batches",
            "release_orders",
            "resolve_exceptions",
        }
    ),
    Role.SUPERVISOR: frozenset({"read_books", "release_orders", "record_completions", "sign_kits"}),
    Role.CONTROLLER: frozenset(
        {
            "read_books",
            "sign_backflush",
            "reverse_backflush",
            "reopen_orders",
            "resolve_exceptions",
            "maintain_rules",
            "close_periods",
        }
    ),
    Role.FINANCE: frozenset({"read_books", "sign_backflush", "close_periods"}),
    Role.ADMIN: frozenset({"read_books", "manage_members", "manage_settings"}),
    Role.AUDITOR: frozenset({"read_books"}),
}


def as_words(right: str) -> str:
    """A right inside a sentence: ``write files for the ERP``."""
    return RIGHTS[right][0].lower() + RIGHTS[right][1:]


def group_name(slug: str, role: str) -> str:
    """The auth group that carries a role's object permissions on one organization."""
    return f"{slug}:{role}"
