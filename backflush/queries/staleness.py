"""Whether what a document was computed from still stands."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import Organization
from backflush.queries.basis import Basis, basis_of
from backflush.queries.documents import DocumentRow, held_use_of
from backflush.queries.inputs import InputsBuilder
from backflush.queries.rows import CompletionRow, HeldDocument, UseRow


def builder_for(
    organization: Organization, documents: Sequence[DocumentRow], *, with_stock: bool = False
) -> InputsBuilder:
    """A builder over the basis of these documents."""
    return InputsBuilder(
        basis_of(
            organization,
            [document.completion_id for document in documents],
            own_backflush_ids=[document.id for document in documents],
            with_stock=with_stock,
            extra_item_ids={i for document in documents for i in document.edited_item_ids},
            against_ids={i for document in documents for i in document.computed_against},
        )
    )


def stale_ids(builder: InputsBuilder, documents: Sequence[DocumentRow]) -> set[int]:
    """Documents whose basis has changed since they were computed."""
    by_completion = {row.id: row for row in builder.basis.completions}
    held_use = held_use_of([document.id for document in documents])
    stale = set()
    for document in documents:
        completion = by_completion[document.completion_id]
        now = builder.fingerprint(
            completion,
            against=against_of(builder.basis, completion, document),
            use=use_of(builder.basis, completion, held_use[document.id]),
            edited_item_ids=document.edited_item_ids,
        )
        if now != document.fingerprint:
            stale.add(document.id)
    return stale


def against_of(basis: Basis, completion: CompletionRow, document: DocumentRow) -> list[HeldDocument]:
    """The documents it was computed against, as far as they still live.

    Documents drafted later do not make it stale: they were computed against this one.
    """
    wanted = set(document.computed_against)
    return [held for held in basis.held[completion.output_id] if held.backflush_id in wanted]


def use_of(basis: Basis, completion: CompletionRow, held: set[int]) -> list[UseRow]:
    """The reports it holds, and those that name its completion by now."""
    return [
        row
        for row in basis.use.get(completion.order_id, ())
        if row.id in held or row.completion_id == completion.id
    ]
