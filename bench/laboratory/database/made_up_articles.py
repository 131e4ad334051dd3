"""Made-up articles by the hundred thousand, with topics and questions: the same for one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from articles.models import Article, ArticleRevision, Topic
from articles.text import markup
from faq.models import Question, QuestionRevision

ARTICLES_OF_A_TOPIC, ARTICLES_OF_A_QUESTION = 400, 20
DRAFT_SHARE = 0.05
HOURS = 10 * 365 * 24
BATCH = 1000
# Cleaning and rendering is slow, so articles share these bodies.
BODIES = 50
WORDS = (
    *("river", "stone", "lantern", "meadow", "window", "orchard", "kettle", "garden", "harbor"),
    *("of", "and", "with", "under", "the", "a", "beside", "quiet", "early", "plain", "slow"),
    *("walks", "rests", "begins", "turns", "keeps", "opens", "listens", "waits", "grows"),
)


def make_content(total: int, seed: int = 1) -> None:
    """Insert `total` articles, one in twenty of them a draft; the first topic has a fifth of them.

    A published article has a live revision, every second one three related articles.
    """
    chance, now = random.Random(seed), timezone.now()
    topics = [
        Topic(name=f"{_words(chance, 2).title()} {n}", slug=f"topic-{n}", order=n)
        for n in range(1, max(total // ARTICLES_OF_A_TOPIC, 2) + 1)
    ]
    topics = Topic.objects.bulk_create(topics)
    bodies = [_body(chance) for _ in range(BODIES)]
    known: list[int] = []
    for numbers in batched(tqdm(range(total), unit=" articles"), BATCH):
        articles = [_article(chance, n, topics, now) for n in numbers]
        known += _insert(chance, articles, ArticleRevision, bodies)
        _relate(chance, articles, known)
    for numbers in batched(range(max(total // ARTICLES_OF_A_QUESTION, 10)), BATCH):
        questions = [_question(chance, n, topics, known, now) for n in numbers]
        _insert(chance, questions, QuestionRevision, bodies)


def _article(chance: random.Random, number: int, topics: list[Topic], now: datetime) -> Article:
    return Article(
        slug=f"article-{number}",
        topic=topics[0] if chance.random() < 0.2 else chance.choice(topics),
        published_at=_moment(chance, now),
    )


def _question(
    chance: random.Random, number: int, topics: list[Topic], articles: list[int], now: datetime
) -> Question:
    return Question(
        slug=f"question-{number}",
        topic=chance.choice(topics),
        article_id=chance.choice(articles) if number % 2 else None,
        order=chance.randrange(100),
        published_at=_moment(chance, now),
    )


def _moment(chance: random.Random, now: datetime) -> datetime:
    """A full hour, so that some articles share their moment of publication."""
    return now - timedelta(hours=chance.randrange(HOURS))


@transaction.atomic
def _insert(
    chance: random.Random, publications: list[Any], revision: Any, bodies: Sequence[dict[str, Any]]
) -> list[int]:
    """Insert them with a revision each, publish most, and return the keys of all."""
    model = type(publications[0])
    model.objects.bulk_create(publications)
    words = [
        revision(
            publication=each,
            number=1,
            title=f"{_words(chance, 5).capitalize()} {each.pk}",
            summary=f"{_words(chance, 25).capitalize()}.",
            **{name: getattr(each, name) for name in each.place_columns()},
            **chance.choice(bodies),
        )
        for each in publications
    ]
    revision.objects.bulk_create(words)
    for each, live in zip(publications, words, strict=True):
        each.live, each.updated_at = live, each.published_at
    published = [each for each in publications if chance.random() >= DRAFT_SHARE]
    model.objects.bulk_update(published, ["live", "updated_at"], batch_size=200)
    return [each.pk for each in publications]


def _relate(chance: random.Random, articles: list[Article], known: list[int]) -> None:
    related: Any = Article.related.through
    related.objects.bulk_create(
        [
            related(from_article_id=each.pk, to_article_id=other)
            for each in articles[::2]
            for other in chance.sample(known, k=min(3, len(known)))
            if other != each.pk
        ]
    )


def _words(chance: random.Random, number: int) -> str:
    return " ".join(chance.choices(WORDS, k=number))


def _paragraphs(chance: random.Random) -> Iterator[str]:
    for part in range(3):
        yield f"<h2>{_words(chance, 3).capitalize()} {part}</h2>"
        for _ in range(2):
            yield f"<p>{_words(chance, 40).capitalize()}.</p>"


def _body(chance: random.Random) -> dict[str, Any]:
    """The fields that `Revision.save` fills from a body."""
    body = markup.sanitise("".join(_paragraphs(chance)))
    page, plain = markup.render(body), markup.plain_text(body)
    return {
        "body": body,
        "rendered": page.html,
        "contents": page.contents,
        "plain_text": plain,
        "word_count": len(plain.split()),
    }
