"""What staff do with many pages of the list at once, each written into the page's history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Topic
from articles.publishing.account_field import AccountField
from articles.publishing.ownership import require_near
from articles.publishing.review_requests import ask
from articles.text.clean_text import MultiLineField

DAY_INPUT: dict[str, Any] = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}
OPTIONAL: dict[str, Any] = {"queryset": None, "required": False}
Named = list[tuple[int, str]]
AS_IT_IS, NOT_CHOSEN = _("As it is"), "---------"


class StockAction(NamedTuple):
    label: Any
    fields: tuple[str, ...]
    button: Any
    help: Any = ""


class BulkForm(forms.Form):
    """The fields of one action; each has its own part of the page."""

    owner = AccountField(label=_("Owner"), **OPTIONAL)
    deputy = AccountField(label=_("Deputy"), **OPTIONAL)
    topic = forms.ModelChoiceField(label=_("Topic"), **OPTIONAL)
    next_review_on = forms.DateField(
        label=_("Next review"), required=False, widget=forms.DateInput(**DAY_INPUT)
    )
    reviewer = AccountField(label=_("Who should review them?"), **OPTIONAL)
    due_on = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput(**DAY_INPUT)
    )
    remark = MultiLineField(
        label=_("Remark"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts: Any = get_user_model().objects.filter(is_active=True, is_staff=True)
        for name in ("owner", "deputy", "reviewer"):
            people = accounts.order_by("first_name", "last_name", "username")
            self.fields[name].queryset = people  # type: ignore[attr-defined]
        self.fields["topic"].queryset = Topic.objects.all()  # type: ignore[attr-defined]
        self.action = action

    def offer(self, topics: dict[int, str], writers: Named, reviewers: Named) -> None:
        """Offer the choices that the page has read already, without a query for each field."""
        choices: dict[str, list[Any]] = {
            "owner": [("", AS_IT_IS), *writers],
            "deputy": [("", AS_IT_IS), *writers],
            "topic": [("", NOT_CHOSEN), *topics.items()],
            "reviewer": [("", NOT_CHOSEN), *reviewers],
        }
        for name, some in choices.items():
            self.fields[name].choices = some  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        names = STOCK_ACTIONS[self.action].fields
        needed = names if self.action == "owner" else names[:1]
        if not self.errors and not any(cleaned.get(name) for name in needed):
            raise ValidationError(_("Choose what to change first; nothing was changed."))
        today = timezone.localdate()
        for name in ("next_review_on", "due_on"):
            day = cleaned.get(name)
            if name in names and day and day < today:
                raise ValidationError(_("This day has passed. Choose a later one."))
            if name == "next_review_on" and name in names and day:
                require_near(day)
        return cleaned


class Bulk:
    """Carries one action out for one page after the other."""

    def __init__(self, request: HttpRequest, action: str, chosen: dict[str, Any]) -> None:
        self.request, self.user, self.chosen = request, request.user, chosen
        self._do: Callable[[Any, Any], str] = getattr(self, f"_{action}")
        self.done = 0
        # Pages that stay as they are, with the reason.
        self.left: list[tuple[str, str]] = []
        self._may: dict[Any, set[int]] = {}

    def carry_out(self, model_admin: Any, publications: Any) -> None:
        for each in publications:
            if not model_admin.has_change_permission(self.request, each):
                self.left.append((str(each), gettext("You may not change it.")))
                continue
            try:
                with transaction.atomic():
                    each.lock()
                    told = self._do(model_admin, each)
                    model_admin.log_change(self.request, each, told)
            except ValidationError as error:
                self.left.append((str(each), " ".join(error.messages)))
            else:
                self.done += 1

    def _among(self, name: str, model_admin: Any, account: Any, refusal: str) -> None:
        """Raise ValidationError unless the account is one of these for this kind of page."""
        key = (name, model_admin)
        if key not in self._may:
            people = (
                model_admin.writers() if name == "writers" else model_admin.reviewers(self.request)
            )
            self._may[key] = set(people.values_list("pk", flat=True))
        if account.pk not in self._may[key]:
            raise ValidationError(refusal % {"who": account.get_full_name() or account})

    def _owner(self, model_admin: Any, publication: Any) -> str:
        told = []
        for name, label in (("owner", gettext("Owner")), ("deputy", gettext("Deputy"))):
            if account := self.chosen[name]:
                refusal = gettext("%(who)s may not change pages of this kind.")
                self._among("writers", model_admin, account, refusal)
                setattr(publication, name, account)
                told.append(f"{label}: {account.get_full_name() or account}.")
        publication.save(update_fields=["owner", "deputy"])
        return " ".join(told)

    def _next_review(self, model_admin: Any, publication: Any) -> str:
        publication.next_review_on = self.chosen["next_review_on"]
        publication.clean()
        publication.save(update_fields=["next_review_on"])
        return gettext("Next review: %s.") % date_format(publication.next_review_on)

    def _topic(self, model_admin: Any, publication: Any) -> str:
        topic, newest = self.chosen["topic"], publication.newest_revision
        if "topic" not in {field.name for field in publication._meta.fields}:
            raise ValidationError(_("Pages of this kind have no topic."))
        if topic.language != publication.language:
            raise ValidationError(_("The topic is in another language."))
        if publication.scheduled_id:
            raise ValidationError(_("A version goes live by itself. Change the topic there."))
        is_live = publication.live_id == newest.pk
        content = {name: getattr(newest, name) for name in newest.CONTENT_FIELDS}
        place = newest.place | {"topic_id": topic.pk}
        note = gettext("Moved to the topic “%s”") % topic
        moved = publication.save_revision(by=self.user, note=note, place=place, **content)
        if is_live and model_admin.has_publish_permission(self.request):
            publication.publish(moved)
            return gettext("Moved to the topic “%s”, live at once.") % topic
        return gettext("Moved to the topic “%s” in a draft.") % topic

    def _ask(self, model_admin: Any, publication: Any) -> str:
        if not model_admin.has_clinical_review:
            raise ValidationError(_("Pages of this kind need no clinician’s review."))
        reviewer, newest = self.chosen["reviewer"], publication.newest_revision
        refusal = gettext("%(who)s may not review pages of this kind, or is you.")
        self._among("reviewers", model_admin, reviewer, refusal)
        asked = ask(newest, self.user, reviewer, self.chosen["remark"], self.chosen["due_on"])
        names = {"who": asked.asked, "number": newest.number}
        return gettext("Asked %(who)s to review version %(number)s.") % names


STOCK_ACTIONS = {
    "owner": StockAction(_("Owner and deputy"), ("owner", "deputy"), _("Set owner and deputy")),
    "next_review": StockAction(_("Next review"), ("next_review_on",), _("Set the day")),
    "topic": StockAction(
        _("Topic"),
        ("topic",),
        _("Move to the topic"),
        _(
            "Part of a version: a page whose newest words are live changes at once if you may"
            " publish it; of others a draft changes."
        ),
    ),
    "ask": StockAction(
        _("Ask for a review"),
        ("reviewer", "due_on", "remark"),
        _("Ask"),
        _("For the newest version of each page."),
    ),
}
