"""A database that the release before had filled comes through every migration, and through more.

`release_0_1.*.sql.gz` are dumps of a site of that release on which people had worked for days:
made-up names, numbers from 555-01xx, no session.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
DUMPS = Path(__file__).parent
# Of these two sites alone.
KEYS = {
    "sqlite": {
        "FIELD_KEYS": "aklbO6uVOHgKO9i491XqYceQIAfTKB73HqmlrYmxb9g=",
        "INDEX_KEY": "zLVkY6AIUjVeH9m0LxWj85m5j/Wt3SJKCc7vcrId2hY=",
    },
    "postgresql": {
        "FIELD_KEYS": "W2ID56PKSCH7fO3HPBFug+kfD9JCZ2vQ/soSMbjQc/s=",
        "INDEX_KEY": "GqzgLYfO2jR3LHVA4Sc3tk3wjIY0gO3TmdswUsGRsAw=",
    },
}
# Written by every start or migration, or no longer there.
NOT_COMPARED = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "contact_reportchange",
    "django_content_type",
    "django_migrations",
    "recovery_site_change",
    "sqlite_sequence",
    "sqlite_stat1",
}
# One process for all of it: a start takes a second, and more while coverage is measured.
LOOK = """
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from articles.links.addresses import links_in
from articles.models import (
    Article, ArticleReview, ArticleRevision, Link, Page, PageRevision,
)
from contact.models import CallbackRequest, LineStop, SearchKey, line_index
from contact.records.requests.search_keys import keys_of
from faq.models import Question, QuestionReview, QuestionRevision
from recovery_site.database import triggers
from recovery_site.models import ContentVersion
call_command("check", databases=["default"])
call_command("verify_audit")
call_command("rotate_keys")
call_command("verify_audit")
opened = [(r.name, r.phone, r.message) for r in CallbackRequest.objects.order_by("pk")]
kept = [r for r in CallbackRequest.objects.all() if not r.is_purged]
wrong = [r for r in kept if r.line_index != line_index(str(r.phone), str(r.extension))]
stopped = {r.line_index for r in kept if r.outcome == "stop"}
later = {r.line_index for r in kept for s in kept
         if s.outcome == "stop" and s.line_index == r.line_index and r.created_at > s.closed_at}
danger = CallbackRequest.objects.filter(priority=0)
first = danger.open().order_by("turn_at").values_list("pk", flat=True)
ahead = CallbackRequest.objects.open().order_by("turn_at").values_list("pk", flat=True)
followed = danger.exclude(danger_at=None).count() == danger.count() > 0
stops = set(LineStop.objects.values_list("line_index", flat=True))
versions = [(v.place, p.place) for m in (Article, Page, Question) for p in m.objects.all()
            for v in p.revisions.all()]
related = [v for v, _ in versions if v.get("related_keys")]
print(len(versions) > 30, all(v == p for v, p in versions), len(related) > 3)
signed = [*ArticleReview.objects.all(), *QuestionReview.objects.all()]
told = [(r.pk, r.by_id is None, p.live.standing_review() == p.review) for r in signed
        for p in [r.revision.publication] if p.live_id == r.revision_id]
print(len(signed), [t for t in told if not t[2]], bool(told))
print(followed, [*first] == [*ahead][:len(first)])
print(len(set(r.person for r in kept)), len(wrong), bool(stops), stops == stopped - later)
lost = [r for r in kept if {*r.search_keys.values_list("key", flat=True)} !=
        keys_of(str(r.name), str(r.phone))]
officers = Permission.objects.filter(group__name="Privacy officers")
rights = officers.values_list("codename", flat=True)
missing = {"protect_callbackrequest", "add_retentionrule", "change_readingrule"} - {*rights}
print(sorted(missing), any(r.kept_until or r.legal_hold for r in kept))
print(len(lost), SearchKey.objects.filter(request__purged_at__isnull=False).count())
print(len(opened), sum(bool(name and phone) for name, phone, _ in opened) == len(kept))
before = ContentVersion.current()
Article.objects.published().first().unpublish()
kinds = ArticleRevision, PageRevision, QuestionRevision
revisions = [r for kind in kinds for r in kind.objects.all()]
links = sum(len(links_in(r.body, r.sources)) for r in revisions)
print(triggers.differing(connection), ContentVersion.current() > before,
      Link.objects.count() == links > 0)
