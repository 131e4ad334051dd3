"""The queries of visitors lead to the pages that answer them."""

import pytest
from django.core.management import call_command
from django.db import transaction

from tests.recovery_site.search import figures

# Of `later`, the figures are printed alone.
TESTED = [figures.LISTS[name] for name in ("unseen", "fresh")]


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    """Each query by which nothing was tuned, with what a site with the starter content finds."""
    lists = [figures.wanted(path) for path in TESTED]
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_starter_content")
        found = [
            [(each, figures.found(each.query)) for each in queries if each.half == "measured"]
            for queries in lists
        ]
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_wanted_page_comes_first_or_nearly_so(answers):
    for of_list in answers:
        first = sum(figures.is_first(each, urls) for each, urls in of_list)
        in_three = sum(
            not each.pages.isdisjoint(figures.shown(each, urls)[:3]) for each, urls in of_list
        )
        assert first / len(of_list) >= 0.88
        assert in_three / len(of_list) >= 0.95


@pytest.mark.django_db
def test_no_query_is_a_dead_end(answers):
    chosen = [answer for of_list in answers for answer in of_list]
    assert not [each.query for each, urls in chosen if not urls]
    assert len(chosen) >= 250


@pytest.mark.django_db
def test_danger_leads_with_help(answers):
    dangers = [
        urls[0] == figures.DANGER
        for of_list in answers
        for each, urls in of_list
        if figures.DANGER in each.pages
    ]
    assert sum(dangers) / len(dangers) >= 0.97
