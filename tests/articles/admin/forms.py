"""Posts to the admin's form of an article, and what they leave behind."""

from django.contrib.admin.models import LogEntry
from django.test import Client

from tests.factories import make_topic


def log_in(user):
    client = Client()
    client.force_login(user)
    return client


def payload(article=None, **over):
    words = article.newest_revision if article else None
    return {
        "title": words.title if words else "What helps?",
        "summary": words.summary if words else "Many things.",
        "body": words.body if words else "<p>Call us.</p>",
        "sources": "",
        "byline": "",
        "note": "",
        "base": words.number if words else "",
        "slug": article.slug if article else "what-helps",
        "topic": (article.topic_id or "") if article else make_topic().pk,
        "language": "en",
        "is_medical": "on",
        "next_review_on": "",
        "publish_at": "",
    } | over


def change_url(article, *rest):
    return "/".join([f"/admin/articles/article/{article.pk}", *map(str, rest or ["change"]), ""])


def save(client, article, button="_save", **over):
    return client.post(change_url(article), payload(article, **over) | {button: "1"}, follow=True)


def history(article):
    entries = LogEntry.objects.filter(object_id=str(article.pk)).order_by("pk")
    return [(entry.user.username, entry.get_change_message()) for entry in entries]
