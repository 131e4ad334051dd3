"""The site map: every public address."""

from django.contrib import admin
from django.urls import include, path

from articles.pictures.views import picture
from articles.views import page_detail

from . import errors, views
from .facts.page import about
from .helpful.views import helpful, helpful_thanks, helpful_why
from .page_cache.prefetching import prefetch_rules
from .search.suggestions import suggestions
from .sign_in.sessions.session_state import session_state
from .site_map import sitemaps
from .site_map.feeds import feed
from .staff.outside_review import (
    outside_review,
    outside_review_page,
    outside_review_picture,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/", include("articles.urls")),
    path("faq/", include("faq.urls")),
    path("contact/", include("contact.urls")),
    path("help-now/", views.help_now, name="help_now"),
    path("about/", about, name="about"),
    path("es/", views.help_now_es, name="help_now_es"),
    path("help-now/sheet/", views.overdose_sheet, name="overdose_sheet"),
    path("helpful/<slug:kind>/<slug:slug>/<positive_int:number>/", helpful, name="helpful"),
    path(
        "helpful/<slug:kind>/<slug:slug>/<positive_int:number>/why/",
        helpful_why,
        name="helpful_why",
    ),
    path(
        "helpful/<slug:kind>/<slug:slug>/<positive_int:number>/thanks/",
        helpful_thanks,
        name="helpful_thanks",
    ),
    path("review/<str:key>/", outside_review, name="outside_review"),
    path("review/<str:key>/page/", outside_review_page, name="outside_review_page"),
    path(
        "review/<str:key>/pictures/<picture:address>",
        outside_review_picture,
        name="outside_review_picture",
    ),
    path("search/", views.search_view, name="search"),
    path("search/suggestions/", suggestions, name="search_suggestions"),
    path("pictures/<picture:address>", picture, name="picture"),
    path("privacy/", page_detail, {"slug": "privacy"}, name="privacy"),
    path("accessibility/", page_detail, {"slug": "accessibility"}, name="accessibility"),
    path(
        "nondiscrimination/", page_detail, {"slug": "nondiscrimination"}, name="nondiscrimination"
    ),
    path("leaving-safely/", page_detail, {"slug": "leaving-safely"}, name="leaving_safely"),
    path("intake/pulse/session/", session_state, name="session_state"),
    path("intake/", include("contact.intake.urls")),
    path("admin/", include("recovery_site.sign_in.urls")),
    path("admin/", admin.site.urls),
    path("feed/", feed, name="feed"),
    path("sitemap.xml", sitemaps.sitemap_index),
    path(
        "sitemap-<slug:section>-<positive_int:number>.xml",
        sitemaps.sitemap_part,
        name="sitemap_part",
    ),
    path("sitemap-<slug:section>.xml", sitemaps.sitemap, name="sitemap"),
    path("robots.txt", views.robots_txt),
    path("prefetch.json", prefetch_rules),
    path("favicon.ico", views.favicon),
    path(".well-known/security.txt", views.security_txt),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    # Last: whatever slug nothing above takes.
    path("<slug:slug>/", page_detail, name="page_detail"),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
