import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from contact.lifecycle import emails
from contact.models import CallbackRequest
from tests.factories import MESSAGE, NAME, PHONE, make_request

pytestmark = pytest.mark.django_db


def make_due():
    CallbackRequest.objects.update(notify_after=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def broken_server(monkeypatch):
    def refuse(self, *args, **kwargs):
        raise smtplib.SMTPRecipientsRefused({"intake@example.org": (550, b"no")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    return monkeypatch


def test_one_mail_per_request_and_nothing_personal_in_it(settings):
    request = make_request(suspected_spam=False)
    assert emails.send_due() == 1
    assert emails.send_due() == 0
    (message,) = mail.outbox
    text = f"{message.body}\n{message.message()}"
    assert message.to == ["intake@example.org"]
    assert message.subject == f"New callback request {request}"
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
    assert str(request) in caplog.text
    assert "intake@example.org" not in caplog.text


def test_the_pause_never_exceeds_an_hour(broken_server):
    request = make_request(notify_tries=5000)
    emails.send_due()
    request.refresh_from_db()
    assert request.notify_after - timezone.now() <= timedelta(hours=1)


def test_one_broken_mail_does_not_hold_up_the_next(monkeypatch):
    real_send = EmailMessage.send
    first = make_request(notify_after=timezone.now() - timedelta(hours=1))
    make_request()

    def send(self, *args, **kwargs):
        if str(first) in self.subject:
            raise smtplib.SMTPException
        return real_send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", send)
    assert emails.send_due() == 1


def test_only_one_of_two_processes_sends():
    request = make_request()
    assert emails._lease(request)
    assert not emails._lease(request)
    assert emails.send_due() == 0


def test_a_request_closed_after_it_was_found_is_not_mailed():
    request = make_request()
    CallbackRequest.objects.update(status="closed", outcome="spam", closed_at=timezone.now())
    assert not emails._lease(request)


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
