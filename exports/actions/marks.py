"""Keep the bookmark below which nothing is due but what is listed. Called under the exports lock."""

from __future__ import annotations

from collections.abc import Collection

from accounts.models import Organization
from accounts.tenancy.writes import delete_rows, insert_rows, save_row
from exports.models import DueBelowMark, DueMark
from exports.queries.due import entries_due, first_open_id, next_first_open_id
from inventory.models import StockEntry

# So many entries that no file took are listed below the mark; with more of them the mark stays before the rest.
MOST_LISTED = 20_000
WHY = "Keeps what is due quick to find"


def move_mark_on(organization: Organization) -> None:
    """After a batch: as far as can be judged, with what is still due below it on the list."""
    following = next_first_open_id()
    left = entries_due().filter(id__lt=following).order_by("id").values_list("id", flat=True)
    listed = list(left[: MOST_LISTED + 1])
    if len(listed) > MOST_LISTED:
        following = listed.pop()
    mark = DueMark.objects.first() or DueMark(organization=organization)
    mark.first_open_id = following
    mark.is_receipt_booked_by_erp = organization.is_receipt_booked_by_erp
    save_row(mark, actor=None, reason=WHY)
    known = dict(DueBelowMark.objects.values_list("entry_id", "id"))
    delete_rows(DueBelowMark, [known[entry] for entry in known.keys() - set(listed)], actor=None, reason=WHY)
    _list([entry for entry in listed if entry not in known])


def list_below_mark(entry_ids: Collection[int]) -> None:
    """These entries, their inverses or their originals may be due again."""
    mark = first_open_id()
    if not mark or not entry_ids:
        return
    near = set(entry_ids)
    lowest, highest = min(near), max(near)
    inverses = StockEntry.objects.filter(reversal_of_id__gte=lowest, reversal_of_id__lte=highest)
    originals = StockEntry.objects.filter(pk__range=(lowest, highest), reversal_of__isnull=False)
    pairs = list(inverses.union(originals).values_list("pk", "reversal_of_id"))
    touched = near | {entry for pair in pairs if near.intersection(pair) for entry in pair}
    known = set(DueBelowMark.objects.values_list("entry_id", flat=True))
    _list(sorted(entry for entry in touched - known if entry < mark))


def _list(entry_ids: Collection[int]) -> None:
    insert_rows(DueBelowMark, ["entry_id"], ((entry,) for entry in entry_ids), actor=None, reason=WHY)
