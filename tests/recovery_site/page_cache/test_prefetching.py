"""Browsers may fetch public pages once their links are pressed, and no others."""

import re

import pytest

from recovery_site.http.headers import PRIVATE_PATHS
from recovery_site.page_cache.prefetching import RULES
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def is_prefetched(path):
    patterns = (re.escape(each).replace(r"\*", ".*") for each in allowed())
    return any(re.fullmatch(each, path) for each in patterns)


def allowed():
    [rule] = RULES["prefetch"]
    return rule["where"]["href_matches"]


def test_pages_name_the_rules_and_a_browser_can_read_them(visitor, client):
    page = visitor.ask("/faq/")
    address = page.headers["Speculation-Rules"].strip('"')
    rules = client.get(address)
    assert rules["Content-Type"] == "application/speculationrules+json"
    assert rules.json() == {
        "prefetch": [{"where": {"href_matches": [*allowed()]}, "eagerness": "conservative"}]
    }


def test_articles_have_no_room_to_name_them_and_private_pages_never_do(visitor):
    make_article(slug="quiet")
    for path in ("/articles/quiet/", "/contact/", "/search/?q=heroin", "/admin/login/"):
        assert "Speculation-Rules" not in visitor.ask(path).headers


def test_no_private_page_is_fetched_before_it_is_asked_for():
    private = [*PRIVATE_PATHS, *(f"{path}any/thing/" for path in PRIVATE_PATHS)]
    assert not [path for path in private if is_prefetched(path)]
    assert all(map(is_prefetched, ["/", "/faq/pregnant/", "/articles/quiet/", "/es/"]))
