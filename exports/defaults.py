"""What a new organization's exports start with: the templates of presets.py."""

from __future__ import annotations

from accounts.models import Organization, User
from exports.actions.templates import save_template
from exports.presets import ACTIVE_PRESETS, PRESETS


def provide(organization: Organization, actor: User | None) -> None:
    """Write the preset templates for a new organization."""
    for preset in PRESETS:
        save_template(
            organization=organization,
            template=None,
            values={
                "name": preset.name,
                "description": preset.description,
                "is_active": preset in ACTIVE_PRESETS,
                **preset.settings,
            },
            columns=preset.columns,
            actor=None,
            reason="Template of a new organization",
        )
