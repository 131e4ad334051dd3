"""Facts about the centre: said while they are verified and hold, else left out everywhere."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from recovery_site.facts import foot
from recovery_site.facts.models import FACT_GROUPS, Fact, FactKind
from recovery_site.management.commands.run_jobs import all_jobs
from recovery_site.models import ContentVersion
from recovery_site.site_map.public_paths import public_paths
from tests.factories import make_fact, make_page, make_staff

pytestmark = pytest.mark.django_db
# 10 a.m. in Phoenix.
NOW = datetime(2026, 3, 4, 17, tzinfo=UTC)
TODAY = date(2026, 3, 4)
WORDS = "Made-up words about the zebrafinch aviary."
CHECKED = {"source": "A made-up register", "verified_on": TODAY, "expires_on": date(2026, 6, 1)}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    def set_clock(now):
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_clock(NOW)
    return set_clock


def written(**over):
    return make_fact(**CHECKED | {"text": WORDS} | over)


def main_of(page):
    return page.partition("<main")[2].partition("<footer")[0]


def attempt(*names):
    for job in all_jobs(None):
        if job.name in names:
            job.attempt()


def json_ld(page):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [data for text in found for data in json.loads(text)]


def places(client):
    """Return where visitors or machines come across the fact or its page."""
    attempt("facts", "foot")
    about, home = client.get("/about/"), client.get("/").text
    found = {
        "page": about.status_code == 200 and WORDS in about.text,
        "data": WORDS in home.partition("</head>")[0],
        "foot": 'href="/about/"' in home.partition("<footer")[2],
        "sitemap": "/about/" in client.get("/sitemap-site.xml").text,
        "published": "/about/" in public_paths(),
        "search": 'href="/about/"' in main_of(client.get("/search/?q=zebrafinch+aviary").text),
    }
    assert len(set(found.values())) == 1, found
    return found["page"]


@pytest.mark.parametrize("nothing", ["", " \n"])
def test_fact_without_words_is_said_nowhere_and_still_missing(client, nothing):
    # The admin asks for words; a command or SQL may leave them out.
    fact = written(text=nothing)
    assert not fact.is_shown
    assert fact.kind in Fact.objects.missing_kinds()
    assert not places(client)


def test_fact_is_said_from_its_check_to_its_last_day(client, clock):
    assert not places(client)
    fact = written(verified_on=None)
    assert not places(client)
    Fact.objects.filter(pk=fact.pk).update(verified_on=TODAY)
    assert places(client)
    clock(datetime(2026, 6, 2, 6, 59, tzinfo=UTC))
    assert places(client)
    clock(datetime(2026, 6, 2, 7, tzinfo=UTC))
    assert not places(client)


# PostgreSQL raises the content version at the end of a transaction.
@pytest.mark.django_db(transaction=True)
def test_what_ends_within_the_day_leaves_pages_that_are_kept(client, clock):
    written(until=NOW + timedelta(hours=2))
    assert places(client)
    before = ContentVersion.current()
    attempt("facts", "foot")
    assert ContentVersion.current() == before
    clock(NOW + timedelta(hours=2))
    attempt("facts")
    assert ContentVersion.current() > before
    assert not places(client)
    ended = ContentVersion.current()
    attempt("facts", "foot")
    assert ContentVersion.current() == ended


def test_fact_given_a_later_end_is_said_again(client, clock):
    fact = written(until=NOW + timedelta(hours=2))
    clock(NOW + timedelta(hours=2))
    attempt("facts")
    fact.refresh_from_db()
    fact.until = NOW + timedelta(hours=5)
    fact.save()
    assert places(client)
    clock(NOW + timedelta(hours=5))
    assert Fact.objects.end_due()
    assert not places(client)


def test_lists_and_rows_agree_on_what_is_shown(clock):
    for over in (
        {}, {"verified_on": None}, {"expires_on": TODAY}, {"until": NOW},
        {"until": NOW + timedelta(hours=1)},
        {"verified_on": TODAY - timedelta(9), "expires_on": TODAY - timedelta(1)},
        {"verified_on": TODAY + timedelta(1)},
    ):  # fmt: skip
        written(**over)
    assert {fact for fact in Fact.objects.all() if fact.is_shown} == set(Fact.objects.shown())
    assert Fact.objects.shown().count() == 3
    assert Fact.objects.expired().count() == 2
    assert Fact.objects.expiring().count() == 1


@pytest.mark.parametrize(
    "over", [{"source": ""}, {"expires_on": None}, {"expires_on": TODAY - timedelta(1)}]
)
def test_checked_fact_needs_its_source_and_an_end(over):
    with pytest.raises(IntegrityError), transaction.atomic():
        written(**over)
    with pytest.raises(ValidationError):
        Fact(**{"kind": "licence", "text": WORDS} | CHECKED | over).full_clean()


def test_page_says_each_kind_under_its_part_with_the_day_of_the_check(client):
    for kind in FactKind:
        written(kind=kind, text=f"Words of {kind}.", part="North house")
    page = client.get("/about/").text
    at = [page.index(f'<h2 id="{group.anchor}">') for group in FACT_GROUPS]
    assert at == sorted(at)
    for kind in FactKind:
        assert f"<h3>{kind.label}</h3>" in page
        assert page.count(f"Words of {kind}.</") + page.count(f"Words of {kind}.\n") == 1, kind
    assert "Checked March 4, 2026" in page
    assert "A made-up register" not in page


def test_every_kind_of_fact_has_its_part_of_the_page():
    assert sorted(kind for group in FACT_GROUPS for kind in group.kinds) == sorted(FactKind)


def test_data_for_machines_names_only_what_is_said(client):
    written(kind="levels", part="North house", text="Residential care.")
    written(kind="prices", text="A made-up price.")
    centre, site = json_ld(client.get("/").text)
    assert centre["contactPoint"]["telephone"] == "888-281-0805"
    assert centre["availableService"] == [
        {"@type": "MedicalTherapy", "name": "North house: Residential care."}
    ]
    assert set(centre) == {
        *("@context", "@type", "@id", "name", "url", "telephone", "contactPoint"),
        "availableService",
    }
    assert site["@type"] == "WebSite"


def test_foot_of_the_spanish_page_says_that_its_link_is_english(client):
    written()
    foot.write()
    assert '<a href="/about/" lang="en">' in client.get("/es/").text
    assert '<a href="/about/">' in client.get("/").text


def test_page_that_staff_wrote_at_this_address_before_stays_without_facts(client):
    make_page(slug="about", body="<p>Written before.</p>")
    assert "Written before." in client.get("/about/").text
    written()
    assert "Written before." not in client.get("/about/").text


def test_editors_write_facts_and_see_what_has_to_be_checked_again(client):
    client.force_login(make_staff("Editors"))
    values = {"kind": "prices", "text": WORDS, "source": "A list", "order": "1"}
    days = {"verified_on": "2026-03-04", "expires_on": "2026-03-20"}
    add = reverse("admin:recovery_site_fact_add")
    assert "The day you compared it" in client.get(add).text
    assert "how we know it" in client.post(add, values | days | {"source": ""}).text
    assert client.post(add, values | days).status_code == 302
    assert foot.read()[0].address == "/about/"
    url = reverse("admin:recovery_site_fact_changelist")
    assert WORDS in client.get(url, {"state": "expiring"}).text
    assert f'href="{url}?state=expiring"' in client.get("/admin/").text
    Fact.objects.update(expires_on=TODAY - timedelta(1), verified_on=TODAY - timedelta(9))
    assert f'href="{url}?state=expired"' in client.get("/admin/").text
    assert WORDS in client.get(url, {"state": "expired"}).text
    assert WORDS not in client.get(url, {"state": "shown"}).text


def test_kinds_without_any_fact_wait_on_the_dashboard_and_are_named(client):
    client.force_login(make_staff("Editors"))
    for kind in FactKind:
        if kind != FactKind.PRICES:
            written(kind=kind)
    url = reverse("admin:recovery_site_fact_changelist")
    page = client.get("/admin/").text
    assert f'<a href="{url}"><strong>1</strong> <span>Kinds of facts' in " ".join(page.split())
    assert "Nothing is known yet of: Prices." in client.get(url).text
    written(kind=FactKind.PRICES)
    assert "Kinds of facts" not in client.get("/admin/").text
    assert "Nothing is known yet" not in client.get(url).text


def test_others_neither_read_nor_write_facts(client):
    client.force_login(make_staff("Intake"))
    for name in ("add", "changelist"):
        assert client.get(reverse(f"admin:recovery_site_fact_{name}")).status_code == 403
