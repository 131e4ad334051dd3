import os

import pytest
from django.http import HttpResponse

from recovery_site.published.generations import Generations
from recovery_site.published.keeping import Kept
from recovery_site.published.pages import Page


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "kept")


@pytest.fixture
def page(tmp_path):
    numbers = Generations(tmp_path).now()
    return Page.of(
        "/help-now/", HttpResponse("x"), tags=["helplines"], numbers=numbers, build="b",
        earlier=None,
    )  # fmt: skip


def test_kept_page_comes_back(kept, page):
    kept.save(page)
    assert kept.load("/help-now/") == page
    assert kept.load("/articles/") is None


def test_removed_page_is_gone_and_removing_it_again_is_no_error(kept, page):
    kept.save(page)
    kept.remove("/help-now/")
    kept.remove("/help-now/")
    assert kept.load("/help-now/") is None


@pytest.mark.parametrize("damage", [b"", b"page 1\n", b"\0" * 4096])
def test_damaged_page_is_ignored_and_said(kept, page, damage, caplog):
    kept.save(page)
    kept.file(page.path).write_bytes(damage)
    assert kept.load("/help-now/") is None
    assert "damaged" in caplog.text


def test_unreadable_page_is_not_called_damaged(kept, page, caplog):
    kept.file(page.path).mkdir(parents=True)
    assert kept.load("/help-now/") is None
    assert "a kept page cannot be read (IsADirectoryError)" in caplog.text


def test_page_of_another_address_is_not_served(kept, page):
    kept.save(page)
    other = kept.file("/articles/")
    other.parent.mkdir(exist_ok=True)
    other.write_bytes(kept.file(page.path).read_bytes())
    assert kept.load("/articles/") is None


def test_new_copy_is_on_disk_before_it_takes_the_place_of_the_old(kept, page, monkeypatch):
    steps = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (steps.append("fsync"), fsync(file)))
    monkeypatch.setattr(os, "replace", lambda a, b: (steps.append("replace"), replace(a, b)))
    kept.save(page)
    assert steps == ["fsync", "replace", "fsync"]


def test_refusing_disk_leaves_the_old_copy_and_no_rest(kept, page, monkeypatch):
    kept.save(page)

    def refuse(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        kept.save(page)
    assert kept.load("/help-now/") == page
    assert [file.suffix for file in kept.file(page.path).parent.iterdir()] == [".page"]
