"""What the signs' migration brings, and what of the staff's it leaves alone."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from contact.models import DangerPhrase
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
migration = import_module("contact.migrations.0033_signs_of_danger")


@pytest.fixture
def before(monkeypatch):
    """A site of the release before: patterns without points, an old list of ordinary words."""
    DangerPhrase.objects.filter(kind="sign").delete()
    DangerPhrase.objects.update(points=200)
    DangerPhrase.objects.create(words="aardvark abacus", kind="ordinary")
    monkeypatch.setattr(migration, "REPLACED", {migration.digest("aardvark abacus")})


def bring():
    migration.bring_signs(apps, SimpleNamespace(connection=connection))


def points(words):
    return DangerPhrase.objects.get(words=words).points


def test_signs_and_points_come_and_old_ordinary_words_go(before):
    bring()
    assert DangerPhrase.objects.filter(kind="sign").count() > 100
    assert points("suicid*") < 200
    assert points("want to die") == 200
    assert not DangerPhrase.objects.filter(words="aardvark abacus").exists()


def test_what_staff_wrote_saved_or_deleted_stays_so(before):
    written = DangerPhrase.objects.create(words="the zebrafinch", kind="suicide")
    DangerPhrase.objects.filter(words="noose").delete()
    saved = DangerPhrase.objects.get(words="suicid*")
    LogEntry.objects.create(
        user=make_staff("Intake leads", username="lena"),
        content_type=ContentType.objects.get_for_model(DangerPhrase),
        object_id=str(saved.pk),
        object_repr="suicid*",
        action_flag=CHANGE,
    )
    bring()
    assert points(written.words) == points("suicid*") == 200
    assert not DangerPhrase.objects.filter(words="noose").exists()


def test_bringing_them_twice_changes_nothing(before):
    bring()
    rows = DangerPhrase.objects.rows()
    bring()
    assert DangerPhrase.objects.rows() == rows
