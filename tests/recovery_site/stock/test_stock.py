"""The list of all pages: what it finds, what is done with many, and the way back to it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Article, ArticleReviewRequest, StockRow
from articles.stock import lookup
from articles.stock.rows import StockState
from recovery_site.stock import listing, views
from tests.articles.admin.forms import change_url, history, log_in, payload
from tests.factories import make_article, make_page, make_question, make_staff, make_topic, sign_off

pytestmark = pytest.mark.django_db
URL = "/admin/stock/"


@pytest.fixture
def editor():
    return make_staff("Editors", username="erin")


@pytest.fixture
def as_editor(editor):
    return log_in(editor)


def titles(response):
    named = re.findall(r'<th scope="row" class="field-title"><a [^>]*>([^<]*)</a>', response.text)
    return [unescape(title) for title in named]


def listed(client, **query):
    return titles(client.get(URL, query))


def row_of(publication):
    kind = publication._meta.label_lower
    return StockRow.objects.get(kind=kind, publication=publication.pk)


def change_many(client, publications, query="", **form):
    rows = [row_of(each).pk for each in publications]
    return client.post(f"{URL}?{query}", {"row": rows} | form, follow=True)


def test_one_list_holds_every_kind_of_page(as_editor):
    make_article(title="An article")
    make_question(title="A question?")
    make_page(title="A page")
    assert listed(as_editor) == ["A page", "A question?", "An article"]
    assert listed(as_editor, kind="faq.question") == ["A question?"]


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        ("due", {"next_review_on": timezone.localdate() - timedelta(days=400)}),
        ("terms", {"body": "<p>He is an addict.</p>"}),
        ("links", {"body": "<p><a href='/articles/nowhere/'>More</a></p>"}),
        ("summary", {"summary": ""}),
        ("hard", {"body": "<p>" + "Pharmacological interventions notwithstanding. " * 40}),
    ],
)
def test_list_shows_what_needs_work(as_editor, check, bad):
    make_article(title="Good one", next_review_on=timezone.localdate() + timedelta(days=9))
    make_article(title="Bad one", **bad)
    assert listed(as_editor, check=check) == ["Bad one"]


def test_list_shows_pages_by_owner_topic_and_state(as_editor, editor):
    topic = make_topic()
    make_article(title="Mine", owner=editor, topic=topic)
    make_article(title="As deputy", deputy=editor, live=False)
    make_question(title="Nobody’s").unpublish()
    assert listed(as_editor, owner="mine") == ["As deputy", "Mine"]
    assert listed(as_editor, owner="none") == ["As deputy", "Nobody’s"]
    assert listed(as_editor, topic=topic.pk) == ["Mine"]
    assert listed(as_editor, state="live", owner=editor.pk) == ["Mine"]


def test_columns_put_rows_in_order(as_editor):
    for words in (1, 3, 2):
        bad = " ".join(["an addict,", "a junkie,", "a user of heroin,"][:words])
        make_article(title=f"{words} words", body=f"<p>Not {bad} no.</p>")
    StockRow.objects.filter(title="3 words").update(terms=3)
    assert listed(as_editor, sort="-terms")[0] == "3 words"
    assert listed(as_editor, sort="title") == ["1 words", "2 words", "3 words"]
    assert listed(as_editor, sort="-title")[0] == "3 words"


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("buprenorphine", True), ("Buprenorfine", True), ("bupre", True),
        ("buprenorphne dose", True),
        ("the-slug", True), ("dose", True), ("methadone", False), ("buprenorphine zebra", False),
        ("\0", True), ("'; DROP TABLE x; --", False),
    ],
)  # fmt: skip
def test_words_are_found_begun_and_with_typing_errors(as_editor, typed, is_found):
    make_article(
        title="How buprenorphine helps", slug="the-slug", summary="A dose each day.", live=False
    )
    make_article(title="Zebra stripes")
    assert ("How buprenorphine helps" in listed(as_editor, q=typed)) == is_found


def test_page_is_found_by_the_title_that_the_list_shows_and_by_the_live_one(as_editor):
    article = make_article(title="Naloxone at home")
    article.save_revision(title="Narcan kits")
    for typed in ("narcan", "naloxone"):
        assert listed(as_editor, q=typed) == ["Narcan kits"], typed
    article.save_revision(title="Overdose kits")
    assert listed(as_editor, q="narcan") == []


def test_corrected_word_is_named(as_editor):
    make_article(title="Naloxone")
    assert (
        "No title, address or summary has “nalaxone”. Looked for “naloxone” and the like"
        in as_editor.get(URL, {"q": "nalaxone"}).text
    )


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "x"}, {"topic": "9" * 40}, {"owner": "x"}, {"check": "\0"}, {"sort": "-x"},
        {"page": "9" * 30}, {"page": "-1"}, {"page": "²"}, {"sort": "title__x"},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_left_out(as_editor, query):
    make_article()
    assert as_editor.get(URL, query).status_code == 200


@pytest.fixture
def long_list():
    """250 pages: with the first page's words, and numbers in their titles."""
    make_article(title="Page 249", summary="Naloxone and methadone.")
    row = StockRow.objects.get()
    words = list(row.words.all())
    rows = []
    for number in range(249):
        copied = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
        over = {"id": None, "publication": 10_000 + number, "title": f"Page {number:03}"}
        rows.append(StockRow(**copied | over))
    places = StockRow.words.through
    for made in StockRow.objects.bulk_create(rows):
        places.objects.bulk_create([places(stockrow=made, stockword=word) for word in words])


