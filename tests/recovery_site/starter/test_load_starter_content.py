import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from articles.models import Article, Page, StockRow
from articles.stock import upkeep
from articles.text import markup
from articles.wording import advice as language_checks
from articles.wording.terms import shipped_wording
from contact.models import Helpline
from faq.models import Question
from recovery_site.facts import foot

pytestmark = pytest.mark.django_db
GIVE_NALOXONE = re.compile(
    r"[Gg]ive (?:naloxone|it all the same|it in an overdose|the next dose|another dose)"
)


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker):
    """To load it takes a CPU second; what a test does to it is rolled back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_starter_content")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_once, db):
    """A site with the starter content, as it was loaded."""


def all_words():
    for model in (Article, Question, Page):
        for each in model.objects.published():
            yield each, f"{each.live.title} {each.live.summary} {each.live.plain_text}"


def test_starter_content_is_loaded_and_published(loaded, client):
    assert Article.objects.published().count() == 9
    assert Question.objects.published().count() >= 47
    assert Page.objects.published().count() == 4
    assert Helpline.objects.published().exists()
    assert "Why is heroin so addictive?" in client.get("/").text


def test_rows_of_the_list_of_pages_are_as_a_check_of_all_pages_makes_them(loaded):
    before = rows_of_pages()
    assert (
        len(before[0]) == Article.objects.count() + Question.objects.count() + Page.objects.count()
    )
    upkeep.check_all_pages()
    assert rows_of_pages() == before


def rows_of_pages():
    columns = [field.attname for field in StockRow._meta.concrete_fields]
    rows = list(StockRow.objects.order_by("pk").values(*columns))
    words = StockRow.words.through.objects.order_by("stockrow_id", "stockword__word")
    return rows, list(words.values_list("stockrow_id", "stockword__word"))


def test_notices_that_only_the_center_can_write_have_a_place_that_nobody_can_publish(
    loaded, client
):
    drafts = Page.objects.filter(live=None)
    assert [page.slug for page in drafts.order_by("foot_order")] == [
        *("good-faith-estimate", "privacy-practices", "language-help", "health-data-notice"),
    ]
    foot.write()
    for page in drafts:
        assert client.get(page.get_absolute_url()).status_code == 404
        assert page.get_absolute_url() not in client.get("/").text
        texts = markup.blocks(page.newest_revision.body)
        assert all(text.startswith("[Staff: ") for text in texts), page
        with pytest.raises(ValidationError, match="instructions for staff"):
            page.publish()
        with pytest.raises(ValidationError, match="instructions for staff"):
            page.schedule(timezone.now() + timedelta(days=1))


def test_notice_stands_in_the_foot_in_its_place_once_it_is_written(loaded, client):
    for slug in ("language-help", "good-faith-estimate"):
        page = Page.objects.get(slug=slug)
        page.save_revision(title=page.newest_revision.title, body="<p>[ar] Made-up words.</p>")
        page.publish()
    foot.write()
    addresses = re.findall(r'href="([^"]+)"', client.get("/").text.partition("<footer")[2])
    at = addresses.index("/good-faith-estimate/")
    assert addresses[at + 1] == "/language-help/"
    shown = client.get("/language-help/").text
    assert '<p lang="ar" dir="rtl">Made-up words.</p>' in shown


def test_second_load_changes_nothing(loaded):
    article = Article.objects.first()
    article.publish(article.save_revision(title="Edited by staff", body="<p>New.</p>"))
    call_command("load_starter_content")
    article.refresh_from_db()
    assert article.live.title == "Edited by staff"
    assert Article.objects.count() == 9


def test_deleted_content_does_not_come_back(loaded):
    article = Article.objects.get(slug="life-after-treatment")
    article.unpublish()
    article.delete()
    call_command("load_starter_content")
    assert not Article.objects.filter(slug="life-after-treatment").exists()


def test_editors_get_no_advice_on_the_words_of_starter_texts(loaded):
    for publication, _words in all_words():
        live = publication.live
        words = "\n".join([live.title, live.summary, *markup.blocks(live.body)])
        assert language_checks.terms_to_avoid(words, shipped_wording()) == [], publication


def test_every_medical_article_has_sources_and_says_it_awaits_review(loaded, client):
    for article in Article.objects.published():
        assert len(article.live.sources) >= 3
        assert "clinical review" in client.get(article.get_absolute_url()).text


def test_links_inside_the_content_lead_somewhere(loaded, client):
    for publication, _words in all_words():
        for link in set(re.findall(r'href="(/[^"]*)"', publication.live.rendered)):
            path, _hash, anchor = link.partition("#")
            response = client.get(path)
            assert response.status_code == 200, (publication, link)
            if anchor:
                assert f'id="{anchor}"' in response.text, (publication, link)


def test_reading_an_article_takes_three_queries_at_most(
    loaded, client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(3):
        client.get("/articles/why-is-heroin-so-addictive/")


@pytest.mark.parametrize(
    ("path", "most"), [("/", 4), ("/articles/", 4), ("/faq/", 4), ("/search/?q=heroin", 20)]
)
def test_list_takes_the_same_few_queries_however_long(
    loaded, client, django_assert_max_num_queries, path, most
):
    with django_assert_max_num_queries(most):
        client.get(path)


def test_overdose_page_and_help_page_begin_with_numbers_and_name_the_steps(loaded, client):
    for path in ("/help-now/", "/faq/signs-of-an-overdose/"):
        main = client.get(path).text.partition("<h1")[2]
        top, _, steps = main.partition("<ol")
        for number in ("911", "988", "+18002221222"):
            assert f'<a class="button button--primary" href="tel:{number}"' in re.sub(
                r"\s+", " ", top
            )
        steps = steps.partition("</ol>")[0]
        assert steps.index("911") < steps.index("naloxone") < steps.index("CPR")
        assert "<details" not in top


def test_withdrawal_is_never_called_harmless(loaded, client):
    for publication, words in all_words():
        assert not re.search(r"not (?:deadly|dangerous) by itself|safe to stop", words), publication
        # The names that people use, not a word that nobody would look for.
        assert "calming pill" not in words, publication
    for path in ("/articles/heroin-withdrawal-and-detox/", "/faq/is-withdrawal-dangerous/"):
        words = client.get(path).text
        for word in ("medetomidine", "can kill", "Xanax, Valium or Klonopin", "benzos"):
            assert word in words, (path, word)


def test_complaints_about_privacy_go_where_they_are_taken(loaded, client):
    text = client.get("/privacy/").text
    assert 'href="https://www.hhs.gov/hipaa/filing-a-complaint/index.html"' in text
    assert "civil-rights/filing-a-complaint" not in text


@pytest.mark.parametrize(
    "path",
    [
        *("/articles/heroin-withdrawal-and-detox/", "/faq/is-withdrawal-dangerous/"),
        *("/articles/helping-someone-you-love/", "/faq/how-can-i-help/", "/faq/pregnant/"),
    ],
)
def test_page_begins_with_what_to_do_right_now(loaded, client, path):
    main = re.sub(r"\s+", " ", client.get(path).text.partition("</h1>")[2])
    box = main.partition('<p class="lead">')[0]
    assert "callout--urgent" in box
    for number in ("911", "+18882810805", "+18006624357"):
        assert f'<a class="button button--primary" href="tel:{number}"' in box


def test_help_page_leads_those_in_withdrawal_and_the_home_page_leads_there(loaded, client):
    home, page = client.get("/").text, client.get("/help-now/").text
    for anchor in ("_overdose", "_withdrawal"):
        assert f'href="/help-now/#{anchor}"' in home
        assert f'id="{anchor}"' in page
    assert home.index("In withdrawal right now?") < home.index("Where would you like to begin?")
    section = page.partition('id="_withdrawal"')[2].partition("</section>")[0]
    for number in ("911", "+18882810805", "+18006624357"):
        assert f'href="tel:{number}"' in section


@pytest.mark.parametrize(
    "path",
    [
        *("/help-now/", "/articles/heroin-withdrawal-and-detox/"),
        *("/faq/is-withdrawal-dangerous/", "/faq/dope-sick/"),
    ],
)
def test_pages_on_withdrawal_agree_on_what_is_an_emergency(loaded, client, path):
    text = re.sub(r"\s+", " ", client.get(path).text).replace("’", "'")
    box = text[text.index("if the heart races") :][:1500]
    signs = ("seizure", "chest pain", "confusion", "seeing things", "fainting", "trouble breathing")
    for words in (*signs, "keep fluids down", "regnant"):
        assert words in box, words
    # Nobody who cannot drink is told that a call will do.
    assert "emergency room, or call" not in text


def test_steps_of_an_overdose_have_one_order_everywhere(loaded, client):
    for path in ("/help-now/", "/help-now/sheet/", "/faq/signs-of-an-overdose/"):
        main = client.get(path).text.partition("<h1")[2]
        steps = main.partition("<ol")[2].partition("</ol>")[0]
        order = ["911", "naloxone", "every 5 seconds", "CPR", "second dose", "knee bent"]
        found = [re.search(each, steps).start() for each in order]
        assert found == sorted(found), path


def test_answer_that_tells_to_give_naloxone_tells_to_call_911(loaded):
    words = [
        (each.slug, f"{each.live.summary} {each.live.plain_text}")
        for each in Question.objects.published()
    ]
    telling = {slug: text for slug, text in words if GIVE_NALOXONE.search(text)}
    assert len(telling) >= 8
    assert not [
        slug
        for slug, text in telling.items()
        for given in GIVE_NALOXONE.finditer(text)
        if "911" not in text[max(0, given.start() - 200) : given.end() + 200]
    ]


def test_sleep_after_naloxone_is_never_called_all_right(loaded, client):
    text = client.get("/articles/what-is-in-street-drugs/").text
    assert "That is all right" not in text
    assert "still not wake up. They still need 911." in text


def test_sheet_has_the_steps_the_drawings_and_every_number_for_danger(loaded, client):
    page = client.get("/help-now/sheet/").text.partition("<main")[2].partition("</main>")[0]
    assert page.count('class="art"') == 4
    for number in ("911", "988", "1-800-222-1222", "1-800-972-0590", "888-281-0805"):
        assert f">{number}<" in page
    assert 'href="/help-now/sheet/"' in client.get("/help-now/").text


def test_answer_that_begins_with_numbers_lacks_no_words_without_its_summary(loaded):
    """Its page leaves the summary out: only the steps of an overdose say all of it again."""
    found = [q.slug for q in Question.objects.published() if q.live.begins_with_numbers]
    assert found == ["signs-of-an-overdose"]
