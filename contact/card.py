"""One callback request as intake sees it: how to call safely, then the words and the number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from . import audit, phones
from .calling_hours import Advice, callers_time
from .encryption import EncryptedTextField
from .models import CallAttempt, CallbackRequest, Note
from .planning import EDITABLE, PlanningForm, shown_time
from .queue import ListAdmin
from .safe_call import Rule, opened, safe_call

PART_2 = _("42 CFR part 2 prohibits unauthorized use or disclosure of these records.")
EARLIER_SHOWN = 20


def advice_line(advice: Advice) -> str:
    kind = "live" if advice.is_good else "stop"
    return format_html(
        '<span class="state state--{}">{}</span> {}', kind, advice.label, advice.words
    )


def rule_line(rule: Rule) -> str:
    if not rule.forbidden:
        return rule.words
    return format_html('<span class="state state--stop">{}</span> {}', rule.forbidden, rule.words)


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


class CallCard(ListAdmin):
    """The change page: reading it and writing on it, both in the audit trail."""

    form = PlanningForm
    inlines = [CallAttemptInline, NoteInline]
    fieldsets = [
        (_("Before you call"), {"description": PART_2, "fields": ["rules"]}),
        (_("In their words"), {"fields": ["about", "who_it_is", "words", "typed"]}),
        (_("Number"), {"fields": ["number", "earlier"]}),
        (_("What comes next"), {"fields": list(EDITABLE)}),
        (_("So far"), {"fields": ["history", "arrival"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in flatten_fieldsets(self.fieldsets) if name not in EDITABLE]

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset = super().get_queryset(request)
        match = request.resolver_match
        saving = match and match.url_name == "contact_callbackrequest_change"
        if saving and request.method == "POST":
            # Of two people who save one card, the second is measured against the first's.
            return queryset.select_for_update()
        return queryset

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj and obj.is_purged:
            return False
        return super().has_change_permission(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [] if obj and obj.is_purged else super().get_inlines(request, obj)

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
            obj.save(update_fields=[*EDITABLE, "closed_at"])
        if "next_call_at" in form.changed_data and obj.next_call_at:
            self._warn_of_their_clock(request, obj)

    def _warn_of_their_clock(self, request: HttpRequest, planned: CallbackRequest) -> None:
        theirs = callers_time(planned.time_zone, planned.next_call_at)
        if not theirs.is_callable:
            warning = _("The next call is outside 8 a.m. to 9 p.m. on their clock: %(theirs)s.")
            self.message_user(request, warning % {"theirs": theirs}, messages.WARNING)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        spoke = any(
            isinstance(written, CallAttempt) and written.outcome == CallAttempt.Outcome.SPOKE
            for formset in formsets
            for written in formset.new_objects
        )
        if spoke and form.instance.is_open and not form.instance.next_call_at:
            reminder = _("Still open: close it or plan a next call.")
            self.message_user(request, reminder, messages.WARNING)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for written in formset.save(commit=False):
            if isinstance(written, CallAttempt):
                recorded = form.instance.record_attempt(request.user, written.outcome, written.note)
            else:
                recorded = form.instance.add_note(request.user, written.text)
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

    @admin.display(description=_("How to call safely"))
    def rules(self, request: CallbackRequest) -> str:
        if request.is_purged:
            return str(_("Emptied on %s") % shown_time(request.purged_at))
        call = safe_call(request)
        lines = [
            (_("Ask for"), call.ask_for),
            (_("If someone else answers"), rule_line(call.announce)),
            (_("Voicemail"), rule_line(call.voicemail)),
            (_("When"), advice_line(call.when)),
            (_("Language"), call.language),
            (_("Makes the call easier"), call.needs),
        ]
        shown = format_html_join("", "<dt>{}</dt><dd>{}</dd>", (line for line in lines if line[1]))
        return format_html('<dl class="rules">{}</dl>', shown)

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
