"""911 and 988 are said on every page as their records say them."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from contact.records.kept_copies import crisis_lines
from recovery_site.management.commands.run_jobs import all_jobs
from recovery_site.models import ContentVersion
from recovery_site.serving.unavailable_page import unavailable_file
from tests.factories import make_helpline, make_page, make_staff

pytestmark = pytest.mark.django_db
NEW = {"phone": "602-555-0188", "dial": "+16025550188", "text": "Text 60255"}
PATHS = ["/", "/help-now/", "/contact/", "/contact/thanks/", "/privacy/", "/nowhere/"]


def attempt(name):
    next(job for job in all_jobs(None) if job.name == name).attempt()


def says(page, dial, text_to):
    numbers = set(re.findall(r'href="(?:tel|sms):([^"]*)"', page))
    assert "" not in numbers
    return {dial, text_to} <= numbers


@pytest.mark.parametrize("slug", ["911", "988"])
def test_changed_record_is_on_every_page_after_it_was_saved(client, slug):
    line = make_helpline(slug=slug, name="A line", kind="crisis", phone=slug, dial=slug)
    make_page(slug="privacy")
    client.force_login(make_staff("Editors"))
    form = {"name": "A line", "slug": slug, "languages": "en", "kind": "crisis", "order": "1"}
    url = reverse("admin:contact_helpline_change", args=[line.pk])
    form |= {"verified_on": "2026-11-01"} | NEW
    assert client.post(url, form).status_code == 302
    attempt("unavailable page")
    client.logout()
    for path in (*PATHS, "/search/?q=kill+myself", "/search/?q=quiero+morir"):
        page = client.get(path).text
        assert f'"tel:{slug}"' not in page, path
        assert ("_danger" in page) == path.startswith("/search/")
        assert says(page, NEW["dial"], "988" if slug == "911" else "60255"), path
    assert says(unavailable_file().read_text(), NEW["dial"], "988" if slug == "911" else "60255")


WAYS = {
    "chat_url": "https://chat.example.org/now/",
    "spanish_key": "7",
    "spanish_word": "SOCORRO",
    "deaf_access": "Sign language: call by videophone.",
}


def test_chat_and_spanish_ways_come_from_the_record(client):
    make_helpline(slug="988", name="A line", phone="988", dial="988", text="Text 988", **WAYS)
    attempt("crisis lines")
    attempt("unavailable page")
    chat, spanish = f'href="{WAYS["chat_url"]}" rel="noreferrer"', "oprima 7 o envíe SOCORRO."
    pages = {path: client.get(path).text for path in (*PATHS, "/search/?q=kill+myself")}
    pages["unavailable"] = unavailable_file().read_text()
    for path, page in pages.items():
        assert f'lang="es">En español, {spanish}</span>' in page, path
        assert "AYUDA" not in page, path
        assert "988lifeline.org" not in page, path
    for path in ("/help-now/", "/contact/", "/contact/thanks/", "/search/?q=kill+myself"):
        assert re.search(r"<a [^>]*" + re.escape(chat), re.sub(r"\s+", " ", pages[path])), path
    assert WAYS["deaf_access"] in pages["/help-now/"]
    in_spanish = client.get("/search/?q=quiero+morir").text
    assert "Llame al 988 y oprima 7" in in_spanish
    assert "Envíe SOCORRO al 988" in in_spanish


def test_record_without_other_ways_promises_none(client):
    make_helpline(slug="988", name="A line", phone="988", dial="988", text="", spanish_word="AYUDA")
    attempt("crisis lines")
    for path in (*PATHS, "/search/?q=kill+myself", "/search/?q=quiero+morir"):
        page = client.get(path).text
        for words in ("AYUDA", "oprima", "/chat/", "sms:988"):
            assert words not in page, (path, words)


def test_change_by_other_ways_is_followed_and_makes_every_page_anew(client):
    line = make_helpline(slug="988", phone="988", dial="988", text="Text 988")
    attempt("crisis lines")
    before = ContentVersion.current()
    type(line).objects.filter(pk=line.pk).update(**NEW)
    attempt("crisis lines")
    assert says(client.get("/").text, NEW["dial"], "60255")
    assert ContentVersion.current() > before
    now = ContentVersion.current()
    attempt("crisis lines")
    assert ContentVersion.current() == now


@pytest.mark.parametrize("over", [{"verified_on": None}, {"dial": ""}])
def test_page_without_a_usable_record_still_names_the_numbers(client, over):
    make_helpline(slug="988", **{"phone": "602-555-0188", "dial": "+16025550188"} | over)
    crisis_lines.write()
    assert says(client.get("/").text, "988", "988")
    main = client.get("/help-now/").text.partition("<main")[2]
    for number in ("911", "988"):
        assert f'<a class="button button--primary" href="tel:{number}">' in main


def test_broken_file_takes_no_number_from_a_page(client, settings):
    (settings.DATA_DIR / "crisis_lines.json").write_text("{")
    assert says(client.get("/contact/").text, "988", "988")


def test_two_processes_that_write_the_lines_at_once_both_succeed(monkeypatch):
    make_helpline(slug="988", phone="602-555-0188", dial="+16025550188")
    replace, others = Path.replace, ["another process"]

    def meanwhile(new, target):
        if others:
            others.pop()
            with monkeypatch.context() as patch:
                patch.setattr("os.getpid", lambda: 1)
                crisis_lines.write()
        return replace(new, target)

    monkeypatch.setattr(Path, "replace", meanwhile)
    assert crisis_lines.write()
    assert crisis_lines.read().lifeline.dial == "+16025550188"
