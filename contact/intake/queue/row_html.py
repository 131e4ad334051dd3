"""The rows of a list as HTML. In a template they took a third of its page (`bench.intake`)."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from contact.models import CallbackRequest
from contact.templatetags.clocks import unbroken

from .rows import QueueRow

NOTHING = SafeString()


class RowList(NamedTuple):
    """How to show the rows of one list. `return_query` leads back from a card to this list."""

    can_work: bool
    is_mixed: bool
    return_query: str

    def html(self, rows: list[QueueRow]) -> SafeString:
        return format_html_join("\n", "{}", ((self._row(row),) for row in rows))

    def _row(self, row: QueueRow) -> SafeString:
        request = row.request
        return format_html(
            '<li class="row{}{}" data-row="{}">{}<div class="row__what">'
            '<a class="row__link" id="_row_{}" href="{}{}">{}</a> '
            '<span class="row__for">{}</span></div>\n'
            '<p class="row__promise">{}</p>\n<p class="row__when">{} {}</p>\n'
            '<p class="row__facts">{}</p>{}</li>',
            " row--late" if row.is_late else "",
            " row--danger" if row.is_danger else "",
            request.pk,
            _tick(row) if self.can_work and request.is_open else "",
            request.reference,
            request.get_absolute_url(),
            self.return_query,
            request,
            _for_whom(request),
            _promise(row),
            _when(row),
            unbroken(row.when_words),
            self._facts(row),
            _people(row),
        )

    def _facts(self, row: QueueRow) -> SafeString:
        facts = ((row.state if self.is_mixed else ""), row.waiting, row.tries)
        found = format_html_join(" ", "<span>{}</span>", ((fact,) for fact in facts if fact))
        if not row.language:
            return found
        return format_html("{} {}", found, _marked("row__language", row.language))


def _tick(row: QueueRow) -> SafeString:
    return format_html(
        '<label class="row__tick"><input type="checkbox" name="chosen" value="{}" form="_bulk" '
        'id="_tick_{}" aria-label="{}"></label>\n',
        row.token,
        row.request.reference,
        row.tick_label,
    )


def _for_whom(request: CallbackRequest) -> str:
    if request.calling_for == CallbackRequest.CallingFor.SELF:
        return gettext("For themselves")
    return gettext("For someone else")


def _promise(row: QueueRow) -> str:
    words = unbroken(row.promise)
    return _marked("late", words, is_strong=True) if row.is_late else words


def _marked(css_class: str, words: str, *, is_strong: bool = False) -> SafeString:
    html = '<strong class="{}">{}</strong>' if is_strong else '<span class="{}">{}</span>'
    return format_html(html, css_class, words)


def _when(row: QueueRow) -> SafeString:
    if not row.when:
        return NOTHING
    html = '<strong class="careful">{}</strong>' if row.is_warning else "<strong>{}</strong>"
    return format_html(html, unbroken(row.when))


def _people(row: QueueRow) -> SafeString:
    """Who has to do with it, and why it stands where it does."""
    found = []
    if row.priority:
        css_class = "danger" if row.is_danger else "mild"
        found.append(_marked(css_class, row.priority, is_strong=row.is_danger))
    if row.apart:
        found.append(_marked("mild", row.apart))
    if row.holder:
        found.append(_marked("holder", row.holder_words, is_strong=row.is_mine))
    plain = [unbroken(row.lapsed), row.stop]
    if row.assigned:
        plain.append(gettext("Assigned to %(name)s") % {"name": row.assigned})
    found += [format_html("<span>{}</span>", words) for words in plain if words]
    if not found:
        return NOTHING
    return format_html(
        '\n<p class="row__people">{}</p>', format_html_join(" ", "{}", ((each,) for each in found))
    )
