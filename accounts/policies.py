"""The organization's policies as people meet them: what each is called, what it does, and who may change it."""

from __future__ import annotations

from dataclasses import dataclass

SETTINGS_RIGHT = "manage_settings"
RULES_RIGHT = "maintain_rules"


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    section: str
    label: str
    help_text: str
    right: str = SETTINGS_RIGHT


_ALL = (
    Policy("name", "Organization", "Name", "As it stands on every page and in mails."),
    Policy(
        "time_zone",
        "Organization",
        "Time zone",
        "Decides which day a moment belongs to, and how moments are shown. For example Europe/Berlin.",
    ),
    Policy(
        "scrap_policy",
        "Production",
        "Reported scrap",
        "Which components a scrapped unit consumes beyond its standard. Orders keep the choice that held when their "
        "recipe was taken.",
    ),
    Policy(
        "over_completion_percent",
        "Production",
        "Over-completion, percent",
        "How far an order may be exceeded, with a warning. Beyond it a completion is refused. Empty: without limit.",
    ),
    Policy(
        "lot_order",
        "Stock",
        "Order of lots",
        "Which lot is taken first where none was reported.",
    ),
    Policy(
        "negative_policy",
        "Stock",
        "When stock is short",
        "Holds for items without a choice of their own. Allow posts; allow and list posts and opens an exception "
        "that somebody resolves; refuse posts nothing and lists every short component.",
    ),
    Policy(
        "finished_goods_at",
        "Costs",
        "Finished goods",
        "At actual cost the variances are reported and stay in the goods. At standard cost they are posted to the "
        "variance accounts.",
    ),
    Policy(
        "is_stock_at_standard",
        "Costs",
        "Stock is carried at standard cost",
        "Lots then cost what the item costs by standard, so that no price variance appears at issue.",
    ),
    Policy(
        "is_cost_required",
        "Costs",
        "Every component needs a cost",
        "A draft with a component that has no cost cannot be submitted.",
    ),
    Policy(
        "is_receipt_booked_by_erp",
        "ERP",
        "The ERP books receipts of finished goods itself",
        "Receipts are then never exported, and a stock file holds those completed before it was counted.",
    ),
    Policy(
        "loading_delay_minutes",
        "ERP",
        "Loading delay, minutes",
        "How long after an export the ERP has loaded it. A stock file counted within this time after an export "
        "is taken not to hold it, where the ERP gives no acknowledgements; a later one is taken to hold it. With 0 "
        "you are asked wherever a stock file does not agree with the balance as it stands.",
    ),
    Policy(
        "is_same_person_allowed",
        "Signatures",
        "The same person may draft and sign",
        "For an organization of one person. The books show that it was switched on.",
    ),
    Policy(
        "tolerance_percent",
        "Tolerance",
        "Tolerance, percent",
        "A line is beyond tolerance when its use exceeds what was expected by more than this percent and by more "
        "than the amount below. Items can have their own.",
        RULES_RIGHT,
    ),
    Policy(
        "tolerance_minor",
        "Tolerance",
        "Tolerance, amount",
        "A line beyond both needs a reason before its document can be submitted.",
        RULES_RIGHT,
    ),
    Policy(
        "is_standard_run_posted",
        "Standard runs",
        "Post standard runs without a signature",
        "A run whose every line is within tolerance, with nothing short and every cost known, posts when it is "
        "submitted. The history names this policy as the signer.",
        RULES_RIGHT,
    ),
    Policy(
        "standard_run_limit_minor",
        "Standard runs",
        "Limit of a standard run",
        "Above this variance or value a run needs its signatures all the same.",
        RULES_RIGHT,
    ),
)

POLICIES: dict[str, Policy] = {policy.name: policy for policy in _ALL}
