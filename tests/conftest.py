import os
import shutil

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.test.signals import template_rendered

from tests import durability


def pytest_addoption(parser):
    parser.addoption(
        "--with-database-only",
        action="store_true",
        help="leave out tests that never ask the site's database: it makes no difference to them",
    )


def pytest_collection_modifyitems(config, items):
    if config.getoption("--with-database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not asks_database(item)])
        items[:] = [item for item in items if asks_database(item)]


def asks_database(item):
    fixtures = {"db", "transactional_db"}
    return bool(item.get_closest_marker("django_db") or fixtures & set(item.fixturenames))


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    """A journal and published files of its own for every test."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    cache.clear()
    yield settings.DATA_DIR
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture
def rendered():
    """The names of all templates that are rendered meanwhile, one for each time."""
    names = []

    def note(template, **kwargs):
        names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


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