def test_long_list_has_pages_and_no_exact_number(as_editor, long_list, monkeypatch):
    first, last = as_editor.get(URL), as_editor.get(URL, {"page": 5})
    assert titles(first) + titles(as_editor.get(URL, {"page": 2})) == [
        f"Page {number:03}" for number in range(100)
    ]
    assert 'rel="next"' in first.text
    assert 'rel="next"' not in last.text
    assert "The list ends here" not in last.text
    beyond = as_editor.get(URL, {"page": 9})
    assert titles(beyond) == titles(last)
    assert "Page 5</span>" in beyond.text
    assert "More than 200 pages" in first.text
    assert "no more than 1000 at once" in first.text
    monkeypatch.setattr(listing, "LAST_PAGE", 2)
    monkeypatch.setattr(views, "LAST_PAGE", 2)
    cut = as_editor.get(URL, {"page": 3})
    assert titles(cut)[0] == "Page 050"
    assert "The list ends here" in cut.text
    assert 'rel="next"' not in cut.text


@pytest.mark.parametrize("rows_of_a_common_word", [5, 3000])
def test_words_of_all_pages_are_found_like_rare_ones(
    as_editor, long_list, monkeypatch, rows_of_a_common_word
):
    monkeypatch.setattr(lookup, "ROWS_OF_A_COMMON_WORD", rows_of_a_common_word)
    make_article(title="Rare zebra", summary="Naloxone.")
    assert listed(as_editor, q="naloxone methadone")[0] == "Page 000"
    assert listed(as_editor, q="naloxone naloxone zeb") == ["Rare zebra"]
    assert listed(as_editor, q="methadone zebra") == []
    make_article(title="Nalmefene", summary="Naloxone too.")
    some = ["Page 001", "Page 002", "Page 003", "Nalmefene"]
    StockRow.objects.filter(title__in=some).update(state=StockState.DRAFT)
    # “nal” begins two words, both of one page.
    for words, number in (("naloxone", 4), ("naloxone methadone", 3), ("nal", 4)):
        found = as_editor.get(URL, {"q": words, "state": "draft"})
        assert f"{number} pages</p>" in found.text, words
        assert len(titles(found)) == number


def test_row_says_where_a_page_stands_and_whose_it_is(as_editor, editor):
    deputy = make_staff("Editors", username="dee", first_name="Dee", last_name="Ray")
    day = timezone.localdate() - timedelta(days=400)
    topic = make_topic(name="Pain & sleep")
    article = make_article(owner=editor, deputy=deputy, next_review_on=day, topic=topic)
    article.save_revision(title="Title, newer")
    page = as_editor.get(URL).text
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    shown = [
        " ".join(unescape(re.sub("<[^>]*>", " ", cell)).split()) for cell in row.split("</td>")
    ]
    short, today = date_format(day, "SHORT_DATE_FORMAT"), timezone.localdate()
    today = date_format(today, "SHORT_DATE_FORMAT")
    assert shown[1].endswith("article Live newer draft not reviewed")
    assert shown[2:6] == ["Pain & sleep", "erin, Dee Ray", f"{short} due", today]
    assert shown[7:11] == ["0", "0", today, "sources, a link to it"]
    make_page(title="Nobody’s", deputy=deputy)
    assert "<td>–, Dee Ray</td>" in as_editor.get(URL).text


