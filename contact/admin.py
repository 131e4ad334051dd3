"""The staff's side of callback requests: the queue, the card, the help lines, the trail."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from . import audit, calling_hours, phones, queries, references
from .encryption import EncryptedTextField
from .models import AuditEntry, CallAttempt, CallbackRequest, Helpline, Note
from .safe_call import opened, safe_call

PART_2 = _("42 CFR part 2 prohibits unauthorized use or disclosure of these records.")
EARLIER_SHOWN = 20


class StatusFilter(admin.SimpleListFilter):
    """Open requests unless someone asks for others; a search looks at all of them."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*CallbackRequest.Status.choices, ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        open_query = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": not self.value(), "query_string": open_query, "display": _("Open")}
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in CallbackRequest.Status.values:
            return queryset.filter(status=self.value())
        if self.value() == "all" or request.GET.get(SEARCH_VAR):
            return queryset
        return queryset.open()


class WaitingFilter(admin.SimpleListFilter):
    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", _("Over 1 hour")),
            ("4", _("Over 4 hours")),
            ("24", _("Over 1 day")),
            ("72", _("Over 3 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        limit = timezone.now() - timedelta(hours=int(self.value() or 0))
        return queryset.filter(created_at__lt=limit)


class QueueChangeList(ChangeList):
    """Keeps what was searched for out of addresses: they end up in logs and histories."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.query = queries.opened(self.query, request.user)


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
    verbose_name_plural = _("Write down a call")


class NoteInline(AddOnlyInline):
    model = Note
    fields = ["text"]
    verbose_name_plural = _("Add a note")


@admin.register(CallbackRequest)
class CallbackRequestAdmin(admin.ModelAdmin):
    form = CallbackRequestForm
    list_display = [
        "__str__",
        "state",
        "age",
        "when_to_call",
        "language",
        "calling_for",
        "attempt_count",
    ]
    list_filter = [StatusFilter, WaitingFilter, "language", "best_time", "calling_for"]
    # Not used as such: get_search_results knows the two ways to find a request.
    search_fields = ["reference"]
    search_help_text = _("A reference (K7MQ-4XWD) or a whole phone number, written in any way.")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ["close_as_spam"]
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

    # What may be done

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in flatten_fieldsets(self.fieldsets) if name not in self.EDITABLE]

    # The queue

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "contact_callbackrequest_changelist":
            # The list shows no words, so it doesn't load them.
            words = [field.name for field in EncryptedTextField.of(CallbackRequest)]
            attempts = (
                CallAttempt.objects.filter(request=models.OuterRef("pk"))
                .order_by()
                .values("request")
                .annotate(count=models.Count("pk"))
                .values("count")
            )
            return queryset.defer(*words).annotate(attempt_count=models.Subquery(attempts))
        return queryset

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueueChangeList

    def get_ordering(self, request: HttpRequest) -> Any:
        if request.GET.get(SEARCH_VAR) or request.GET.get("status") in ("all", "closed"):
            return ["-created_at", "-id"]
        return ["suspected_spam", "status", "created_at", "id"]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        search_term = queries.opened(search_term, request.user)
        if not search_term:
            return queryset, False
        wanted = models.Q(reference=references.normalise(search_term))
        with suppress(ValidationError):
            wanted |= models.Q(phone_index=queries.index_of(search_term))
        return queryset.filter(wanted), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return self._search(request)
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if changelist := shown.get("cl"):
            action = "searched" if changelist.query else "listed"
            found = [str(row) for row in changelist.result_list]
            audit.record(request.user, action, references=found)
        return response

    def _search(self, request: HttpRequest) -> HttpResponse:
        """Answer a posted search with an address that doesn't tell what was searched for."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        parameters = request.GET.copy()
        for name in (SEARCH_VAR, "p"):
            parameters.pop(name, None)
        if term := request.POST[SEARCH_VAR].strip():
            parameters[SEARCH_VAR] = queries.sealed(term, request.user)
        return HttpResponseRedirect(f"{request.path}?{parameters.urlencode()}")

    @admin.display(description=_("status"), ordering="status")
    def state(self, request: CallbackRequest) -> str:
        shown = request.get_outcome_display() or request.get_status_display()
        return f"{shown} · {_('looks automatic')}" if request.suspected_spam else shown

    @admin.display(description=_("waiting"), ordering="created_at")
    def age(self, request: CallbackRequest) -> str:
        return timesince(request.created_at, depth=1)

    @admin.display(description=_("when to call"))
    def when_to_call(self, request: CallbackRequest) -> str:
        if not request.is_open:
            return ""
        if request.next_call_at and request.next_call_at > timezone.now():
            return str(_("Planned for %s") % _local(request.next_call_at))
        return calling_hours.when_to_call(request.best_time, request.time_zone)

    @admin.display(description=_("calls"))
    def attempt_count(self, request: CallbackRequest) -> int:
        return request.attempt_count or 0  # type: ignore[attr-defined]

    @admin.action(description=_("Close as spam"), permissions=["change"])
    def close_as_spam(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        chosen = CallbackRequest.objects.open().filter(
            pk__in=list(queryset.values_list("pk", flat=True))
        )
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Close as spam?"),
                "opts": self.opts,
                "requests": chosen,
                "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            }
            template = "admin/contact/callbackrequest/close_as_spam.html"
            return TemplateResponse(request, template, context)
        with transaction.atomic():
            # All rows first, in one order: the audit trail is locked last.
            closing = list(chosen.select_for_update().order_by("pk"))
            for spam in closing:
                spam.close(CallbackRequest.Outcome.SPAM)
                self.log_change(request, spam, [{"changed": {"fields": ["status", "outcome"]}}])
        self.message_user(request, _("Closed as spam: %d") % len(closing), messages.SUCCESS)
        return None

    # The card

    @sensitive_post_parameters()
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
            action = f"added {recorded._meta.model_name}"
            audit.record(request.user, action, form.instance.pk, entry=str(recorded.pk))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        state = {"status": obj.status, "outcome": obj.outcome}
        audit.record(request.user, "changed", obj.pk, **state)
        return super().log_change(request, obj, message)

    @admin.display(description=_("Ask for"))
    def ask_for(self, request: CallbackRequest) -> str:
        if request.is_purged:
            return str(_("Emptied on %s") % _local(request.purged_at))
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

    @admin.display(description=_("It is about"))
    def about(self, request: CallbackRequest) -> str:
        return request.get_calling_for_display()

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
            (other.get_admin_url(), other, _local(other.created_at), self.state(other))
            for other in request.earlier_requests()[:EARLIER_SHOWN]
        ]
        return format_html_join(
            format_html("<br>"), '<a href="{}">{}</a> · {} · {}', others
        ) or str(_("None"))

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
                (_local(at), by.get_username(), what, text)
                for at, by, what, text in sorted(entries, key=lambda entry: entry[0])
            ),
        ) or str(_("Nothing yet"))

    @admin.display(description=_("Arrived"))
    def arrival(self, request: CallbackRequest) -> str:
        return str(
            _("%(when)s, agreed to consent text %(version)s")
            % {"when": _local(request.created_at), "version": request.consent_version}
        )


@admin.register(Helpline)
class HelplineAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "phone", "languages", "order", "verified_on", "is_shown"]
    list_editable = ["order", "verified_on"]
    list_filter = ["kind", ("verified_on", admin.EmptyFieldListFilter)]
    search_fields = ["name", "phone", "description"]
    prepopulated_fields = {"slug": ["name"]}

    @admin.display(description=_("visitors see it"), boolean=True)
    def is_shown(self, helpline: Helpline) -> bool:
        return helpline.is_published


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    list_display = ["number", "at", "actor_name", "action", "request_id", "detail"]
    list_filter = ["action", "at"]
    search_fields = ["actor_name"]
    search_help_text = _("An account's name, or a request's reference.")
    show_full_result_count = False
    fields = ["number", "at", "actor_name", "action", "request_id", "detail", "hash"]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if references.is_reference(search_term):
            wanted = CallbackRequest.objects.filter(reference=references.normalise(search_term))
            return queryset.filter(request_id__in=wanted.values("pk")), False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _local(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
