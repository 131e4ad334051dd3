"""What search engines and feed readers may find: published pages alone."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Page, Topic
from articles.publishing import Publication
from faq.models import Question


class SiteSitemap(Sitemap):
    """A sitemap whose addresses start with SITE_URL, whatever host asked."""

    def get_protocol(self, protocol: str | None = None) -> str:
        return settings.SITE_URL.split("://")[0]

    def get_domain(self, site: Any = None) -> str:
        return settings.SITE_URL.split("://")[1]


class PublicationSitemap(SiteSitemap):
    limit = 5000

    def __init__(self, model: type[Publication]) -> None:
        self.model = model

    def items(self) -> QuerySet[Publication]:
        return self.model.objects.published().order_by("pk")

    def lastmod(self, item: Publication) -> datetime | None:
        return item.updated_at


class TopicSitemap(SiteSitemap):
    def items(self) -> QuerySet[Topic]:
        return Topic.objects.with_something_to_read()


class FixedSitemap(SiteSitemap):
    def items(self) -> list[str]:
        return [
            "home",
            "help_now",
            "articles:article_list",
            "faq:question_list",
            "contact:callback",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS: dict[str, Sitemap] = {
    "site": FixedSitemap(),
    "topics": TopicSitemap(),
    "articles": PublicationSitemap(Article),
    "questions": PublicationSitemap(Question),
    "pages": PublicationSitemap(Page),
}


class LatestArticles(Feed):
    feed_type = Atom1Feed
    link = f"{settings.SITE_URL}/articles/"
    feed_url = f"{settings.SITE_URL}/feed/"
    subtitle = _("Plain facts about heroin, treatment and recovery.")

    def title(self) -> str:
        return settings.SITE_NAME

    def items(self) -> QuerySet[Article]:
        return Article.objects.published()[:20]

    def item_title(self, item: Any) -> str:
        return item.live.title

    def item_description(self, item: Any) -> str:
        return item.live.summary

    def item_link(self, item: Article) -> str:
        return f"{settings.SITE_URL}{item.get_absolute_url()}"

    def item_pubdate(self, item: Article) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Article) -> datetime | None:
        return item.updated_at