def test_owner_and_deputy_of_many_are_set_and_written_down(as_editor, editor):
    deputy = make_staff("Editors", username="dee")
    pages = [make_article(), make_question(), make_page()]
    change_many(as_editor, pages, do="owner", owner=editor.pk, deputy=deputy.pk)
    for page in pages:
        page.refresh_from_db()
        assert (page.owner, page.deputy) == (editor, deputy)
    # The three may have the same key.
    assert set(history(pages[0])) == {("erin", "Owner: erin. Deputy: dee.")}
    assert row_of(pages[0]).owner == editor


def test_all_that_the_filters_find_can_be_changed_at_once(as_editor, editor):
    for _ in range(3):
        make_article(body="<p>He is an addict.</p>")
    other = make_article()
    as_editor.post(f"{URL}?check=terms", {"all": "1", "do": "owner", "owner": editor.pk})
    other.refresh_from_db()
    assert StockRow.objects.filter(owner=editor).count() == 3
    assert other.owner is None


def test_owner_who_may_not_change_a_page_is_refused(as_editor):
    stranger = make_staff("Intake", username="ina")
    article = make_article()
    page = change_many(as_editor, [article], do="owner", owner=stranger.pk).text
    assert "1 page stays as it is" in page
    article.refresh_from_db()
    assert article.owner is None


def test_next_review_of_many_is_set_but_not_beyond_a_clinicians(as_editor):
    day = timezone.localdate() + timedelta(days=500)
    plain, signed = make_article(), make_article(title="Signed one")
    sign_off(signed.live, None, "Jane Doe, MD")
    page = change_many(as_editor, [plain, signed], do="next_review", next_review_on=day).text
    assert "Changed 1 page" in page
    assert "Signed one: The clinician’s review holds until" in page
    plain.refresh_from_db()
    assert plain.next_review_on == day


def test_topic_of_many_moves_at_once_where_the_newest_words_are_live(as_editor):
    topic = make_topic(name="New topic")
    live, drafted, page = make_article(), make_article(), make_page(title="A page")
    drafted.save_revision(title="Newer draft")
    told = change_many(as_editor, [live, drafted, page], do="topic", topic=topic.pk).text
    assert "A page: Pages of this kind have no topic" in told
    for each in (live, drafted):
        each.refresh_from_db()
    assert (live.topic, live.live.topic) == (topic, topic)
    assert drafted.topic != topic
    assert Article.objects.get(pk=drafted.pk).newest_revision.topic == topic
    assert history(live) == [("erin", "Moved to the topic “New topic”, live at once.")]
    assert history(drafted) == [("erin", "Moved to the topic “New topic” in a draft.")]


def test_reviews_of_many_are_asked_for(as_editor):
    reviewer = make_staff("Medical reviewers", username="ruth")
    pages = [make_article(), make_article()]
    change_many(as_editor, pages, do="ask", reviewer=reviewer.pk, remark="Please look")
    assert ArticleReviewRequest.objects.filter(reviewer=reviewer).count() == 2
    again = change_many(as_editor, [make_page(title="A page")], do="ask", reviewer=reviewer.pk)
    assert "A page: Pages of this kind need no clinician’s review" in again.text


@pytest.mark.parametrize(
    "form",
    [
        {"do": "owner"},
        {"do": "x"},
        {},
        {"do": "owner", "row": ["9" * 5000, "²"]},
        {"do": "next_review", "next_review_on": "2020-01-01"},
    ],
)
def test_nothing_changes_without_something_to_change(as_editor, form):
    article = make_article()
    change_many(as_editor, [article], **form)
    assert history(article) == []


