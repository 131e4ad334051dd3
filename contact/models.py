from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import references
from .audit import AuditEntry, AuditHead
from .encryption import EncryptedTextField, keyed_hash
from .helplines import Helpline

__all__ = ["AuditEntry", "AuditHead", "CallAttempt", "CallbackRequest", "Helpline", "Note"]


class Emptied(Exception):
    """Someone tried to write on a request whose words were emptied."""


def phone_index(e164: str) -> str:
    """What stands for a number where it has to be matched but must not be read."""
    return keyed_hash("phone index", e164).hex() if e164 else ""


class CallbackRequestQuerySet(models.QuerySet["CallbackRequest"]):
    def open(self) -> Self:
        """Those that still need someone to call."""
        return self.exclude(status=CallbackRequest.Status.CLOSED)

    def to_purge(self, now: datetime | None = None) -> Self:
        """Closed for longer than RETENTION_DAYS, and not yet emptied."""
        limit = (now or timezone.now()) - timedelta(days=settings.RETENTION_DAYS)
        return self.filter(closed_at__lt=limit, purged_at=None)


class CallbackRequest(models.Model):
    """What a visitor sent. The person's own words are sealed; the rest is for the queue."""

    class CallingFor(models.TextChoices):
        SELF = "self", _("Myself")
        SOMEONE_ELSE = "someone_else", _("Someone I care about")

    class Announce(models.TextChoices):
        NO = "no", _("No, do not say who is calling")
        YES = "yes", _("Yes, you may say who is calling")

    class Voicemail(models.TextChoices):
        NONE = "none", _("Do not leave a message")
        CALLBACK_ONLY = "callback_only", _("Only a first name and a number to call back")
        FULL = "full", _("A message that says who is calling and why")

    class BestTime(models.TextChoices):
        ANY = "any", _("Any time")
        MORNING = "morning", _("Morning (8 a.m. to noon)")
        AFTERNOON = "afternoon", _("Afternoon (noon to 5 p.m.)")
        EVENING = "evening", _("Evening (5 to 9 p.m.)")

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        SPANISH = "es", _("Spanish (español)")
        OTHER = "other", _("Another language")

    class Status(models.TextChoices):
        NEW = "new", _("New")
        TRYING = "trying", _("Trying to reach")
        CLOSED = "closed", _("Closed")

    class Outcome(models.TextChoices):
        SPOKE = "spoke", _("We spoke")
        DECLINED = "declined", _("Does not want a call any more")
        STOP = "stop", _("Asked us to stop calling")
        UNREACHABLE = "unreachable", _("Could not be reached")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        DUPLICATE = "duplicate", _("Handled in another request")
        SPAM = "spam", _("Spam")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=8, db_index=True, editable=False)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    received_at = models.DateTimeField(_("stored at"), default=timezone.now, editable=False)

    name = EncryptedTextField(_("name"))
    phone = EncryptedTextField(_("phone number"))
    extension = EncryptedTextField(_("extension"), blank=True)
    phone_as_typed = EncryptedTextField(_("phone number as typed"), blank=True)
    relationship = EncryptedTextField(_("relationship"), blank=True)
    needs = EncryptedTextField(_("needs for the call"), blank=True)
    message = EncryptedTextField(_("message"), blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)

    calling_for = models.CharField(
        _("calling for"), max_length=20, choices=CallingFor, default=CallingFor.SELF
    )
    announce = models.CharField(
        _("may we say who is calling"), max_length=20, choices=Announce, default=Announce.NO
    )
    voicemail = models.CharField(
        _("voicemail"), max_length=20, choices=Voicemail, default=Voicemail.NONE
    )
    best_time = models.CharField(
        _("best time"), max_length=20, choices=BestTime, default=BestTime.ANY
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(
        _("language"), max_length=20, choices=Language, default=Language.ENGLISH
    )
    consent_version = models.CharField(_("version of the consent text"), max_length=20)
    suspected_spam = models.BooleanField(_("looks automatic"), default=False, editable=False)

    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.NEW)
    outcome = models.CharField(
        _("outcome"),
        max_length=20,
        choices=Outcome,
        blank=True,
        help_text=_("How it ended. Needed to close the request."),
    )
    next_call_at = models.DateTimeField(
        _("next call"),
        null=True,
        blank=True,
        help_text=_("When to try again, on the clock of this office."),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    purged_at = models.DateTimeField(_("emptied at"), null=True, editable=False)

    notified_at = models.DateTimeField(null=True, editable=False)
    notify_after = models.DateTimeField(default=timezone.now, editable=False)
    notify_tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects: ClassVar[CallbackRequestQuerySet] = CallbackRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("callback request")
        verbose_name_plural = _("callback requests")
        # "new" sorts before "trying"; within each, who has waited longest.
        ordering = ["suspected_spam", "status", "created_at", "id"]
        default_permissions = ["view", "change"]
        indexes = [
            models.Index(
                "suspected_spam",
                "status",
                "created_at",
                "id",
                condition=~Q(status="closed"),
                name="callback_queue",
            ),
            models.Index("created_at", "id", name="callback_created"),
            models.Index("notify_after", condition=Q(notified_at=None), name="callback_to_notify"),
            models.Index("closed_at", condition=Q(purged_at=None), name="callback_to_purge"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(status="closed") & Q(closed_at=None, outcome=""),
                name="callback_closed_with_outcome",
                violation_error_message=_("A closed request needs an outcome, an open one none."),
            ),
        ]

    def __str__(self) -> str:
        return references.display(self.reference)

    def get_admin_url(self) -> str:
        return reverse("admin:contact_callbackrequest_change", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status != self.Status.CLOSED

    @property
    def is_purged(self) -> bool:
        return self.purged_at is not None

    def earlier_requests(self) -> CallbackRequestQuerySet:
        """Other requests from the same number, newest first."""
        if not self.phone_index:
            return CallbackRequest.objects.none()
        same = CallbackRequest.objects.filter(phone_index=self.phone_index).exclude(pk=self.pk)
        return same.order_by("-created_at")

    def close(self, outcome: str) -> None:
        self.status, self.outcome = self.Status.CLOSED, outcome
        self.closed_at = self.closed_at or timezone.now()
        self.next_call_at = None
        self.save(update_fields=["status", "outcome", "closed_at", "next_call_at"])

    @property
    def is_due(self) -> bool:
        """Whether the time of a planned call has come."""
        return self.next_call_at is not None and self.next_call_at <= timezone.now()

    @transaction.atomic
    def record_attempt(self, by: Any, outcome: str, note: str = "") -> CallAttempt:
        """Write down a call: it fulfils a plan that was due, and a stop closes the request."""
        attempt = self.attempts.create(by=by, outcome=outcome, note=note)
        if outcome == CallAttempt.Outcome.STOP:
            self.close(self.Outcome.STOP)
        elif self.is_open:
            self.status = self.Status.TRYING
            self.next_call_at = None if self.is_due else self.next_call_at
            self.save(update_fields=["status", "next_call_at"])
        return attempt

    def add_note(self, by: Any, text: str) -> Note:
        return self.notes.create(by=by, text=text)

    @transaction.atomic
    def purge(self) -> None:
        """Empty everything that says who asked; the row stays for the statistics."""
        self.notes.all().delete()
        self.attempts.update(note=EncryptedTextField.EMPTY)
        for field in EncryptedTextField.of(type(self)):
            setattr(self, field.attname, "")
        self.phone_index = ""
        self.purged_at = timezone.now()
        self.save()


def _refuse_if_emptied(request_id: uuid.UUID) -> None:
    if CallbackRequest.objects.filter(pk=request_id, purged_at__isnull=False).exists():
        raise Emptied("Nothing is written on a request that was emptied.")


class CallAttempt(models.Model):
    class Outcome(models.TextChoices):
        NO_ANSWER = "no_answer", _("No answer")
        BUSY = "busy", _("Busy")
        VOICEMAIL = "voicemail", _("Left the voicemail they allowed")
        SOMEONE_ELSE = "someone_else", _("Someone else answered")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        SPOKE = "spoke", _("We spoke")
        STOP = "stop", _("Asked us to stop calling")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="attempts")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("called by"),
        related_name="+",
        editable=False,
    )
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    outcome = models.CharField(_("what happened"), max_length=20, choices=Outcome)
    note = EncryptedTextField(_("note"), blank=True, editable=True)

    class Meta:
        verbose_name = _("call")
        ordering = ["at", "id"]
        default_permissions = ["view", "add"]

    def __str__(self) -> str:
        return self.get_outcome_display()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            _refuse_if_emptied(self.request_id)
        super().save(*args, **kwargs)


class Note(models.Model):
    """Staff's own words on a request. Notes never change: a correction is another note."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="notes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("written by"),
        related_name="+",
        editable=False,
    )
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    text = EncryptedTextField(_("note"), editable=True)

    class Meta:
        verbose_name = _("note")
        ordering = ["at", "id"]
        default_permissions = ["view", "add"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            _refuse_if_emptied(self.request_id)
        super().save(*args, **kwargs)
