"""The company's days, one after the other, through the same actions that people use."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils.module_loading import import_string

from accounts.models import Organization, User
from accounts.tenancy.binding import bind
from approvals.actions.recomputing import recompute
from approvals.actions.reversing import reverse
from approvals.actions.signing import approve_backflushes, return_backflush
from approvals.actions.submitting import submit_backflushes
from approvals.models import ApprovalDecision
from backflush.actions.drafting import draft_backflushes
from backflush.actions.editing import LineChange, edit_backflush
from backflush.choices import BackflushStatus
from backflush.models import Backflush, BackflushLine
from imports.actions.load import import_file
from imports.actions.mapping import save_mapping
from imports.choices import FileKind
from inventory.actions.exceptions import resolve_exception, take_exception
from inventory.choices import Resolution
from inventory.models import ReasonCode, StockBalance, StockException

from . import files
from .catalogue import Catalogue
from .clock import Calendar, Clock
from .events import Floor
from .plan import WEEK, Part, Plan
from .purchases import stock_rows

ExportStep = Callable[..., None]


@dataclass(slots=True)
class Staff:
    """Who does what. There are two planners and two controllers, so that nobody signs their own work."""

    planner: User
    second_planner: User
    controller: User
    second_controller: User
    finance: User


class Road:
    """One company on its way through the weeks."""

    def __init__(
        self,
        *,
        organization: Organization,
        staff: Staff,
        catalogue: Catalogue,
        plan: Plan,
        calendar: Calendar,
        clock: Clock,
    ) -> None:
        self.organization = organization
        self.staff = staff
        self.catalogue = catalogue
        self.plan = plan
        self.calendar = calendar
        self.clock = clock
        self.days = plan.weeks * WEEK
        self.floor = Floor(catalogue)
        with bind(organization):
            self.reasons = {reason.code: reason.pk for reason in ReasonCode.objects.all()}
            self.mappings = self._keep_mappings()

    def _keep_mappings(self) -> dict[str, str]:
        """How the terminals write: on some days every quantity has three decimals, which alone could be thousands."""
        name = "Shop-floor terminals"
        for kind in (FileKind.COMPLETIONS, FileKind.ISSUES):
            document = {"decimal_mark": ".", "date_order": "ymd"}
            save_mapping(kind=kind, name=name, document=document, actor=self.staff.planner)
        return {FileKind.COMPLETIONS: name, FileKind.ISSUES: name}

    # What people do, each at a moment

    def at(self, day: int, hour: int, minute: int = 0) -> dt.datetime:
        moment = self.calendar.at(day, hour, minute)
        self.clock.set(moment)
        return moment

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.calendar.zone)

    def load(self, kind: str, name: str, content: bytes) -> None:
        with bind(self.organization):
            imported = import_file(
                kind=kind,
                file_name=name,
                content=content,
                mapping_name=self.mappings.get(kind, ""),
                actor=self.staff.planner,
            )
        if not imported.is_loaded:
            first = imported.issues[0]
            raise RuntimeError(f"{name}: row {first.row}: {first.message}")

    def complete(self, day: int, parts: Sequence[Part]) -> None:
        """Load what the terminals wrote on these days, and what they say was used."""
        at = dict.fromkeys(range(day + 1), 0)
        moments = []
        for part in parts:
            moments.append(
                self.local(self.calendar.at(part.day, 6, 40) + dt.timedelta(minutes=19 * at[part.day]))
            )
            at[part.day] += 1
        stamp = f"{self.calendar.date(day):%m%d}"
        self.at(day, 15, 30)
        self.load(FileKind.COMPLETIONS, f"completions-{stamp}.csv", files.completions(parts, moments))
        used = list(self.floor.reported(parts))
        if used:
            self.at(day, 15, 36)
            self.load(FileKind.ISSUES, f"issues-{stamp}.csv", files.table(list(used[0]), used))

    def draft(self, day: int, orders: Sequence[str] | None = None) -> list[int]:
        self.at(day, 15, 45)
        who = self.staff.planner if day % 2 else self.staff.second_planner
        result = draft_backflushes(organization=self.organization, actor=who, order_numbers=orders)
        for completion, error in result.refused:
            raise RuntimeError(f"completion {completion}: {error.message}")
        return result.drafted

    def change(self, backflush_id: int, changes: Sequence[LineChange]) -> None:
        edit_backflush(
            organization=self.organization,
            backflush_id=backflush_id,
            changes=changes,
            actor=self.staff.planner,
        )

    def explain(self, day: int, backflush_ids: Sequence[int]) -> None:
        """Write the reason beside every line that asks for one."""
        parts = {(part.order, part.reference): part for order in self.plan.orders for part in order.parts}
        moment = self.at(day, 15, 55)
        for key, backflush_id, lines in self.asking(backflush_ids):
            if changes := self.floor.explanations(parts[key], lines, self.reasons):
                moment += dt.timedelta(minutes=2)
                self.clock.set(moment)
                self.change(backflush_id, changes)

    def submit(self, day: int, backflush_ids: Sequence[int], *, hour: int = 16, note: str = "") -> list[int]:
        self.at(day, hour, 35)
        result = submit_backflushes(
            organization=self.organization,
            backflush_ids=backflush_ids,
            actor=self.staff.planner,
            note=note,
        )
        return [backflush_id for backflush_id, _ in result.refused]

    def sign(self, day: int, backflush_ids: Sequence[int]) -> None:
        """Both controllers share the queue; what became stale is computed anew and comes again."""
        by_person: dict[User, list[int]] = defaultdict(list)
        for backflush_id in backflush_ids:
            person = self.staff.second_controller if backflush_id % 3 == 0 else self.staff.controller
            by_person[person].append(backflush_id)
        refused: list[int] = []
        for minute, (person, ids) in enumerate(by_person.items()):
            self.at(day, 8, 10 + 9 * minute)
            refused += self.approve(person, ids)
        self.at(day, 9, 5)
        refused += self.approve(self.staff.finance, self.submitted(backflush_ids))
        if refused:
            self.again(day, refused)

    def approve(self, person: User, backflush_ids: Sequence[int]) -> list[int]:
        result = approve_backflushes(
            organization=self.organization, backflush_ids=backflush_ids, actor=person
        )
        return [backflush_id for backflush_id, error in result.refused if error.code == "STALE_DRAFT"]

    def again(self, day: int, backflush_ids: Iterable[int]) -> None:
        self.at(day, 11, 20)
        ids = sorted(set(backflush_ids))
        for backflush_id in ids:
            recompute(
                organization=self.organization,
                backflush_id=backflush_id,
                actor=self.staff.planner,
                reason="Stock moved since it was drafted",
            )
        self.explain(day, ids)
        self.submit(day, ids, hour=16)

    def send_back(self, day: int, backflush_id: int, note: str, *, minute: int = 40) -> None:
        self.at(day, 8, minute)
        return_backflush(
            organization=self.organization,
            backflush_id=backflush_id,
            actor=self.staff.controller,
            note=note,
        )

    def reverse(self, day: int, backflush_id: int, why: str) -> None:
        """By the controller who did not sign it."""
        self.at(day, 13, 50)
        with bind(self.organization):
            signers = set(
                ApprovalDecision.objects.filter(request__backflush_id=backflush_id).values_list(
                    "decided_by_id", flat=True
                )
            )
        has_signed = self.staff.controller.pk in signers
        actor = self.staff.second_controller if has_signed else self.staff.controller
        reverse(organization=self.organization, backflush_id=backflush_id, actor=actor, reason=why)

    def hand_over(self, day: int, *, is_last: bool) -> None:
        """A batch for the ERP, and its answer. Rooms beside this one take part by name."""
        for path in settings.DEMO_STEPS:
            step: ExportStep = import_string(path)
            step(
                organization=self.organization,
                actor=self.staff.planner,
                set_clock=lambda minute: self.at(day, 9, minute),
                is_last=is_last,
            )

    def receive(self, day: int) -> None:
        counted_at = self.local(self.at(day, 10, 0))
        with bind(self.organization):
            rows = list(stock_rows(self.catalogue, self.plan, day // WEEK, counted_at=counted_at))
        if rows:
            self.at(day, 10, 12)
            self.load(FileKind.STOCK, f"stock-{counted_at:%m%d}.csv", files.stock(rows))

    def resolve(self, day: int) -> None:
        """What was short and came in is settled; what is still missing somebody has taken."""
        self.at(day, 10, 20)
        who = self.staff.second_planner
        with bind(self.organization):
            held = dict(StockBalance.objects.values_list("item_id").annotate(Sum("on_hand")))
            still = StockException.objects.filter(resolved_at=None).order_by("pk")
            found = list(still.values_list("pk", "item_id", "owner_id"))
        for pk, item_id, owner_id in found:
            if held.get(item_id, 0) >= 0:
                resolve_exception(
                    organization=self.organization,
                    exception_id=pk,
                    resolution=Resolution.RECEIVED,
                    note="The delivery is booked in",
                    actor=who,
                )
            elif owner_id is None:
                take_exception(organization=self.organization, exception_id=pk, actor=who)

    def release(
        self, day: int, week: int, *, minute: int = 25, status: str = "Placed", most: int | None = None
    ) -> None:
        due = self.calendar.date(week * WEEK + WEEK - 1)
        self.at(day, 10, minute)
        content = files.work_orders(self.catalogue, self.plan.of_week(week)[:most], status=status, due=due)
        self.load(FileKind.WORK_ORDERS, f"work-orders-{due:%m%d}.csv", content)

    # What they look at

    def asking(self, backflush_ids: Sequence[int]) -> list[tuple[tuple[str, str], int, list[BackflushLine]]]:
        """Documents with a line beyond tolerance: order and reference, document, lines."""
        with bind(self.organization):
            found = Backflush.objects.filter(pk__in=backflush_ids, beyond_count__gt=0).order_by("pk")
            documents = list(found.prefetch_related("completion__output__work_order"))
            lines: dict[int, list[BackflushLine]] = defaultdict(list)
            beyond = BackflushLine.objects.filter(backflush_id__in=[d.pk for d in documents])
            for line in beyond.prefetch_related("item"):
                lines[line.backflush_id].append(line)
        return [
            (
                (document.completion.output.work_order.number, document.completion.reference),
                document.pk,
                lines[document.pk],
            )
            for document in documents
        ]

    def submitted(self, among: Sequence[int] | None = None) -> list[int]:
        with bind(self.organization):
            found: Any = Backflush.objects.filter(status=BackflushStatus.SUBMITTED)
            if among is not None:
                found = found.filter(pk__in=among)
            return list(found.order_by("pk").values_list("pk", flat=True))

    def posted(self, order: str) -> int:
        """The posted document of an order's first completion."""
        with bind(self.organization):
            return (
                Backflush.objects.filter(
                    status=BackflushStatus.POSTED, completion__output__work_order__number=order
                )
                .earliest("pk")
                .pk
            )

    # The days

    def usual_day(self, day: int) -> None:
        """Sign what waits, now and then hand over and receive, and book what was built."""
        if waiting := self.submitted():
            self.sign(day, waiting)
        cycle = self.plan.cycles.get(day // WEEK, range(0))
        if day % WEEK == 0 and day and cycle:
            self.hand_over(day, is_last=day == self.days - WEEK)
            self.receive(day)
            self.resolve(day)
            for minute, week in enumerate(cycle):
                self.release(day, week, minute=25 + minute)
        parts = self.plan.reported_on(day)
        if parts:
            self.complete(day, parts)
            drafted = self.draft(day)
            self.explain(day, drafted)
            self.submit(day, drafted)
