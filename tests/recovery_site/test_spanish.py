"""The page in Spanish, and the words around it."""

import ast
import gettext
import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import trans_real

from recovery_site import settings
from recovery_site.templatetags import cached_include
from tests.factories import callback_payload

pytestmark = pytest.mark.django_db
CATALOGUE = settings.BASE_DIR / "locale" / "es" / "LC_MESSAGES" / "django.po"
ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|\Z))+)', re.MULTILINE)


@pytest.fixture(scope="class")
def loaded(django_db_setup, django_db_blocker):
    """To load it takes a CPU second."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_starter_content")
        yield
        transaction.set_rollback(True)


class TestPageOfTheStarterContent:
    def test_it_says_whom_to_call_and_what_to_do(self, loaded, client):
        page = client.get("/es/").text
        assert '<html lang="es"' in page
        main = page.partition("<main")[2].partition("</main>")[0]
        for words in ("Llame al 911", "oprima 2", "Envíe AYUDA al 988", "888-281-0805", "naloxona"):
            assert words in main
        assert main.count('class="art"') == 4
        assert 'href="/contact/?language=es"' in main
        assert "Poison Help" not in main
        english = '<a href="/help-now/" lang="en" hreflang="en">English</a>'
        for path in ("/", "/contact/"):
            text = client.get(path).text
            assert '<a href="/es/" lang="es" hreflang="es">Español</a>' in text
            assert english not in text
        assert english in page
        for path in ("/es/", "/help-now/"):
            text = client.get(path).text
            for language, address in (("es", "/es/"), ("en", "/help-now/")):
                assert f'hreflang="{language}" href="http://localhost:8000{address}"' in text
        assert "/es/</loc>" in client.get("/sitemap-site.xml").text

    def test_nothing_around_it_is_left_in_english(self, loaded, client, monkeypatch):
        missing = set()
        found = trans_real.DjangoTranslation.gettext

        def noted(catalogue, message):
            if catalogue.to_language() == "es" and message and found(catalogue, message) == message:
                missing.add(message)
            return found(catalogue, message)

        monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", noted)
        cached_include._rendered.cache_clear()
        client.get("/es/")
        cached_include._rendered.cache_clear()
        # Then put its Spanish into locale/es and run `manage.py compilemessages`.
        assert missing - {"Español"} == set()


def test_link_from_it_chooses_spanish_for_the_call(client):
    assert '<option value="es" selected>' in client.get("/contact/?language=es").text
    assert '<option value="en" selected>' in client.get("/contact/?language=xx").text


def test_compiled_catalogue_has_the_words_of_the_other():
    words = {}
    for key, value in ENTRY.findall(CATALOGUE.read_text("utf-8")):
        parts = [
            "".join(ast.literal_eval(line) for line in each.splitlines()) for each in (key, value)
        ]
        words[parts[0]] = parts[1]
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    assert {key: value for key, value in compiled.items() if key} == {
        key: value for key, value in words.items() if key
    }


def test_thanks_to_someone_who_wants_spanish_say_in_it_when_not_to_wait(client):
    sent = client.post("/contact/", callback_payload(language="es"))
    page = client.get(sent["Location"]).text
    assert '<section class="callout callout--urgent" lang="es">' in page
    assert "If it gets worse" not in page
    assert '<a class="more" href="/es/">' in page
