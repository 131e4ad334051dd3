"""Changes of a publication that come by themselves: a revision goes live, the page leaves the site.

`run_jobs` carries them out, the earlier one first.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ScheduleProblem(models.TextChoices):
    """Why a scheduled revision did not go live."""

    NOT_REVIEWED = "not_reviewed", _("no clinician’s review of its words stood")
    ADDRESS_TAKEN = "address_taken", _("its address was taken meanwhile")


class ScheduledPublication(models.Model):
    """Abstract. `Publication` adds what is carried out, subclasses the key `scheduled`."""

    SCHEDULE_FIELDS = (
        *("scheduled", "scheduled_for", "scheduled_by", "schedule_problem"),
        *("take_down_at", "take_down_by", "take_down_lead_to"),
    )

    scheduled_for = models.DateTimeField(_("goes live at"), null=True, blank=True, editable=False)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    # Until somebody schedules, publishes or takes down anew.
    schedule_problem = models.CharField(
        max_length=20, choices=ScheduleProblem.choices, blank=True, editable=False
    )
    take_down_at = models.DateTimeField(
        _("leaves the site at"), null=True, blank=True, editable=False
    )
    take_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    # The address of another page, to which visitors are led from then on.
    take_down_lead_to = models.CharField(max_length=200, blank=True, editable=False)

    scheduled: Any
    scheduled_id: int | None

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        live_id: int | None

        def lock(self) -> None: ...
        def publish(self, revision: Any = None, keep_schedule: bool = False) -> None: ...
        def unpublish(self, lead_to: str = "", keep_schedule: bool = False) -> None: ...
        def _require_publishable(self, revision: Any, when: datetime | None = None) -> Any: ...
        def _save_publishing_fields(self, *further: str) -> None: ...

    @transaction.atomic
    def schedule(self, when: datetime, revision: Any = None, by: Any = None) -> None:
        """Publish `revision` (default: the newest) at `when`; until then visitors see no change."""
        self.lock()
        self.scheduled = self._require_publishable(revision, when)
        self.scheduled_for, self.scheduled_by, self.schedule_problem = when, by, ""
        self._save_publishing_fields()

    @transaction.atomic
    def unschedule(self, problem: str = "") -> bool:
        """Let nothing go live by itself; return whether anything would have.

        `problem` is why it could not go live.
        """
        self.lock()
        was_scheduled = self.scheduled_id is not None
        self._forget_schedule(problem)
        if not self.live_id:
            self._forget_take_down()
        self._save_publishing_fields()
        return was_scheduled

    def _forget_schedule(self, problem: str = "") -> None:
        self.scheduled = self.scheduled_for = self.scheduled_by = None
        self.schedule_problem = problem

    def _forget_take_down(self) -> None:
        self.take_down_at = self.take_down_by = None
        self.take_down_lead_to = ""

    @transaction.atomic
    def publish_scheduled(self) -> bool:
        """Publish the scheduled revision. Return False if it is not, or no longer, due."""
        due = self._locked_if_due("scheduled_for")
        if due is None:
            return False
        due.publish(due.scheduled)
        self.refresh_from_db()
        return True

    @transaction.atomic
    def schedule_take_down(self, when: datetime, by: Any = None, lead_to: str = "") -> None:
        """Take the page off the site at `when`, as `unpublish` does.

        Raise ValidationError if it is not on the site then.
        """
        self.lock()
        goes_live = self.scheduled_for
        if goes_live == when:
            raise ValidationError(_("A version goes live at the same time. Choose another one."))
        if not self.live_id and not (goes_live and goes_live < when):
            raise ValidationError(_("The page is not on the site at that time."))
        self.take_down_at, self.take_down_by, self.take_down_lead_to = when, by, lead_to
        self._save_publishing_fields()

    @transaction.atomic
    def call_off_take_down(self) -> bool:
        """Let the page stay on the site; return whether it would have left."""
        self.lock()
        would_leave = self.take_down_at is not None
        self._forget_take_down()
        self._save_publishing_fields()
        return would_leave

    @transaction.atomic
    def take_down_scheduled(self) -> bool:
        """Take the page off the site. Return False if that is not, or no longer, due.

        What goes live later stays scheduled.
        """
        due = self._locked_if_due("take_down_at")
        if due is None:
            return False
        is_later = due.scheduled_for and due.scheduled_for > due.take_down_at
        due.unpublish(due.take_down_lead_to, keep_schedule=bool(is_later))
        self.refresh_from_db()
        return True

    def _locked_if_due(self, column: str) -> Any:
        rows: Any = type(self)._default_manager.select_for_update(of=("self",))
        return rows.filter(pk=self.pk, **{f"{column}__lte": timezone.now()}).first()
