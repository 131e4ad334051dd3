"""The admin of questions, with a page on which staff put them in order."""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from articles.admin import TopicAdmin
from articles.admin.changelists import (
    ChangelistRowForm,
    LinkFilter,
    OwnerFilter,
    PublicationStateFilter,
    ReviewFilter,
)
from articles.admin.choosing_articles import article_choice
from articles.admin.publication_admin import PublicationAdmin
from articles.models import Topic

from . import views
from .models import Question

# Digits of a primary key, of which no column holds more.
LONGEST_KEY = 20


@admin.register(Question)
class QuestionAdmin(PublicationAdmin):
    change_list_template = "admin/faq/question/change_list.html"
    list_display: Any = (
        "title",
        "state",
        "topic",
        "order",
        "changed",
        "next_review_on",
        "on_site",
    )
    list_editable = ("order",)
    list_filter: ClassVar[Any] = (
        PublicationStateFilter,
        ReviewFilter,
        OwnerFilter,
        LinkFilter,
        "topic",
    )
    list_select_related = ("topic",)
    place_fields = ("slug", "topic", "article", "language")

    def preview(self, request: HttpRequest, publication: Any, revision: Any) -> HttpResponse:
        publication.show_in_place_of(revision)
        return views.render_question(request, publication, revision, preview=True)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "article":
            kwargs |= article_choice(db_field, self.admin_site, AutocompleteSelect)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        # Changing the order changes a live page, so only those who may publish can do it.
        if not self.has_publish_permission(request):
            shown = super().get_changelist_instance(request)
            shown.list_editable = ()
            return shown
        return super().get_changelist_instance(request)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=ChangelistRowForm, **kwargs)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("arrange/", wrap(self.arrange_view), name="faq_question_arrange"),
            self.path_of("move/<str:way>/", require_POST(self.move_view), "move"),
            self.path_of("place/", require_POST(self.place_view), "place"),
            *super().get_urls(),
        ]

    def arrange_view(self, request: HttpRequest) -> HttpResponse:
        """All questions in the order of the site, to be dragged, or moved with buttons."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        questions = (
            Question.objects.with_newest()
            .outside_bin()
            .select_related("topic")
            .order_by("topic__order", "topic__name", "order", "pk")
        )
        groups = [
            {"topic": topic, "questions": list(group)}
            for topic, group in groupby(questions, key=lambda question: question.topic)
        ]
        moved, _mark, way = request.GET.get("moved", "").partition("-")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Order of the questions"),
            "opts": self.opts,
            "groups": groups,
            "moved": moved,
            "way": way,
        }
        return TemplateResponse(request, "admin/faq/question/arrange.html", context)

    @transaction.atomic
    def move_view(self, request: HttpRequest, pk: int, way: str) -> HttpResponse:
        """One place up or down; the page then has the focus on the same button."""
        if way not in ("up", "down"):
            raise Http404
        if not self.has_publish_permission(request):
            raise PermissionDenied
        question = get_object_or_404(Question, pk=pk)
        if question.move(-1 if way == "up" else 1):
            done = gettext("Moved up.") if way == "up" else gettext("Moved down.")
            self.log_change(request, question, done)
            messages.success(request, f"{question}: {done}")
        return redirect(f"{self.url_of('arrange')}?moved={pk}-{way}")

    @transaction.atomic
    def place_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Move a question behind another of its topic; tell the order in which they stand now."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        question = get_object_or_404(Question, pk=pk)
        after = request.POST.get("after", "")
        if after and not (after.isdecimal() and len(after) < LONGEST_KEY):
            raise BadRequest
        is_moved = question.move_after(int(after) if after else None)
        topic = Question.objects.outside_bin().filter(topic=question.topic_id)
        order = list(topic.order_by("order", "pk").values_list("pk", flat=True))
        told = gettext("%(question)s: it stays where it is.") % {"question": question}
        if is_moved:
            place = {"place": order.index(pk) + 1, "number": len(order)}
            done = gettext("Moved to place %(place)s of %(number)s.") % place
            self.log_change(request, question, done)
            told = f"{question}: {done}"
        return JsonResponse({"order": order, "told": told})


admin.site.unregister(Topic)


@admin.register(Topic)
class TopicWithQuestionsAdmin(TopicAdmin):
    """Add a count of questions to the list of topics."""

    list_display: Any = (*TopicAdmin.list_display, "question_count")

    def get_queryset(self, request: HttpRequest) -> Any:
        topics = super().get_queryset(request)
        return topics.annotate(number_of_questions=Count("questions", distinct=True))

    @admin.display(description=_("questions"), ordering="number_of_questions")
    def question_count(self, topic: Any) -> int:
        return topic.number_of_questions
