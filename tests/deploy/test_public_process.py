"""A process with ROLE=public holds nothing that opens a request, nor the right to read one."""

import base64
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from contact.lifecycle.journal import journal, journal_files
from contact.models import CallbackRequest
from recovery_site.site_map.public_paths import public_paths
from tests.contact.lifecycle.journal.test_journal import payload
from tests.deploy.machine import ROOT
from tests.factories import make_article, make_helpline, make_page, make_question
from tests.waiting import PATIENCE

NAME, PHONE, MESSAGE = "Zebedee Quillfeather", "+16025550177", "the lighthouse keeper's waltz"
PRIVATE = {"FIELD_KEYS", "INDEX_KEY", "JOURNAL_PRIVATE_KEYS"}
PROCESS = """
import sys, django
from django.conf import settings
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STORAGES["staticfiles"] = {"BACKEND": plain}
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
client, statuses = Client(), []
for path in ("/contact/", "/intake/", "/admin/", "/contact/my-request/", "/readyz"):
    statuses.append(client.get(path).status_code)
sent = {"name": "Mira Example", "phone": "602-555-0142", "message": "call me"}
statuses.append(client.post("/contact/", sent).status_code)
kept = KEPT
print(*statuses, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def secrets():
    private = X25519PrivateKey.from_private_bytes(os.urandom(32))
    raw = {name: os.urandom(32) for name in PRIVATE} | {
        "JOURNAL_PRIVATE_KEYS": private.private_bytes_raw()
    }
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    return raw, public


def environment(data_dir, public, **over):
    own = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    return own | {
        "ROLE": "public",
        "SECRET_KEY": "of-the-public-process-" + "x" * 40,
        "JOURNAL_PUBLIC_KEY": public,
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "tests.site_settings",
    } | over  # fmt: skip


def memory_of(pid):
    """All that the process can read of itself."""
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *_rest = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in place.split("-"))
            memory.seek(start)
            found.append(memory.read(end - start))
    with open(f"/proc/{pid}/environ", "rb") as file:
        return b"".join([*found, file.read()])


def found_in_public_process(data_dir, secrets, kept="None"):
    """Which keys and which words of an earlier request are in the memory of such a process."""
    raw, public = secrets
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS.replace("KEPT", kept)], cwd=ROOT, text=True,
        env=environment(data_dir, public), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        statuses = process.stdout.readline().split()
        assert statuses[:4] == ["200", "404", "404", "404"]
        assert statuses[5] == "303"
        memory = memory_of(process.pid)
    finally:
        process.communicate(timeout=PATIENCE)
    assert public.encode() in memory
    wanted = {name: value.encode() for name, value in (("name", NAME), ("message", MESSAGE))}
    wanted |= {"phone": PHONE.removeprefix("+1").encode()}
    wanted |= raw | {f"{name} as text": base64.b64encode(key) for name, key in raw.items()}
    return {name for name, value in wanted.items() if value in memory}


def test_its_memory_environment_and_files_give_no_earlier_request(data_dir, secrets, settings):
    raw, public = secrets
    settings.JOURNAL_PUBLIC_KEY = public
    settings.JOURNAL_PRIVATE_KEYS = [base64.b64encode(raw["JOURNAL_PRIVATE_KEYS"]).decode()]
    journal.append(payload(name=NAME, phone=PHONE, message=MESSAGE), "earlier")
    assert found_in_public_process(data_dir, secrets) == set()
    # Its own request came, and nothing that it wrote or may read holds either.
    assert len(journal_files.entries(journal_files.journal_folder("new"))) == 2
    files = b"".join(path.read_bytes() for path in data_dir.rglob("*") if path.is_file())
    for word in (NAME, MESSAGE, "Mira Example", PHONE.removeprefix("+1")):
        assert word.encode() not in files
    # A key that is planted in it is found, so this test would see it.
    planted = repr(raw["JOURNAL_PRIVATE_KEYS"])
    assert "JOURNAL_PRIVATE_KEYS" in found_in_public_process(data_dir, secrets, planted)


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_with_a_key_in_its_environment_it_does_not_start(data_dir, secrets, name):
    raw, public = secrets
    planted = {name: base64.b64encode(raw[name]).decode()}
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"], cwd=ROOT, capture_output=True,
        env=environment(data_dir, public, **planted), text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert f"{name} is set, but ROLE is public" in done.stderr
    assert planted[name] not in done.stderr


def test_on_a_public_site_it_does_not_start_beside_sqlite(data_dir, secrets):
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"], cwd=ROOT, capture_output=True,
        env=environment(data_dir, secrets[1], SITE_URL="https://www.example.org"),
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "DATABASE_URL is not set, but ROLE is public" in done.stderr


@pytest.fixture
def as_public_role(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no accounts")
    script = (ROOT / "deploy" / "public-role.sql").read_text()
    statements = "".join(
        line for line in script.splitlines(keepends=True) if not line.startswith(("\\", "CREATE"))
    )
    make_helpline()
    make_page()
    make_question(article=make_article())
    journal.append(payload(name=NAME), "earlier")
    journal.drain()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE recovery_public")
        cursor.execute(statements)
        cursor.execute("SET LOCAL ROLE recovery_public")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_its_database_account_shows_every_public_page_and_reads_no_request(
    as_public_role, client, settings
):
    settings.ROLE = "public"
    paths = [*public_paths(), reverse("contact:callback"), "/search/?q=heroin", "/no-such-page/"]
    for path in paths:
        with transaction.atomic():
            assert client.get(path).status_code in (200, 404), path
    with pytest.raises(DatabaseError), transaction.atomic():
        CallbackRequest.objects.exists()
    assert {name for name in rights("SELECT") if of_content(name)} == {
        *("articles_article", "articles_article_related", "articles_articlereview"),
        *("articles_articlerevision", "articles_link", "articles_oldaddress", "articles_page"),
        *("articles_pagerevision", "articles_picture", "articles_picturefile"),
        *("articles_searchdocument", "articles_searchword", "articles_topic"),
        *("faq_question", "faq_questionreview", "faq_questionrevision"),
    }
    assert {name for name in rights("SELECT") if not of_content(name)} == {
        *("contact_callerid", "contact_dangerphrase", "contact_helpline"),
        *("contact_openinghours", "contact_specialday"),
        *("recovery_site_contentversion", "recovery_site_fact"),
        *("recovery_site_searchphrase", "recovery_site_searchsynonym"),
    }
    assert rights("INSERT, UPDATE, DELETE, TRUNCATE") == set()


def of_content(table):
    return table.startswith(("articles_", "faq_"))


def rights(which):
    """The tables for which the account has one of these rights."""
    place = "quote_ident(schemaname) || '.' || quote_ident(tablename)"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            f" AND has_table_privilege('recovery_public', {place}, %s)",
            [which],
        )
        return {row[0] for row in cursor.fetchall()}