"""


class OldSite:
    """A site of the release before, whose code was just replaced by this one."""

    def __init__(self, folder: Path):
        self.vendor, self.folder = connection.vendor, folder
        self.name = f"upgrade_{secrets.token_hex(6)}"

    def load(self) -> None:
        script = gzip.decompress(
            (DUMPS / f"release_0_1.{self.vendor}.sql.gz").read_bytes()
        ).decode()
        with closing(self.connect()) as link:
            if self.vendor == "sqlite":
                link.executescript(script)
            else:
                with link, link.cursor() as cursor:
                    cursor.execute(script)

    def connect(self):
        if self.vendor == "sqlite":
            return sqlite3.connect(self.folder / "site.sqlite3")
        return psycopg2.connect(**connection.get_connection_params() | {"dbname": self.name})

    @property
    def url(self) -> str:
        if self.vendor == "sqlite":
            return ""
        known = connection.settings_dict
        return f"postgres://{known['USER']}@{known['HOST']}:{known['PORT']}/{self.name}"

    def manage(self, *command: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, capture_output=True, text=True,
            env=os.environ | KEYS[self.vendor] | {
                "SECRET_KEY": "k" * 50,
                "DATA_DIR": str(self.folder),
                "DATABASE_URL": self.url,
                "DJANGO_SETTINGS_MODULE": "tests.site_settings",
            } | environment,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def look(self, **environment: str) -> list[str]:
        """What its checks, its requests and its triggers say at the end."""
        return self.manage("shell", "-v", "0", "-c", LOOK, **environment).splitlines()[-8:]

    def purged(self) -> int:
        with closing(self.connect()) as link, closing(link.cursor()) as cursor:
            cursor.execute("SELECT count(purged_at) FROM contact_callbackrequest")
            return cursor.fetchone()[0]

    def linked(self) -> int:
        """How many requests its staff linked with another one."""
        with closing(self.connect()) as link, closing(link.cursor()) as cursor:
            cursor.execute("SELECT count(same_person_as_id) FROM contact_callbackrequest")
            return cursor.fetchone()[0]

    def signed(self) -> int:
        """How many versions a clinician signed off."""
        count = "(SELECT count(reviewed_at) FROM {})"
        tables = ("articles_articlerevision", "faq_questionrevision")
        with closing(self.connect()) as link, closing(link.cursor()) as cursor:
            cursor.execute(f"SELECT {' + '.join(map(count.format, tables))}")
            return cursor.fetchone()[0]

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if self.vendor == "sqlite"
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        with closing(self.connect()) as link, closing(link.cursor()) as cursor:
            cursor.execute(names)
            counted = {}
            for (name,) in cursor.fetchall():
                if name not in NOT_COMPARED:
                    cursor.execute(f'SELECT count(*) FROM "{name}"')
                    counted[name] = cursor.fetchone()[0]
            return counted


@pytest.fixture(scope="module")
def old_site(django_db_setup, django_db_blocker, tmp_path_factory):
    """All tests use the same site, each from where the one before left it."""
    site = OldSite(tmp_path_factory.mktemp("upgraded"))
    with with_database(site, django_db_blocker):
        with django_db_blocker.unblock():
            site.load()
            site.before, site.linked_before = site.rows(), site.linked()
            site.signed_before = site.signed()
            site.manage("migrate")
        yield site


@pytest.fixture(scope="module")
def empty_site(django_db_setup, django_db_blocker, tmp_path_factory):
    site = OldSite(tmp_path_factory.mktemp("restored"))
    with with_database(site, django_db_blocker):
        yield site


@contextmanager
def with_database(site, blocker):
    """An empty database of its own on PostgreSQL; SQLite makes a file when it is asked for one."""
    if site.vendor == "sqlite":
        yield
        return
    with blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {site.name}")
    yield
    with blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {site.name} WITH (FORCE)")


# Every table whose changes visitors see, and the audit trail.
LATER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("{app}", "{after}")]
    operations = [{operations}]
"""


