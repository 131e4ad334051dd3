"""The newest articles, for feed readers."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from articles.models import Article
from articles.reading.caching import public

NEWEST = 20
COLUMNS = ("slug", "published_at", "updated_at", "live__title", "live__summary")


class LatestArticles(Feed):
    feed_type = Atom1Feed
    link = f"{settings.SITE_URL}/articles/"
    feed_url = f"{settings.SITE_URL}/feed/"
    subtitle = _("Plain facts about heroin, treatment and recovery.")

    def title(self) -> str:
        return settings.SITE_NAME

    def items(self) -> list[Article]:
        return list(Article.objects.published().only(*COLUMNS)[:NEWEST])

    def item_title(self, item: Any) -> str:
        return item.live.title

    def item_description(self, item: Any) -> str:
        return item.live.summary

    def item_link(self, item: Any) -> str:
        return f"{settings.SITE_URL}{item.get_absolute_url()}"

    def item_pubdate(self, item: Any) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Any) -> datetime | None:
        return item.updated_at


_latest = LatestArticles()


@require_safe
@public
def feed(request: HttpRequest) -> HttpResponse:
    return _latest(request)
