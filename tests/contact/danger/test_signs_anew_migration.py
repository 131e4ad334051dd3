"""What the signs weighed anew bring to a site, and what of the staff's they leave alone."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from contact.danger.rules import decide
from contact.models import DangerPhrase
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
migration = import_module("contact.migrations.0042_signs_weighed_anew")
OLD_SIGNS = "zebrafinch, not know, must"


@pytest.fixture
def before(monkeypatch):
    """A site of the release before: other signs, and one number of points for most patterns."""
    DangerPhrase.objects.filter(kind="sign").delete()
    DangerPhrase.objects.filter(points__lt=175).update(points=175)
    monkeypatch.setattr(migration, "REPLACED", {migration.digest(OLD_SIGNS)})
    return DangerPhrase.objects.create(words=OLD_SIGNS, kind="sign", points=52)


def bring():
    migration.weigh_anew(apps, SimpleNamespace(connection=connection))


def touch(*rows):
    lead = make_staff("Intake leads", username="lena")
    for row in rows:
        LogEntry.objects.create(
            user=lead,
            content_type=ContentType.objects.get_for_model(DangerPhrase),
            object_id=str(row.pk),
            object_repr=row.words[:200],
            action_flag=CHANGE,
        )


def test_a_privacy_wish_no_longer_reads_as_danger(before):
    wish = "My mother must not know."
    assert decide(DangerPhrase.objects.rows(), wish).is_danger
    bring()
    assert not decide(DangerPhrase.objects.rows(), wish).is_danger
    assert not DangerPhrase.objects.filter(words=OLD_SIGNS).exists()
    assert DangerPhrase.objects.get(words="scars").points < 175


def test_what_staff_changed_keeps_its_points_and_signs(before):
    scars, raised = (DangerPhrase.objects.get(words=words) for words in ("scars", "slave"))
    raised.points = 180
    raised.save()
    touch(scars, before)
    bring()
    assert points("scars") == 175
    assert points("slave") == 180
    assert points(OLD_SIGNS) == 52
    assert decide(DangerPhrase.objects.rows(), "a zebrafinch must").readings[0].points >= 52


def points(words):
    return DangerPhrase.objects.get(words=words).points


def test_bringing_them_twice_changes_nothing(before):
    bring()
    rows = DangerPhrase.objects.rows()
    bring()
    assert DangerPhrase.objects.rows() == rows
