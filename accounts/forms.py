"""Forms of members, keys, profiles and policies."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, DecimalField, Field

from accounts.models import Membership, Organization, User
from accounts.policies import POLICIES
from accounts.roles import Role
from ui import formats
from ui.widgets import FigureInput

ROLE_HELP = (
    "Planner loads files, edits drafts and exports. Supervisor releases orders and records what was built. "
    "Controller signs, reverses and keeps the rules. Finance signs large amounts. Admin keeps members and settings. "
    "Auditor reads everything and writes nothing."
)


class MoneyField(forms.DecimalField):
    """An amount as people write it; the form's data is in minor units."""

    widget = FigureInput

    def __init__(self, *, decimals: int, **kwargs: Any) -> None:
        super().__init__(decimal_places=decimals, max_digits=18, **kwargs)
        self.decimals = decimals

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount.scaleb(self.decimals))

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value).scaleb(-self.decimals) if isinstance(value, int) else value


class PlainDecimalField(forms.DecimalField):
    """A number shown without the zeros that its column keeps behind it."""

    widget = FigureInput

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def reason_field(*, max_length: int = 500, rows: int = 1) -> forms.CharField:
    """The one question for the reason of a change, in the same words on every form."""
    return forms.CharField(
        label="Reason",
        max_length=max_length,
        widget=forms.Textarea({"rows": rows}) if rows > 1 else forms.TextInput,
        help_text="The history shows it beside your name.",
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = reason_field()


class InviteForm(forms.Form):
    email = forms.EmailField(label="Email address", help_text="The invitation holds for seven days.")
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.PLANNER, help_text=ROLE_HELP)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=Role.choices, help_text=ROLE_HELP)
    reason = reason_field()


class ProfileForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120, help_text="How others see you beside what you did.")


class AcceptForm(forms.Form):
    """Who is new gives a name and chooses a password."""

    name = forms.CharField(label="Your name", max_length=120)
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least eight characters, and nothing common.",
    )
    password_again = forms.CharField(
        label="Password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        password, again = data.get("password"), data.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", "The two passwords differ.")
        elif password:
            try:
                validate_password(password, User(email=self.email, name=data.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data


class KeyLimitForm(forms.Form):
    calls_per_minute = forms.IntegerField(label="Calls per minute", required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.API_REQUESTS_PER_MINUTE
        said = f"At most {formats.quantity(most)}, which the operator allows every key. Empty: just that."
        self.fields["calls_per_minute"].help_text = said


class KeyForm(KeyLimitForm):
    name = forms.CharField(
        label="Name", max_length=80, help_text="What the key is for, for example “MES, line 2”."
    )
    member: forms.ModelChoiceField[Membership] = forms.ModelChoiceField(
        label="Acts as",
        queryset=None,
        help_text="Calls with the key may do what this member may, and carry their name.",
    )
    is_read_only = forms.BooleanField(label="Reads only", required=False)
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: until it is revoked.",
    )
    field_order = ("name", "member", "is_read_only", "calls_per_minute", "expires_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.select_related("user").order_by("user__email")
        self.fields["member"].queryset = members  # type: ignore[attr-defined]


def policy_field(name: str, organization: Organization) -> forms.Field:
    """The form field of one policy, with the model's own limits."""
    policy = POLICIES[name]
    column: Field[Any, Any] = Organization._meta.get_field(name)  # type: ignore[assignment]
    words: dict[str, Any] = {"label": policy.label, "help_text": policy.help_text}
    if name.endswith("_minor"):
        code = organization.currency_code
        return MoneyField(
            decimals=organization.currency_decimals,
            min_value=Decimal(0),
            **{**words, "label": f"{policy.label}, {code}"},
        )
    if name == "time_zone":
        return forms.ChoiceField(choices=[(zone, zone) for zone in sorted(available_timezones())], **words)
    limits: dict[str, Any] = {"min_value": Decimal(0)} if isinstance(column, DecimalField) else {}
    if isinstance(column, DecimalField):
        return PlainDecimalField(
            max_digits=column.max_digits,
            decimal_places=column.decimal_places,
            required=not column.blank,
            **words,
            **limits,
        )
    field = column.formfield(**words)
    if field is None:
        raise LookupError(f"{name} has no form field")
    if isinstance(column, BooleanField):
        field.required = False
    return field


class PoliciesForm(forms.Form):
    """The policies that the person may change, in their sections, and the reason for changing them."""

    def __init__(self, *args: Any, organization: Organization, names: list[str], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(organization, name) for name in names})
        super().__init__(*args, **kwargs)
        self.names = names
        for name in names:
            self.fields[name] = policy_field(name, organization)
        self.fields["reason"] = reason_field()

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """(title, fields) in the order of the policies."""
        found: dict[str, list[forms.BoundField]] = {}
        for name in self.names:
            found.setdefault(POLICIES[name].section, []).append(self[name])
        return list(found.items())

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names}
