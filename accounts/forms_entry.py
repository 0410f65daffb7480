"""The sign-in library's forms, spoken like the rest of the product: plain labels, and no label twice."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as library
from django import forms


class Spoken(forms.Form):
    """Labels in sentence case; the placeholders, which only repeat them, are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = str(field.label).capitalize() if field.label else field.label
            field.widget.attrs.pop("placeholder", None)


class SignInForm(Spoken, library.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True
        remember = self.fields["remember"]
        remember.label = "Keep me signed in"
        remember.help_text = "For two weeks in this browser. Not on a computer that others use."


class AddEmailForm(Spoken, library.AddEmailForm):
    pass


class ChangePasswordForm(Spoken, library.ChangePasswordForm):
    pass


class SetPasswordForm(Spoken, library.SetPasswordForm):
    pass


class ResetPasswordForm(Spoken, library.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Spoken, library.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Spoken, library.ReauthenticateForm):
    pass
