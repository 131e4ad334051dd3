"""The first page of the admin: what waits for this person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from articles.models import Article, ArticleReviewRequest, Page
from articles.publishing.publication import Publication
from contact.intake.permissions import LEAD_INTAKE
from contact.intake.queue.alarms import alarm_expressions, take_alarms
from contact.intake.queue.selection import lists
from contact.models import CallerId, Helpline
from contact.records.kept_copies import moved_numbers
from contact.staff_admin.hints import hours_are_missing
from faq.models import Question, QuestionReviewRequest

from ..backups.heartbeat import backup_problems
from ..helpful.staff import pages_that_help_few
from ..models import Fact
from .review_mails import address_of
from .review_queue import queue_address
from .unsaved_words import unsaved_words

# So many requests for reviews are named one by one.
MAX_REVIEWS = 20


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
    yield from _backups(user)
    yield from _set_up(user)
    if user.has_perm("recovery_site.change_fact"):
        yield from _facts()
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


def _set_up(user: Any) -> Iterator[Todo]:
    """What the desk needs before it can keep its promises."""
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


def _facts() -> Iterator[Todo]:
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


def _earlier_numbers(user: Any) -> Iterator[Todo]:
    """Texts that still say a number that a help line had before; links in them follow it."""
    for each in moved_numbers.read():
        for model in (Article, Question, Page):
            if not user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}"):
                continue
            said = Q(live__plain_text__contains=each.shown) | Q(live__summary__contains=each.shown)
            words = {"things": model._meta.verbose_name_plural, "number": each.shown}
            yield from _some(
                gettext("%(things)s that may still say %(number)s, which changed") % words,
                model.objects.filter(said),
                f"{_list_url(model)}?{urlencode({'q': each.shown})}",
            )


def _reviews(user: Any, requests: Any) -> Iterator[Todo]:
    """What this person was asked to review, and the answers to what they asked for."""
    for each in requests.waiting_for(user)[:MAX_REVIEWS]:
        words = {"page": each.revision.title, "number": each.revision.number}
        text = gettext("Review “%(page)s”, version %(number)s") % words
        if each.due_on:
            text += gettext(", by %s") % date_format(each.due_on)
        yield Todo(text, None, queue_address(each), is_urgent=each.is_late)
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
    may_publish = user.has_perm(f"{app}.publish_{name}")
    if may_publish or user.has_perm(f"{app}.change_{name}"):
        yield from _to_edit(model)
    if may_publish:
        yield from _to_schedule(model)
    publications: Any = model.objects
    if hasattr(publications, "awaiting_review") and user.has_perm(f"{app}.review_{name}revision"):
        yield from _some(
            gettext("%s awaiting clinical review") % model._meta.verbose_name_plural,
            publications.awaiting_review(),
            # There a reviewer is led from page to page.
            f"{reverse('admin:stock')}?check=review&kind={app}.{name}",
        )


def _list_url(model: type[Publication]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _to_edit(model: type[Publication]) -> Iterator[Todo]:
    publications: Any = model.objects
    for text, found, query in (
        (gettext("%s with words not yet published"), publications.with_draft(), "state=waiting"),
        (
            gettext("%s due for their next review"),
            publications.review_overdue(),
            "review=overdue",
        ),
        (gettext("%s on the site that nobody owns"), publications.unowned(), "owner=none"),
        (
            gettext("%s with links that lead nowhere"),
            publications.with_broken_links(),
            "links=broken",
        ),
    ):
        things = text % model._meta.verbose_name_plural
        yield from _some(things, found, f"{_list_url(model)}?{query}")
    if few := pages_that_help_few(str(model._meta.model_name)):
        text = gettext("%s that helped fewer than half of those who answered")
        yield Todo(text % model._meta.verbose_name_plural, few, reverse("admin:helpful_pages"))


def _to_schedule(model: type[Publication]) -> Iterator[Todo]:
    publications: Any = model.objects
    things = model._meta.verbose_name_plural
    failed = gettext("%s that did not go live as scheduled") % things
    for each in _some(failed, publications.not_gone_live(), f"{_list_url(model)}?state=not_live"):
        yield each._replace(is_urgent=True)
    yield from _some(
        gettext("%s scheduled to go live or to leave") % things,
        publications.with_schedule(),
        reverse("admin:scheduled_changes"),
    )


def _some(text: str, found: Any, url: str) -> Iterator[Todo]:
    if count := found.count():
        yield Todo(text, count, url)


def _backups(user: Any) -> Iterator[Todo]:
    """For whoever runs the machine, who is mailed about it too."""
    if user.is_superuser:
        for problem in backup_problems(timezone.now()):
            yield Todo(problem, None, reverse("readyz"), is_urgent=True)


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
