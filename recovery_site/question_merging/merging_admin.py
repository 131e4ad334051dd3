"""Questions in the admin, with a way to merge one into another and to take that back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.publishing.completeness import has_no_address
from articles.text.clean_text import clean_text
from faq.admin import QuestionAdmin
from faq.models import Question

from . import merges, phrases
from .merges import QuestionMerge

MAX_CHOICES = 20
MAX_TYPED_TITLE = 200


class MergeForm(forms.Form):
    """`seen` is the state of both questions on the page on which somebody decides."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    sure = forms.BooleanField(
        label=_("Yes, merge them"),
        error_messages={"required": _("Set this tick if you want to merge them.")},
    )


admin.site.unregister(Question)


@admin.register(Question)
class MergingQuestionAdmin(QuestionAdmin):
    change_form_template = "admin/faq/question/change_form.html"

    def get_urls(self) -> list[Any]:
        return [
            self.path_of("merge/", self.merge_view, "merge"),
            self.path_of("merge/<int:into>/", self.merge_into_view, "merge_into"),
            *super().get_urls(),
        ]

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Whether someone may do all that a merge does: publish, delete, change ways to ask."""
        may_delete = self.has_delete_permission(request)
        may_change_phrases = request.user.has_perm("recovery_site.change_searchphrase")
        return may_delete and may_change_phrases and self.has_publish_permission(request)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        if question := context["original"]:
            kept = QuestionMerge.objects.filter(question=question).select_related("into__live")
            context["merged"] = [(each, self._url(each.into)) for each in kept]
            here = QuestionMerge.objects.filter(into=question).select_related("question")
            context["merged_here"] = [(each, self._url(each.question)) for each in here]
            is_possible = not question.binned_at and question.newest_revision
            if is_possible and self.has_merge_permission(request):
                context["merge_url"] = self.kept_url(request, "merge", question.pk)
        return super().render_change_form(request, context, *args, **kw)

    def _url(self, question: Question) -> str:
        return self.url_of("change", question.pk)

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose the other question: of the same topic, or by words of its title."""
        question = self._get_to_merge(request, pk)
        typed = clean_text(request.GET.get("q", "")).strip()[:MAX_TYPED_TITLE]
        others: Any = Question.objects.published(question.language).exclude(pk=pk)
        if typed:
            for word in typed.split()[:10]:
                others = others.filter(live__title__icontains=word)
        else:
            others = others.filter(topic=question.topic_id)
        others = others.filter(take_down_at=None).select_related("topic").order_by("live__title")
        return self.merge_page(
            request,
            "merge_choice",
            question,
            title=gettext("Merge this question into another"),
            typed=typed,
            choices=[
                (each, self.kept_url(request, "merge_into", pk, each.pk))
                for each in others[:MAX_CHOICES]
            ],
            has_more=len(others[: MAX_CHOICES + 1]) > MAX_CHOICES,
        )

    def merge_into_view(self, request: HttpRequest, pk: int, into: int) -> HttpResponse:
        """Say what will happen, and do it."""
        question = self._get_to_merge(request, pk)
        other: Any = self.get_publication(request, into)
        if why := merges.obstacle(question, other):
            messages.error(request, why)
            return self.redirect_to(request, "merge", pk)
        form = MergeForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                return self._merge(request, question, other, form.cleaned_data["seen"])
            except ValidationError as error:
                messages.error(request, error.messages[0])
                return self.redirect_to(request, "merge_into", pk, into)
        return self._confirm_merge(request, question, other, form)

    def _get_to_merge(self, request: HttpRequest, pk: int) -> Any:
        question = self.get_publication(request, pk, to_change=True)
        if not self.has_merge_permission(request):
            raise PermissionDenied
        if question.newest_revision is None:
            raise Http404
        return question

    def _confirm_merge(
        self, request: HttpRequest, question: Any, into: Any, form: MergeForm
    ) -> HttpResponse:
        form.initial["seen"] = merges.state_of(question, into)
        return self.merge_page(
            request,
            "merge",
            question,
            title=gettext("Merge these two questions?"),
            into=into,
            into_url=self._url(into),
            shown=question.live or question.newest_revision,
            address="" if has_no_address(question.slug) else question.get_absolute_url(),
            form=form,
            phrases=[each for lines in phrases.ways_to_ask(question).values() for each in lines],
            uses=self.shown_uses(request, question),
            choice_url=self.kept_url(request, "merge", question.pk),
            list_of_questions=reverse("faq:question_list"),
        )

    def merge_page(
        self, request: HttpRequest, template: str, question: Any, **context: Any
    ) -> HttpResponse:
        page: Any = self.staff_page(request, "confirm", question, **context)
        page.template_name = f"admin/faq/question/{template}.html"
        return page

    @transaction.atomic
    def _merge(self, request: HttpRequest, question: Any, into: Any, seen: str) -> HttpResponse:
        names = {"question": str(question), "into": str(into)}
        merges.merge(question, into, request.user, seen)
        self.log_change(request, into, gettext("“%(question)s” was merged into it.") % names)
        self.record(request, question, gettext("Merged into “%(into)s”.") % names)
        return self.redirect_to(request, "change", question.pk)

    def bring_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        is_merged = QuestionMerge.objects.filter(question=pk).exists()
        if is_merged and not self.has_merge_permission(request):
            raise PermissionDenied
        return super().bring_back_view(request, pk)

    def bring_back_text(self, publication: Any) -> str:
        told = super().bring_back_text(publication)
        merged = QuestionMerge.objects.filter(question=publication).select_related("into__live")
        if kept := merged.first():
            more = gettext(
                "It is no longer merged into “%s”: its address leads there no more, and shows"
                " nothing until you publish it. Its other ways to ask come back as far as nobody"
                " changed them there."
            )
            return f"{told} {more % kept.into}"
        return told

    @transaction.atomic
    def bring_back(self, request: HttpRequest, publication: Any) -> str:
        taken_back = merges.take_back(publication)
        if taken_back is None:
            return super().bring_back(request, publication)
        holder, returned = taken_back
        number = sum(map(len, returned.values()))
        names = {"question": str(publication), "into": str(holder), "number": number}
        told = gettext(
            "“%(question)s” is no longer merged into it. Ways to ask given back: %(number)s."
        )
        self.log_change(request, holder, told % names)
        told = gettext(
            "Brought back from the bin, no longer merged into “%(into)s”."
            " Ways to ask that came back: %(number)s."
        )
        return told % names
