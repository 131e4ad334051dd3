"""One callback request as intake sees it: how to call safely, then the words and the number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from . import audit, phones
from .encryption import EncryptedTextField
from .models import CallAttempt, CallbackRequest, Note
from .safe_call import opened, safe_call

PART_2 = _("42 CFR part 2 prohibits unauthorized use or disclosure of these records.")
EARLIER_SHOWN = 20


def shown_time(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


class CallbackRequestForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        closing = data.get("status") == CallbackRequest.Status.CLOSED
        if closing and not data.get("outcome") and "outcome" not in self.errors:
            self.add_error("outcome", _("Say how it ended, so that the request can be closed."))
        if not closing and data.get("outcome"):
            raise ValidationError(
                {"status": _("An outcome closes the request: choose Closed, or empty the outcome.")}
            )
        return data


class AddOnlyInline(admin.StackedInline):
    """A form for one more; what was written before stands in the request's own history."""

    extra = 1
    max_num = 1
    can_delete = False
    formfield_overrides = {EncryptedTextField: {"widget": forms.Textarea(attrs={"rows": 3})}}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CallAttemptInline(AddOnlyInline):
    model = CallAttempt
    fields = ["outcome", "note"]
    verbose_name = verbose_name_plural = _("Write down a call")


class NoteInline(AddOnlyInline):
    model = Note
    fields = ["text"]
    verbose_name = verbose_name_plural = _("Add a note")


class CallCard(admin.ModelAdmin):
    """The change page: reading it and writing on it, both in the audit trail."""

    form = CallbackRequestForm
    inlines = [CallAttemptInline, NoteInline]
    fieldsets = [
        (
            _("Before you call"),
            {
                "description": PART_2,
                "fields": [
                    "ask_for",
                    "announce_rule",
                    "voicemail_rule",
                    "clock",
                    "speaks",
                    "has_needs",
                ],
            },
        ),
        (_("In their words"), {"fields": ["about", "who_it_is", "words", "typed"]}),
        (_("Number"), {"fields": ["number", "earlier"]}),
        (_("What comes next"), {"fields": ["status", "outcome", "next_call_at"]}),
        (_("So far"), {"fields": ["history", "arrival"]}),
    ]
    EDITABLE = ("status", "outcome", "next_call_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in flatten_fieldsets(self.fieldsets) if name not in self.EDITABLE]

    @admin.display(description=_("status"), ordering="status")
    def state(self, request: CallbackRequest) -> str:
        shown = request.get_outcome_display() or request.get_status_display()
        return f"{shown} · {_('looks automatic')}" if request.suspected_spam else shown

    @method_decorator(sensitive_post_parameters())
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if found := shown.get("original"):
            audit.record(request.user, "viewed", found.pk)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        response = super().history_view(request, object_id, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if found := shown.get("object"):
            audit.record(request.user, "viewed history", found.pk)
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if obj.status == CallbackRequest.Status.CLOSED:
            obj.close(obj.outcome)
        else:
            obj.closed_at = None
            obj.save(update_fields=[*self.EDITABLE, "closed_at"])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for written in formset.save(commit=False):
            if isinstance(written, CallAttempt):
                recorded = form.instance.record_attempt(request.user, written.outcome, written.note)
            else:
                recorded = form.instance.notes.create(by=request.user, text=written.text)
            if getattr(recorded, "outcome", "") == CallAttempt.Outcome.STOP:
                self._stop_the_others(request, form.instance)
            action = f"added {recorded._meta.model_name}"
            audit.record(request.user, action, form.instance.pk, entry=str(recorded.pk))

    def _stop_the_others(self, request: HttpRequest, stopped: CallbackRequest) -> None:
        """Who asks us to stop is not called for another request from the same number either."""
        # All rows first, in one order: the audit trail is locked last.
        others = stopped.earlier_requests().open().select_for_update().order_by("pk")
        for other in list(others):
            other.close(CallbackRequest.Outcome.STOP)
            self.log_change(request, other, [{"changed": {"fields": ["status", "outcome"]}}])

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        state = {"status": obj.status, "outcome": obj.outcome}
        audit.record(request.user, "changed", obj.pk, **state)
        return super().log_change(request, obj, message)

    @admin.display(description=_("Ask for"))
    def ask_for(self, request: CallbackRequest) -> str:
        if request.is_purged:
            return str(_("Emptied on %s") % shown_time(request.purged_at))
        return safe_call(request).ask_for

    @admin.display(description=_("If someone else answers"))
    def announce_rule(self, request: CallbackRequest) -> str:
        return safe_call(request).announce

    @admin.display(description=_("Voicemail"))
    def voicemail_rule(self, request: CallbackRequest) -> str:
        return safe_call(request).voicemail

    @admin.display(description=_("When"))
    def clock(self, request: CallbackRequest) -> str:
        return safe_call(request).clock

    @admin.display(description=_("Language"))
    def speaks(self, request: CallbackRequest) -> str:
        return safe_call(request).language

    @admin.display(description=_("Makes the call easier"))
    def has_needs(self, request: CallbackRequest) -> str:
        return safe_call(request).needs

    @admin.display(description=_("it is about"))
    def about(self, request: CallbackRequest) -> str:
        # The choices' own labels speak as the visitor.
        if request.calling_for == CallbackRequest.CallingFor.SELF:
            return str(_("The caller"))
        return str(_("Someone else"))

    @admin.display(description=_("Who that is to them"))
    def who_it_is(self, request: CallbackRequest) -> str:
        return opened(request, "relationship")

    @admin.display(description=_("Message"))
    def words(self, request: CallbackRequest) -> str:
        return opened(request, "message")

    @admin.display(description=_("Number as typed"))
    def typed(self, request: CallbackRequest) -> str:
        return opened(request, "phone_as_typed")

    @admin.display(description=_("Dial"))
    def number(self, request: CallbackRequest) -> str:
        e164 = opened(request, "phone")
        if not e164.startswith("+"):
            return e164
        extension = opened(request, "extension")
        link = format_html('<a href="tel:{}">{}</a>', e164, phones.national(e164))
        return format_html("{} {} {}", link, _("ext."), extension) if extension else link

    @admin.display(description=_("Other requests from this number"))
    def earlier(self, request: CallbackRequest) -> str:
        others = [
            (other.get_admin_url(), other, shown_time(other.created_at), self.state(other))
            for other in request.earlier_requests()[:EARLIER_SHOWN]
        ]
        lines = format_html_join("", '<p><a href="{}">{}</a> · {} · {}</p>', others)
        return lines or str(_("None"))

    @admin.display(description=_("Calls and notes"))
    def history(self, request: CallbackRequest) -> str:
        """Both in one line of time, oldest first; corrections are further notes."""
        entries = [
            (call.at, call.by, call.get_outcome_display(), opened(call, "note"))
            for call in request.attempts.select_related("by")
        ] + [
            (note.at, note.by, _("Note"), opened(note, "text"))
            for note in request.notes.select_related("by")
        ]
        return format_html_join(
            "",
            '<p class="history"><strong>{} · {} · {}</strong><br>{}</p>',
            (
                (shown_time(at), by.get_username(), what, text)
                for at, by, what, text in sorted(entries, key=lambda entry: entry[0])
            ),
        ) or str(_("Nothing yet"))

    @admin.display(description=_("Arrived"))
    def arrival(self, request: CallbackRequest) -> str:
        return str(
            _("%(when)s, agreed to consent text %(version)s")
            % {"when": shown_time(request.created_at), "version": request.consent_version}
        )
