"""The hours of our number stand beside it, and say on each page only what is true of it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contact.models import OpeningHours, SpecialDay
from contact.records.kept_copies import shown_hours
from contact.visitor.told import snapshot_writing
from recovery_site.management.commands.run_jobs import all_jobs
from recovery_site.models import ContentVersion
from recovery_site.serving.unavailable_page import unavailable_file
from tests.factories import make_page, make_staff

pytestmark = pytest.mark.django_db
WEEKDAYS = "Mon–Fri 9 a.m.–6 p.m., Arizona time"
KEPT = ["/", "/help-now/", "/privacy/", "/faq/", "/articles/"]
MADE_EACH_TIME = ["/contact/thanks/", "/contact/my-request/", "/nowhere/", "/search/", "/contact/"]
# Wednesday, 10 a.m. and 8 p.m. in Phoenix.
MORNING = datetime(2026, 3, 4, 17, tzinfo=UTC)
EVENING = datetime(2026, 3, 5, 3, tzinfo=UTC)


def text(page):
    return page.text.replace("\u00a0", " ")


def attempt(name):
    next(job for job in all_jobs(None) if job.name == name).attempt()


@pytest.fixture
def at(monkeypatch):
    def set_clock(now):
        monkeypatch.setattr(timezone, "now", lambda: now)
        snapshot_writing.write_snapshot()
        shown_hours.write()

    return set_clock


@pytest.fixture
def weekdays():
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(18))
    make_page(slug="privacy")


def test_hours_stand_beside_the_number_in_header_and_foot(client, weekdays, at):
    at(MORNING)
    attempt("unavailable page")
    pages = {path: text(client.get(path)) for path in KEPT + MADE_EACH_TIME}
    for path, page in pages.items():
        top, _, rest = page.partition("<main")
        assert f">{WEEKDAYS}</small>" in top, path
        assert WEEKDAYS in rest.partition("<footer")[2], path
    for path in ("/", "/help-now/", "/contact/thanks/", "/contact/my-request/", "/nowhere/"):
        assert f"</bdi> <small>{WEEKDAYS}</small>" in " ".join(pages[path].split()), path
    assert WEEKDAYS in unavailable_file().read_text().replace("\u00a0", " ")


def test_page_that_is_kept_never_says_that_we_answer_now(client, weekdays, at):
    at(MORNING)
    for path in KEPT:
        page = text(client.get(path))
        assert "desk is" not in page, path


@pytest.mark.parametrize("path", MADE_EACH_TIME)
def test_page_of_this_moment_says_whether_we_answer_now(client, weekdays, at, path):
    at(MORNING)
    assert "our desk is open until 6 p.m. (Arizona time)" in text(client.get(path))
    at(EVENING)
    main = text(client.get(path)).partition("<main")[2].partition("<footer")[0]
    closed = main.partition("It opens at 9 a.m. tomorrow (Arizona time).")[2]
    assert 'href="tel:988"' in closed
    assert 'href="tel:911"' in closed


@pytest.mark.parametrize("path", [*KEPT, *MADE_EACH_TIME])
def test_without_hours_nothing_is_said_of_them(client, at, path):
    make_page(slug="privacy")
    at(MORNING)
    page = text(client.get(path))
    assert "<small" not in page
    assert "desk is" not in page


def test_special_days_of_the_next_two_weeks_are_named(client, weekdays, at):
    SpecialDay.objects.create(date=date(2026, 3, 6), name="Made-up day")
    SpecialDay.objects.create(
        date=date(2026, 3, 9), name="Short day", opens=time(9), closes=time(12)
    )
    SpecialDay.objects.create(date=date(2026, 3, 3), name="Yesterday")
    SpecialDay.objects.create(date=date(2026, 4, 6), name="Far away")
    at(MORNING)
    spanish = text(client.get("/es/")).partition("<footer")[2]
    assert "vie, 6 de marzo: cerrado" in spanish.lower()
    foot = text(client.get("/")).partition("<footer")[2]
    assert "Fri, March 6: closed<br>Mon, March 9: 9 a.m.–noon</p>" in foot


@pytest.mark.parametrize(
    ("days_ahead", "is_beside"), [(-1, False), (0, True), (1, True), (2, False)]
)
def test_a_special_day_of_today_or_tomorrow_stands_beside_the_number(
    client, weekdays, at, days_ahead, is_beside
):
    day = timezone.localdate(MORNING) + timedelta(days=days_ahead)
    SpecialDay.objects.create(date=day, name="Made-up day")
    at(MORNING)
    header = text(client.get("/")).partition("<main")[0]
    assert ("Arizona time · " in header and ": closed" in header) == is_beside


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(day, "0:00", "0:00") for day in range(7)], "Day and night"),
        ([(day, "8:00", "20:00") for day in range(7)], "Every day 8 a.m.–8 p.m., Arizona time"),
        (
            [(0, "8:00", "12:00"), (0, "13:00", "17:00"), (5, "0:00", "0:00")],
            "Mon 8 a.m.–noon, 1 p.m.–5 p.m., Sat day and night, Arizona time",
        ),
        (
            [(4, "20:00", "0:00"), (5, "0:00", "2:00")],
            "Fri 8 p.m.–midnight, Sat midnight–2 a.m., Arizona time",
        ),
    ],
)
def test_weekly_hours_are_said_in_few_words(rows, words):
    for weekday, opens, closes in rows:
        OpeningHours.objects.create(
            weekday=weekday,
            opens=time.fromisoformat(f"{opens:0>5}"),
            closes=time.fromisoformat(f"{closes:0>5}"),
        )
    shown_hours.write()
    assert shown_hours.shown_hours().weekly.replace("\u00a0", " ") == words


def test_hours_saved_in_the_admin_are_on_the_next_page(client):
    client.force_login(make_staff("Intake leads"))
    form = {"weekday": "0", "opens": "09:00", "closes": "12:00"}
    response = client.post(reverse("admin:contact_openinghours_add"), form)
    assert response.status_code == 302
    client.logout()
    assert "Mon 9 a.m.–noon, Arizona time" in text(client.get("/"))


def test_hours_changed_by_other_ways_make_every_page_anew(client, weekdays):
    attempt("opening hours")
    before = ContentVersion.current()
    OpeningHours.objects.update(closes=time(17))
    attempt("opening hours")
    assert ContentVersion.current() > before
    assert "Mon–Fri 9 a.m.–5 p.m." in text(client.get("/"))


def test_broken_file_takes_the_hours_alone_from_a_page(client, settings, weekdays):
    (settings.DATA_DIR / "opening_hours.json").write_text('{"weekly": 1}')
    assert client.get("/nowhere/").status_code == 404
    assert "<small" not in text(client.get("/"))
