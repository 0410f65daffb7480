"""People who sign in, and the organizations they belong to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from accounts.choices import (
    FinishedGoodsAt,
    LotOrder,
    NegativePolicy,
    ScrapPolicy,
)
from accounts.roles import RIGHTS, Role
from accounts.tenancy.history import History
from accounts.tenancy.models import ScopedModel, ScopedRow


class PeopleManager(UserManager["User"]):
    """Users are known by their email address, whatever its case."""

    def _create_user_object(self, username: str, email: str, password: str | None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        return user

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:  # type: ignore[override]
        user = self._create_user_object("", email, password, **extra)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """A person. The email address is the name they sign in with."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("email address", unique=True)
    name = models.CharField(max_length=120, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PeopleManager] = PeopleManager()
    history = History(excluded_fields=["password", "last_login"])

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self).split(" ")[0]


class Organization(models.Model):
    """A company with its books, its currency and its policies."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    currency_code = models.CharField(max_length=3, validators=[RegexValidator(r"^[A-Z]{3}\Z")])
    currency_decimals = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(3)])
    time_zone = models.CharField(max_length=64, default="UTC")

    scrap_policy = models.CharField(max_length=8, choices=ScrapPolicy, default=ScrapPolicy.FOUND)
    lot_order = models.CharField(max_length=4, choices=LotOrder, default=LotOrder.FIFO)
    finished_goods_at = models.CharField(
        max_length=8, choices=FinishedGoodsAt, default=FinishedGoodsAt.ACTUAL
    )
    is_stock_at_standard = models.BooleanField(default=False)
    tolerance_percent = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    tolerance_minor = models.BigIntegerField(default=0)
    negative_policy = models.CharField(max_length=5, choices=NegativePolicy, default=NegativePolicy.WARN)
    over_completion_percent = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    is_cost_required = models.BooleanField(default=False)
    is_same_person_allowed = models.BooleanField(default=False)
    is_standard_run_posted = models.BooleanField(default=False)
    standard_run_limit_minor = models.BigIntegerField(default=0)
    loading_delay_minutes = models.PositiveIntegerField(default=0)
    is_receipt_booked_by_erp = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = History()

    class Meta:
        permissions = tuple(RIGHTS.items())
        constraints = (
            models.CheckConstraint(
                name="organization_currency_decimals_known",
                condition=models.Q(currency_decimals__in=[0, 2, 3]),
                violation_error_message="A currency has 0, 2 or 3 decimals.",
            ),
            models.CheckConstraint(
                name="organization_tolerance_not_negative",
                condition=models.Q(tolerance_percent__gte=0, tolerance_minor__gte=0),
                violation_error_message="A tolerance is zero or more.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Membership(ScopedModel):
    """A person's role in an organization."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="membership_once_per_organization",
                violation_error_message="This person is a member already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Invitation(ScopedRow):
    """A mailed invitation. Only the hash of its token is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role)
    hashed_token = models.CharField(max_length=64)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    history = History(excluded_fields=["hashed_token"])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "hashed_token"], name="invitation_token_once"),
        )


class ApiKey(ScopedRow):
    """A key that acts as its member. The secret is shown once and kept as a hash."""

    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    hashed_secret = models.CharField(max_length=64)
    is_read_only = models.BooleanField(default=False)
    calls_per_minute = models.PositiveIntegerField(null=True, blank=True)  # none: the operator's number
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    history = History(excluded_fields=["hashed_secret", "last_used_at"])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "hashed_secret"], name="api_key_secret_once"),
            models.CheckConstraint(
                name="api_key_calls_positive",
                condition=models.Q(calls_per_minute__gte=1),
                violation_error_message="A key may make at least one call per minute.",
            ),
        )

    @property
    def allowed_per_minute(self) -> int:
        """How many calls it may make in a minute: its own number, never above the operator's."""
        most: int = settings.API_REQUESTS_PER_MINUTE
        return most if self.calls_per_minute is None else min(self.calls_per_minute, most)

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, in the present time zone."""
        return timezone.localdate(self.expires_at - timedelta(microseconds=1)) if self.expires_at else None
