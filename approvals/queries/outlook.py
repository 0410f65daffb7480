"""What posting a document would book, or has booked: stock, journal, signatures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from accounts.models import Organization
from approvals.queries.tiers import tiers_now, tiers_reached
from backflush.choices import BackflushStatus
from backflush.engine.journal import build_journal
from backflush.engine.results import ComputedBackflush
from backflush.engine.tolerance import is_standard_run
from backflush.models import Backflush, BackflushLine
from backflush.queries.documents import documents_of, lines_of
from backflush.queries.inputs import InputsBuilder
from backflush.queries.receipts import standing_receipts
from backflush.queries.rows import CompletionRow
from backflush.queries.staleness import builder_for
from backflush.queries.standard import standard_runs
from backflush.queries.valuation import Amounts, journal_inputs, stored_amounts
from inventory.choices import AccountRole, SourceKind
from inventory.models import JournalLine, Lot, StockBalance
from production.queries.closing import closing_orders
from ui import formats

SHOWN_LOTS = 4


@dataclass(frozen=True, slots=True)
class StockAfter:
    """What would be on hand of an item, over all places, and from which lots the line would take it."""

    sku: str
    before: str
    after: str
    is_negative: bool
    taken_from: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Accounts with their amounts, what goes into finished stock, who must sign, and stock of the line typed in."""

    title: str
    accounts: list[tuple[str, str]]
    receipt: tuple[str, str] | None
    signers: list[str]
    variance: str
    is_preview: bool
    stock: list[StockAfter] = field(default_factory=list)


def outlook_of(
    backflush: Backflush,
    organization: Organization,
    *,
    computed: ComputedBackflush | None = None,
    builder: InputsBuilder | None = None,
    completion: CompletionRow | None = None,
    changed: BackflushLine | None = None,
) -> Outlook:
    """The posted journal of a posted document, else the one that its figures would make.

    `changed` is the line being typed in: the items that serve its input are shown with their stock before and after.
    """
    code, decimals = organization.currency_code, organization.currency_decimals
    product = backflush.completion.output.item.sku
    if backflush.status in (BackflushStatus.POSTED, BackflushStatus.REVERSED):
        sums: dict[str, int] = defaultdict(int)
        for role, amount in JournalLine.objects.filter(
            entry__source_kind=SourceKind.BACKFLUSH, entry__source_id=backflush.pk, entry__reversal_of=None
        ).values_list("role", "amount_minor"):
            sums[role] += amount
        good = backflush.completion.good_quantity
        return Outlook(
            "What was booked",
            _printed(sums, code, decimals),
            (f"{product} into stock", formats.quantity(good, signed=True)),
            [],
            formats.variance_money(backflush.variance_minor, code, decimals),
            False,
        )
    if builder is None or completion is None:
        builder = builder_for(organization, documents_of([backflush.pk]))
        completion = builder.basis.completions[0]
    journal = build_journal(
        journal_inputs(
            builder,
            completion,
            _computed(computed)
            if computed is not None
            else stored_amounts(lines_of([backflush.pk])[backflush.pk]),
            is_emptying=completion.order_id in closing_orders([(completion.order_id, completion.id)]),
            receipts=standing_receipts(completion),
        )
    )
    sums = defaultdict(int)
    for line in journal.lines:
        sums[line.role.value] += line.amount_minor
    weight = computed.totals.weight_minor if computed else backflush.weight_minor
    value = computed.totals.value_minor if computed else backflush.value_minor
    variance = computed.totals.variance_minor if computed else backflush.variance_minor
    return Outlook(
        "If it is approved",
        _printed(sums, code, decimals),
        (f"{product} into stock", formats.quantity(journal.receipt_quantity, signed=True))
        if journal.receipt_quantity
        else None,
        ["nobody, as a standard run"]
        if _needs_no_signature(backflush, organization, computed)
        else [
            tier.role.capitalize()
            for tier in tiers_reached(tiers_now(), weight_minor=weight, value_minor=value)
        ],
        formats.variance_money(variance, code, decimals),
        computed is not None,
        _stock_after(computed, builder, completion, changed) if computed is not None and changed else [],
    )


def _needs_no_signature(
    backflush: Backflush, organization: Organization, computed: ComputedBackflush | None
) -> bool:
    """Whether it will post by policy as soon as it is submitted."""
    if not organization.is_standard_run_posted or backflush.status == BackflushStatus.SUBMITTED:
        return False
    limit = organization.standard_run_limit_minor
    if computed is not None:
        return is_standard_run(computed, weight_limit_minor=limit, value_limit_minor=limit)
    return backflush.pk in standard_runs([backflush.pk], limit_minor=limit)


def _stock_after(
    computed: ComputedBackflush, builder: InputsBuilder, completion: CompletionRow, changed: BackflushLine
) -> list[StockAfter]:
    ids = builder.basis.recipes[completion.output_id].ids_by_position
    lines = [
        line
        for line in computed.lines
        if line.item == changed.item_id
        or (line.input_key is not None and ids[line.input_key] == changed.input_id)
    ]
    used: dict[int, Decimal] = defaultdict(Decimal)
    for line in computed.lines:
        used[line.item] += line.actual_quantity
    before = dict(
        StockBalance.objects.filter(item_id__in=[line.item for line in lines])
        .values_list("item_id")
        .annotate(total=Sum("on_hand"))
    )
    lots = dict(
        Lot.objects.filter(
            pk__in=[pick.lot for line in lines for pick in line.picks if pick.lot]
        ).values_list("pk", "code")
    )
    found = []
    for line in lines:
        row = builder.basis.items[line.item]
        known = before.get(line.item) if row.is_stock_known else None
        after = None if known is None else known - used[line.item]
        parts = [
            f"{formats.quantity(pick.quantity)} "
            + ("short" if pick.is_short else f"of {lots[pick.lot]}" if pick.lot else "without lot")
            for pick in line.picks
        ]
        found.append(
            StockAfter(
                sku=row.sku,
                before="unknown" if known is None else formats.quantity(known),
                after="unknown" if after is None else formats.quantity(after),
                is_negative=after is not None and after < 0,
                taken_from=", ".join(parts[:SHOWN_LOTS]) + (" …" if len(parts) > SHOWN_LOTS else ""),
            )
        )
    return found


def _computed(computed: ComputedBackflush) -> list[Amounts]:
    return [
        Amounts(
            line.item,
            line.line_type.value,
            line.standard_cost_minor,
            line.actual_cost_minor,
            line.substitution_minor,
            line.scrap_minor,
            line.usage_minor,
            line.price_minor,
            line.actual_cost_minor,
        )
        for line in computed.lines
    ]


def _printed(sums: dict[str, int], code: str, decimals: int) -> list[tuple[str, str]]:
    order = list(AccountRole.values)
    return [
        (AccountRole(role).label, formats.money(amount, code, decimals, signed=True))
        for role, amount in sorted(sums.items(), key=lambda pair: order.index(pair[0]))
        if amount
    ]
