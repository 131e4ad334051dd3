"""The rows of the handover as HTML. In a template they took half of its page (`bench.intake`)."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from contact.templatetags.clocks import unbroken

from .lists import HandoverRow


def rows_html(rows: list[HandoverRow]) -> SafeString:
    return format_html_join("\n", "{}", ((_row(row),) for row in rows))


def _row(row: HandoverRow) -> SafeString:
    request, when = row.request, unbroken(row.when)
    return format_html(
        '<li><p class="handover__what"><a href="{}">{}</a> '
        '<span class="handover__language">{}</span>{}</p>\n<p>{}{}</p>\n<p>{}</p>{}</li>',
        request.get_absolute_url(),
        request,
        row.language,
        format_html(' <strong class="danger">{}</strong>', row.priority) if row.is_danger else "",
        format_html('<strong class="late">{}</strong>', when) if row.is_late else when,
        f" · {row.status}" if row.status else "",
        unbroken(row.callers_time),
        format_html_join(
            "", "\n<p>{}</p>", ((words,) for words in (row.tries, row.people) if words)
        ),
    )
