"""Inputs, text areas and selects as HTML without templates, the same to the byte.

Django's templates include one another for each option and each attribute, and a card has many.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FOLDER = "django/forms/widgets/"
OPTION = f"{FOLDER}select_option.html"
INPUTS = (
    *("text", "number", "email", "url", "password", "hidden", "date", "datetime", "time"),
    *("checkbox", "input"),
)
NO_HTML = SafeString()
type Widget = Mapping[str, Any]


class WidgetsWithoutTemplates(DjangoTemplates):
    """Templates stay for every other widget, and for forms."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        write = HTML_OF.get(template_name)
        html = write(context["widget"]) if write else None
        return super().render(template_name, context, request) if html is None else html


def _attributes(widget: Widget) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in widget["attrs"].items()
            if value is not False
        ),
    )


def _input(widget: Widget) -> SafeString:
    value = widget["value"]
    return format_html(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        NO_HTML if value is None else format_html(' value="{}"', value),
        _attributes(widget),
    )


def _input_option(widget: Widget) -> SafeString:
    html = _input(widget)
    if not widget.get("wrap_label"):
        return html
    id_ = widget["attrs"].get("id")
    label_for = format_html(' for="{}"', id_) if id_ else NO_HTML
    return format_html("<label{}>{}\n {}</label>", label_for, html, localize(widget["label"]))


def _textarea(widget: Widget) -> SafeString:
    return format_html(
        '<textarea name="{}"{}>\n{}</textarea>',
        widget["name"],
        _attributes(widget),
        localize(widget["value"] or ""),
    )


def _select(widget: Widget) -> SafeString | None:
    """Return None where an option has a template of its own."""
    groups = [(name, options) for name, options, _index in widget["optgroups"]]
    if any(each["template_name"] != OPTION for _name, options in groups for each in options):
        return None
    return format_html(
        '<select name="{}"{}>{}\n</select>',
        widget["name"],
        _attributes(widget),
        format_html_join("", "{}", ((_group(*group),) for group in groups)),
    )


def _group(name: Any, options: list[Widget]) -> SafeString:
    html = format_html_join(
        "",
        '\n  <option value="{}"{}>{}</option>\n',
        ((each["value"], _attributes(each), localize(each["label"])) for each in options),
    )
    if not name:
        return html
    return format_html('\n  <optgroup label="{}">{}\n  </optgroup>', localize(name), html)


HTML_OF: dict[str, Callable[[Widget], SafeString | None]] = {
    **{f"{FOLDER}{name}.html": _input for name in INPUTS},
    f"{FOLDER}radio_option.html": _input_option,
    f"{FOLDER}checkbox_option.html": _input_option,
    f"{FOLDER}textarea.html": _textarea,
    f"{FOLDER}select.html": _select,
}
