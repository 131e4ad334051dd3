import pytest

from recovery_site.page_cache.release import release_id

make = release_id.__wrapped__


@pytest.mark.parametrize(
    ("name", "value"), [("SITE_PHONE", "888-555-0100"), ("SITE_NAME", "x"), ("TIME_ZONE", "UTC")]
)
def test_setting_that_pages_show_makes_another_release(settings, name, value):
    before = make()
    assert make() == before
    setattr(settings, name, value)
    assert make() != before


@pytest.mark.parametrize("file", ["templates/base.html", "faq/views.py", "articles/a/b/mark.svg"])
def test_code_and_templates_make_another_release(settings, tmp_path, file):
    settings.BASE_DIR = tmp_path
    place = tmp_path / file
    place.parent.mkdir(parents=True)
    place.write_text("one")
    before = make()
    place.write_text("two")
    assert make() != before


def test_static_files_make_another_release(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    before = make()
    (tmp_path / "staticfiles.json").write_text("{}")
    assert make() != before
