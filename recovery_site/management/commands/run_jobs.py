"""The one background process: brings requests in, mails, plans, publishes what is due, purges."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections, connection, connections

from articles.links.live_checks import DailyRound
from articles.publishing.autosave import Autosave
from articles.search import index
from articles.stock.upkeep import StockUpkeep
from contact.intake.reports.counts import day_sums
from contact.lifecycle import clock
from contact.lifecycle.alerting import alerts, emails
from contact.lifecycle.changes import transitions
from contact.lifecycle.journal import code_words, journal
from contact.lifecycle.planning import replanning
from contact.lifecycle.retention import endings_back, retention
from contact.lifecycle.safeguards import reading_checks
from contact.models import WordsSeen
from contact.privacy import brakes
from contact.privacy.audit_trail import audit_anchors
from contact.records.kept_copies import crisis_lines, moved_numbers, shown_hours
from contact.records.kept_copies.kept_copy import KeptCopy
from contact.visitor.callback_form import accepted_forms
from contact.visitor.told import snapshot_writing
from recovery_site.backups import heartbeat
from recovery_site.database import query_timeouts
from recovery_site.database.triggers import require_triggers
from recovery_site.facts import foot
from recovery_site.helpful import counting
from recovery_site.models import ContentVersion, Fact
from recovery_site.page_cache import refresh
from recovery_site.page_cache.cache import PageCache, site_cache
from recovery_site.page_cache.handler import PageCacheHandler
from recovery_site.page_cache.warming import Warmer
from recovery_site.search import failed
from recovery_site.search.meaning import passages
from recovery_site.serving.job_process import (
    only_one,
    stop_requested,
    stopped_by_signals,
)
from recovery_site.serving.known_keys import Drain, require_keys
from recovery_site.serving.unavailable_page import write_unavailable_page
from recovery_site.staff import review_mails
from recovery_site.staff.scheduled_changes import carry_out_due

logger = logging.getLogger(__name__)

ROUND_SECONDS = 0.25
WAIT_FOR_LOCK_SECONDS = 10


@dataclass
class Job:
    """Something to do every so many seconds, whatever happens to the other jobs."""

    name: str
    run: Callable[[], Any]
    every_seconds: float
    sends_mail: bool = False
    next_at: float = field(default=0, init=False)
    is_failing: bool = field(default=False, init=False)

    @property
    def is_due(self) -> bool:
        return time.monotonic() >= self.next_at

    def attempt(self) -> Any:
        """Run it; log the first failure in a row and the recovery, never the error's words."""
        try:
            done = self.run()
        except Exception as error:  # noqa: BLE001 - the other jobs must go on
            if not self.is_failing:
                logger.error("job %s fails (%s), will try again", self.name, type(error).__name__)
            self.is_failing = True
            # A failing job must not spin, but a request must not wait long for its return.
            self.next_at = time.monotonic() + max(self.every_seconds, 1)
            return None
        if self.is_failing:
            logger.warning("job %s works again", self.name)
        self.is_failing = False
        self.next_at = time.monotonic() + self.every_seconds
        return done


def forget_old_brakes() -> None:
    if clock.is_clock_trusted():
        brakes.forget_old()


