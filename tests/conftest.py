import os
import shutil

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import login
from django.core.cache import cache
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.http import HttpRequest
from django.template import RequestContext, Template
from django.test import Client, TransactionTestCase
from django.test.signals import template_rendered

from contact.privacy import key_marker
from recovery_site.serving import health
from recovery_site.sign_in.sessions.sessions import SessionStore
from tests import durability, prepared

# The same examples each time, however slowly a busy machine makes them.
hypothesis.settings.load_profile("ci")


def pytest_addoption(parser):
    parser.addoption(
        "--with-database-only",
        action="store_true",
        help="leave out tests that never ask the site's database: it makes no difference to them",
    )
    parser.addoption(
        "--every-state", action="store_true", help="let drills try more states of a crash"
    )


def pytest_collection_modifyitems(config, items):
    if config.getoption("--with-database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not asks_database(item)])
        items[:] = [item for item in items if asks_database(item)]


def asks_database(item):
    fixtures = {"db", "transactional_db"}
    return bool(item.get_closest_marker("django_db") or fixtures & set(item.fixturenames))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """A copy of a database that was migrated once, in place of migrations in each worker."""
    # Migrations keep functions that tests replace, such as timezone.now: here it is the true one.
    MigrationLoader(None)
    with django_db_blocker.unblock():
        prepared.put_test_database()
    with pytest.MonkeyPatch.context() as patch:
        restore = prepared.restore_test_database
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: restore())
        yield
    with django_db_blocker.unblock():
        prepared.drop_test_database()


@pytest.fixture(scope="session")
def data_dirs(tmp_path_factory):
    """Makes folders in which no test left anything, the last one again if it is empty."""
    home, folders = tmp_path_factory.mktemp("data"), []

    def give():
        if not folders or any(folders[-1].iterdir()):
            if folders:
                shutil.rmtree(folders[-1], ignore_errors=True)
            folders.append(home / str(len(folders)))
        folders[-1].mkdir(exist_ok=True)
        return folders[-1]

    return give


@pytest.fixture(autouse=True)
def data_dir(settings, data_dirs):
    """A journal and published files of its own for every test."""
    settings.DATA_DIR = data_dirs()
    health._kept.clear()
    key_marker._known.clear()
    cache.clear()
    return settings.DATA_DIR


def render(template, context):
    """Tell Django's test client of a page's own template; it copies the context of each.

    To tell it of every part and every field takes a tenth of the time in which pages are made.
    """
    if isinstance(context, RequestContext) and context.template is template:
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)


@pytest.fixture(scope="session", autouse=True)
def telling_of_pages_alone(django_test_environment):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


def begin_session(client, user, backend=None):
    """Log in as Django's test client does, which first saves a session of nobody, then two more."""
    is_known = settings.SESSION_COOKIE_NAME in client.cookies
    request = HttpRequest()
    request.session = client.session if is_known else SessionStore()
    if not is_known:
        # Nobody has seen a key that has to be another one now.
        request.session.cycle_key = lambda: None
    login(request, user, backend)
    request.session.save()
    client._set_login_cookies(request)


@pytest.fixture(scope="session", autouse=True)
def one_session_for_a_log_in(django_test_environment):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_login", begin_session)
        yield


@pytest.fixture
def rendered(monkeypatch):
    """The names of all templates that are rendered meanwhile, one for each time."""
    names = []

    def note(template, context):
        names.append(template.name)
        return render(template, context)

    monkeypatch.setattr(Template, "_render", note)
    return names


@pytest.fixture(scope="session")
def migrations_are_written():
    """Whoever forgot a migration is told so, instead of which column there is not."""
    loader = MigrationLoader(None)
    models = ProjectState.from_apps(apps)
    missing = MigrationAutodetector(loader.project_state(), models).changes(loader.graph)
    folders = ", ".join(f"{name}/migrations/" for name in sorted(missing))
    if missing:
        pytest.fail(f"{folders}: run .venv/bin/python manage.py makemigrations", pytrace=False)


@pytest.fixture
def durable(monkeypatch):
    """Files wait for the disk, as they do in production."""
    monkeypatch.setattr(os, "fsync", durability.fsync)
