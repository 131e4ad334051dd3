"""What is wrong with this machine and what it depends on, for /readyz."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from contact.lifecycle.alerting.mail_path import mail_failure
from contact.lifecycle.alerting.watch import jobs_are_alive
from contact.lifecycle.journal import journal_aside, journal_health
from contact.privacy import envelopes, key_marker
from contact.privacy.audit_trail import audit_anchors
from recovery_site.backups import heartbeat
from recovery_site.database import triggers
from recovery_site.environment import roles
from recovery_site.models import ContentVersion
from recovery_site.page_cache.cache import served_stale_copy, site_folder

# Seconds that an answer is reused, so that polling does not make the disk sync each time.
HEALTH_KEPT_SECONDS = 1
# `run_jobs` brings entries in within a second.
LONGEST_WAIT_SECONDS = 60
LEAST_FREE_BYTES = 500 * 1024 * 1024
MOST_ASIDE = 5


class Health(NamedTuple):
    """A line for each fault, and for what is noted but no reason to take a node out of service."""

    faults: list[str]
    notes: list[str]


_kept: dict[str, tuple[float, Health]] = {}
_turn = Lock()


def current_health() -> Health:
    """The result of the last second, or the one before while another thread looks."""
    place = str(settings.DATA_DIR)
    kept = _kept.get(place)
    if not _turn.acquire(blocking=kept is None):
        # A database that does not answer holds one thread, not all.
        return kept[1] if kept else current_health()
    try:
        at, health = _kept.get(place, (float("-inf"), None))
        if health is None or time.monotonic() - at >= HEALTH_KEPT_SECONDS:
            health = Health([*_faults()], [*_notes()])
            _kept.clear()
            _kept[place] = time.monotonic(), health
        return health
    finally:
        _turn.release()


def _faults() -> Iterator[str]:
    if not journal_health.is_writable():
        yield "journal: cannot be written"
    if aside := journal_aside.names_aside():
        named, more = ", ".join(aside[:MOST_ASIDE]), len(aside) - MOST_ASIDE
        rest = f" and {more} more" if more > 0 else ""
        yield f"journal: set aside, as they cannot be brought in: {named}{rest}"
    if (waits := journal_health.longest_wait_seconds()) > LONGEST_WAIT_SECONDS:
        yield f"journal: the oldest request waits for {int(waits // 60)} minutes"
    if not jobs_are_alive():
        yield "run_jobs: not running, so nothing reaches the database"
    try:
        # Read a table: where the file of a SQLite database is gone, connecting makes an empty one.
        ContentVersion.current()
        if settings.ROLE != roles.PUBLIC:
            yield from _faults_of_database()
    except DatabaseError:
        yield "database: does not answer"
    except key_marker.OtherKeys as error:
        yield f"keys: {error}"
    if served_stale_copy(site_folder(), 60):
        yield "pages: some cannot be made, stale copies are served"


def _faults_of_database() -> Iterator[str]:
    if triggers.differing(connection):
        yield "database: triggers are missing, changes go unnoticed: manage.py migrate"
    key_marker.require_known_keys()


def _notes() -> Iterator[str]:
    if settings.ROLE != roles.PUBLIC:
        yield from _notes_of_staff()
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < LEAST_FREE_BYTES:
        yield f"disk: {free // 1024**2} MB free"


def _notes_of_staff() -> Iterator[str]:
    try:
        if failure := mail_failure():
            since = failure.since.strftime("%Y-%m-%d %H:%M UTC")
            yield f"mail: fails since {since} ({failure.kind})"
        if audit_anchors.has_gap():
            yield "audit trail: not the one that was noted: manage.py verify_audit"
    except audit_anchors.DamagedAnchors:
        yield "audit trail: what was noted of it is damaged: manage.py verify_audit"
    except DatabaseError:
        # Already listed among the faults.
        pass
    if not envelopes.is_on():
        yield "keys: requests in the journal are not sealed to a public key: JOURNAL_PUBLIC_KEY"
    yield from heartbeat.backup_problems(timezone.now())