def measure_indexes() -> None:
    """Let SQLite gather statistics of its indexes; PostgreSQL does so by itself.

    The limit keeps it short, since nobody can write meanwhile.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 50000")
            cursor.execute("ANALYZE")


def working_cache() -> PageCache | None:
    """The page cache; None if its folder cannot be written, since requests must still come in."""
    try:
        # This process makes pages for others, so it keeps none in memory.
        return site_cache(memory_bytes=0)
    except OSError as error:
        logger.error("pages cannot be kept fresh: no page cache (%s)", type(error).__name__)
        return None


def copy_for_pages(copy: KeptCopy[Any]) -> None:
    """Let every page say what the records say now, whoever changed these."""
    if copy.write():
        # Pages made since the change still hold what was said before.
        ContentVersion.raise_number()


def all_jobs(cache: PageCache | None) -> list[Job]:
    return [
        # Before anything that deletes by the clock.
        Job("clock", clock.ClockWatch().look, 10),
        *jobs_for_pages(cache),
        *jobs_on_time(cache),
        *jobs_for_upkeep(),
    ]


def jobs_for_pages(cache: PageCache | None) -> list[Job]:
    """What pages say of records, and making pages before visitors ask."""
    warming = []
    if cache:
        warmer = Warmer(PageCacheHandler(cache))
        warming = [
            Job("warming", lambda: warmer.step(stop_requested.is_set), 1),
            Job("search by meaning", passages.tell_process, 2),
        ]
    return [
        # First of the others, for nginx shows it for its own errors from the start.
        Job("unavailable page", write_unavailable_page, 10),
        Job("crisis lines", lambda: copy_for_pages(crisis_lines.crisis_lines), 1),
        Job("moved numbers", lambda: copy_for_pages(moved_numbers.moved_numbers), 1),
        Job("facts", Fact.objects.end_due, 1),
        Job("foot", lambda: copy_for_pages(foot.foot_links), 1),
        Job("opening hours", lambda: copy_for_pages(shown_hours.opening_hours), 1),
        *warming,
        Job("new day", ContentVersion.begin_day, 10),
    ]


def jobs_on_time(cache: PageCache | None) -> list[Job]:
    """What must happen on time: requests, publishing, mails, and watching over these."""

    def publish() -> None:
        if carry_out_due() and cache:
            refresh.refresh_own(cache)

    replanner = replanning.Replanner()
    return [
        Job("heartbeat", (Path(settings.DATA_DIR) / "run_jobs.alive").touch, 1),
        Job("journal", Drain(), 0),
        Job("mail", lambda: emails.send_due(stop_requested.is_set), 5, sends_mail=True),
        Job("publishing", publish, 1),
        Job("bulletin", snapshot_writing.write_snapshot, 5),
        Job("rules", lambda: replanner.run(stopping=stop_requested.is_set), 2),
        Job("replan", lambda: transitions.replan_missed(stop_requested.is_set), 10),
        Job(
            "review mails",
            lambda: review_mails.send_due(stop_requested.is_set),
            30,
            sends_mail=True,
        ),
        Job("watch", alerts.send_if_needed, 60, sends_mail=True),
        Job("backup watch", heartbeat.alarm_if_missed, 600, sends_mail=True),
        Job("reconcile", journal.reconcile, 60),
        # After it: a request may have to come back first.
        Job("endings", endings_back.apply_endings, 60),
    ]


def jobs_for_upkeep() -> list[Job]:
    """What is counted, checked and forgotten."""
    links = DailyRound()
    return [
        Job("audit anchor", audit_anchors.append_anchor, 60),
        Job("accepted forms", accepted_forms.forget_old, 60),
        Job("words seen", WordsSeen.objects.forget_old, 600),
        Job("code words", code_words.release_taken, 3600),
        Job("purge", lambda: retention.purge_due(stop_requested.is_set), 3600),
        Job("reading", reading_checks.check_reading, 600),
        Job("report days", lambda: day_sums.count_days(stop_requested.is_set, recent=True), 5),
        Job("earlier report days", lambda: day_sums.count_days(stop_requested.is_set), 20),
        Job("search index", index.mend, 60),
        Job("links", links.step, 2),
        Job("autosave", Autosave.objects.purge, 3600),
        Job("checks of pages", StockUpkeep().step, 1),
        Job("words searched in vain", failed.collect, 60),
        Job("helpful answers", counting.collect, 60),
        Job("indexes", measure_indexes, 24 * 3600),
        Job("brakes", forget_old_brakes, 3600),
        Job("sessions", lambda: call_command("clearsessions"), 3600),
    ]


class Command(BaseCommand):
    help = (
        "Bring callback requests into the database, mail the intake team, plan again who was not "
        "called in time, publish and take down what is scheduled, keep the page cache fresh, "
        "purge what is too old. Runs until stopped; exactly one per DATA_DIR."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do everything once, then end")
        parser.add_argument(
            "--standby", action="store_true", help="take over when the one that runs now ends"
        )

    def handle(self, *args: Any, once: bool = False, standby: bool = False, **options: Any) -> None:
        stop_requested.clear()
        query_timeouts.set_query_timeout(seconds=120)
        require_triggers()
        require_keys()
        audit_anchors.tell_of_gap()
        cache = working_cache()
        jobs = all_jobs(cache)
        if once:
            with only_one(WAIT_FOR_LOCK_SECONDS):
                self.run_once(jobs, cache)
            return
        with stopped_by_signals(), only_one(math.inf if standby else 0) as is_held:
            if is_held:
                self.run_threads(jobs, cache)

    def run_once(self, jobs: list[Job], cache: PageCache | None) -> None:
        for job in jobs:
            job.attempt()
        if cache:
            refresh.refresh_own(cache)
        if failing := [job.name for job in jobs if job.is_failing]:
            raise CommandError(f"Failed: {', '.join(failing)}. The log says more.")

    def run_threads(self, jobs: list[Job], cache: PageCache | None) -> None:
        """Mail has a thread of its own, for a mail server that does not answer."""
        mailing = [job for job in jobs if job.sends_mail]
        threads = [Thread(target=self.run_until_stopped, args=(mailing,))]
        if cache:
            threads.append(Thread(target=refresh.watch_version, args=(cache, stop_requested)))
        for thread in threads:
            thread.start()
        mail = next(job for job in mailing if job.name == "mail")
        try:
            self.run_until_stopped([job for job in jobs if not job.sends_mail], mail)
        finally:
            # After an error too: threads that go on alone would hide it.
            stop_requested.set()
            for thread in threads:
                thread.join()

    def run_until_stopped(self, jobs: list[Job], mail: Job | None = None) -> None:
        """Do each job whenever it is due; do `mail` at once when requests came in."""
        while not stop_requested.is_set():
            close_old_connections()
            for job in jobs:
                if job.is_due and not stop_requested.is_set():
                    came_in = job.attempt()
                    if mail and job.name == "journal" and came_in and not mail.is_failing:
                        mail.next_at = 0
            stop_requested.wait(ROUND_SECONDS)
        connections.close_all()
