"""The layout of the callback form: what everybody is asked on one screen, the rest folded."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout, Submit
from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

FOLDED = ("best_time", "time_zone", "language", "needs", "message")
# Guessed by the script, so that a zone does not show that anybody wrote something here.
GUESSED = "time_zone"


class Fold(Div):
    """Fields that are shown only on demand; without script too."""

    template = "forms/layout/fold.html"

    def __init__(self, *fields: Any, summary: Any, inside: Any, is_open: bool) -> None:
        super().__init__(*fields)
        self.summary, self.inside, self.is_open = summary, inside, is_open


def _for_either(words: Any, for_someone_else: Any) -> str:
    return format_html(
        '<span class="unless-other">{}</span><span class="if-other">{}</span>',
        words,
        for_someone_else,
    )


# Words that fit whoever it is about, and those that a browser shows in their place once
# "someone else" is chosen.
for_either = lazy(_for_either, str)


def callback_helper(form: forms.Form) -> FormHelper:
    helper = FormHelper()
    # Without a script, only the fragment leads to the error summary. The browser focuses
    # the summary itself; a wrapper as the target would take the focus away.
    helper.form_action = reverse("contact:callback", fragment="error-summary")
    helper.form_id = "callback"
    helper.form_class = "ask"
    # There is no session cookie, so a forged post gains nothing.
    helper.disable_csrf = True
    helper.layout = Layout(
        "calling_for",
        Div("relationship", css_class="about-other field"),
        "name",
        "phone",
        "announce",
        "voicemail",
        Div(
            Fold(
                *FOLDED,
                summary=_("More, if you like"),
                inside=_("Best time, language, a message"),
                is_open=_has_something_folded(form),
            ),
            Submit("", _("Ask for a call"), aria_describedby="consent"),
            css_class="send",
        ),
        Div(HTML('{% include "contact/consent.html" with site=site only %}'), css_id="consent"),
        Div(Field("company"), css_class="hp", aria_hidden="true"),
        "source",
        "key",
        *(["anyway"] if form.is_bound and form["anyway"].value() else []),
    )
    return helper


def _has_something_folded(form: forms.Form) -> bool:
    """Return whether a folded field has an error, or an answer other than the usual one."""
    return form.is_bound and any(
        form[name].errors
        or (name != GUESSED and form[name].value() not in (None, "", form.fields[name].initial))
        for name in FOLDED
    )
