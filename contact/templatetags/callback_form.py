"""Renders the callback form, with a cached copy of the blank one."""

from functools import lru_cache
from typing import Any

from crispy_forms.utils import render_crispy_form
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from contact.visitor.callback_form.forms import CallbackForm

register = template.Library()

# Placeholders for the values in which blank forms differ.
BLANKS = {"key": "key-of-this-visit", "source": "article-that-led-here"}


@lru_cache(maxsize=20)
def _blank(language: str | None, site: Any, times: Any, call_in: str) -> str:
    """Render the blank form for `format_html`; cached, because its fields render slowly.

    `times` is what the form says of the times of day, `call_in` the language chosen for the call.
    """
    form = CallbackForm(initial=BLANKS | ({"language": call_in} if call_in else {}))
    html = render_crispy_form(form, context={"site": site})
    html = html.replace("{", "{{").replace("}", "}}")
    for name, blank in BLANKS.items():
        html = html.replace(blank, f"{{{name}}}")
    return html


@register.simple_tag(takes_context=True)
def callback_form(context: Any) -> SafeString:
    form = context["form"]
    if form.is_bound:
        return render_crispy_form(form, context=context)
    values = {name: form.initial.get(name, "") for name in BLANKS}
    call_in = form.initial.get("language", "")
    blank = _blank(get_language(), context.get("site"), form.times, call_in)
    return format_html(blank, **values)
