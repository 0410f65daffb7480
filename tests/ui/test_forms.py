"""Forms: label, help and errors belong to their field, for those who see and for those who listen."""

from __future__ import annotations

from django import forms
from django.template.loader import render_to_string

from ui.widgets import FigureInput


class Reason(forms.Form):
    code = forms.CharField(label="Code", max_length=8, help_text="Shown in exports.")
    note = forms.CharField(label="Note", required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("n", "Normal"), ("a", "Abnormal")], widget=forms.RadioSelect
    )
    is_active = forms.BooleanField(label="May be chosen", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    file = forms.FileField(label="Picture", required=False)


def test_field_ties_label_help_and_errors_to_its_control() -> None:
    form = Reason({"code": "far too long", "version": "1"})
    shown = str(form)
    assert '<label for="id_code">Code</label>' in shown
    assert 'aria-describedby="id_code_helptext id_code_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert '<ul class="errors" id="id_code_error"><li>Ensure this value has at most 8 characters' in shown
    assert '<div class="help" id="id_code_helptext">Shown in exports.</div>' in shown


def test_field_that_may_be_left_out_says_so() -> None:
    assert 'for="id_note">Note <span class="optional">optional</span></label>' in str(Reason())


def test_choices_stand_in_a_fieldset_and_a_checkbox_before_its_label() -> None:
    shown = str(Reason())
    assert "<legend>Kind</legend>" in shown
    assert 'id="id_is_active"><label for="id_is_active">May be chosen</label>' in shown


def test_hidden_field_is_rendered_once_without_label() -> None:
    assert str(Reason()).count('name="version"') == 1
    assert "Version" not in str(Reason())


def test_error_of_the_whole_form_is_announced() -> None:
    form = Reason({"code": "A", "kind": "n", "version": "1"})
    form.add_error(None, "A reason with this code exists already.")
    assert (
        '<ul class="form-errors" role="alert"><li>A reason with this code exists already.</li></ul>'
        in str(form)
    )


def test_drop_zone_is_a_plain_file_input_without_scripts() -> None:
    shown = render_to_string("ui/drop.html", {"field": Reason()["file"]})
    assert '<input type="file" name="file" id="id_file">' in shown
    assert "data-drop" in shown


class Amount(forms.Form):
    quantity = forms.DecimalField(label="Quantity", max_digits=18, decimal_places=6, widget=FigureInput)


def test_figure_is_typed_as_text_and_comes_back_as_it_was_typed() -> None:
    assert 'type="text" name="quantity" inputmode="decimal"' in str(Amount())
    refused = Amount({"quantity": "12,5"})
    assert refused.errors == {"quantity": ["Enter a number."]}
    assert 'value="12,5"' in str(refused)
