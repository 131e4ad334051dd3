"""The admin of intake: links to the workspace, the audit trail, helplines."""

from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.admin import AuditPaginator
from contact.intake import audit_text
from contact.models import AuditEntry, CallbackRequest, Helpline
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.kept_copies import crisis_lines
from contact.records.requests import references
from tests.contact.pages import rows, text
from tests.factories import make_helpline, make_request, make_staff

REQUESTS = "/admin/contact/callbackrequest/"
pytestmark = pytest.mark.django_db


# The way to the workspace


@pytest.mark.parametrize("group", ["Intake", "Intake leads", "Privacy officers"])
def test_requests_are_found_in_the_workspace(client, group):
    client.force_login(make_staff(group))
    request = make_request()
    assert client.get(REQUESTS)["Location"] == "/intake/"
    for page in ("change", "history"):
        answer = client.get(f"{REQUESTS}{request.pk}/{page}/")
        assert answer["Location"] == f"/intake/requests/{request.pk}/"


@pytest.mark.parametrize("group", ["Editors", "Medical reviewers"])
def test_other_staff_are_not_shown_the_way(client, group):
    client.force_login(make_staff(group))
    assert client.get(REQUESTS).status_code == 403
    assert client.get(f"{REQUESTS}{make_request().pk}/change/").status_code == 403


def test_visitors_are_sent_to_the_login(client):
    for url in (REQUESTS, f"{REQUESTS}{make_request().pk}/change/"):
        assert client.get(url)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("identity", ["nonsense", "11111111-1111-4111-8111-111111111111", "~_2F"])
def test_an_unknown_request_is_not_found(intake, identity):
    assert intake.get(f"{REQUESTS}{identity}/change/").status_code == 404


