"""How members want to be told by mail of what waits for them."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from accounts.tenancy.models import ScopedModel
from approvals.choices import NoticeFrequency


class NoticeWish(ScopedModel):
    """One member's choice, and what the last mail told. A member without a row gets mails as they come."""

    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    frequency = models.CharField(max_length=5, choices=NoticeFrequency, default=NoticeFrequency.SOON)
    told = models.JSONField(default=list)  # keys of the news in the last mail
    told_on = models.DateField(null=True)  # the organization's day of the last mail

    class Meta:
        verbose_name = "notices by mail"
        verbose_name_plural = "notices by mail"
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "member"],
                name="notice_wish_once_per_member",
                violation_error_message="This member has chosen already.",
            ),
        )

    def __str__(self) -> str:
        return f"to {self.member}"
