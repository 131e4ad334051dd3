"""What goes live and what leaves the site by itself: done by `run_jobs`, listed for staff."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.publishing.kinds import form_url, publication_models
from articles.publishing.schedules import ScheduleProblem

logger = logging.getLogger(__name__)


class ScheduledChange(NamedTuple):
    """`revision` goes live, or, if it is None, the page leaves the site."""

    at: datetime
    publication: Any
    revision: Any
    by: Any

    @property
    def day(self) -> Any:
        return timezone.localdate(self.at)

    @property
    def name(self) -> str:
        return self.revision.title if self.revision else str(self.publication)

    @property
    def kind(self) -> Any:
        return self.publication._meta.verbose_name

    @property
    def url(self) -> str:
        return form_url(self.publication, self.publication.pk)


def carry_out_due() -> int:
    """Do what is due, what was planned for an earlier moment first; return how many were done."""
    due: list[ScheduledChange] = []
    for model in publication_models().values():
        due += _changes(model.objects.due(), model.objects.due_to_leave())
    return sum(_carry_out(change) for change in sorted(due, key=lambda change: change.at))


def _changes(going_live: Any, leaving: Any) -> Iterator[ScheduledChange]:
    named = ("scheduled", "live", "scheduled_by", "take_down_by")
    for each in going_live.select_related(*named):
        yield ScheduledChange(each.scheduled_for, each, each.scheduled, each.scheduled_by)
    for each in leaving.select_related(*named):
        yield ScheduledChange(each.take_down_at, each, None, each.take_down_by)


@transaction.atomic
def _carry_out(change: ScheduledChange) -> bool:
    publication, revision = change.publication, change.revision
    if revision is None:
        done = publication.take_down_scheduled()
        if done:
            _note(change, gettext("Taken off the site as scheduled."))
        return done
    number = {"number": revision.number}
    try:
        if not publication.publish_scheduled():
            return False
    except (IntegrityError, ValidationError) as error:
        is_taken = isinstance(error, IntegrityError)
        problem = ScheduleProblem.ADDRESS_TAKEN if is_taken else ScheduleProblem.NOT_REVIEWED
        publication.refresh_from_db()
        publication.unschedule(problem)
        why = {"why": problem.label}
        _note(change, gettext("Version %(number)s did not go live: %(why)s.") % (number | why))
        return False
    _note(change, gettext("Version %(number)s went live as scheduled.") % number)
    return True


def _note(change: ScheduledChange, done: str) -> None:
    """Write it into the history, under the name of whoever scheduled it."""
    publication = change.publication
    logger.info("scheduled change of %s %s", publication._meta.model_name, publication.pk)
    if change.by:
        entries: Any = LogEntry.objects
        entries.log_actions(
            change.by.pk, [publication], CHANGE, change_message=done, single_object=True
        )


@require_safe
@never_cache
def scheduled_changes(request: HttpRequest) -> HttpResponse:
    """A calendar of what goes live and what leaves the site by itself."""
    shown: list[ScheduledChange] = []
    may_see_any = False
    for model in publication_models().values():
        if not admin.site.get_model_admin(model).has_view_or_change_permission(request):
            continue
        may_see_any = True
        shown += _changes(
            model.objects.filter(scheduled_for__isnull=False),
            model.objects.filter(take_down_at__isnull=False),
        )
    if not may_see_any:
        raise PermissionDenied
    shown.sort(key=lambda change: change.at)
    context = {
        **admin.site.each_context(request),
        "title": _("Scheduled"),
        "days": [(day, list(each)) for day, each in groupby(shown, key=lambda change: change.day)],
        "zone": settings.TIME_ZONE,
    }
    return TemplateResponse(request, "admin/publication/scheduled.html", context)
