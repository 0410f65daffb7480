"""How documents are found."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from backflush.choices import BackflushStatus
from backflush.models import Backflush


def prefix_range(field: str, text: str) -> Q:
    """Texts that begin so: as a range, which an index can serve under row security where LIKE cannot."""
    return Q(**{f"{field}__gte": text, f"{field}__lt": text[:-1] + chr(ord(text[-1]) + 1)})


class DocumentFilter(django_filters.FilterSet):
    """By number, order or product, by state, by day."""

    q = django_filters.CharFilter(
        label="Number, order or SKU",
        method="search",
        widget=forms.TextInput(
            attrs={"placeholder": "BF-, order or SKU", "data-key": "/", "data-key-label": "Search"}
        ),
    )
    status = django_filters.ChoiceFilter(
        label="State", choices=BackflushStatus.choices, empty_label="Any state"
    )
    attention = django_filters.ChoiceFilter(
        label="Attention",
        method="by_attention",
        empty_label="Everything",
        choices=[("beyond", "Beyond tolerance"), ("short", "Short"), ("no_cost", "Without a cost")],
    )
    completed_from = django_filters.DateFilter(
        label="Completed from",
        field_name="completion__completed_on",
        lookup_expr="gte",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    completed_to = django_filters.DateFilter(
        label="Completed to",
        field_name="completion__completed_on",
        lookup_expr="lte",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    class Meta:
        model = Backflush
        fields: list[str] = []

    def search(self, queryset: QuerySet[Backflush], name: str, value: str) -> QuerySet[Backflush]:
        text = value.strip()
        if not text:
            return queryset
        return queryset.filter(
            prefix_range("number", text.upper())
            | prefix_range("completion__output__work_order__number", text)
            | prefix_range("completion__output__item__sku", text)
        )

    def by_attention(self, queryset: QuerySet[Backflush], name: str, value: str) -> QuerySet[Backflush]:
        columns: dict[str, Any] = {
            "beyond": "beyond_count__gt",
            "short": "short_count__gt",
            "no_cost": "unknown_cost_count__gt",
        }
        return queryset.filter(**{columns[value]: 0})
