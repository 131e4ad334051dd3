"""Widgets that are written without templates: the same to the byte as Django's own."""

import datetime

from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

ODD = '"O\'Brien" <b>&amp;\xa0ñ'
ATTRS = {
    "id": "x",
    "required": True,
    "disabled": False,
    "data-odd": ODD,
    "rows": 3,
    "title": _("No"),
}
LABELS = [("", "—"), ("a&", ODD), (3, 1234), (None, _("Yes")), (True, mark_safe("<i>it</i>"))]
CHOICES = [*LABELS, ("A <group>", LABELS), (2024, [("b", "B")])]


class PlainOption(forms.Select):
    option_template_name = "django/forms/widgets/input_option.html"

    def create_option(self, *args, **kwargs):
        return super().create_option(*args, **kwargs) | {"type": "radio"}


def test_each_widget_is_as_django_writes_it():
    assert type(get_default_renderer()) is not DjangoTemplates
    moment = datetime.datetime(2026, 3, 4, 15, 6)
    inputs = [
        *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.SearchInput),
        *(forms.ColorInput, forms.TelInput, forms.PasswordInput, forms.HiddenInput),
        *(forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.CheckboxInput),
        *(forms.Textarea, forms.FileInput, forms.ClearableFileInput, forms.SplitDateTimeWidget),
        forms.MultipleHiddenInput,
    ]
    choosing = [
        *(forms.Select, forms.NullBooleanSelect, forms.SelectMultiple, forms.RadioSelect),
        *(forms.CheckboxSelectMultiple, forms.SelectDateWidget, PlainOption),
    ]
    for widget in [*inputs, *choosing]:
        made = widget(ATTRS)
        if widget in choosing and hasattr(made, "choices"):
            made.choices = CHOICES
        several = getattr(made, "allow_multiple_selected", widget is forms.MultipleHiddenInput)
        for value in (["a&", "3"],) if several else (None, "", "a&", ODD, 3, 1234.5, True, moment):
            for attrs in ({}, {"id": None, "aria-describedby": "y"}):
                if widget is forms.SplitDateTimeWidget and value not in (None, moment):
                    continue
                same = [
                    made.render("name[&]", value, attrs, renderer)
                    for renderer in (DjangoTemplates(), None)
                ]
                assert same[0] == same[1], (widget, value)


def test_each_radio_button_is_as_django_writes_it():
    class Form(forms.Form):
        how = forms.ChoiceField(choices=LABELS, widget=forms.RadioSelect(attrs={"class": "x"}))

    for auto_id in ("", "_%s"):
        ours, theirs = (
            [tag for choice in form["how"] for tag in (choice.tag(), choice.tag(wrap_label=True))]
            for form in (
                Form({"how": "a&"}, auto_id=auto_id),
                Form({"how": "a&"}, auto_id=auto_id, renderer=DjangoTemplates()),
            )
        )
        assert ours == theirs