def test_edit_leads_back_to_the_same_place_of_the_list(as_editor):
    article = make_article(title="Naloxone first", next_review_on=timezone.localdate())
    make_article(title="Other words")
    found = as_editor.get(URL, {"q": "naloxone", "sort": "-title"})
    link = unescape(re.search(r'class="field-title"><a href="([^"]*)"', found.text)[1])
    assert link.startswith(change_url(article))
    saved = as_editor.post(link, payload(article, title="Naloxone then") | {"_save": "1"})
    form = as_editor.get(saved["Location"])
    back = unescape(re.search(r'<a class="closelink" href="([^"]*)"', form.text)[1])
    there = as_editor.get(back.partition("#")[0])
    assert there["Location"] == f"{URL}?q=naloxone&sort=-title#article-{article.pk}"


def test_only_those_are_offered_who_may_do_it(as_editor, editor):
    make_article()
    people = {
        "clara": make_staff("Intake", username="clara"),
        "ruth": make_staff("Medical reviewers", username="ruth"),
        "root": make_staff(username="root", is_superuser=True),
        "erin": editor,
    }
    page = as_editor.get(URL).text.partition('class="stock__actions"')[2]
    offered = {
        name: {
            who
            for who, account in people.items()
            if f'value="{account.pk}"' in page.partition(f'name="{name}"')[2].partition("</sel")[0]
        }
        for name in ("owner", "deputy", "reviewer")
    }
    writers = {"erin", "root"}
    assert offered == {"owner": writers, "deputy": writers, "reviewer": {"ruth"}}


def test_reviewer_is_led_from_page_to_page():
    """27 pages in 29 clicks: the filter is in the link of the first page."""
    reviewer = make_staff("Medical reviewers", username="ruth", first_name="Ruth")
    client, topic = log_in(reviewer), make_topic()
    pages = [make_article(topic=topic) for _ in range(2)]
    own = make_article(topic=topic, live=False)
    own.publish(own.save_revision(by=reviewer, title="My own words"))
    listing = client.get(URL, {"check": "review", "topic": topic.pk})
    link = unescape(re.search(r'href="(/admin/stock/next/[^"]*)"', listing.text)[1])
    clicks = 1
    answer = client.get(link)
    while "/review/" in answer["Location"]:
        form = client.get(answer["Location"])
        name = re.search(r'name="reviewer" value="([^"]*)"', form.text)[1]
        approved = {"reviewer": name, "next_review_on": "", "remark": "", "verdict": "approved"}
        answer = client.get(client.post(answer["Location"], approved)["Location"])
        clicks += 1
    assert clicks == 1 + len(pages)
    assert answer["Location"].startswith(f"{URL}?check=review&topic={topic.pk}")
    assert StockRow.objects.filter(awaits_review=True).count() == 1


def test_a_walk_from_the_middle_of_the_list_goes_once_round_it():
    client, topic = log_in(make_staff("Medical reviewers", username="ruth")), make_topic()
    pages = [make_article(topic=topic, title=f"Page {n}") for n in range(4)]
    row = row_of(pages[2])
    answer = client.get(f"/admin/stock/next/?after={row.pk - 1}")
    walked = []
    # The second is left for later, another sent back: neither comes again.
    while "/review/" in answer["Location"] and len(walked) < 9:
        form = client.get(answer["Location"])
        walked.append(form.context["original"].pk)
        sent_back = {"verdict": "returned", "remark": "No.", "reviewer": "R", "next_review_on": ""}
        to = (
            form.context["not_now_url"]
            if len(walked) == 2
            else client.post(answer["Location"], sent_back)["Location"]
        )
        answer = client.get(to)
    assert walked == [pages[n].pk for n in (2, 3, 0, 1)]
    assert "began" not in answer["Location"]


def test_list_asks_the_same_number_of_queries_however_long(as_editor, django_assert_num_queries):
    make_article()
    as_editor.get(URL)
    with django_assert_num_queries(10) as queries:
        as_editor.get(URL)
    make_question()
    make_page(title="Another")
    with django_assert_num_queries(len(queries)):
        as_editor.get(URL)


def test_only_people_who_see_pages_see_the_list(client):
    assert client.get(URL).status_code == 302
    intake = log_in(make_staff("Intake", username="ina"))
    assert intake.get(URL).status_code == intake.get(f"{URL}next/").status_code == 403
    reviewer = log_in(make_staff("Medical reviewers", username="ruth"))
    make_article(title="An article")
    make_page(title="A page")
    seen = reviewer.get(URL)
    assert "An article" in titles(seen)
