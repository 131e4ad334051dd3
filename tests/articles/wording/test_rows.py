"""Words to avoid are rows: a change counts at once, everywhere, and can be put back."""

import pytest
from django.contrib.admin.models import LogEntry

from articles.models import StockRow, TermToAvoid, WordingState, WordList
from articles.stock import upkeep
from articles.wording import rows
from articles.wording.rows import current_wording, put_back_all, stored
from articles.wording.terms import regexes_of_lists, shipped
from tests.articles.admin.forms import log_in
from tests.factories import make_article, make_staff

TERMS, LISTS = "/admin/articles/termtoavoid/", "/admin/articles/wordlist/"
pytestmark = pytest.mark.django_db


def found(text):
    return [each.word for each in current_wording().found_in(text)]


def row(shipped_as):
    return TermToAvoid.objects.get(shipped_as=shipped_as)


def fields(term, **over):
    names = ("find", "reason", "instead", "unless", "before", "after", "about")
    return {name: getattr(term, name) for name in names} | {"is_used": "on"} | over


@pytest.fixture
def lead():
    return log_in(make_staff("Editors", "Lead editors", username="lee"))


def test_site_begins_with_what_was_shipped():
    assert stored().lists == shipped().lists
    assert [each._replace(key="") for each in stored().terms] == [
        each._replace(key="") for each in shipped().terms
    ]
    assert WordingState.current() == rows.digest_of(shipped())


def test_change_counts_at_once_and_stored_checks_follow(lead):
    article = make_article(body="<p>He is a wreck.</p>")
    kept = StockRow.objects.get(publication=article.pk)
    assert (kept.terms, found("He is a wreck.")) == (0, [])
    junkie = row("junkie")
    lead.post(f"{TERMS}{junkie.pk}/change/", fields(junkie, find=junkie.find + "\r\nwreck[s]"))
    assert found("He is a wreck.") == ["wreck"]
    upkeep.mend_rows()
    kept.refresh_from_db()
    assert (kept.terms, kept.checked_with) == (1, upkeep.checked_with())


def test_list_that_phrases_name_is_edited(lead):
    drugs = WordList.objects.get(name="drug")
    assert found("A flakka addict") == ["addict"]
    lead.post(f"{LISTS}{drugs.pk}/change/", {"words": drugs.words + "\nflakka"})
    assert found("A flakka addict") == ["flakka addict"]


def test_term_that_is_switched_off_or_deleted_gives_no_advice():
    row("addict").delete()
    other = row("junkie")
    other.is_used = False
    other.save()
    assert found("an addict and a junkie") == []


def test_own_term_comes_before_those_that_were_shipped(lead):
    lead.post(
        f"{TERMS}add/",
        {"find": "drug abuse", "reason": "blame", "instead": "drug use", "is_used": "on"},
    )
    (term,) = [each.term for each in current_wording().found_in("drug abuse")]
    assert term.data.instead == "drug use"


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("junk(ie", "A bracket has no partner."),
        ("@nolist user", "There is no list “nolist”."),
        ("[the] _", "Give at least one word that must be there."),
        ("a ...10 b ...10 c ...10 d", "Too much of it is left open."),
        ("x" * 1300, "This is too long."),
    ],
)
def test_phrase_that_cannot_be_read_is_refused_and_says_why(lead, phrase, why):
    junkie = row("junkie")
    page = lead.post(f"{TERMS}{junkie.pk}/change/", fields(junkie, unless=phrase)).text
    assert why in page
    assert row("junkie").unless == junkie.unless


def test_list_is_refused_if_a_phrase_cannot_be_read_or_it_names_itself(lead):
    drugs = WordList.objects.get(name="drug")
    for words in ("crack(", "crack\n@drug"):
        assert "“" in lead.post(f"{LISTS}{drugs.pk}/change/", {"words": words}).text
    assert WordList.objects.get(name="drug").words == drugs.words


def test_list_that_is_named_is_not_deleted_and_an_own_one_is(lead):
    lead.post(f"{LISTS}add/", {"name": "streets", "words": "Main Street"})
    own = WordList.objects.get(name="streets")
    assert lead.post(f"{LISTS}{own.pk}/delete/", {"post": "yes"}).status_code == 302
    named = WordList.objects.create(name="streets", words="Main Street")
    TermToAvoid.objects.create(find="@streets addict", reason="blame", instead="x")
    assert lead.post(f"{LISTS}{named.pk}/delete/", {"post": "yes"}).status_code == 403


def test_what_was_shipped_is_put_back_and_the_history_says_so(lead):
    first = WordingState.current()
    junkie, cure = row("junkie"), row("cure")
    url = f"{TERMS}{junkie.pk}/change/"
    assert "put-back" not in lead.get(url).text
    for each in (junkie, cure):
        lead.post(f"{TERMS}{each.pk}/change/", fields(each, find="zap"))
    TermToAvoid.objects.create(find="wreck", reason="blame", instead="x")
    assert "put-back" in lead.get(url).text
    lead.post(f"{TERMS}{junkie.pk}/put-back/")
    assert row("junkie").find == junkie.find
    assert row("cure").find == "zap"
    lead.post(f"{TERMS}put-back/")
    assert row("cure").find == cure.find
    assert TermToAvoid.objects.filter(find="wreck").exists()
    said = [each.get_change_message() for each in LogEntry.objects.filter(object_id=junkie.pk)]
    assert "Put back what was shipped." in said
    TermToAvoid.objects.get(find="wreck").delete()
    assert WordingState.current() == first


def test_rows_written_by_sql_count_once_the_jobs_looked():
    assert found("zap") == []
    TermToAvoid.objects.filter(shipped_as="cure").update(find="zap")
    WordingState.renew()
    assert found("zap") == ["zap"]


def test_rows_that_cannot_be_read_give_the_advice_that_was_shipped(caplog):
    TermToAvoid.objects.filter(shipped_as="cure").update(find="zap(")
    WordingState.renew()
    assert found("a junkie") == ["junkie"]
    assert "can't be read" in caplog.text


def test_a_sentence_is_tried(lead):
    text = "The words hurt: say “addict” never. A cure for hepatitis. Our cure works."
    page = lead.post(f"{TERMS}try/", {"sentence": text}).text
    assert "<strong>“cure”</strong> is left alone:" in page
    assert "the sentence holds “hepatitis”" in page
    assert "nobody can promise this" in page
    assert "Found by these phrases" in page


def test_put_back_finds_nothing_to_do_on_a_new_site():
    assert put_back_all(lambda row: pytest.fail("nothing differs")) == 0


def test_editors_read_the_lists_and_change_none():
    erin = log_in(make_staff("Editors"))
    junkie = row("junkie")
    assert erin.get(TERMS).status_code == 200
    assert erin.post(f"{TERMS}try/", {"sentence": "A junkie"}).status_code == 200
    assert erin.post(f"{TERMS}{junkie.pk}/change/", fields(junkie, find="zap")).status_code == 403
    for path in (f"{TERMS}put-back/", f"{TERMS}{junkie.pk}/put-back/"):
        assert erin.post(path).status_code == 403


def test_every_list_that_was_shipped_is_named_or_asked_for_by_code():
    asked_for = {"names", "mentions", "dangers"}
    lists = WordList.objects.exclude(name__in=asked_for)
    assert [each.name for each in lists if not each.is_named] == []
    assert asked_for <= set(regexes_of_lists(shipped().lists))
