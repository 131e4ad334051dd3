import os
import re
import time

import pytest
from django.db import DatabaseError

from contact.lifecycle.journal import journal_files
from contact.privacy import key_marker
from contact.privacy.audit_trail import audit, audit_anchors
from recovery_site.environment import env
from recovery_site.models import ContentVersion
from recovery_site.serving import health
from tests.factories import make_article, make_page, make_question, make_topic
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db


def test_home_shows_published_articles_and_questions(client):
    make_article(title="Live article")
    make_article(live=False, title="Hidden draft")
    make_question(title="Is it open?")
    page = client.get("/").text
    assert "Live article" in page
    assert "Is it open?" in page
    assert "Hidden draft" not in page


@pytest.mark.parametrize(
    "path", ["/", "/articles/", "/faq/", "/help-now/", "/contact/", "/search/"]
)
def test_public_page_sets_no_cookie_and_varies_by_none(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_every_page_dials_the_centre_and_the_crisis_lines(client):
    make_page(slug="privacy")
    for path in ("/", "/help-now/", "/contact/", "/privacy/", "/nowhere/"):
        page = client.get(path).text
        for link in ('href="tel:+18882810805"', 'href="tel:911"', 'href="tel:988"'):
            assert link in page, (path, link)


def test_empty_site_says_so_and_never_fails(client):
    for path in ("/", "/articles/", "/faq/", "/help-now/", "/search/?q=anything", "/feed/"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "slug", ["privacy", "accessibility", "nondiscrimination", "leaving-safely"]
)
def test_plain_page_is_at_its_address_once_published(client, slug):
    assert client.get(f"/{slug}/").status_code == 404
    make_page(slug=slug, title="A plain page")
    assert "A plain page" in client.get(f"/{slug}/").text


def test_healthz_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").text == "alive\n"


def test_topic_with_questions_alone_is_found(client):
    topic = make_topic(name="Only answers")
    assert "Only answers" not in client.get("/articles/").text
    make_question(topic=topic)
    assert "Only answers" in client.get("/articles/").text
    assert topic.get_absolute_url() in client.get("/sitemap-topics.xml").text


def test_readyz_names_a_silent_database(client, monkeypatch):
    def refuse(*args):
        raise DatabaseError

    monkeypatch.setattr("django.db.connection.cursor", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "database: does not answer" in response.text


@pytest.mark.django_db(transaction=True)
def test_readyz_names_a_database_without_tables(client, monkeypatch):
    assert "database: " not in client.get("/readyz").text
    monkeypatch.setattr(health, "HEALTH_KEPT_SECONDS", 0)
    monkeypatch.setattr(ContentVersion._meta, "db_table", "not_there")
    assert "database: does not answer" in client.get("/readyz").text


def test_readyz_names_missing_jobs_and_a_closed_journal(client, data_dir, monkeypatch):
    monkeypatch.setattr(health, "HEALTH_KEPT_SECONDS", PATIENCE)
    assert "run_jobs: not running" in client.get("/readyz").text
    monkeypatch.setattr("contact.lifecycle.journal.journal_health.is_writable", lambda: False)
    # An answer stands for a while, so that asking all the time writes nothing.
    assert "journal: cannot be written" not in client.get("/readyz").text
    monkeypatch.setattr(health, "HEALTH_KEPT_SECONDS", 0)
    assert "journal: cannot be written" in client.get("/readyz").text


def test_readyz_names_what_waits_a_small_disk_other_keys_and_a_cut_trail(
    client, data_dir, monkeypatch, settings
):
    new = journal_files.journal_folder("new")
    waiting = new / "11111111-1111-4111-8111-111111111111.sealed"
    waiting.write_bytes(b"sealed words")
    os.utime(waiting, (time.time() - 300,) * 2)
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**62)
    audit.record(None, audit.AuditAction.LISTED)
    key_marker.mark_keys()
    (data_dir / audit_anchors.ANCHORS_FILE).write_text("cut\n")
    settings.INDEX_KEYS = [settings.FIELD_KEYS[0]]
    answer = client.get("/readyz").text
    assert "journal: the oldest request waits for 5 minutes" in answer
    assert "keys: This database was written with other keys: INDEX_KEY" in answer
    assert re.search(r"disk: \d+ MB free", answer)
    assert "audit trail: what was noted of it is damaged" in answer


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_answers_to_any_host(client, path):
    assert client.get("/", headers={"Host": "10.0.0.7:8000"}).status_code == 400
    for host in ("10.0.0.7:8000", "node-3.internal", "not a host"):
        assert client.get(path, headers={"Host": host}).status_code in (200, 503)


def test_every_text_names_its_charset(client, db):
    for path in ("/", "/robots.txt", "/.well-known/security.txt", "/healthz", "/readyz"):
        assert client.get(path)["Content-Type"].endswith("; charset=utf-8"), path


def test_nothing_answers_to_trace(client, db):
    for path in ("/", "/contact/", "/search/", "/healthz", "/admin/login/", "/intake/", "/none/"):
        answer = client.trace(path, headers={"X-Mark": "echo"})
        assert answer.status_code in (302, 404, 405), path
        assert "echo" not in answer.text


def test_robots_hides_private_places_and_names_the_sitemap(client):
    text = client.get("/robots.txt").text
    for line in ("Disallow: /admin/", "Disallow: /contact/thanks/", "/sitemap.xml"):
        assert line in text


def test_security_txt_has_a_contact_and_an_expiry(client):
    text = client.get("/.well-known/security.txt").text
    assert "Contact: tel:+18882810805" in text
    assert "Expires: 20" in text


def test_security_txt_names_the_contact_of_the_settings(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    text = client.get("/.well-known/security.txt").text
    assert text.startswith("Contact: mailto:security@example.org\n")


@pytest.mark.parametrize("value", ["security@example.org", "mailto:a@b\nContact: tel:1"])
def test_a_contact_that_no_program_understands_stops_the_start(value):
    with pytest.raises(ValueError, match=r"address|line"):
        env.contact_address(value)


def test_favicon_address_of_old_browsers_leads_to_the_mark(client):
    assert client.get("/favicon.ico").headers["Location"].endswith("site/favicon.svg")


def test_first_page_shows_a_dozen_topics_at_most(client):
    for n in range(13):
        make_question(topic=make_topic(name=f"Topic of order {n}.", order=n))
    page = client.get("/").text
    assert "Topic of order 11." in page
    assert "Topic of order 12." not in page
    assert "Topic of order 12." in client.get("/articles/").text
