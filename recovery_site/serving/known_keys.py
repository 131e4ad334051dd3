"""The background process works with the keys that its database was written with, or not at all."""

from __future__ import annotations

from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError

from contact.lifecycle.journal import journal
from contact.privacy import key_marker
from recovery_site.environment import roles

from .job_process import stop_requested


def require_keys() -> None:
    """Raise CommandError beside a database that was written with other keys."""
    if settings.ROLE == roles.PUBLIC:
        raise CommandError("ROLE is public: this command needs keys that such a process lacks.")
    try:
        key_marker.require_known_keys()
        key_marker.mark_keys()
    except key_marker.OtherKeys as error:
        raise CommandError(str(error)) from error
    except DatabaseError:
        # `drain` looks again once it answers.
        return


class Drain:
    """Brings requests in, after it has once seen that the keys are those of the database."""

    are_keys_known = False

    def __call__(self) -> int:
        if not self.are_keys_known:
            key_marker.require_known_keys()
            self.are_keys_known = True
        return journal.drain(stop_requested.is_set)
