"""What links where is known for every version, however it was saved."""

import pytest

from articles.links.index import uses_of
from articles.models import Link
from tests.factories import make_article, make_page, make_question

pytestmark = pytest.mark.django_db


def to(publication, fragment=""):
    return f'<p><a href="{publication.get_absolute_url()}{fragment}">there</a></p>'


def uses(publication):
    return [(str(each.publication), *each[1:]) for each in uses_of(publication)]


def test_every_version_that_counts_now_is_known_and_no_other():
    wanted = make_article(slug="wanted", body='<p><a href="#x">itself</a></p>')
    live = make_article(title="Live", body=to(wanted))
    draft = make_question(title="Draft", body="<p>x</p>")
    draft.save_revision(title="Draft", body=to(wanted, "#part"))
    page = make_page(title="Page", slug="how", body=to(wanted))
    page.save_revision(title="Page", body="<p>no link now</p>")
    gone = make_article(title="Gone", body=to(wanted))
    gone.save_revision(title="Gone", body="<p>no link now</p>")
    gone.publish()
    assert uses(wanted) == [
        ("Live", True, False, False), ("Page", True, False, False), ("Draft", False, False, True)
    ]  # fmt: skip
    gone.restore(gone.revisions.get(number=1))
    assert ("Gone", False, False, True) in uses(wanted)
    live.unpublish()
    assert ("Live", False, False, True) in uses(wanted)


def test_question_is_found_by_its_place_on_the_list_and_pages_by_old_addresses():
    question = make_question(slug="is-it-safe")
    make_article(title="By place", body='<p><a href="/faq/#is-it-safe">x</a></p>')
    assert [str(use.publication) for use in uses_of(question)] == ["By place"]
    question.slug = "is-it-safe-now"
    question.save()
    make_article(title="By old address", body='<p><a href="/faq/is-it-safe/">x</a></p>')
    assert [str(use.publication) for use in uses_of(question)] == ["By old address", "By place"]


def test_links_of_what_is_deleted_are_forgotten():
    article = make_article(live=False, body='<p><a href="/faq/">x</a></p>')
    assert Link.objects.count() == 1
    article.delete()
    assert not Link.objects.exists()
