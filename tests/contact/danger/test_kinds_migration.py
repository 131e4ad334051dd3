"""What the rows weighed by more kinds bring to a site, and what of the staff's stays."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from contact.danger.rules import decide
from contact.models import DangerPhrase
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
migration = import_module("contact.migrations.0058_danger_weighed_by_kinds")
OLD_SIGNS = "zebrafinch, bus tonight"
FAREWELL = "please look after my cat, I will not be anywhere after tonight"


@pytest.fixture
def before():
    """A site of the release before: other signs, and other points for some patterns."""
    DangerPhrase.objects.filter(kind="sign").delete()
    DangerPhrase.objects.filter(words__in=["scars", "slave"]).update(points=20)
    return DangerPhrase.objects.create(words=OLD_SIGNS, kind="sign", points=-52)


def bring():
    gone = frozenset({migration.digest(OLD_SIGNS)})
    migration.bring(apps, SimpleNamespace(connection=connection), gone)


def touch(row, flag=CHANGE):
    LogEntry.objects.create(
        user=make_staff("Intake leads", username=f"lena{row.pk}"),
        content_type=ContentType.objects.get_for_model(DangerPhrase),
        object_id=str(row.pk),
        object_repr=row.words[:200],
        action_flag=flag,
    )


def points(words):
    return DangerPhrase.objects.get(words=words).points


def test_more_danger_is_found_and_the_rows_of_before_are_gone(before):
    bring()
    assert decide(DangerPhrase.objects.rows(), FAREWELL).is_danger
    assert not DangerPhrase.objects.filter(words=OLD_SIGNS).exists()
    assert points("scars") > 20


def test_what_staff_changed_or_deleted_stays_so(before):
    scars, slave = (DangerPhrase.objects.get(words=words) for words in ("scars", "slave"))
    touch(scars)
    touch(before)
    touch(slave, DELETION)
    slave.delete()
    bring()
    assert points("scars") == 20
    assert not DangerPhrase.objects.filter(words="slave").exists()
    assert points(OLD_SIGNS) == -52


@pytest.mark.parametrize(
    "name",
    [
        "0058_danger_weighed_by_kinds",
        "0061_danger_told_in_other_words",
        "0062_asleep_is_no_danger",
        "0063_danger_of_other_writers",
        "0068_danger_of_blind_lists",
        "0071_near_misses_in_spanish",
        "0069_therapists",
    ],
)
def test_each_step_leads_to_the_same_rows(name):
    """A site may stand between the two steps."""
    rows = set(DangerPhrase.objects.rows())
    import_module(f"contact.migrations.{name}").bring(apps, SimpleNamespace(connection=connection))
    assert set(DangerPhrase.objects.rows()) == rows


def test_bringing_them_twice_changes_nothing(before):
    bring()
    rows = DangerPhrase.objects.rows()
    bring()
    assert DangerPhrase.objects.rows() == rows
