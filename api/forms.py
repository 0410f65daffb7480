"""What the trail's page asks."""

from __future__ import annotations

from django import forms

from api.queries import keys_by_name

ENDINGS = [("", "However it ended"), ("done", "Done"), ("refused", "Refused"), ("failed", "Failed")]


class TrailFilter(forms.Form):
    """The filters of the trail."""

    key = forms.ChoiceField(required=False, label="Key")
    ending = forms.ChoiceField(required=False, label="Ended", choices=ENDINGS)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["key"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All keys"), *keys_by_name()]
