"""Lists on public pages. A page has up to 20 items, and templates would take most of its time."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..markup import fill, trusted
from ..summaries import ArticleSummary

register = template.Library()

ARTICLE = """
<li class="article-item">
  <%(heading)s class="article-item__title"><a href="%(url)s">%(title)s</a></%(heading)s>%(summary)s
  <p class="meta">%(topic)s · %(time)s</p>
</li>"""
SUMMARY = """
  <p>%(summary)s</p>"""
QUESTION = """
<details class="question">
  <summary><h3>%(title)s</h3></summary>
  <div class="question__answer prose">
    <p class="question__short">%(summary)s</p>
    <p class="meta"><a class="more" href="%(url)s">%(more)s<span class="visually-hidden">: %(title)s</span></a></p>
  </div>
</details>"""  # noqa: E501
CONTENTS = """<nav class="contents" aria-label="%(label)s">
  <details>
    <summary>%(label)s</summary>
    <ol>%(items)s
    </ol>
  </details>
</nav>"""
HEADING = """
<li><a href="#%(anchor)s">%(text)s</a></li>"""
SOURCES = """<section class="sources" aria-labelledby="_sources">
  <h2 id="_sources">%(heading)s</h2>
  <ol>%(items)s
  </ol>
</section>"""
LINKED = """
<li>%(publisher)s<a href="%(url)s" rel="noreferrer">%(title)s</a>%(year)s.</li>"""
NAMED = """
<li>%(publisher)s<cite>%(title)s</cite>%(year)s.</li>"""


@register.simple_tag
def article_items(
    articles: Iterable[ArticleSummary], heading: str = "h2", brief: bool = False
) -> SafeString:
    """The items of a list of articles; their titles are headings, brief ones lack the summary."""
    return fill(
        ARTICLE,
        (
            {
                "heading": heading,
                "url": article.url,
                "title": article.title,
                "summary": "" if brief else fill(SUMMARY, [{"summary": article.summary}]),
                "topic": article.topic,
                "time": article.reading_time,
            }
            for article in articles
        ),
    )


@register.simple_tag
def questions(asked: Iterable[Any]) -> SafeString:
    """Questions that open to the first part of their answers."""
    more = _("The whole answer")
    return fill(
        QUESTION,
        (
            {"title": each.title, "summary": each.summary, "url": each.url, "more": more}
            for each in asked
        ),
    )


@register.simple_tag
def contents(headings: list[dict[str, Any]]) -> SafeString | str:
    """Links to the main headings of a text, if it has any."""
    shown = [
        {"anchor": heading["anchor"], "text": heading["text"]}
        for heading in headings
        if heading["level"] == 2
    ]
    if not shown:
        return ""
    return fill(CONTENTS, [{"label": _("On this page"), "items": fill(HEADING, shown)}])


@register.simple_tag
def sources(listed: list[dict[str, Any]]) -> SafeString | str:
    """The section that names the sources, if there are any."""
    if not listed:
        return ""
    items = trusted("".join(_source(source) for source in listed))
    return fill(SOURCES, [{"heading": _("Sources"), "items": items}])


def _source(source: dict[str, Any]) -> SafeString:
    publisher, url, year = source.get("publisher"), source.get("url"), source.get("year")
    row = {
        "publisher": f"{publisher}. " if publisher else "",
        "url": url or "",
        "title": str(source.get("title", "")),
        "year": f", {year}" if year else "",
    }
    return fill(LINKED if url else NAMED, [row])
