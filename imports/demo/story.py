"""From the opening of the books to the state in which a newcomer finds the company."""

from __future__ import annotations

import datetime as dt
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.actions.members import add_member
from accounts.actions.organizations import change_policies, create_organization
from accounts.books import scoped_models
from accounts.models import Membership, Organization, User
from accounts.tenancy.binding import bind
from accounts.tenancy.plans import is_doubling, refresh_statistics
from accounts.tenancy.writes import save_row
from approvals.actions.recomputing import recompute
from approvals.actions.tiers import change_tier
from approvals.models import ApprovalTier
from backflush.actions.editing import LineChange
from backflush.choices import BackflushStatus
from backflush.models import Backflush, BackflushLine
from imports.choices import FileKind

from . import files
from .catalogue import catalogue
from .clock import Calendar, wound
from .company import LARKFIELD, PASSWORD, Company, Person
from .plan import WEEK, make_plan
from .road import Road, Staff

WEEKS = 12
FINANCE_FROM = 4_000
WRONG_ORDER = "Reported on the wrong order: the tray belonged to the next one"
COUNTED_TWICE = "Counted twice: the terminal sent it again after the power cut"


def tell_larkfield(*, weeks: int = WEEKS, now: dt.datetime | None = None) -> Organization:
    """Make the company and live through its weeks, in one transaction: all of it or nothing.

    The last day is the last Tuesday before `now`. Fewer weeks tell the end of the story alone.
    """
    calendar = Calendar(weeks * WEEK, now=told_on(now or timezone.now()), zone=LARKFIELD.time_zone)
    with transaction.atomic(), wound() as clock:
        clock.set(calendar.at(-3, 9))
        organization = found_company(LARKFIELD)
        people = members_of(organization)
        set_rules(organization, people)
        parts = catalogue()
        road = Road(
            organization=organization,
            staff=Staff(
                planner=people["planner@larkfield.example"],
                second_planner=people["planner2@larkfield.example"],
                controller=people["controller@larkfield.example"],
                second_controller=people["controller2@larkfield.example"],
                finance=people["finance@larkfield.example"],
            ),
            catalogue=parts,
            plan=make_plan(parts, weeks),
            calendar=calendar,
            clock=clock,
        )
        open_books(road)
        for day in range(road.days - 2):
            if day % WEEK == 0 and is_doubling(day // WEEK + 1):
                refresh_statistics(*scoped_models())
            road.usual_day(day)
            tell_of(road, day)
        end(road)
    return organization


def told_on(now: dt.datetime) -> dt.datetime:
    """The Wednesday noon from which the story looks back: weekends then part its days alike, whenever it is told."""
    noon = now.astimezone(dt.UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    noon -= dt.timedelta(days=(noon.weekday() - 2) % 7)
    return noon if noon <= now else noon - dt.timedelta(days=7)


def found_company(company: Company) -> Organization:
    """The organization and its people; somebody who works at both is known already."""
    for person in (company.admin, *company.people):
        make_known(person)
    organization, _ = create_organization(
        slug=company.slug,
        name=company.name,
        currency_code=company.currency_code,
        time_zone=company.time_zone,
        admin_email=company.admin.email,
        actor=None,
    )
    with bind(organization):
        admin = Membership.objects.select_related("user").get().user
        for person in company.people:
            add_member(
                organization=organization,
                email=person.email,
                role=person.role,
                actor=admin,
                reason="Works here",
            )
    return organization


def make_known(person: Person) -> None:
    """Somebody who can sign in. All have one password, hashed once: that takes longer than a day of the story."""
    if User.objects.filter(email=person.email).exists():
        return
    user = User(email=person.email, name=person.name, password=hashed_password())
    save_row(user, actor=None, reason="Works at a demo company")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


@cache
def hashed_password() -> str:
    return make_password(PASSWORD)


def members_of(organization: Organization) -> dict[str, User]:
    with bind(organization):
        return {member.user.email: member.user for member in Membership.objects.select_related("user")}


def set_rules(organization: Organization, people: dict[str, User]) -> None:
    controller = people["controller@larkfield.example"]
    with bind(organization):
        change_policies(
            organization=organization,
            values={"finished_goods_at": "standard", "over_completion_percent": 10},
            reason="Goods at standard, as in the ledger of the group",
            actor=people["admin@larkfield.example"],
        )
        change_policies(
            organization=organization,
            values={"tolerance_percent": 2, "tolerance_minor": 500},
            reason="Two percent and five dollars are noise here",
            actor=controller,
        )
        organization.refresh_from_db()
        tier = ApprovalTier.objects.get(role="finance")
    change_tier(
        organization=organization,
        tier=tier,
        from_amount_minor=FINANCE_FROM * 10**organization.currency_decimals,
        role="finance",
        actor=controller,
        reason="Agreed with finance at the start of the year",
    )


def open_books(road: Road) -> None:
    """Items, bills, costs and the opening stock, the day before; then the first week's orders."""
    road.at(-1, 9, 30)
    for minute, (kind, name) in enumerate(
        (
            (FileKind.ITEMS, "01-items.csv"),
            (FileKind.BOMS, "02-boms.csv"),
            (FileKind.COSTS, "03-costs.csv"),
        )
    ):
        road.at(-1, 9, 30 + 4 * minute)
        road.load(kind, name, files.sample(name))
    counted_at = road.local(road.at(0, 6, 30))
    road.at(0, 7, 5)
    road.load(FileKind.STOCK, f"stock-{counted_at:%m%d}.csv", files.opening_stock(counted_at))
    for week in road.plan.cycles[0]:
        road.release(0, week, minute=20 + week)


def tell_of(road: Road, day: int) -> None:
    """What happens once or twice."""
    week = day // WEEK
    if day == road.days // 2:
        road.at(day, 10, 40)
        since = road.calendar.date(day)
        road.load(FileKind.COSTS, f"costs-{since:%Y-%m}.csv", files.new_costs(road.catalogue, since))
    if day % 15 == 9:
        # The next morning's queue: one document comes back with a question and is answered.
        asked = road.submitted()[1]
        road.send_back(day + 1, asked, "Is the scrap on this one counted before or after rework?")
        road.submit(day + 1, [asked], hour=7, note="Before rework, as on the traveller")
    if day == 3 * WEEK + 2:
        road.reverse(day, road.posted(whole_orders(road, week - 2)[30]), WRONG_ORDER)
    if week == road.plan.weeks - 2 and day % WEEK == 2:
        fresh = [part.order for part in road.plan.reported_on(day - 1) if part.is_final]
        road.reverse(day, road.posted(fresh[2]), COUNTED_TWICE)


def whole_orders(road: Road, week: int) -> list[str]:
    """Orders of a week that were reported in one piece."""
    return [order.number for order in road.plan.of_week(week) if len(order.parts) == 1]


def end(road: Road) -> None:
    """The last two days stay unfinished, so that something waits at every step."""
    last = road.days - 1
    before = last - 1
    road.usual_day(before)
    shown = look_closer(road, before)
    road.reverse(before, road.posted(whole_orders(road, road.plan.weeks - 2)[33]), WRONG_ORDER)

    road.release(before, road.plan.weeks, status="Entered", most=9)

    # The last morning: some are signed, some have one signature of two, two come back with a question.
    waiting = road.submitted()
    large = [pk for pk in waiting if pk != shown and needs_finance(road, pk)]
    small = [pk for pk in waiting if pk != shown and pk not in large]
    road.at(last, 8, 15)
    road.approve(road.staff.controller, small[: len(small) // 2] + large[1:])
    road.send_back(last, small[-1], "Two pumps more than machines: were two replaced, or miscounted?")
    road.send_back(last, small[-2], "Please name the lot of the grease, it is not the oldest.", minute=46)

    # The last afternoon: some completions are not drafted, some drafts are not finished.
    parts = road.plan.reported_on(last)
    road.complete(last, parts)
    orders = [part.order for part in parts]
    drafted = road.draft(last, orders[: len(orders) * 2 // 3])
    ready = drafted[: len(drafted) // 2]
    road.explain(last, ready)
    road.submit(last, ready)
    correct_one(road, last, drafted[-1])


def look_closer(road: Road, day: int) -> int:
    """One document of the queue that has a little of everything: taken back by the planner, mended, handed in again."""
    with bind(road.organization):
        submitted = Backflush.objects.filter(status=BackflushStatus.SUBMITTED)
        machines = submitted.filter(completion__output__item__sku__startswith="LK-DUO")
        shown = machines.latest("weight_minor").pk
    road.at(day, 16, 50)
    recompute(
        organization=road.organization,
        backflush_id=shown,
        actor=road.staff.planner,
        reason="Rosa called: two displays were replaced",
    )
    with bind(road.organization):
        lines = {line.item.sku: line for line in BackflushLine.objects.filter(backflush_id=shown)}
    display, pump = lines["SA-PCB-D"], lines["SA-PMP-V"]
    road.at(day, 16, 54)
    road.change(
        shown,
        [
            LineChange(
                display.pk,
                actual_quantity=display.expected_quantity + 2,
                reason_id=road.reasons["QUALITY"],
                note="Cracked at final test, see photos on the traveller",
            ),
            LineChange(
                pump.pk,
                actual_quantity=pump.expected_quantity - 1,
                reason_id=road.reasons["UNDERUSE"],
                note="One pump came from the service shelf",
            ),
        ],
    )
    road.submit(day, [shown], hour=17, note="Displays again: third order in a row")
    return int(shown)


def needs_finance(road: Road, backflush_id: int) -> bool:
    limit = FINANCE_FROM * 10**road.organization.currency_decimals
    with bind(road.organization):
        backflush = Backflush.objects.get(pk=backflush_id)
    return max(backflush.weight_minor, backflush.value_minor) >= limit


def correct_one(road: Road, day: int, backflush_id: int) -> None:
    """The floor corrects a completion that is drafted already: its draft is stale until it is computed again."""
    with bind(road.organization):
        backflush = Backflush.objects.select_related("completion__output__work_order").get(
            pk=backflush_id, status=BackflushStatus.DRAFT
        )
        order = backflush.completion.output.work_order.number
    (part,) = [p for p in road.plan.reported_on(day) if p.order == order][:1]
    moment = road.local(backflush.completion.completed_at)
    road.at(day, 17, 10)
    row = {
        "wo_number": part.order,
        "completed_qty": part.good - 1,
        "scrap_qty": part.scrap + 1,
        "scrap_reason": "QUALITY",
        "reference": part.reference,
        "completed_at": f"{moment:%Y-%m-%d %H:%M}",
        "final": "yes" if part.is_final else "",
    }
    road.load(FileKind.COMPLETIONS, f"correction-{moment:%m%d}.csv", files.table(list(row), [row]))