def write_later_release(folder: Path) -> str:
    """Migrations of a release to come, for each table: a field added, one changed, one dropped.

    Returns settings that know them.
    """
    modules = {}
    for label in ("articles", "faq", "contact", "recovery_site"):
        package = folder / f"later_{label}"
        package.mkdir()
        there = ROOT / label / "migrations"
        for file in there.glob("*.py"):
            (package / file.name).write_text(file.read_text())
        names = [model.__name__ for model in apps.get_app_config(label).get_models()]
        add = "migrations.AddField({!r}, 'later', models.CharField(default='x', max_length=9))"
        alter = "migrations.AlterField({!r}, 'later', models.CharField(default='', max_length=99))"
        drop = "migrations.RemoveField({!r}, 'later')"
        after = max(there.glob("0*.py")).stem
        for number, change in enumerate((add, alter, drop)):
            mine = f"9{number}_later"
            operations = ", ".join(change.format(name.lower()) for name in names)
            (package / f"{mine}.py").write_text(
                LATER.format(app=label, after=after, operations=operations)
            )
            after = mine
        modules[label] = package.name
    (folder / "later_settings.py").write_text(
        f"from tests.site_settings import *\nMIGRATION_MODULES = {modules!r}\n"
    )
    return "later_settings"


def test_filled_database_of_the_release_before_loses_nothing(old_site):
    before, linked = dict(old_site.before), old_site.linked_before
    after = old_site.rows()
    # The first phrases by which danger was found gave way to patterns.
    assert after.pop("contact_dangerphrase") > before.pop("contact_dangerphrase")
    assert {name: after.get(name) for name in before} == before
    requests = before["contact_callbackrequest"]
    assert requests > 30
    assert linked > 0
    versions, reviews, danger, persons, officers, findable, *rest = old_site.look()
    # Each version has the place that its page had.
    assert versions == "True True True"
    # Each sign-off is a review, and stands where its words are live.
    assert reviews == f"{old_site.signed_before} [] True"
    # Danger is known since when it was asked, and stands before all that is open.
    assert danger == "True True"
    assert rest == [f"{requests} True", "[] True True"]
    # Linked requests are one person's, each knows its line, and a stop holds for its line.
    assert persons == f"{requests - linked - old_site.purged()} 0 True True"
    # Privacy officers may do what is theirs, and nobody is held or kept open by it.
    assert officers == "[] False"
    # Who calls is found by name and last digits; nobody who was emptied.
    assert findable == "0 0"


def test_a_backup_comes_back_whole_on_an_empty_machine(old_site, empty_site, tmp_path):
    made = old_site.manage("backup", str(tmp_path / "backups"))
    assert "read back and whole" in made
    told = empty_site.manage("restore", str(tmp_path / "backups"))
    assert "Every sealed value opens, and the audit trail is that of the backup." in told
    assert digests(empty_site) == digests(old_site)
    assert empty_site.look()[-1] == "[] True True"


def digests(site):
    """A digest of all rows of each table."""
    found = {}
    with closing(site.connect()) as link, closing(link.cursor()) as cursor:
        for name in site.rows():
            if name == "recovery_site_contentversion":
                continue
            cursor.execute(f'SELECT * FROM "{name}"')
            rows = sorted(repr([_plain(value) for value in row]) for row in cursor.fetchall())
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def test_fields_of_a_release_to_come_leave_every_row_and_trigger_in_place(old_site, tmp_path):
    settings = write_later_release(tmp_path)
    before = old_site.rows()
    later = {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    old_site.manage("migrate", **later)
    assert {name: old_site.rows().get(name) for name in before} == before
    assert old_site.look(**later)[-1] == "[] True True"
