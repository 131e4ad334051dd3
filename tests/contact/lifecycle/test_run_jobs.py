import logging
import os
import signal
import socket
import threading
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.utils import timezone

from contact.lifecycle.alerting import alerts, emails
from contact.lifecycle.changes import transitions
from contact.lifecycle.journal import journal
from contact.models import CallbackRequest
from contact.visitor.told import desk_snapshot, snapshot_writing
from recovery_site.database import triggers
from recovery_site.management.commands import run_jobs
from recovery_site.page_cache.cache import site_cache
from recovery_site.page_cache.handler import PageCacheHandler
from recovery_site.page_cache.refresh import refresh
from recovery_site.page_cache.warming import fetch
from tests.factories import make_article, make_request
from tests.waiting import wait_until

from .journal.test_journal import payload

# Warming asks for pages as a server does, which ends connections.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def silent(settings):
    """A mail server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        options = {"host": "127.0.0.1", "port": server.getsockname()[1], "timeout": 60}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        yield server


def test_once_does_everything_once(data_dir):
    journal.append(payload(), "key")
    article = make_article(live=False)
    article.schedule(timezone.now() - timedelta(minutes=1))
    later = make_article(live=False)
    later.schedule(timezone.now() + timedelta(days=1))
    call_command("run_jobs", "--once")
    assert CallbackRequest.objects.get().notified_at
    assert len(mail.outbox) == 1
    for publication in (article, later):
        publication.refresh_from_db()
    assert article.is_published
    assert not later.is_published
    assert (data_dir / "run_jobs.alive").exists()
    call_command("run_jobs", "--once")
    assert len(mail.outbox) == 1


def test_once_writes_the_desk_snapshot():
    call_command("run_jobs", "--once")
    assert desk_snapshot.read_snapshot()


def test_once_replans_requests_whose_window_ended():
    past = timezone.now() - timedelta(days=2)
    request = make_request(due_at=past, due_until=past + timedelta(hours=1))
    call_command("run_jobs", "--once")
    request.refresh_from_db()
    assert request.due_until > timezone.now()
    assert request.call_by == past + timedelta(hours=1)


def test_once_tells_the_leads_of_a_late_call_once(data_dir):
    make_request(call_by=timezone.now() - timedelta(hours=1), notified_at=timezone.now())
    for _ in range(2):
        call_command("run_jobs", "--once")
    assert [message.subject for message in mail.outbox] == ["The callback queue needs someone"]


@pytest.mark.parametrize(
    ("module", "name", "job"),
    [
        (snapshot_writing, "write_snapshot", "bulletin"),
        (transitions, "replan_missed", "replan"),
        (alerts, "send_if_needed", "watch"),
    ],
)
def test_a_desk_that_fails_keeps_no_request_waiting(monkeypatch, caplog, module, name, job):
    def fail(*args):
        raise OperationalError("words of the error")

    journal.append(payload(), "key")
    monkeypatch.setattr(module, name, fail)
    with pytest.raises(CommandError, match=f"Failed: {job}"):
        call_command("run_jobs", "--once")
    assert CallbackRequest.objects.get().notified_at
    assert "words of the error" not in caplog.text


def test_a_failing_job_does_not_stop_the_others(monkeypatch, caplog):
    journal.append(payload(), "key")

    def fail(*args):
        raise OSError("words of the error")

    monkeypatch.setattr(run_jobs, "carry_out_due", fail)
    monkeypatch.setattr(emails, "send_due", fail)
    with pytest.raises(CommandError, match="Failed: mail, publishing"):
        call_command("run_jobs", "--once")
    assert CallbackRequest.objects.count() == 1
    assert "words of the error" not in caplog.text


def test_failure_and_recovery_are_logged_once_each(caplog):
    caplog.set_level(logging.INFO)
    answers = iter([OperationalError, OperationalError, None, None])

    def work():
        if answer := next(answers):
            raise answer

    job = run_jobs.Job("work", work, 0)
    for _ in range(4):
        job.attempt()
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ["job work fails (OperationalError), will try again", "job work works again"]


def test_a_second_process_says_so_and_ends(monkeypatch):
    monkeypatch.setattr(run_jobs, "WAIT_FOR_LOCK_SECONDS", 0.3)
    with run_jobs.only_one(0):
        for arguments in ([], ["--once"]):
            with pytest.raises(CommandError, match="already running"):
                call_command("run_jobs", *arguments)


def test_a_process_on_standby_takes_over_when_the_other_ends():
    journal.append(payload(), "key")
    holding, seen = threading.Event(), []

    def other():
        try:
            with run_jobs.only_one(0):
                holding.set()
                # Long enough for the one on standby to begin, if it did not wait.
                time.sleep(0.5)
                seen.append(CallbackRequest.objects.count())
            wait_until(CallbackRequest.objects.exists)
        finally:
            connections.close_all()
            run_jobs.stop_requested.set()

    thread = threading.Thread(target=other)
    thread.start()
    holding.wait()
    call_command("run_jobs", "--standby")
    thread.join()
    assert seen == [0]
    assert CallbackRequest.objects.count() == 1


def test_a_process_on_standby_ends_at_sigterm():
    journal.append(payload(), "key")
    before = signal.getsignal(signal.SIGTERM)

    def end():
        wait_until(lambda: signal.getsignal(signal.SIGTERM) != before)
        # Long enough for the wait to begin.
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=end)
    with run_jobs.only_one(0):
        thread.start()
        call_command("run_jobs", "--standby")
    thread.join()
    assert not CallbackRequest.objects.exists()


def test_once_waits_for_the_other_to_end():
    holding = threading.Event()

    def hold():
        with run_jobs.only_one(0):
            holding.set()
            time.sleep(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait()
    call_command("run_jobs", "--once")
    thread.join()


def test_the_loop_looks_for_requests_four_times_a_second():
    [each] = [job for job in run_jobs.all_jobs(None) if job.name == "journal"]
    assert each.every_seconds + run_jobs.ROUND_SECONDS <= 0.25


def test_the_loop_brings_requests_in_and_ends_at_sigterm(data_dir):
    seen = []

    def visit():
        try:
            wait_until((data_dir / "run_jobs.alive").exists)
            journal.append(payload(), "key")
            come = CallbackRequest.objects.filter(notified_at__isnull=False)
            seen.append(wait_until(come.exists))
        finally:
            connections.close_all()
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=visit)
    thread.start()
    call_command("run_jobs")
    thread.join()
    assert seen
    assert len(mail.outbox) == 1
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_loop_survives_a_database_outage(monkeypatch, caplog):
    entry = journal.append(payload(), "key")
    rounds = []
    real_drain = journal.drain

    def drain(stopping):
        rounds.append(1)
        if len(rounds) < 3:
            raise OperationalError("server at 10.0.0.1 is gone")
        run_jobs.stop_requested.set()
        return real_drain(lambda: False)

    monkeypatch.setattr(journal, "drain", drain)
    real_attempt = run_jobs.Job.attempt

    def attempt(job):
        done = real_attempt(job)
        job.next_at = 0
        return done

    monkeypatch.setattr(run_jobs.Job, "attempt", attempt)
    call_command("run_jobs")
    assert CallbackRequest.objects.get().pk == entry.id
    assert caplog.text.count("job journal fails (OperationalError)") == 1
    assert "10.0.0.1" not in caplog.text


def test_a_mail_server_that_says_nothing_keeps_no_request_waiting(silent):
    journal.append(payload(), "first")
    seen = []

    def visit():
        try:
            connected, _ = silent.accept()
            with connected:
                journal.append(payload(), "second")
                # It still waits for the server, which hangs up below.
                seen.append(wait_until(lambda: CallbackRequest.objects.count() == 2))
        finally:
            connections.close_all()
            run_jobs.stop_requested.set()

    thread = threading.Thread(target=visit)
    thread.start()
    call_command("run_jobs")
    thread.join()
    assert seen


def test_once_warms_what_changed_and_forgets_what_was_taken_off(data_dir):
    article, other = make_article(slug="taken-off"), make_article(slug="stays")
    cache = site_cache()
    refresh(cache)
    fetch(PageCacheHandler(cache), "/articles/taken-off/")
    assert list((data_dir / "pages").rglob("taken-off/index.html"))
    article.unpublish()
    # On a busy machine a slice of warming holds few pages.
    for _ in range(50):
        call_command("run_jobs", "--once")
        if (data_dir / "pages/current/articles/stays/index.html").exists():
            break
    else:
        pytest.fail("the other article was never made anew")
    assert not list((data_dir / "pages").rglob("taken-off/index.html"))
    assert other.is_published


def test_jobs_do_not_start_without_the_triggers():
    name = "content_changed_articles_article_update"
    table = ""
    if connection.vendor == "postgresql":
        name, table = "content_changed_articles_article", " ON articles_article"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{table}")
    try:
        with pytest.raises(CommandError, match=rf"{name}.*manage.py migrate"):
            call_command("run_jobs", "--once")
    finally:
        triggers.install(connection)
    call_command("run_jobs", "--once")


def test_once_lets_sqlite_learn_how_selective_its_indexes_are():
    make_request()
    call_command("run_jobs", "--once")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'contact_callbackrequest'"
            )
            assert cursor.fetchone()[0]
