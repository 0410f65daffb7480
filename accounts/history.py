"""What happened to rows: who, when, why, and what changed from what to what.

    events = history_of([backflush, *lines])        # newest first, three kinds of rows in one time line
    {% timeline events %}

Two queries per model and one per model that they point to, however many rows there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone
from django_scopes import get_scope

from ui import formats

from .models import Organization, User
from .policies import POLICIES

CREATED, CHANGED, DELETED = "+", "~", "-"
WORDS = {CREATED: "made", CHANGED: "changed", DELETED: "deleted"}
SHOWN_CHANGES = 6

# Columns that tell people nothing: whose row it is, how it was found, what only the machine compares.
SILENT = frozenset(
    {
        "id",
        "organization",
        "version",
        "fingerprint",
        "computed_against",
        "edits",
        "involved_user_ids",
        "told",
        "terms",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one row, as people read it."""

    label: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.label} {self.old} → {self.new}"


@dataclass(slots=True)
class Event:
    """One thing that somebody did, to one row or to several of a kind at once. It prints as a time line entry."""

    at: datetime
    who: str
    reason: str
    action: str
    model: type[models.Model]
    subjects: list[str] = field(default_factory=list)
    changes: list[tuple[str, Change]] = field(default_factory=list)
    is_one_of_many: bool = False  # the time line tells of other rows of its kind too
    tone: str = ""
    url: str = ""

    @property
    def subject(self) -> str:
        """The row, or how many of them: ``backflush BF-000412``, ``14 lines``."""
        meta = self.model._meta
        if len(self.subjects) == 1:
            return f"{meta.verbose_name} {self.subjects[0]}".strip()
        return formats.count(len(self.subjects), str(meta.verbose_name), str(meta.verbose_name_plural))

    @property
    def title(self) -> str:
        return self.reason or f"{self.subject[:1].upper()}{self.subject[1:]} {WORDS[self.action]}"

    @property
    def note(self) -> str:
        moment = formats.moment(self.at, timezone.get_current_timezone(), this_year=timezone.localdate().year)
        parts = [self.who, moment]
        if self.reason and (self.action != CHANGED or not self.changes):
            parts.append(f"{self.subject} {WORDS[self.action]}")
        elif self.is_one_of_many and len(self.subjects) == 1 and self.reason:
            parts.append(self.subject)
        return " · ".join([*parts, *self.changed()])

    def changed(self) -> list[str]:
        """The changes in words, the row named where there are several."""
        several = len(self.subjects) > 1
        said = [f"{name}: {change}" if several and name else str(change) for name, change in self.changes]
        more = len(said) - SHOWN_CHANGES
        return said if more <= 1 else [*said[:SHOWN_CHANGES], f"and {more} more"]


def history_of(
    objects: Iterable[models.Model], *, hidden: Iterable[str] = (), limit: int | None = None
) -> list[Event]:
    """What happened to these rows, newest first. `hidden` names further columns to keep quiet about."""
    by_model: dict[type[models.Model], list[int]] = defaultdict(list)
    for one in objects:
        by_model[type(one)].append(one.pk)
    rows = [(model, row) for model, ids in by_model.items() for row in _rows(model, {"id__in": ids})]
    return _events(rows, frozenset(hidden), limit)


def history_of_model(
    model: type[models.Model], *, hidden: Iterable[str] = (), limit: int | None = None, **where: Any
) -> list[Event]:
    """What happened to all rows of a model, those that are gone too, or to those that `where` picks."""
    return _events([(model, row) for row in _rows(model, where)], frozenset(hidden), limit)


def _rows(model: type[models.Model], where: dict[str, Any]) -> Iterator[Any]:
    table = model.history.model  # type: ignore[attr-defined]
    found = table.objects.filter(**where)
    if any(column.name == "organization" for column in model._meta.concrete_fields):
        found = found.filter(organization=get_scope()["organization"])
    return found.order_by("id", "history_date", "history_id").iterator()


def _events(
    rows: list[tuple[type[models.Model], Any]], hidden: frozenset[str], limit: int | None
) -> list[Event]:
    people = {row.history_user_id for _, row in rows}
    pairs = list(_with_previous(rows))
    names = _Names(pairs, people)
    kinds = Counter(model for model, _ in {(model, row.id) for model, row in rows})
    merged: dict[tuple[Any, ...], Event] = {}
    for model, row, before in pairs:
        changes = list(_changes(model, row, before, hidden, names)) if before is not None else []
        if (
            row.history_type == CHANGED
            and before is not None
            and not changes
            and not row.history_change_reason
        ):
            continue
        reason = row.history_change_reason or ""
        # Rows written by one statement share its moment: they are one thing that somebody did.
        key = (model, row.history_date, row.history_user_id, reason, row.history_type)
        event = merged.get(key)
        if event is None:
            event = merged[key] = Event(
                at=row.history_date,
                who=names.person(row.history_user_id),
                reason=reason,
                action=row.history_type,
                model=model,
                is_one_of_many=kinds[model] > 1,
            )
        subject = names.subject(model, row)
        event.subjects.append(subject)
        event.changes.extend((subject, change) for change in changes)
    return sorted(merged.values(), key=lambda event: event.at, reverse=True)[:limit]


