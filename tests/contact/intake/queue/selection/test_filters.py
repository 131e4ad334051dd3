import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import RequestFactory

from contact.intake.colleagues import colleagues
from contact.intake.queue.selection import search_tokens
from contact.intake.queue.selection.filters import Filters
from contact.intake.queue.selection.return_query import return_query, return_url
from tests.factories import make_staff


def filters(text):
    return Filters.from_query(QueryDict(text))


def on_card(query="", **posted):
    """A request for a card that was reached from a list with these filters."""
    if posted:
        return RequestFactory().post("/intake/next/", posted)
    return RequestFactory().get("/intake/requests/x/", {"back": query} if query else {})


class TestAddress:
    def test_offered_values_are_taken_and_written_again(self):
        text = "list=open&language=es&priority=0&age=over_day&staff=12&late=1"
        assert filters(text).query() == text
        assert filters(text).ignored == ()

    @pytest.mark.parametrize(
        "text",
        [
            "list=everything",
            "language=xx",
            "language=en%00",
            "priority=9",
            "priority=-1",
            "age=1",
            "outcome=reached",
            "staff=0",
            "staff=99999999999999999999",
            "staff=%D9%A1",
            "late=yes",
            "list=%EF%BF%BF",
        ],
    )
    def test_other_values_are_ignored_and_named(self, text):
        found = filters(text)
        assert found.query() == ""
        assert found.ignored == (text.partition("=")[0],)

    def test_unknown_names_are_dropped(self):
        assert filters("list=now&name=Ysolde&q=6025550123&x=1").query() == "list=now"

    def test_outcome_leads_to_the_closed_ones(self):
        assert filters("outcome=spam").query() == "list=closed&outcome=spam"

    def test_what_never_fits_together_is_ignored(self):
        assert filters("list=now&outcome=spam").ignored == ("outcome",)
        assert filters("list=closed&late=1").ignored == ("late",)

    @pytest.mark.parametrize("place", ["x", "a1", "a1-2", "a" + "9" * 18 + "-" + "0" * 32, "a١-x"])
    def test_broken_places_are_the_first_page(self, place):
        assert filters(f"list=now&page={place}").cursor is None

    def test_place_survives(self):
        place = "a1764000000000000-" + "0" * 31 + "1"
        assert filters(f"list=now&page={place}").query() == f"list=now&page={place}"

    def test_saved_lists_keep_neither_search_nor_place(self):
        text = "list=now&q=K7MQ-4XWD&page=a1764000000000000-" + "0" * 32
        assert filters(text).saved_query() == "list=now"


class TestWayBack:
    def test_leads_to_the_same_filters(self):
        request = on_card("list=now&language=es")
        assert return_url(request) == "/intake/?list=now&language=es"
        assert return_query(request) == "?back=list%3Dnow%26language%3Des"

    def test_posted_one_counts(self):
        request = on_card(back="list=closed")
        assert return_url(request) == "/intake/?list=closed"
        assert return_query(request) == "?back=list%3Dclosed"

    def test_without_filters_is_the_plain_list(self):
        assert return_url(on_card()) == "/intake/"
        assert return_query(on_card()) == ""

    @pytest.mark.parametrize(
        "query",
        [
            "https://example.org/",
            "//example.org",
            "name=Ysolde",
            "q=602-555-0123",
            "&" * 5000,
            "\x00",
        ],
    )
    def test_never_leads_elsewhere_and_carries_no_free_words(self, query):
        assert return_url(on_card(query)) == "/intake/"
        assert return_query(on_card(query)) == ""

    def test_an_encrypted_search_is_kept(self):
        query = Filters({}, search_tokens.encode_term("602-555-0123", User(pk=7))).query()
        assert return_url(on_card(query)) == f"/intake/?{query}"


@pytest.mark.django_db
def test_colleagues_are_active_staff_who_may_call():
    maria, lead = make_staff("Intake"), make_staff("Intake leads")
    make_staff("Privacy officers"), make_staff("Intake", is_active=False)
    assert set(colleagues()) == {maria, lead}
