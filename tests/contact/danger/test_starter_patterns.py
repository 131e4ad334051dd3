"""The starter patterns, and what their migration leaves alone."""

import csv
import tracemalloc
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from contact.danger.rules import Rules, compiled, decide
from contact.danger.verdict import CERTAIN
from contact.models import DangerPhrase
from tests.factories import make_staff

migration = import_module("contact.migrations.0016_danger_patterns")


def bring():
    migration.bring_patterns(apps, SimpleNamespace(connection=connection))


def test_every_starter_row_can_be_read(rows):
    rules = compiled(rows)
    for row in rows:
        rules.check(row)


def test_compiled_rows_take_few_megabytes_of_each_worker(rows):
    third = rows[::3]
    tracemalloc.start()
    rules = Rules(third)
    taken, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rules
    assert taken < 5_000_000


@pytest.mark.django_db
def test_they_are_as_many_as_the_file_says():
    with migration.PATTERNS.open(newline="", encoding="utf-8") as file:
        assert DangerPhrase.objects.count() == len(list(csv.DictReader(file)))


@pytest.mark.parametrize(
    "text",
    [
        "suicide", "overdose", "I want to die", "kill myself", "end my life", "no pulse",
        "she's not breathing", "I can't wake her", "chest pain", "my husband hit me",
        "he has a gun", "I was raped", "I cut myself", "my baby swallowed pills",
        "how much fentanyl will kill me", "quiero morir", "me quiero matar", "no quiero vivir",
        "quiero hacerme daño", "sobredosis", "no respira", "me pega", "tiene una pistola",
        "I overdosed two years ago and I just took the same amount again",
    ],
)  # fmt: skip
def test_danger_said_in_few_plain_words_is_found(rows, text):
    assert decide(rows, text).is_danger


@pytest.fixture
def before():
    """The first phrases, as a site of the release before has them."""
    DangerPhrase.objects.all().delete()
    for language, words in migration.REPLACED.items():
        for each in words:
            DangerPhrase.objects.create(words=each, language=language)


@pytest.mark.django_db
def test_first_phrases_that_nobody_touched_give_way(before):
    bring()
    assert not DangerPhrase.objects.filter(words="gun", kind="any").exists()
    assert DangerPhrase.objects.count() > 1000


@pytest.mark.django_db
def test_what_staff_wrote_or_changed_stays(before):
    DangerPhrase.objects.filter(words="pistola").update(words="pistola cargada")
    DangerPhrase.objects.create(words="the zebrafinch", language="en")
    saved = DangerPhrase.objects.get(words="hits me")
    LogEntry.objects.create(
        user=make_staff("Intake leads", username="lena"),
        content_type=ContentType.objects.get_for_model(DangerPhrase),
        object_id=str(saved.pk),
        object_repr="hits me",
        action_flag=CHANGE,
    )
    bring()
    for words in ("pistola cargada", "the zebrafinch", "hits me"):
        assert DangerPhrase.objects.get(words=words).kind == "any"


@pytest.mark.django_db
def test_a_site_of_the_release_before_learns_the_spanish_wish_to_be_dead():
    text = "quisiera estar muerta"
    wish = import_module("contact.migrations.0050_wish_to_be_dead")
    starter = DangerPhrase.objects.get(words=wish.WISH)
    starter.delete()
    assert not is_certain(text)
    for _twice in range(2):
        wish.bring(apps, SimpleNamespace(connection=connection))
    brought = DangerPhrase.objects.get(words=wish.WISH)
    for name in ("kind", "language", "points", "can_be_past"):
        assert getattr(brought, name) == getattr(starter, name)
    assert is_certain(text)


def is_certain(text):
    """Whether it counts whatever else is written."""
    (reading,) = decide(DangerPhrase.objects.rows(), text).readings
    return any(finding.row.points == CERTAIN for finding in reading.standing)
