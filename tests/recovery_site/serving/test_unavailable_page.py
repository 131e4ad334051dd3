import re

from recovery_site.management.commands.run_jobs import all_jobs
from recovery_site.serving.unavailable_page import (
    unavailable_file,
    write_unavailable_page,
)


def written():
    write_unavailable_page()
    return unavailable_file().read_text()


def test_page_names_the_centre_as_the_settings_do(settings):
    settings.SITE_NAME, settings.SITE_PHONE = "Made & Up House", "602-555-0134"
    page = written()
    assert "<title>Not working right now · Made &amp; Up House</title>" in page
    for number in ("tel:+16025550134", "602-555-0134", "tel:911", "tel:988"):
        assert number in page
    for other in ("Desert Bloom", "888-281-0805"):
        assert other not in page


def test_new_number_takes_the_place_of_the_old_one(settings):
    written()
    settings.SITE_PHONE = "602-555-0134"
    assert "602-555-0134" in written()
    assert [file.name for file in unavailable_file().parent.iterdir()] == ["index.html"]


def test_page_asks_the_server_for_nothing():
    page = written()
    assert not re.search(r"<link|<script|src=|href=\"(?!tel:|sms:)|url\(", page)
    assert "'sha256-" in page


def test_page_is_not_written_again_while_nothing_changed():
    written()
    before = unavailable_file().stat().st_ino
    written()
    assert unavailable_file().stat().st_ino == before


def test_jobs_write_the_page():
    job = next(job for job in all_jobs(None) if job.name == "unavailable page")
    job.attempt()
    assert unavailable_file().is_file()
