from datetime import time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from contact.models import Helpline, OpeningHours
from recovery_site.facts.models import FactKind
from tests.factories import (
    NAME,
    PHONE,
    make_article,
    make_fact,
    make_page,
    make_question,
    make_request,
    make_staff,
)

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"


def log_in(user):
    client = Client()
    client.force_login(user)
    return client


def credentials(**over):
    return {"username": "erin", "password": "a long passphrase"} | over


def test_log_in_page_is_ours_and_says_where_help_is(client):
    page = client.get(LOGIN).text
    for text in ("Desert Bloom Recovery", 'href="tel:+18882810805"', 'href="tel:911"'):
        assert text in page, text
    assert "Django administration" not in page


def test_staff_log_in(client):
    make_staff("Editors", username="erin")
    response = client.post(f"{LOGIN}?next=/admin/articles/article/", credentials())
    assert response["Location"] == "/admin/articles/article/"
    assert client.get("/admin/").status_code == 200


def test_wrong_password_is_refused_without_saying_which_part(client):
    make_staff("Editors", username="erin")
    response = client.post(LOGIN, credentials(password="wrong"))
    assert response.status_code == 200
    assert "correct username and password" in response.text


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [
        ("/admin/articles/article/add/", True),
        ("/admin/faq/question/7/change/?_changelist_filters=q%3D%22%3E%3Cb", True),
        ("/admin/contact/openinghours/7/change/", False),
    ],
)
def test_form_from_before_another_log_in_is_no_dead_end(path, is_kept):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff("Editors"))
    response = client.post(path, {"title": "Words"})
    assert response.status_code == 403
    assert "logged out in the meantime, or logged in anew" in response.text
    assert ("is offered it again" in response.text) == is_kept
    assert f'href="{escape(path)}"' in response.text


REQUEST = "/intake/requests/11111111-1111-4111-8111-111111111111/"


@pytest.mark.parametrize(
    ("path", "readable"),
    [
        ("/intake/next/", "/intake/"),
        ("/intake/?list=now", "/intake/"),
        (f"{REQUEST}attempt/?back=list%3Dnow", REQUEST),
        (f"{REQUEST}", REQUEST),
        ("/intake/handover/", "/intake/handover/"),
        ("/intake/handover/11111111-1111-4111-8111-111111111111/acknowledge/", "/intake/handover/"),
    ],
)
def test_form_of_the_workspace_from_before_another_log_in_leads_to_a_page_to_read(path, readable):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff("Intake"))
    response = client.post(path, {"outcome": "no_answer"})
    assert response.status_code == 403
    assert "logged out in the meantime, or logged in anew" in response.text
    assert "Go back and repeat your last step." in response.text
    assert f'href="{readable}"' in response.text
    assert "<script>" not in response.text


def test_forged_post_of_a_visitor_still_gets_the_visitors_page():
    response = Client(enforce_csrf_checks=True).post("/contact/", {"name": "x"})
    assert "logged in anew" not in response.text


@pytest.mark.parametrize(
    "path", [LOGIN, "/admin/", "/admin/articles/article/add/", "/admin/nowhere/"]
)
def test_staff_pages_carry_their_own_policy_and_stay_private(path):
    response = log_in(make_staff(is_superuser=True)).get(path)
    if path == LOGIN:
        response = Client().get(path)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_editor_scripts_carry_the_nonce_of_the_policy():
    response = log_in(make_staff("Editors")).get("/admin/articles/article/add/")
    nonce = response["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
    assert nonce
    assert f'<script type="importmap" nonce="{nonce}">' in response.text
    assert f'<style data-tiptap-style nonce="{nonce}">' in response.text


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/articles/article/", "/admin/faq/question/arrange/"]
)
def test_strangers_are_sent_to_log_in(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)


def test_account_without_staff_status_stays_out(client):
    user = make_staff("Editors", username="erin")
    user.is_staff = False
    user.save()
    assert client.post(LOGIN, credentials()).status_code == 200


def make_everything_wait():
    article = make_article(next_review_on=timezone.localdate() - timedelta(days=1))
    article.save_revision(title="Newer words")
    make_question(live=False).schedule(timezone.now() + timedelta(days=1))
    make_page(live=False)
    Helpline.objects.create(name="A line", slug="a-line", description="x", kind="crisis", order=1)
    now = timezone.now()
    late = now - timedelta(hours=1)
    make_request(created_at=now - timedelta(hours=3))
    make_request(created_at=now - timedelta(hours=3), call_by=late)
    make_request(call_by=now + timedelta(hours=3))
    make_request(due_at=now + timedelta(days=3))
    make_request(status="lead")
    make_request(outcome="came_in", call_by=late)


