"""Links that lead nowhere are found, wherever they point."""

from http.client import BadStatusLine
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.links import outside
from articles.links.live_checks import DailyRound, check_all
from articles.models import Link
from articles.wording import advice as language_checks
from tests.articles.admin.forms import log_in
from tests.factories import make_article, make_page, make_question, make_staff, make_topic

pytestmark = pytest.mark.django_db


def body_of(*hrefs):
    return "".join(f'<p><a href="{href}">words</a></p>' for href in hrefs)


@pytest.fixture
def site(settings):
    settings.SITE_URL = "https://www.example.org"
    make_topic(slug="known-topic")
    make_article(slug="live-one", body="<h2>A part</h2><p>x</p>")
    make_article(slug="draft-one", live=False)
    make_question(slug="live-question")
    make_question(slug="draft-question", live=False)
    make_page(slug="how-to-pay")
    moved = make_article(slug="before")
    moved.slug = "after"
    moved.save()


GOOD = [
    "/articles/live-one/", "/articles/live-one/#a-part", "/articles/live-one/#_sources", "#here",
    "https://www.example.org/articles/live-one/", "/articles/topics/known-topic/", "/faq/",
    "/faq/#live-question", "/faq/live-question/", "/how-to-pay/", "/contact/?from=x", "/help-now/",
    "/articles/live-one/#live-question", "/", "https://example.com/x", "tel:911", "sms:988",
    "mailto:help@example.org", "/articles/live-one",
]  # fmt: skip
BAD = {
    "/articles/nowhere/": "does not exist",
    "/articles/topics/nowhere/": "does not exist",
    "/faq/nowhere/": "does not exist",
    "/no/such/page": "does not exist",
    "https://www.example.org/no-such-page/": "does not exist",
    "/articles/draft-one/": "can’t see yet",
    "/faq/draft-question/": "can’t see yet",
    "/faq/#draft-question": "can’t see yet",
    "/articles/live-one/#no-part": "place that its page does not have",
    "/faq/#nowhere": "place that its page does not have",
    "/admin/articles/article/": "page for staff",
    "/intake/": "page for staff",
    "#nowhere": "place that its page does not have",
    "/articles/before/": "old address",
    "tel:998": "no phone can call",
    "988": "Did you mean tel:988?",
}


def test_each_kind_of_link_is_judged_by_where_it_leads(site):
    body = "<h2>Here</h2>" + body_of(*GOOD, *BAD, "/articles/nowhere/")
    advice = language_checks.links_to_nowhere(body)
    assert len(advice) == len(BAD), advice
    for line, (href, says) in zip(advice, BAD.items(), strict=True):
        assert f"({href})" in line.text
        assert says in line.text


def test_check_costs_the_same_however_many_links_there_are(site, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        language_checks.links_to_nowhere(body_of(*(f"/articles/gone-{n}/" for n in range(50))))


def test_command_names_each_broken_link_of_live_texts_and_fails(site):
    make_article(slug="linking", body=body_of("/articles/nowhere/", "/articles/before/", "/faq/"))
    make_article(live=False, body=body_of("/only-in-a-draft/"))
    told = StringIO()
    with pytest.raises(CommandError, match="1 link leads nowhere"):
        call_command("check_links", stdout=told)
    lines = told.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("/articles/linking/: ")
    assert "/articles/nowhere/" in lines[0]
    Link.objects.filter(path="/articles/nowhere/").delete()
    call_command("check_links", stdout=told)
    assert "All links lead somewhere" in told.getvalue()


def test_other_websites_are_asked_only_on_request(site, monkeypatch):
    asked = []
    monkeypatch.setattr(outside, "_shows_page", lambda url: asked.append(url) or "good" in url)
    make_article(body=body_of("https://good.example/a#b", "https://bad.example/"))
    call_command("check_links", stdout=StringIO())
    assert asked == []
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("check_links", outside=True, stdout=told)
    assert asked == ["https://good.example/a", "https://bad.example/"]
    assert "did not show the page" in told.getvalue()
    # A check without other websites does not take back what is known of them.
    with pytest.raises(CommandError):
        call_command("check_links", stdout=StringIO())


def test_a_website_that_answers_nonsense_stops_no_check(monkeypatch):
    asked = []

    class Opener:
        def open(self, request, **_options):
            asked.append(request.full_url)
            raise BadStatusLine("nonsense")

    monkeypatch.setattr(outside, "is_on_the_internet", lambda url: True)
    monkeypatch.setattr(outside.urllib.request, "build_opener", lambda *_handlers: Opener())
    assert not outside.SiteAnswers()("https://example.org/a b/é?q=ñ")
    assert asked == ["https://example.org/a%20b/%C3%A9?q=%C3%B1"]


def test_machines_of_the_own_network_are_never_asked():
    for url in (
        "http://127.0.0.1/", "http://localhost/", "http://10.0.0.1/", "http://[::1]/",
        "http://169.254.169.254/latest/", "file:///etc/passwd", "https://",
    ):  # fmt: skip
        assert not outside.is_on_the_internet(url), url


def test_daily_round_goes_through_all_kinds_in_steps(site):
    make_article(body=body_of("/articles/nowhere/"))
    make_page(slug="linking", body=body_of("/no-such-page/"))
    daily = DailyRound()
    for _ in range(10):
        daily.step()
    found = Link.objects.exclude(problem="").values_list("path", flat=True)
    assert set(found) == {"/articles/nowhere/", "/no-such-page/"}


def test_desk_and_list_name_live_texts_with_broken_links(site):
    broken = make_article(
        title="Broken one", body=body_of("/articles/nowhere/", "/articles/before/")
    )
    make_article(title="Only moved", body=body_of("/articles/before/"))
    list(check_all())
    editor = log_in(make_staff("Editors"))
    assert "Articles with links that lead nowhere" in editor.get("/admin/").text
    shown = editor.get("/admin/articles/article/?links=broken").text
    assert "Broken one" in shown
    assert "Only moved" not in shown
    broken.save_revision(title="Broken one", body="<p>mended</p>")
    broken.publish()
    assert "lead nowhere" not in editor.get("/admin/").text.partition('id="content"')[2]


def test_address_that_no_database_holds_is_named_and_nothing_breaks(site):
    wild = [
        "/a%00b/",
        "/faq/#%00",
        "/x/" + "y" * 900,
        "/%ff%fe/",
        "/%F0%9F%8C%B5/",
        "https://[",
        "/\\x",
    ]
    article = make_article(body=body_of(*wild))
    list(check_all())
    advice = language_checks.links_to_nowhere(article.live.body)
    assert "(/a%00b/) has no address" in advice[0].text
    editor = log_in(make_staff("Editors"))
    for typed in [*wild, "\0", "a\0b", "' OR 1=1 --", "%"]:
        assert editor.get("/admin/links/find/", {"q": typed}).status_code == 200, typed
