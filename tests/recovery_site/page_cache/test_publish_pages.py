"""All public pages, made by one command."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.http import HttpResponse

from recovery_site import views
from recovery_site.models import ContentVersion
from recovery_site.page_cache.cache import site_cache
from recovery_site.page_cache.refresh import refresh
from tests.factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)


def publish():
    """How many pages were made, and how many were fresh."""
    said = StringIO()
    call_command("publish_pages", stdout=said)
    made, fresh = re.findall(r"\d[\d,]*", said.getvalue())
    return int(made), int(fresh)


@pytest.fixture(autouse=True)
def article():
    return make_article(slug="made-before-anybody-asks")


def test_every_page_is_made_and_cached(data_dir):
    publish()
    cache = site_cache()
    for path in ("/", "/articles/", "/articles/made-before-anybody-asks/", "/faq/", "/help-now/",
                 "/robots.txt", "/feed/", "/sitemap.xml"):  # fmt: skip
        assert cache.fresh(path), path
    assert (data_dir / "pages/current/articles/made-before-anybody-asks/index.html.br").exists()
    assert not cache.fresh("/contact/")


def test_counts_say_what_was_made_and_what_was_fresh_already():
    made, fresh = publish()
    assert made > 8
    assert fresh == 0
    assert publish() == (0, made)


def test_pages_that_cannot_be_made_are_named(monkeypatch):
    monkeypatch.setattr(views, "render", lambda *args: 1 / 0)
    with pytest.raises(CommandError, match=r"4 could not be made.*/help-now/"):
        publish()


def change_while_pages_are_made(monkeypatch, times):
    cache, render, left = site_cache(), views.render, [None] * times

    def change_and_render(*arguments):
        if left:
            left.pop()
            ContentVersion.raise_number()
            refresh(cache)
        return render(*arguments)

    monkeypatch.setattr(views, "render", change_and_render)
    return cache


def test_all_pages_are_made_of_content_that_changes_meanwhile(monkeypatch):
    cache = change_while_pages_are_made(monkeypatch, times=2)
    publish()
    for path in ("/", "/help-now/", "/sitemap.xml"):
        assert cache.disk.is_there(cache.version.number, path), path


def test_content_that_never_stops_changing_is_said_and_costs_no_page(monkeypatch):
    cache = change_while_pages_are_made(monkeypatch, times=100)
    with pytest.raises(CommandError, match="changed again and again"):
        publish()
    cache.store("/help-now/", HttpResponse("newer words"), cache.version.number)
    cache.remove_others(cache.version.number - 1)
    assert cache.disk.is_there(cache.version.number, "/help-now/")


def test_database_that_is_away_is_one_clear_sentence(monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("the server went away")

    monkeypatch.setattr(CursorWrapper, "execute", fail)
    with pytest.raises(CommandError, match="does not answer"):
        publish()


def test_folder_that_cannot_be_written_is_one_clear_sentence(data_dir):
    (data_dir / "pages").write_text("no folder")
    with pytest.raises(CommandError, match="cannot be written"):
        publish()
