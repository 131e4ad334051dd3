import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from contact.lifecycle.alerting import emails, mail_path
from contact.models import CallbackRequest
from tests.factories import MESSAGE, NAME, PHONE, make_request

pytestmark = pytest.mark.django_db


def make_due():
    CallbackRequest.objects.update(notify_after=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = timezone.now()

        @classmethod
        def keep(cls, patch):
            patch.setattr(timezone, "now", lambda: cls.now)

    Clock.keep(monkeypatch)
    return Clock


def ask(clock, **over):
    return make_request(created_at=clock.now, notify_after=clock.now, **over)


@pytest.fixture
def broken_server(monkeypatch):
    def refuse(self, *args, **kwargs):
        raise smtplib.SMTPRecipientsRefused({"intake@example.org": (550, b"no")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    return monkeypatch


def test_one_mail_per_request_and_nothing_personal_in_it():
    request = make_request(suspected_spam=False)
    assert emails.send_due() == 1
    assert emails.send_due() == 0
    (message,) = mail.outbox
    text = f"{message.body}\n{message.message()}"
    assert message.to == ["intake@example.org"]
    assert message.subject == "1 new callback request: 1 English"
    assert str(request) in message.body
    assert f"http://localhost:8000/intake/requests/{request.pk}/" in text
    for secret in (NAME, PHONE, "5550123", "555-0123", MESSAGE, "zebrafinch"):
        assert secret not in text
    request.refresh_from_db()
    assert request.notified_at


@pytest.mark.parametrize("name", ["INTAKE_EMAIL", "MAIL_URL"])
def test_without_an_address_or_server_nothing_is_sent_and_a_check_says_so(settings, name):
    make_request()
    assert emails.check_mail(None) == []
    setattr(settings, name, "")
    assert emails.send_due() == 0
    (warning,) = emails.check_mail(None)
    assert warning.id == "contact.W001"
    assert name in warning.msg
    assert CallbackRequest.objects.get().notify_tries == 0


def test_a_failed_mail_is_tried_again_later_and_the_log_tells_no_address(broken_server, caplog):
    request = make_request()
    assert emails.send_due() == 0
    request.refresh_from_db()
    first_pause = request.notify_after - timezone.now()
    assert first_pause > timedelta(seconds=30)
    assert emails.send_due() == 0
    request.refresh_from_db()
    assert request.notify_tries == 1
    make_due()
    emails.send_due()
    request.refresh_from_db()
    assert request.notify_after - timezone.now() > first_pause * 1.5
    broken_server.undo()
    make_due()
    assert emails.send_due() == 1
    assert len(mail.outbox) == 1
    assert "mail about 1 new requests failed (SMTPRecipientsRefused)" in caplog.text
    assert "intake@example.org" not in caplog.text


def test_the_pause_never_exceeds_an_hour(broken_server):
    request = make_request(notify_tries=5000)
    emails.send_due()
    request.refresh_from_db()
    assert request.notify_after - timezone.now() <= timedelta(hours=1)


def test_one_mail_at_once_then_one_about_all_who_asked_in_ten_minutes(clock):
    ask(clock)
    assert emails.send_due() == 1
    for n in range(3):
        ask(clock, phone=f"+1602555017{n}", language="es" if n else "en")
    clock.now += timedelta(minutes=9)
    assert emails.send_due() == 0
    clock.now += timedelta(minutes=1)
    assert emails.send_due() == 3
    assert emails.send_due() == 0
    assert len(mail.outbox) == 2
    assert mail.outbox[1].subject == ("3 new callback requests: 1 English, 2 Spanish (español)")
    assert "3 new callback requests wait" in mail.outbox[1].body
    assert "http://localhost:8000/intake/\n" in mail.outbox[1].body


def test_danger_is_in_the_subject_and_waits_a_minute_at_most(clock):
    ask(clock)
    emails.send_due()
    ask(clock, phone="+16025550171")
    asked = ask(clock, phone="+16025550172", priority=0, message="I want to kill myself")
    clock.now += timedelta(seconds=59)
    assert emails.send_due() == 0
    clock.now += timedelta(seconds=1)
    assert emails.send_due() == 2
    message = mail.outbox[1]
    assert message.subject == "DANGER: 1 may be in danger · 2 new callback requests: 2 English"
    named = [line for line in message.body.splitlines() if " · " in line]
    assert named[0].startswith(str(asked))
    assert named[0].endswith("Words that may mean danger")
    for secret in ("kill", NAME, PHONE, "5550172", "555-0172"):
        assert secret not in f"{message.body}\n{message.message()}"


def test_many_requests_are_counted_and_the_first_are_named(clock):
    for n in range(25):
        ask(clock, phone=f"+160255501{n:02}")
    assert emails.send_due() == 25
    assert "And 5 more." in mail.outbox[0].body


def test_mail_that_fails_is_known_until_it_works_again(broken_server, clock):
    ask(clock)
    begun = clock.now
    emails.send_due()
    clock.now += timedelta(hours=2)
    make_due()
    emails.send_due()
    failure = mail_path.mail_failure()
    assert failure == (begun, "SMTPRecipientsRefused")
    broken_server.undo()
    clock.keep(broken_server)
    clock.now += timedelta(hours=2)
    make_due()
    assert emails.send_due() == 1
    assert mail_path.mail_failure() is None


def test_only_one_of_two_processes_sends():
    request = make_request()
    assert emails._lease() == [request]
    assert emails._lease() == []
    assert emails.send_due() == 0


def test_a_crash_after_sending_sends_again_with_the_same_id(monkeypatch):
    make_request()
    real_send = EmailMessage.send

    def send_and_die(self, *args, **kwargs):
        real_send(self, *args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailMessage, "send", send_and_die)
    with pytest.raises(KeyboardInterrupt):
        emails.send_due()
    monkeypatch.undo()
    make_due()
    assert emails.send_due() == 1
    ids = {message.message()["Message-ID"] for message in mail.outbox}
    assert len(mail.outbox) == 2
    assert len(ids) == 1


def test_closed_requests_are_not_mailed_and_work_stops_when_told():
    make_request(outcome="spam")
    assert emails.send_due() == 0
    make_request()
    assert emails.send_due(lambda: True) == 0