def _with_previous(
    rows: list[tuple[type[models.Model], Any]],
) -> Iterator[tuple[type[models.Model], Any, Any]]:
    """Each history row with the one before it of the same row; rows come in that order."""
    model_before: Any = None
    before: Any = None
    for model, row in rows:
        same = before is not None and model is model_before and row.id == before.id
        yield model, row, before if same and row.history_type == CHANGED else None
        model_before, before = model, row


def _tracked(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    tracked = {column.attname for column in model.history.model.tracked_fields}  # type: ignore[attr-defined]
    return [column for column in model._meta.concrete_fields if column.attname in tracked]


def _changes(
    model: type[models.Model], row: Any, before: Any, hidden: frozenset[str], names: _Names
) -> Iterator[Change]:
    for column in _tracked(model):
        if column.name in SILENT or column.name in hidden:
            continue
        old, new = getattr(before, column.attname), getattr(row, column.attname)
        if old != new:
            label = _label(model, column)
            yield Change(label, names.shown(model, column, old), names.shown(model, column, new))


def _label(model: type[models.Model], column: models.Field[Any, Any]) -> str:
    if model is Organization and column.name in POLICIES:
        return POLICIES[column.name].label
    words = str(column.verbose_name)
    for end in (" minor",):
        words = words.removesuffix(end)
    return (words.removeprefix("is ") or words).capitalize()


class _Names:
    """What ids and values are called, asked for once per model."""

    def __init__(self, pairs: list[tuple[type[models.Model], Any, Any]], people: set[int | None]) -> None:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        wanted[User] |= {one for one in people if one is not None}
        self._references: dict[type[models.Model], list[models.Field[Any, Any]]] = {}
        for model, row, before in pairs:
            for column in self._pointing(model):
                known = getattr(row, column.attname)
                if known is not None and (before is None or known != getattr(before, column.attname)):
                    wanted[column.related_model].add(known)  # type: ignore[index]
                if before is not None and (old := getattr(before, column.attname)) not in (None, known):
                    wanted[column.related_model].add(old)  # type: ignore[index]
        self._known = {
            model: {row.pk: str(row) for row in model._base_manager.filter(pk__in=ids)} if ids else {}
            for model, ids in wanted.items()
        }
        scope = get_scope().get("organization")
        self._organization: Organization | None = scope if isinstance(scope, Organization) else None

    def _pointing(self, model: type[models.Model]) -> list[models.Field[Any, Any]]:
        if model not in self._references:
            self._references[model] = [
                column
                for column in _tracked(model)
                if isinstance(column, models.ForeignKey) and column.name != "organization"
            ]
        return self._references[model]

    def person(self, user_id: int | None) -> str:
        return self._known[User].get(user_id, "Somebody") if user_id is not None else "The system"

    def subject(self, model: type[models.Model], row: Any) -> str:
        """What the row is called: its number, code or name, else the person or thing it is about."""
        for name in ("number", "sku", "code"):
            if hasattr(row, name):
                return str(getattr(row, name))
        for name in ("item", "component"):  # a line is called by what stands on it, not by its place
            if hasattr(row, f"{name}_id") and (said := self._item(model, name, getattr(row, f"{name}_id"))):
                return said
        for name in ("name", "email", "position", "role"):
            if hasattr(row, name) and not (name == "role" and hasattr(row, "user_id")):
                return str(getattr(row, name))
        if hasattr(row, "user_id"):
            return self._known.get(User, {}).get(row.user_id, "")
        return ""

    def _item(self, model: type[models.Model], name: str, item_id: int | None) -> str:
        related = model._meta.get_field(name).related_model
        return self._known.get(related, {}).get(item_id, "") if item_id is not None else ""  # type: ignore[arg-type]

    def shown(self, model: type[models.Model], column: models.Field[Any, Any], value: Any) -> str:
        if value is None or value == "":
            return formats.NOTHING
        if isinstance(column, models.ForeignKey):
            return self._known.get(column.related_model, {}).get(value, str(value))
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int) and column.name.endswith("_minor"):
            return self._money(value)
        if isinstance(value, Decimal | int):
            return formats.quantity(value)
        if isinstance(value, datetime):
            return formats.moment(value, self._zone())
        if isinstance(value, date):
            return formats.day(value)
        return str(value)

    def _money(self, minor: int) -> str:
        if self._organization is None:
            return str(minor)
        return formats.money(minor, self._organization.currency_code, self._organization.currency_decimals)

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._organization.time_zone if self._organization else "UTC")
