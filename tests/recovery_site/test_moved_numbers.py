"""A number that changes in the record of its help line changes in every text that links to it."""

import re

import pytest
from django.core.management import call_command

from contact.models import Helpline
from contact.records.kept_copies import moved_numbers
from recovery_site.management.commands.run_jobs import all_jobs
from recovery_site.models import ContentVersion
from recovery_site.site_map.public_paths import public_paths
from tests.factories import make_helpline, make_page, make_staff

pytestmark = pytest.mark.django_db
LINKS = re.compile(r'href="(tel|sms):([^"]+)"')


def attempt():
    for job in all_jobs(None):
        if job.name in ("crisis lines", "moved numbers"):
            job.attempt()


def change(slug, **values):
    Helpline.objects.filter(slug=slug).update(**values)
    attempt()


def test_changed_records_are_in_every_link_of_every_public_page(client):
    call_command("load_starter_content", verbosity=0)
    paths = [path for path in public_paths() if not path.endswith((".xml", ".txt"))]
    paths += ["/contact/", "/contact/thanks/", "/nowhere/"]
    before = {path: LINKS.findall(client.get(path).text) for path in paths}
    changes = {
        "911": {"dial": "+16025550111", "phone": "602-555-0111"},
        "988": {
            "dial": "+16025550188",
            "phone": "602-555-0188",
            "text": "Text 60288",
            "name": "A line",
        },
        "poison-help": {"dial": "+16025550122", "phone": "602-555-0122"},
        "safespot": {"dial": "+16025550133", "phone": "602-555-0133"},
    }
    new = {
        ("tel", Helpline.objects.get(slug=slug).dial): ("tel", values["dial"])
        for slug, values in changes.items()
    }
    new |= {("sms", "988"): ("sms", "60288")}
    for slug, values in changes.items():
        change(slug, **values)
    for path in paths:
        page = client.get(path).text
        assert LINKS.findall(page) == [new.get(link, link) for link in before[path]], path
        for words in re.findall(r'<a\b[^>]*href="(?:tel|sms):[^>]*>(.*?)</a>', page, re.DOTALL):
            assert not re.search(r"\b(?:911|988|222-1222)\b", words), (path, words)
        if path in ("/help-now/", "/es/"):
            said = re.search(r'<meta name="description" content="([^"]*)"', page)[1]
            assert "602-555-0111" in said
            assert not re.search(r"\b(?:911|988)\b", said), path


def test_change_makes_every_page_anew_once(client):
    make_helpline(slug="a-line", phone="602-555-0100", dial="+16025550100")
    make_page(slug="privacy", body='<p><a href="tel:+16025550100">A line: 602-555-0100</a></p>')
    attempt()
    before = ContentVersion.current()
    attempt()
    assert ContentVersion.current() == before
    change("a-line", dial="+16025550199", phone="602-555-0199")
    assert ContentVersion.current() > before
    page = client.get("/privacy/").text
    assert 'href="tel:+16025550199"' in page
    assert "<span>A line: <bdi>602-555-0199</bdi></span>" in page


@pytest.mark.parametrize("over", [{"verified_on": None}, {"dial": ""}])
def test_line_that_is_hidden_takes_no_number_from_a_text(client, over):
    make_helpline(slug="a-line", phone="602-555-0100", dial="+16025550100")
    make_page(slug="privacy", body='<p><a href="tel:+16025550100">602-555-0100</a></p>')
    change("a-line", **{"dial": "+16025550199"} | over)
    assert 'href="tel:+16025550100"' in client.get("/privacy/").text


def test_editors_are_told_of_texts_that_still_say_the_earlier_number(client):
    line = make_helpline(slug="a-line", phone="602-555-0100", dial="+16025550100")
    make_page(slug="privacy", body="<p>Call the line at 602-555-0100.</p>")
    make_page(slug="another", body="<p>No number.</p>")
    client.force_login(make_staff("Editors"))
    assert "602-555-0100" not in client.get("/admin/").text
    line.phone, line.dial = "602-555-0199", "+16025550199"
    line.save()
    moved_numbers.write()
    page = client.get("/admin/").text
    assert 'href="/admin/articles/page/?q=602-555-0100"' in page
    assert "<strong>1</strong> <span>Pages that may still say 602-555-0100" in page
