"""What models say about a row, as the one application error; and back onto the form that asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from .errors import AppError


def refuse_invalid(row: models.Model) -> None:
    """Check the row's fields and constraints. Raises INVALID with messages by field in its details."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise AppError("INVALID", " ".join(error.messages), error.message_dict) from error


def answer_on_form(form: forms.BaseForm, error: AppError) -> None:
    """Put what was refused beside the fields it is about. What forbids the whole thing is raised again."""
    if error.status in {403, 404}:
        raise error
    details: Any = error.details
    placed = False
    if isinstance(details, dict):
        for name, messages in details.items():
            if name in form.fields and isinstance(messages, list):
                form.add_error(name, messages)
                placed = True
            elif name == NON_FIELD_ERRORS:
                form.add_error(None, messages)
                placed = True
    if not placed:
        form.add_error(None, error.message)
