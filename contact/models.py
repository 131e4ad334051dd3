from __future__ import annotations

import uuid
from datetime import datetime
from functools import cache
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.privacy.audit_trail.audit import AuditEntry, AuditHead
from contact.privacy.audit_trail.audit_keys import RetiredAuditKey
from contact.privacy.brakes import Brake
from contact.privacy.encryption import EncryptedTextField
from contact.privacy.key_marker import KeyMarker
from contact.privacy.matching.phone_index import line_index, phone_index
from contact.records.desk.caller_ids import CallerId
from contact.records.desk.desk import Desk
from contact.records.desk.retention_rules import RetentionRule
from contact.records.desk.retry_rules import RetryStep
from contact.records.directory.helplines import Helpline
from contact.records.directory.referral_places import Place
from contact.records.history.calls import CallAttempt, Note, RequestPurged
from contact.records.history.corrections import Correction
from contact.records.history.open_reviews import OpenReview
from contact.records.history.steps import Step
from contact.records.oversight.disclosures import Disclosure
from contact.records.oversight.legal_holds import LegalHold
from contact.records.oversight.proposed_erasures import ProposedErasure
from contact.records.oversight.unusual_reading import ReadingRule, UnusualReading
from contact.records.report_days import ReportChange, ReportDay
from contact.records.requests.claimable import Claimable
from contact.records.requests.constraints import CONSTRAINTS
from contact.records.requests.indexes import INDEXES
from contact.records.requests.line_stops import LineStop
from contact.records.requests.queryset import CallbackRequestQuerySet
from contact.records.requests.safety import SafetySealed
from contact.records.requests.search_keys import SearchKey
from contact.records.team.colleagues import Colleague
from contact.records.team.handovers import Handover
from contact.records.team.notices import Notice
from contact.records.team.saved_filters import SavedList
from contact.records.triage.danger_phrases import DangerPhrase
from contact.records.triage.words_seen import WordsSeen
from contact.schedule.calling_hours import BestTime
from contact.schedule.opening_hours import OpeningHours, SpecialDay
from contact.schedule.plan import Plan
from contact.schedule.slots import CallPreferences

from .records import enums, outcomes
from .records.requests import references

__all__ = [
    "AuditEntry", "AuditHead", "Brake", "CallAttempt", "CallbackRequest", "CallbackRequestQuerySet",
    "CallerId", "Colleague", "Correction", "DangerPhrase", "Desk", "Disclosure", "Handover",
    "Helpline", "KeyMarker", "LegalHold", "LineStop", "Note", "Notice", "OpenReview",
    "OpeningHours", "Place", "Plan", "ProposedErasure", "ReadingRule", "ReportChange", "ReportDay",
    "RequestPurged", "RetentionRule", "RetiredAuditKey", "RetryStep", "SavedList", "SearchKey",
    "SpecialDay", "Step", "UnusualReading", "WordsSeen", "line_index", "phone_index",
]  # fmt: skip

NOBODYS = str(uuid.UUID(int=0))


@cache
def _address() -> str:
    """The address of a card; to find it for each row took a tenth of a page (`bench.intake`)."""
    return reverse("intake:request", args=[NOBODYS])


