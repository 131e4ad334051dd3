"""The queries of visitors lead to the pages that answer them."""

import pytest
from django.core.management import call_command
from django.db import transaction

from tests.recovery_site.search import figures


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    """Each query of the list with the pages found in a site with the starter content."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_starter_content")
        found = [(each, figures.found(each.query)) for each in figures.wanted()]
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_wanted_page_comes_first_or_nearly_so(answers):
    for half in figures.HALVES:
        chosen = [(each, urls) for each, urls in answers if each.half == half]
        first = sum(bool(urls) and urls[0] in each.pages for each, urls in chosen)
        in_three = sum(not each.pages.isdisjoint(urls[:3]) for each, urls in chosen)
        assert first / len(chosen) >= 0.8, half
        assert in_three / len(chosen) >= 0.95, half


@pytest.mark.django_db
def test_no_query_is_a_dead_end(answers):
    assert not [each.query for each, urls in answers if not urls]
    assert len(answers) >= 250
