import os
import shutil

import pytest
from django.core.cache import cache

from tests import durability


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    """A journal and published files of its own for every test."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    cache.clear()
    yield settings.DATA_DIR
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture
def durable(monkeypatch):
    """Files wait for the disk, as they do in production."""
    monkeypatch.setattr(os, "fsync", durability.fsync)
