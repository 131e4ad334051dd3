"""Words searched in vain are counted for editors, and nothing that says who searched."""

import pytest
from django.core.management import call_command

from recovery_site import tally_file
from recovery_site.models import FailedSearch
from recovery_site.search import failed
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def search_often(client, query, times=3):
    for _time in range(times):
        client.get("/search/", {"q": query})


def counted():
    failed.collect()
    return dict(FailedSearch.objects.values_list("word", "count"))


def test_word_that_three_looked_for_is_shown_to_editors(client):
    search_often(client, "where is kratomania", times=4)
    call_command("run_jobs", "--once")
    client.force_login(make_staff("Editors"))
    page = client.get("/admin/recovery_site/failedsearch/").text
    assert "kratomania" in page
    assert counted() == {"kratomania": 4}


def test_word_that_fewer_looked_for_is_written_nowhere(client, data_dir):
    search_often(client, "kratomania", times=2)
    # Among them is a folder, if this search was the one to ask for pages that mean the like.
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    assert not any(b"kratomania" in path.read_bytes() for path in files)
    assert counted() == {}


@pytest.mark.parametrize(
    "query",
    [
        "Kratomania",
        "my name is kratomania",
        "kratomania 602 555 0100",
        "kratomania@example.org",
        "i want to die kratomania",
        "one long sentence in which kratomania is one word",
        "zzz",
        "heroin",
    ],
)
def test_nothing_that_may_be_somebodys_own_is_counted(client, query):
    search_often(client, query)
    assert counted() == {}


def test_many_words_do_not_fill_the_disk(client, monkeypatch):
    monkeypatch.setattr(tally_file, "MOST_BYTES", 10)
    search_often(client, "kratomania", times=9)
    assert counted() == {"kratomania": 3}


def test_disk_that_takes_nothing_spoils_no_search(client, data_dir):
    (data_dir / failed.file.name).mkdir()
    search_often(client, "kratomania")
    assert client.get("/search/", {"q": "kratomania"}).status_code == 200


def test_nobody_changes_what_was_counted(client):
    client.force_login(make_staff("Editors"))
    assert client.get("/admin/recovery_site/failedsearch/add/").status_code == 403