WAITING = {
    "Editors": {"Articles with words not yet published", "Articles due for their next review",
                "Questions scheduled", "Pages with words not yet published", "Help lines hidden"},
    "Medical reviewers": {"Articles awaiting clinical review"},
    "Intake": {"Calls are late", "People to call now"},
    "Intake leads": {"Calls are late", "People to call now", "Request for a lead to decide",
                     "No opening hours yet", "Help lines hidden"},
    "Privacy officers": {"Calls are late", "People to call now"},
}  # fmt: skip


@pytest.mark.parametrize("group", WAITING)
def test_first_page_says_what_waits_for_whom(group):
    make_everything_wait()
    page = log_in(make_staff(group)).get("/admin/").text
    every = set().union(*WAITING.values())
    assert {text for text in every if text in page} == WAITING[group]
    assert NAME not in page
    assert PHONE[2:] not in page


def test_first_page_counts_as_the_workspace_does_in_two_queries():
    make_everything_wait()
    client = log_in(make_staff("Intake"))
    with CaptureQueriesContext(connection) as queries:
        waiting = client.get("/admin/").context["dashboard_items"]
    assert [(thing.number, thing.url) for thing in waiting] == [
        (2, "/intake/?late=1"),
        (3, "/intake/?list=now"),
    ]
    assert sum("contact_callbackrequest" in query["sql"] for query in queries) <= 2


def test_leads_are_told_that_opening_hours_are_missing_until_there_are_some():
    client = log_in(make_staff("Intake leads"))
    assert "No opening hours yet" in client.get("/admin/").text
    OpeningHours.objects.create(weekday=0, opens=time(9), closes=time(17))
    assert "Nothing waits for you" in client.get("/admin/").text


@pytest.mark.parametrize(
    ("group", "first"),
    [
        ("Editors", "/admin/"),
        ("Medical reviewers", "/admin/"),
        ("Intake", "/intake/"),
        ("Intake leads", "/intake/"),
        ("Privacy officers", "/admin/"),
    ],
)
@pytest.mark.parametrize("asked", [LOGIN, f"{LOGIN}?next=/admin/"])
def test_those_who_only_call_land_in_the_workspace(client, group, first, asked):
    make_staff(group, username="erin")
    hidden = {"next": "/admin/"}
    assert client.post(asked, credentials(**hidden))["Location"] == first


def test_who_wanted_another_page_gets_that_one(client):
    make_staff("Intake leads", username="erin")
    wanted = "/admin/contact/openinghours/"
    answer = client.post(f"{LOGIN}?next={wanted}", credentials(next=wanted))
    assert answer["Location"] == wanted


def test_a_log_in_leads_to_no_other_site(client):
    make_staff("Intake leads", username="erin")
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:1"):
        answer = client.post(LOGIN, credentials(next=wanted))
        assert answer["Location"] == "/intake/", wanted
        client.logout()


def test_who_also_writes_or_runs_the_site_lands_on_the_first_page(client):
    make_staff("Intake", "Editors", username="erin")
    assert client.post(LOGIN, credentials())["Location"] == "/admin/"
    make_staff(username="root", is_superuser=True)
    assert client.post(LOGIN, credentials(username="root"))["Location"] == "/admin/"


@pytest.mark.parametrize("group", WAITING)
def test_every_link_of_the_first_page_leads_to_a_list(group):
    make_everything_wait()
    client = log_in(make_staff(group))
    waiting = client.get("/admin/").context["dashboard_items"]
    assert waiting
    for thing in waiting:
        assert client.get(thing.url).status_code == 200, thing.url


def test_first_page_of_a_calm_day_says_so():
    for kind in FactKind:
        make_fact(kind=kind)
    assert "Nothing waits for you" in log_in(make_staff("Editors")).get("/admin/").text


def test_account_pages_work():
    client = log_in(make_staff("Editors", username="erin"))
    assert client.get("/admin/password_change/").status_code == 200
    assert client.get("/admin/articles/").status_code == 200
    logged_out = client.post("/admin/logout/")
    assert logged_out.status_code == 200
    assert "Nobody can go on in this browser without a new log-in." in logged_out.text
