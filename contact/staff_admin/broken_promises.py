"""What a change of hours or rules breaks, in words for the lead who makes it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from contact.lifecycle.planning import replanning
from contact.lifecycle.planning.replanning import BrokenPromises, Done, Replanned
from contact.schedule.calling_hours import day_and_time

SHOWN = 20
PROMISED_EARLIER = "list=open&late=earlier"


def references(broken: BrokenPromises) -> list[str]:
    """Return the references of those that `broken_text` shows."""
    return [str(each.request) for each in broken.found[:SHOWN]]


def broken_text(broken: BrokenPromises) -> SafeString:
    """Say how many promises break, and whose, the soonest first."""
    number = len(broken.found)
    first = ngettext(
        "This breaks %(number)d promise. Call first:",
        "This breaks %(number)d promises. Call first:",
        number,
    ) % {"number": number}
    shown = format_html_join(
        "; ",
        '<a href="{}" target="_blank" rel="noopener">{}</a> {}',
        (
            (each.request.get_absolute_url(), each.request, _times(each))
            for each in broken.found[:SHOWN]
        ),
    )
    more = ""
    if number > SHOWN:
        more = gettext("and %(number)d more") % {"number": number - SHOWN}
    if broken.is_cut:
        looked_at = {"number": replanning.MAX_PREVIEWED}
        more += " " + gettext("(of the %(number)d soonest promises)") % looked_at
    return format_html("{} {} {}", first, shown, more)


def _times(each: Replanned) -> str:
    told = each.request.call_by
    words = {
        "before": day_and_time(told) if told else "",
        "after": day_and_time(each.plan.call_by),
    }
    return gettext("by %(before)s, then by %(after)s") % words


def planned_text(done: Done) -> SafeString | str:
    """Say after the change how many were planned again; empty if nobody was."""
    sentences = []
    if done.planned:
        words = ngettext(
            "%(number)d call was planned again.",
            "%(number)d calls were planned again.",
            done.planned,
        )
        sentences.append(words % {"number": done.planned})
    if not done.is_all:
        sentences.append(gettext("The others are planned again in the next minutes."))
    text = " ".join(sentences)
    if not done.broken:
        return text
    words = ngettext(
        "%(number)d of them was promised earlier: call it first",
        "%(number)d of them were promised earlier: call them first",
        done.broken,
    )
    return format_html(
        '{} <a href="{}?{}">{}</a>',
        text,
        reverse("intake:list"),
        PROMISED_EARLIER,
        words % {"number": done.broken},
    )
