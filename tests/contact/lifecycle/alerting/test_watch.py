"""What is wrong at the desk is said on its page, to monitoring, and in /readyz."""

import os
import re
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from contact.lifecycle import clock
from contact.models import Desk
from tests.contact.pages import text
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
DANGER = "Somebody may be in danger, and nobody has taken the call: 1 request."
JOBS = "The background jobs do not run"
CLOCK = "Nothing is emptied before"
MAIL = "(SMTPServerDisconnected): nobody is told of new requests"


@pytest.fixture(autouse=True)
def beat(settings):
    """The jobs run."""
    path = settings.DATA_DIR / "run_jobs.alive"
    path.touch()
    yield path
    path.unlink(missing_ok=True)


def in_danger():
    return make_request(priority=0)


def late():
    return make_request(call_by=timezone.now() - timedelta(hours=1))


def clock_jumps():
    Desk.current()
    now = timezone.now()
    Desk.objects.update(clock_jumped_from=now - timedelta(days=400), clock_jumped_at=now)


def mail_fails():
    Desk.current()
    Desk.objects.update(
        mail_failed_at=timezone.now() - timedelta(hours=3), mail_error="SMTPServerDisconnected"
    )


def check(capsys):
    """Return the exit status of `check_intake` and what it says."""
    try:
        call_command("check_intake")
    except SystemExit as end:
        return end.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_a_desk_without_a_fault_is_fine_and_shows_nothing(intake, capsys):
    make_request()
    assert check(capsys) == (0, "intake works\n")
    assert "alarm" not in intake.get("/intake/").text


@pytest.mark.parametrize(
    ("make", "words"), [(in_danger, DANGER), (late, "1 request is late."), (mail_fails, MAIL)]
)
def test_each_fault_has_a_sentence_for_monitoring(capsys, make, words):
    make()
    status, said = check(capsys)
    assert status == 1
    assert words in said


def test_danger_is_one_step_from_its_alarm_also_where_a_lead_decides(intake):
    asked = make_request(priority=0, status="lead")
    other = make_request(phone="+16025550188")
    link = rf'{DANGER} <a href="([^"]+)"'
    shown = intake.get(re.search(link, intake.get("/intake/").text)[1]).text
    assert str(asked) in shown
    assert str(other) not in shown


def test_jobs_that_stopped_are_a_fault(intake, capsys, beat):
    os.utime(beat, (time.time() - 60,) * 2)
    status, said = check(capsys)
    assert (status, JOBS in said) == (1, True)
    assert JOBS in text(intake.get("/intake/"))


@pytest.mark.parametrize(
    ("make", "words"), [(in_danger, DANGER), (mail_fails, MAIL), (clock_jumps, CLOCK)]
)
def test_the_page_stays_red_while_it_is_so(intake, maria, make, words):
    before = intake.get("/intake/pulse/").json()
    asked = make()
    for path in ("/intake/", "/intake/pulse/list/", "/intake/?list=lead"):
        assert words in text(intake.get(path)), path
    assert intake.get("/intake/pulse/").json() != before
    if asked:
        intake.post("/intake/next/")
    else:
        Desk.objects.update(mail_failed_at=None)
        clock.confirm_clock()
    assert words not in text(intake.get("/intake/"))


def test_readyz_names_mail_that_fails_and_stays_ready(client):
    mail_fails()
    answer = client.get("/readyz")
    assert answer.text.startswith(("ready\n", "database: triggers"))
    assert "mail: fails since " in answer.text
    assert "(SMTPServerDisconnected)" in answer.text


def test_leads_find_it_among_what_waits(client):
    mail_fails()
    in_danger()
    client.force_login(make_staff("Intake leads"))
    page = text(client.get("/admin/"))
    assert MAIL in page
    assert "may be in danger" in page
