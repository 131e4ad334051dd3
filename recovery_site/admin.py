"""The staff's admin site: its policy for scripts, limits on log-ins, and a list of what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import BadRequest
from django.db import DataError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, ArticleReviewRequest, Page
from articles.publishing.publication import Publication
from contact.intake.permissions import LEAD_INTAKE
from contact.intake.queue.alarms import alarm_expressions, take_alarms
from contact.intake.queue.selection import lists
from contact.lifecycle.team import presence
from contact.models import CallerId, Helpline
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.kept_copies import moved_numbers
from contact.staff_admin.hints import hours_are_missing
from faq.models import Question, QuestionReviewRequest

from .context_processors import current_site
from .document_import.paste import understand_paste
from .document_import.views import import_document
from .helpful.staff import helpful_pages, pages_that_help_few
from .models import Fact
from .sign_in.emergency import EMERGENCY
from .sign_in.passwords import EmergencyPasswordForm, OwnPasswordForm, note_own_password
from .sign_in.views import log_in, staff_policy
from .staff.link_finder import find_link
from .staff.review_mails import address_of
from .staff.scheduled_changes import scheduled_changes
from .staff.unsaved_words import unsaved_words

OWN_TEMPLATE = "registration/password_change_form.html"
EMERGENCY_TEMPLATE = "admin/sign_in/emergency_password.html"
# So many requests for reviews are named one by one.
MAX_REVIEWS = 20


class StaffSite(admin.AdminSite):
    empty_value_display = "–"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site_header = settings.SITE_NAME
        self.site_title = settings.SITE_NAME
        self.index_title = _("What waits")

    def get_urls(self) -> list[Any]:
        return [
            path("import/", self.admin_view(import_document), name="import_document"),
            path("import/paste/", self.admin_view(understand_paste), name="understand_paste"),
            path("helpful/", self.admin_view(helpful_pages), name="helpful_pages"),
            path("scheduled/", self.admin_view(scheduled_changes), name="scheduled_changes"),
            path("links/find/", self.admin_view(find_link), name="find_link"),
            *super().get_urls(),
        ]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return inner(request, *args, **kwargs)
            except (OverflowError, DataError) as nonsense:
                # A number that no column holds, typed into an address or a forged form.
                raise BadRequest from nonsense

        return staff_policy(answered)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return log_in(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        is_emergency = request.session.get(EMERGENCY)
        response: Any = PasswordChangeView.as_view(
            form_class=EmergencyPasswordForm if is_emergency else OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            template_name=EMERGENCY_TEMPLATE if is_emergency else OWN_TEMPLATE,
            extra_context=self.each_context(request),
        )(request)
        if response.status_code == 302:
            note_own_password(request)
        return response

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        account = request.user
        response = super().logout(request, extra_context)
        if account.is_authenticated:
            presence.end_presence(account)
            audit.record(account, AuditAction.LOGGED_OUT)
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        # Django's login view would put the request's host in the place of `site`.
        return {**super().each_context(request), "site": current_site()}

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        context = {"dashboard_items": list(dashboard_items(request)), **(extra_context or {})}
        return super().index(request, context)


class Todo(NamedTuple):
    """Something on the first page that staff can act on."""

    text: str
    number: int | None
    url: str
    is_urgent: bool = False


def dashboard_items(request: HttpRequest) -> Iterator[Todo]:
    """Open tasks that this person may act on, the most urgent first."""
    user = request.user
    if user.has_perm("contact.view_callbackrequest"):
        yield from _calls(user)
    if user.has_perm("contact.change_openinghours") and hours_are_missing():
        yield Todo(
            gettext("no opening hours yet: visitors are not told by when we call"),
            None,
            reverse("admin:contact_openinghours_changelist"),
        )
    if user.has_perm("contact.change_callerid"):
        yield from _some(
            gettext("numbers that phones show, to look at again"),
            CallerId.objects.to_verify(),
            reverse("admin:contact_callerid_changelist"),
        )
    if user.has_perm("recovery_site.change_fact"):
        url = reverse("admin:recovery_site_fact_changelist")
        if missing := Fact.objects.missing_kinds():
            yield Todo(gettext("kinds of facts about the centre without any"), len(missing), url)
        yield from _some(
            gettext("facts about the centre past their end, so visitors no longer see them"),
            Fact.objects.expired(),
            f"{url}?state=expired",
        )
        yield from _some(
            gettext("facts about the centre to check within 30 days"),
            Fact.objects.expiring(),
            f"{url}?state=expiring",
        )
    for requests in (ArticleReviewRequest.objects, QuestionReviewRequest.objects):
        yield from _reviews(user, requests)
    for text, url in unsaved_words(user):
        yield Todo(text, None, url)
    for model in (Article, Question, Page):
        yield from _publications(user, model)
    yield from _earlier_numbers(user)
    if user.has_perm("contact.change_helpline"):
        yield from _some(
            gettext("help lines hidden until somebody verifies them"),
            Helpline.objects.filter(verified_on=None),
            reverse("admin:contact_helpline_changelist"),
        )


def _earlier_numbers(user: Any) -> Iterator[Todo]:
    """Texts that still say a number that a help line had before; links in them follow it."""
    for each in moved_numbers.read():
        for model in (Article, Question, Page):
            app, name = model._meta.app_label, model._meta.model_name
            if not user.has_perm(f"{app}.change_{name}"):
                continue
            said = Q(live__plain_text__contains=each.shown) | Q(live__summary__contains=each.shown)
            words = {"things": model._meta.verbose_name_plural, "number": each.shown}
            yield from _some(
                gettext("%(things)s that may still say %(number)s, which changed") % words,
                model.objects.filter(said),
                f"{reverse(f'admin:{app}_{name}_changelist')}?q={each.shown}",
            )


def _reviews(user: Any, requests: Any) -> Iterator[Todo]:
    """What this person was asked to review, and the answers to what they asked for."""
    for each in requests.waiting_for(user)[:MAX_REVIEWS]:
        words = {"page": each.revision.title, "number": each.revision.number}
        text = gettext("Review “%(page)s”, version %(number)s") % words
        if each.due_on:
            text += gettext(", by %s") % date_format(each.due_on)
        yield Todo(text, None, address_of(each, "review"), is_urgent=each.is_late)
    for each in requests.ended_for(user)[:MAX_REVIEWS]:
        words = {"page": each.revision.title, "who": each.outsider}
        text = gettext("“%(page)s”: the link for %(who)s ended without an answer") % words
        yield Todo(text, None, address_of(each, "ask"))
    for each in requests.answers_for(user)[:MAX_REVIEWS]:
        words = {
            "page": each.revision.title,
            "verdict": each.answer.get_verdict_display(),
            "reviewer": each.answer.reviewer,
        }
        text = gettext("“%(page)s” was %(verdict)s by %(reviewer)s") % words
        if each.answer.remark:
            text += f": {Truncator(each.answer.remark).chars(200)}"
        yield Todo(text, None, address_of(each, "ask"))


def _publications(user: Any, model: type[Publication]) -> Iterator[Todo]:
    """What waits for an editor, a publisher or a reviewer among publications of one kind."""
    app, name = model._meta.app_label, model._meta.model_name
    things = model._meta.verbose_name_plural
    url = reverse(f"admin:{app}_{name}_changelist")
    publications: Any = model.objects
    if user.has_perm(f"{app}.publish_{name}") or user.has_perm(f"{app}.change_{name}"):
        yield from _some(
            gettext("%s with words not yet published") % things,
            publications.with_draft(),
            f"{url}?state=waiting",
        )
        yield from _some(
            gettext("%s due for their next review") % things,
            publications.review_overdue(),
            f"{url}?review=overdue",
        )
        yield from _some(
            gettext("%s on the site that nobody owns") % things,
            publications.unowned(),
            f"{url}?owner=none",
        )
        yield from _some(
            gettext("%s with links that lead nowhere") % things,
            publications.with_broken_links(),
            f"{url}?links=broken",
        )
        if few := pages_that_help_few(str(name)):
            text = gettext("%s that helped fewer than half of those who answered") % things
            yield Todo(text, few, reverse("admin:helpful_pages"))
    if user.has_perm(f"{app}.publish_{name}"):
        failed = gettext("%s that did not go live as scheduled") % things
        for each in _some(failed, publications.not_gone_live(), f"{url}?state=not_live"):
            yield each._replace(is_urgent=True)
        yield from _some(
            gettext("%s scheduled to go live or to leave") % things,
            publications.with_schedule(),
            reverse("admin:scheduled_changes"),
        )
    if hasattr(publications, "awaiting_review") and user.has_perm(f"{app}.review_{name}revision"):
        yield from _some(
            gettext("%s awaiting clinical review") % things,
            publications.awaiting_review(),
            f"{url}?review=clinical",
        )


def _some(text: str, found: Any, url: str) -> Iterator[Todo]:
    if count := found.count():
        yield Todo(text, count, url)


def _calls(user: Any) -> Iterator[Todo]:
    """How many are on the lists of the workspace."""
    now, url = timezone.now(), reverse("intake:list")
    count = lists.list_counts(now, **alarm_expressions(now))
    alarms = take_alarms(count, now)
    if danger := alarms.danger:
        text = ngettext(
            "person may be in danger, and nobody has taken the call",
            "people may be in danger, and nobody has taken the calls",
            danger,
        )
        yield Todo(text, danger, f"{url}?list=open&priority=0", is_urgent=True)
    if alarms.mail:
        page = "admin:contact_desk_test_mail" if user.has_perm(LEAD_INTAKE) else "intake:list"
        yield Todo(alarms.mail, None, reverse(page), is_urgent=True)
    if late := count["late"]:
        text = ngettext("call is late", "calls are late", late)
        yield Todo(text, late, f"{url}?late=1", is_urgent=True)
    if due := count[lists.QueueList.NOW]:
        text = ngettext("person to call now", "people to call now", due)
        yield Todo(text, due, f"{url}?list={lists.QueueList.NOW}", is_urgent=True)
    lead = count[lists.QueueList.LEAD]
    if lead and user.has_perm(LEAD_INTAKE):
        text = ngettext("request for a lead to decide", "requests for a lead to decide", lead)
        yield Todo(text, lead, f"{url}?list={lists.QueueList.LEAD}")
