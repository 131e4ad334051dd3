"""A page on which leads try a sentence: does it mean danger, and by which rows?"""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from contact.danger.rules import decide
from contact.danger.verdict import Reading
from contact.models import DangerPhrase


class SentenceForm(forms.Form):
    sentence = forms.CharField(
        label=_("What somebody might write"),
        help_text=_("Nothing of it is kept. Make the words up; copy nobody’s message."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
@never_cache
def try_sentence(request: HttpRequest) -> HttpResponse:
    """Show the verdict on a sentence, which is neither stored nor logged."""
    if not request.user.has_perm("contact.change_dangerphrase"):
        raise PermissionDenied
    form = SentenceForm(request.POST if request.method == "POST" else None)
    reading = None
    if form.is_valid():
        (reading,) = decide(DangerPhrase.objects.rows(), form.cleaned_data["sentence"]).readings
    context = {
        **admin.site.each_context(request),
        "title": gettext("Try a sentence"),
        "opts": DangerPhrase._meta,
        "form": form,
        "reading": reading,
        "outcome": outcome_of(reading) if reading else "",
    }
    return TemplateResponse(request, "admin/contact/dangerphrase/try.html", context)


def outcome_of(reading: Reading) -> str:
    if reading.is_danger:
        return gettext(
            "It counts: the request goes first, and the visitor reads 988 and 911 first."
        )
    if reading.standing:
        return gettext("It does not count: its other words take too many points away.")
    if reading.findings:
        return gettext("It does not count: everything found was taken back.")
    if reading.signs:
        return gettext("It does not count: its words have too few points.")
    return gettext("It does not count: nothing was found.")