class CallbackRequest(Claimable, SafetySealed):
    """A visitor's request. Their own words are encrypted; the other columns serve the queue."""

    CallingFor = enums.CallingFor
    Announce = enums.Announce
    Voicemail = enums.Voicemail
    BestTime = BestTime
    Language = enums.Language
    Status = enums.Status
    Outcome = outcomes.RequestOutcome
    Priority = enums.Priority
    SetApart = enums.SetApart

    CALLABLE = tuple(status for status in enums.Status if status.is_callable)

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
    reason = EncryptedTextField(_("reason"), blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    # A line rings once at a time, whoever asked for the call.
    line_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    # Requests that staff linked as the same person's share it.
    person = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    name_index = models.CharField(max_length=64, blank=True, editable=False)

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
    # Where the number may ring: bounds the hours of callers who named no zone.
    number_zones = models.CharField(max_length=255, blank=True, editable=False)
    language = models.CharField(
        _("language"), max_length=20, choices=Language, default=Language.ENGLISH
    )
    # The number of a pair of `code_words.csv`.
    code_words = models.PositiveIntegerField(null=True, editable=False)
    consent_version = models.CharField(_("version of the consent text"), max_length=20)
    suspected_spam = models.BooleanField(_("looks automatic"), default=False, editable=False)
    # Why it is taken as one of many, or as advertising; empty for others.
    set_apart = models.CharField(
        _("stands apart"),
        max_length=20,
        choices=enums.SetApart,
        blank=True,
        default="",
        editable=False,
    )
    # Whether estimates for others count it; not what is one of many from one network.
    delays_others = models.BooleanField(default=True, editable=False)
    origin = models.CharField(
        _("how it came"), max_length=20, choices=enums.Origin, default=enums.Origin.WEBSITE
    )
    source = models.SlugField(
        _("article they came from"), max_length=100, blank=True, db_index=False
    )
    # Hour of asking on the desk's clock: weekday * 24 + hour; Monday 0 a.m. is 0.
    hour_of_week = models.PositiveSmallIntegerField(default=0, editable=False)
    # Whether the desk was open then; None if no hours were set, and before this was noted.
    asked_while_open = models.BooleanField(null=True, editable=False)
    # A test call that leads arranged: timed, left out of reports, and unknown to who calls.
    is_secret_shopper = models.BooleanField(default=False, editable=False)

    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.NEW)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.SELF
    )
    # When words that may mean danger were found.
    danger_at = models.DateTimeField(null=True, editable=False)
    # When somebody last spoke with the person about it.
    reached_at = models.DateTimeField(null=True, editable=False)
    # Shown to the visitor.
    promised_by = models.DateTimeField(_("promised by"), null=True, editable=False)
    due_at = models.DateTimeField(_("call from"), null=True, blank=True)
    due_until = models.DateTimeField(_("window end"), null=True, blank=True)
    call_by = models.DateTimeField(_("deadline"), null=True, blank=True)
    # The earliest deadline given, less the priority's head start, so that no priority starves.
    turn_at = models.DateTimeField(_("queue position"), null=True, editable=False)
    # The deadline before the desk's hours or rules changed, until the next call or plan.
    earlier_call_by = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, editable=False)
    # Talks that they began; `tries` are ours.
    talks = models.PositiveSmallIntegerField(_("talks"), default=0, editable=False)
    first_attempt_at = models.DateTimeField(null=True, editable=False)
    # Opening time between asking and the first attempt.
    first_attempt_minutes = models.PositiveIntegerField(null=True, editable=False)

    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("assigned to"),
        null=True,
        related_name="+",
        db_index=False,
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    referred_to = models.ForeignKey(
        Place, models.PROTECT, verbose_name=_("referred to"), null=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    # The last day on which no lead needs to look at it, though it has been open for long.
    kept_until = models.DateField(null=True, editable=False)
    legal_hold = models.ForeignKey(
        LegalHold,
        models.PROTECT,
        verbose_name=_("legal hold"),
        null=True,
        related_name="requests",
        db_index=False,
        editable=False,
    )
    purged_at = models.DateTimeField(_("emptied at"), null=True, editable=False)
    # Incremented with every change, to detect pages opened before.
    version = models.PositiveIntegerField(default=0, editable=False)

    notified_at = models.DateTimeField(null=True, editable=False)
    notify_after = models.DateTimeField(default=timezone.now, editable=False)
    notify_tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects: ClassVar[CallbackRequestQuerySet] = CallbackRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("callback request")
        verbose_name_plural = _("callback requests")
        # No default ordering, because unordered queries would then sort all rows.
        default_permissions = ["view", "change"]
        permissions = [
            ("lead_callbackrequest", _("Can lead the intake team")),
            ("export_callbackrequest", _("Can export callback requests")),
            ("protect_callbackrequest", _("Can act as privacy officer")),
        ]
        indexes = INDEXES
        constraints = CONSTRAINTS

    def __str__(self) -> str:
        return references.display(self.reference)

    def get_absolute_url(self) -> str:
        return _address().replace(NOBODYS, str(self.pk))

    @property
    def is_open(self) -> bool:
        return self.status != self.Status.CLOSED

    @property
    def is_danger(self) -> bool:
        return self.priority == self.Priority.DANGER

    @property
    def is_in_danger(self) -> bool:
        """Whether its words may mean danger, and nobody was reached since they were found."""
        if not (self.is_open and self.is_danger):
            return False
        return self.reached_at is None or self.reached_at < (self.danger_at or self.created_at)

    @property
    def preferences(self) -> CallPreferences:
        """When they may be called. Words that may mean danger wait for no time of day."""
        best_time = BestTime.ANY if self.is_danger else self.best_time
        return CallPreferences(best_time, self.time_zone, self.number_zones, self.is_danger)

    @property
    def is_purged(self) -> bool:
        return self.purged_at is not None

    def is_late(self, now: datetime | None = None) -> bool:
        """Return whether its deadline has passed."""
        return self.call_by is not None and self.call_by < (now or timezone.now())

    def persons_others(self) -> CallbackRequestQuerySet:
        """Return the other requests of the same person, newest first."""
        same = CallbackRequest.objects.of_person(self).exclude(pk=self.pk)
        return same.order_by("-created_at")

    def set_plan(self, plan: Plan, earlier_call_by: datetime | None = None) -> None:
        """Set the columns of a plan without saving."""
        self.due_at, self.due_until, self.call_by = plan
        self.earlier_call_by = earlier_call_by
        deadline = min(plan.call_by, earlier_call_by or plan.call_by)
        self.turn_at = self.turn_for(deadline)

    def turn_for(self, deadline: datetime) -> datetime:
        """Return the place in the queue; of equal deadlines, whoever asked first comes first."""
        if self.set_apart and self.is_danger:
            # Fakes must not keep everybody else waiting: by arrival, as its head start is refused.
            return CallbackRequest.objects.turn_by_arrival(self)
        # Promises are round times, so that many are equal.
        waits = (deadline - self.created_at) / 10_000
        return deadline - self.Priority(self.priority).facts.head_start - waits

    @transaction.atomic
    def purge(self) -> None:
        """Delete all personal data; the row stays for statistics."""
        self.notes.all().delete()
        self.attempts.update(note=EncryptedTextField.EMPTY)
        self.corrections.update(before=EncryptedTextField.EMPTY)
        self.reviews.update(reason=EncryptedTextField.EMPTY)
        self.search_keys.all().delete()
        self.notices.all().delete()
        for field in EncryptedTextField.of(type(self)):
            setattr(self, field.attname, "")
        self.phone_index = self.line_index = self.name_index = ""
        self.code_words = None
        self.person = uuid.uuid4()
        self.purged_at = timezone.now()
        self.save()
