"""“Was this page helpful?”: answers are counted per version, and nothing else is kept."""

import re

import pytest
from django.core.management import call_command

from recovery_site.helpful import counting
from recovery_site.models import ContentVersion, HelpfulCount
from tests.factories import make_article, make_question, make_staff

pytestmark = pytest.mark.django_db
STAFF_PAGE = "/admin/helpful/"


def counts():
    counting.collect()
    return {(row.number, row.answer): row.count for row in HelpfulCount.objects.all()}


def answer(client, url, value="no", network=1, **headers):
    return client.post(url, {"answer": value}, REMOTE_ADDR=f"192.0.2.{network}", **headers)


def answer_often(client, url, **numbers):
    for network, value in enumerate(word for word, n in numbers.items() for _time in range(n)):
        answer(client, url, value, network)


@pytest.mark.parametrize("make", [make_article, make_question])
def test_page_asks_and_leads_through_the_reason_back_to_itself(client, make):
    page = make(slug="withdrawal")
    read = client.get(page.get_absolute_url()).text
    url = re.search(r'action="(/helpful/[^"]+)"', read)[1]
    why = answer(client, url)["Location"]
    assert "out of date" in client.get(why).text
    thanks = answer(client, why, "wrong")["Location"]
    assert f'href="{page.get_absolute_url()}"' in client.get(thanks).text
    assert answer(client, url, "yes")["Location"] == thanks
    assert counts() == {(1, "no"): 1, (1, "wrong"): 1, (1, "yes"): 1}


def test_answer_needs_no_script_cookie_or_token_and_leaves_none(client):
    page = make_article(slug="withdrawal")
    response = answer(client, "/helpful/article/withdrawal/1/")
    assert response.status_code == 303
    assert not response.cookies
    shown = client.get("/helpful/article/withdrawal/1/why/")
    assert shown["Cache-Control"] == "no-store, private"
    assert shown["X-Robots-Tag"] == "noindex"
    assert page.live.number == 1


def test_counts_belong_to_the_version_that_was_read(client):
    page = make_article(slug="withdrawal")
    answer(client, "/helpful/article/withdrawal/1/")
    page.save_revision(title="New words", summary="s", body="<p>b</p>", sources=[], byline="")
    page.publish()
    answer(client, "/helpful/article/withdrawal/2/", "yes")
    assert counts() == {(1, "no"): 1, (2, "yes"): 1}


def test_one_network_counts_a_few_times_a_day(client):
    make_article(slug="withdrawal")
    for _time in range(30):
        answer(client, "/helpful/article/withdrawal/1/")
    assert counts() == {(1, "no"): counting.MOST_OF_A_NETWORK}


@pytest.mark.parametrize(
    "path",
    [
        "/helpful/article/withdrawal/9/",
        "/helpful/article/draft/1/",
        "/helpful/page/privacy/1/",
        "/helpful/article/none/1/",
    ],
)
def test_only_versions_of_published_pages_can_be_answered(client, path):
    make_article(slug="withdrawal")
    make_article(slug="draft", live=False)
    assert answer(client, path).status_code == 404


def test_other_words_and_other_sites_are_not_counted(client):
    make_article(slug="withdrawal")
    url = "/helpful/article/withdrawal/1/"
    assert answer(client, url, "my name is Ada 602 555 0100").status_code == 400
    assert answer(client, f"{url}why/", "yes").status_code == 400
    assert answer(client, url, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert counts() == {}


def test_full_disk_is_said_and_nothing_is_thanked_for(client, data_dir):
    make_article(slug="withdrawal")
    (data_dir / "helpful.txt").mkdir()
    response = answer(client, "/helpful/article/withdrawal/1/")
    assert response.status_code == 503
    assert "Your answer was not kept" in response.text
    assert "Thank you" not in response.text


def test_counting_makes_no_page_anew(client):
    make_article(slug="withdrawal")
    call_command("run_jobs", "--once")
    before = ContentVersion.current()
    answer(client, "/helpful/article/withdrawal/1/")
    assert counts() == {(1, "no"): 1}
    assert ContentVersion.current() == before


def test_editors_see_the_least_helpful_first_and_no_small_groups(client):
    for slug in ("good", "bad", "seldom-read"):
        make_article(slug=slug, title=f"About {slug}")
    answer_often(client, "/helpful/article/good/1/", yes=9, no=1)
    answer_often(client, "/helpful/article/bad/1/", yes=2, no=8)
    answer_often(client, "/helpful/article/bad/1/why/", hard=3)
    answer_often(client, "/helpful/article/seldom-read/1/", no=4)
    call_command("run_jobs", "--once")
    client.force_login(make_staff("Editors"))
    page = client.get(STAFF_PAGE).text
    assert page.index("About bad") < page.index("About good")
    assert "20 %" in page
    assert "It was hard to understand: 3" in page
    assert "About seldom-read" not in page
    assert "Articles that helped fewer than half" in client.get("/admin/").text


def test_preview_asks_nothing(client):
    page = make_article(live=False, slug="draft")
    client.force_login(make_staff("Editors"))
    preview = client.get(f"/admin/articles/article/{page.pk}/preview/1/")
    assert "/helpful/" not in preview.text
