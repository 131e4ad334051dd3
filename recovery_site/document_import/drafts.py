"""Drafts of an article and of questions, made of a document that was read."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import transaction
from django.utils.html import escape
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext

from articles.importing.document import ImportedDocument, QuestionDraft
from articles.models import Article, Topic
from articles.publishing.publication import Publication
from articles.text import markup
from faq.models import Question

MAX_TITLE, MAX_SLUG = 200, 100


class Drafts(NamedTuple):
    """What a document became. `new` are those that were not there before."""

    article: Article | None
    questions: list[Question]
    new: list[Publication]


@transaction.atomic
def save_drafts(document: ImportedDocument, topic: Topic, by: Any = None) -> Drafts:
    """Save one draft of an article and one of each question; nothing is published.

    The same document a second time makes nothing new.
    """
    # Whoever imports the same document at the same time waits, and then finds these drafts.
    Topic.objects.select_for_update().get(pk=topic.pk)
    new: list[Publication] = []
    has_article = document.body or not document.questions
    article = _article(document, topic, by, new) if has_article else None
    questions = [_question(draft, article, topic, by, new) for draft in document.questions]
    return Drafts(article, questions, new)


def _article(document: ImportedDocument, topic: Topic, by: Any, new: list[Publication]) -> Article:
    title, rest = _title(document.title)
    words = {"title": title, "body": markup.sanitise(rest + document.body)}
    if found := _twin(Article, topic.language, words):
        return found
    return _save(Article(topic=topic, slug=_slug(Article, title, topic)), words, by, new)


def _question(
    draft: QuestionDraft, article: Article | None, topic: Topic, by: Any, new: list[Publication]
) -> Question:
    title, rest = _title(draft.question)
    words = {
        "title": title,
        "summary": draft.summary,
        "body": markup.sanitise(rest + draft.body),
    }
    if found := _twin(Question, topic.language, words):
        return found
    slug = _slug(Question, title or "question-missing", topic)
    question = Question(topic=topic, article=article, slug=slug)
    return _save(question, words, by, new)


def _save[T: Publication](
    publication: T, words: dict[str, Any], by: Any, new: list[Publication]
) -> T:
    publication.language = publication.topic.language  # type: ignore[attr-defined]
    publication.owner = by
    publication.save()
    publication.save_revision(by=by, note=gettext("Imported"), **words)
    new.append(publication)
    return publication


def _twin(model: Any, language: str, words: dict[str, str]) -> Any:
    """The publication that began with the same words, whatever became of it since."""
    same = {f"revisions__{name}": value for name, value in words.items()}
    return model.objects.filter(language=language, revisions__number=1, **same).first()


def _title(text: str) -> tuple[str, str]:
    """A title that fits, and a paragraph with the whole of a longer one."""
    if len(text) <= MAX_TITLE:
        return text, ""
    short = Truncator(text).chars(MAX_TITLE)
    return short, f"<p>{escape(text)}</p>\n"


def _slug(model: Any, title: str, topic: Topic) -> str:
    base = slugify(title)[:MAX_SLUG].strip("-") or "imported"
    slug, number = base, 2
    taken = model.objects.filter(language=topic.language)
    while taken.filter(slug=slug).exists():
        slug = f"{base[: MAX_SLUG - 5]}-{number}"
        number += 1
    return slug