def test_nobody_adds_changes_or_deletes_a_request_here(client):
    client.force_login(make_staff(is_superuser=True))
    request = make_request()
    assert client.get(f"{REQUESTS}add/").status_code == 403
    assert client.post(f"{REQUESTS}{request.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"{REQUESTS}{request.pk}/change/", {"status": "closed", "outcome": "spam"})
    client.post(REQUESTS, {"action": "delete_selected", "_selected_action": [str(request.pk)]})
    assert CallbackRequest.objects.get().status == "new"


# The trail


def test_the_trail_can_be_read_by_privacy_officers_only_and_changed_by_nobody(client):
    request = make_request()
    entry = audit.record(None, "received", request.pk)
    audit.record(None, "received", make_request().pk)
    client.force_login(make_staff("Intake leads"))
    assert client.get("/admin/contact/auditentry/").status_code == 403
    client.force_login(make_staff("Privacy officers", is_superuser=True))
    response = client.get("/admin/contact/auditentry/", {"q": str(request).lower()})
    assert [row.number for row in response.context["cl"].result_list] == [entry.number]
    assert client.get("/admin/contact/auditentry/", {"q": "system"}).status_code == 200
    url = f"/admin/contact/auditentry/{entry.pk}/"
    assert client.get(f"{url}change/").status_code == 200
    assert client.post(f"{url}change/", {"action": "x"}).status_code == 403
    assert client.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/contact/auditentry/add/").status_code == 403
    assert audit.verify() is None


TRAIL = "/admin/contact/auditentry/"


@pytest.fixture
def officer(client):
    client.force_login(make_staff("Privacy officers"))
    return client


@pytest.mark.parametrize(
    ("action", "detail", "words"),
    [
        ("called", {"outcome": "no_answer", "entry": str(uuid4())}, "No answer"),
        ("closed", {"outcome": "came_in"}, "Came in"),
        ("closed", {"outcome": "since removed"}, "since removed"),
        ("claimed", {"requests": 1}, "1 request"),
        ("assigned", {"to": None}, "for anyone"),
        ("listed", {"references": ["K7MQ-4XWD", "CDFH-JKMN"]}, "K7MQ-4XWD, CDFH-JKMN"),
        ("searched", {"references": []}, "Nobody"),
        (
            "exported",
            {
                "count": 12,
                "first": "2026-03-01",
                "last": "2026-03-31",
                "fields": ["name", "notes"],
            },
            "12 requests · from March 1, 2026 · to March 31, 2026 · with name, notes",
        ),
        ("exported", {"reason": "A check <b>"}, "reason: A check &lt;b&gt;"),
        ("handed the shift over", {"late": 3, "tried": 0}, "Late: 3 · Tried: 0"),
        ("received", {"some_key": [1]}, "Some key: [1]"),
        ("received", {}, ""),
    ],
)
def test_the_trail_speaks_in_words(officer, action, detail, words):
    entry = audit.record(None, action, **detail)
    page = officer.get(TRAIL).text
    assert f'class="field-words">{words}</td>' in page
    assert words in officer.get(f"{TRAIL}{entry.pk}/change/").text


def test_an_action_of_another_release_is_told_as_it_is_stored(officer):
    audit.AuditEntry(number=1, at=timezone.now(), actor_name="system", action="baked").save()
    assert 'class="field-what"><' in officer.get(TRAIL).text.replace("baked", "")
    assert "baked" in officer.get(TRAIL).text
    with pytest.raises(ValueError, match="baked"):
        audit.record(None, "baked")


def test_the_trail_names_requests_by_their_reference_and_leads_to_the_card(officer):
    request, other = make_request(), make_request()
    entry = audit.record(None, "linked", request.pk, other=str(other.pk))
    for page in (officer.get(TRAIL), officer.get(f"{TRAIL}{entry.pk}/change/")):
        for each in (request, other):
            assert f'<a href="/intake/requests/{each.pk}/">{each}</a>' in page.text


def test_the_trail_names_a_handover_and_accounts_without_a_query_for_each(
    officer, django_assert_max_num_queries
):
    maria = make_staff(username="maria", first_name="Maria", last_name="Example")
    gone = maria.pk + 1000
    made = uuid4()
    audit.record(None, "took the shift over", handover=str(made))
    audit.record(None, "handed over", uuid4(), to=gone)
    for _ in range(30):
        entry = audit.record(None, "handed over", uuid4(), to=maria.pk)
    with django_assert_max_num_queries(12):
        page = officer.get(TRAIL).text
    assert page.count("to Maria Example</td>") == 30
    assert f"to {gone}</td>" in page
    assert f'<a href="/intake/handover/{made}/">The handover</a>' in page
    assert "to Maria Example" in officer.get(f"{TRAIL}{entry.pk}/change/").text


def test_a_long_list_is_whole_on_its_own_page(officer):
    references = [f"K7MQ-4XW{letter}" for letter in "CDFHJKM"]
    entry = audit.record(None, "listed", references=references)
    assert "K7MQ-4XWJ and 2 more</td>" in officer.get(TRAIL).text
    assert ", ".join(references) in officer.get(f"{TRAIL}{entry.pk}/change/").text


def test_the_trail_s_search_has_a_label_and_a_way_back(officer):
    page = text(officer.get(TRAIL))
    label = "An account's name, or a request's reference."
    assert f'<label for="searchbar">{label}</label>' in page
    assert '<a href="/intake/">Back to the calls</a>' in page


def test_no_page_of_the_trail_counts_it_all(officer, monkeypatch):
    monkeypatch.setattr(AuditPaginator, "MAX_ENTRIES", 3)
    for _ in range(5):
        audit.record(None, "received", uuid4())
    with CaptureQueriesContext(connection) as asked:
        page = text(officer.get(TRAIL, {"action": "received"}))
    counts = [query["sql"] for query in asked if "COUNT(" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 3" in counts[0]
    assert not any("DISTINCT" in query["sql"] for query in asked)
    assert "3 audit entries" in page


def test_the_trail_is_narrowed_to_what_was_done(officer):
    audit.record(None, "received", uuid4())
    audit.record(None, "purged", uuid4())
    page = officer.get(TRAIL, {"action": "purged"})
    assert page.text.count('class="field-what">purged') == 1
    assert 'class="field-what">received' not in page.text
    for action in AuditAction.values:
        assert f"?action={action.replace(' ', '+')}" in page.text


def test_a_new_key_of_the_trail_is_named_beside_the_one_before():
    entry = AuditEntry(action="key changed", detail={"before": "3f2a", "since": "77c1"})
    assert audit_text.detail_text(entry) == "before: 3f2a · Since: 77c1"


# Help lines


def test_pages_name_a_deleted_help_line_no_more(client):
    lines = [make_helpline(slug=slug, dial="+16025550111") for slug in ("988", "911")]
    crisis_lines.write()
    assert crisis_lines.read() != crisis_lines.DEFAULT
    client.force_login(make_staff("Editors"))
    client.post(
        "/admin/contact/helpline/",
        {
            "action": "delete_selected",
            "_selected_action": [each.pk for each in lines],
            "post": "yes",
        },
    )
    assert not Helpline.objects.exists()
    assert crisis_lines.read() == crisis_lines.DEFAULT


def test_editors_order_and_verify_help_lines(client):
    line = make_helpline(verified_on=None, order=5)
    client.force_login(make_staff("Editors"))
    url = "/admin/contact/helpline/"
    page = client.get(url).content.decode()
    assert line.name in page
    assert f'aria-label="Order: {line.name}"' in page
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(line.pk),
        "form-0-order": "1",
        "form-0-verified_on": "2026-11-01",
        "_save": "Save",
    }
    assert client.post(url, data).status_code == 302
    line.refresh_from_db()
    assert (line.order, line.is_published) == (1, True)
    assert LogEntry.objects.get().object_repr == line.name


@pytest.mark.parametrize(
    "over",
    [{"dial": "call us"}, {"url": "javascript:alert(1)"}, {"name": ""}, {"verified_on": "x"}],
)
def test_a_wrong_help_line_is_explained(client, over):
    client.force_login(make_staff("Editors"))
    data = {"name": "Line", "slug": "line", "languages": "en", "kind": "crisis", "order": "1"}
    response = client.post("/admin/contact/helpline/add/", data | over)
    assert response.status_code == 200
    assert not Helpline.objects.exists()


# Typed addresses


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("auditentry", query)
        for query in (
            "detail__contains=%7B", "at__gte=9999-12-31%2023:59", "at__gte=x", "at__year=99999999",
            "at__lt=0001-01-01", "actor__password=x", "request_id=x", "number__gt=x", "hash=x",
        )
    ] + [
        ("helpline", query)
        for query in ("verified_on__isempty=x", "verified_on__gte=x", "order__gt=x", "name__foo=x")
    ] + [
        ("openinghours", "opens__gt=x"), ("specialday", "date__year=99999999"),
        ("retrystep", "tries__gt=x"), ("dangerphrase", "words__regex=("),
        ("place", "verified_on__isempty=x"), ("place", "is_active__exact=x"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:DateTimeField AuditEntry.at received a naive datetime")
def test_an_address_with_lookups_that_no_filter_offers_is_answered(client, model, query):
    client.force_login(make_staff(is_superuser=True))
    make_helpline()
    audit.record(None, "received")
    url = f"/admin/contact/{model}/"
    answer = client.get(f"{url}?{query}")
    if query.startswith("at__") and "x" not in query and "year" not in query:
        # The first and the last day: PostgreSQL knows them, Python's clocks may not.
        assert answer.status_code in (200, 302)
    else:
        assert (answer.status_code, answer["Location"]) == (302, f"{url}?e=1")
    assert client.get(f"{url}?e=1").status_code == 200


@pytest.mark.parametrize("model", ["auditentry", "helpline", "dangerphrase", "place"])
@pytest.mark.parametrize("term", ["a " * 3000, "\x00", "%", "'"])
def test_lists_can_be_searched_for_anything(client, model, term):
    client.force_login(make_staff(is_superuser=True))
    assert client.get(f"/admin/contact/{model}/", {"q": term}).status_code == 200


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("auditentry", "action=received"),
        ("auditentry", "at__gte=2020-01-01%2000:00:00-07:00&at__lt=2090-01-01%2000:00:00-07:00"),
        ("helpline", "kind__exact=support"),
        ("helpline", "verified_on__isempty=0"),
    ],
)
def test_what_the_filters_offer_still_works(client, model, query):
    client.force_login(make_staff(is_superuser=True))
    make_helpline()
    audit.record(None, "received", uuid4())
    response = client.get(f"/admin/contact/{model}/?{query}")
    assert response.status_code == 200
    assert len(rows(response)) == 1


def test_references_are_recognised():
    assert references.is_reference("k7mq-4xwd")
    assert not references.is_reference("602-555-0123")
    assert not references.is_reference("AEIOU-012")
