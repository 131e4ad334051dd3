"""The admin page on which editors bring a file, see what was understood, and save drafts of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles.importing.document import (
    ImportedDocument,
    LeftOut,
    PartKind,
    QuestionDraft,
    UnreadableDocument,
)
from articles.importing.files import MAX_FILE_BYTES, READABLE_FILES, read_document
from articles.models import Topic
from articles.publishing.kinds import form_url
from articles.publishing.publication import Publication
from articles.text import markup
from contact.privacy.uploads import takes_file
from faq.models import Question

from .drafts import Drafts, save_drafts

DOCUMENT_SALT = "document to import"
NEEDED = ("articles.add_article", "faq.add_question")
COUNTED = {
    "headings": ngettext_lazy("%d heading", "%d headings"),
    "paragraphs": ngettext_lazy("%d paragraph", "%d paragraphs"),
    "lists": ngettext_lazy("%d list", "%d lists"),
    "tables": ngettext_lazy("%d table", "%d tables"),
    "links": ngettext_lazy("%d link", "%d links"),
}


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Word (.docx), plain text, Markdown or a web page. Nothing is saved before you have"
            " seen what was understood."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(READABLE_FILES)}),
    )
    document: ImportedDocument

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            self.document = read_document(upload.name, upload.read(MAX_FILE_BYTES + 1))
        except UnreadableDocument as error:
            raise ValidationError(str(error)) from error
        return upload


class ChooseTopicForm(forms.Form):
    topic = forms.ModelChoiceField(Topic.objects.all(), label=_("Topic"), empty_label=None)


@takes_file(MAX_FILE_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_document(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perms(NEEDED):
        raise PermissionDenied
    if "seen" in request.POST:
        return _save(request)
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        return _page(request, form.document, topic=ChooseTopicForm())
    return _page(request, form=form)


def _save(request: HttpRequest) -> HttpResponse:
    try:
        document = _document(signing.loads(request.POST["seen"], salt=DOCUMENT_SALT))
    except signing.BadSignature:
        messages.error(request, gettext("The file did not come back whole. Choose it again."))
        return redirect("admin:import_document")
    topic = ChooseTopicForm(request.POST)
    if not topic.is_valid():
        return _page(request, document, topic=topic)
    drafts = save_drafts(document, topic.cleaned_data["topic"], request.user)
    for publication in drafts.new:
        _note(request, publication)
    _tell(request, drafts)
    main = drafts.article or drafts.questions[0]
    return redirect(form_url(main, main.pk))


def _note(request: HttpRequest, publication: Publication) -> None:
    model_admin = admin.site.get_model_admin(type(publication))
    model_admin.log_addition(request, publication, gettext("Imported from a document."))


def _tell(request: HttpRequest, drafts: Drafts) -> None:
    if not drafts.new:
        messages.info(request, gettext("This document was imported before; nothing new was made."))
        return
    count = len(drafts.new)
    saved = ngettext(
        "%(count)d draft was saved. Visitors don't see it yet.",
        "%(count)d drafts were saved. Visitors don't see them yet.",
        count,
    )
    links = ((form_url(each, each.pk), _name(each)) for each in drafts.questions)
    said = format_html_join(" · ", '<a href="{}">{}</a>', links)
    messages.success(request, format_html("{} {}", saved % {"count": count}, said))


def _name(question: Question) -> str:
    words = question.newest_revision
    return words.title or gettext("Question missing: %s") % Truncator(words.summary).words(6)


def _document(seen: list[Any]) -> ImportedDocument:
    title, body, questions, left_out = seen
    return ImportedDocument(
        title,
        body,
        tuple(QuestionDraft(*each) for each in questions),
        tuple(LeftOut(PartKind(kind), text, after) for kind, text, after in left_out),
    )


def _page(
    request: HttpRequest,
    document: ImportedDocument | None = None,
    form: FileForm | None = None,
    topic: ChooseTopicForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext("Import a document"),
        "form": form,
        "document": document,
        "topic": topic,
        "has_topics": Topic.objects.exists(),
    }
    if document:
        counts = document.counts()
        context |= {
            "body": _shown(document.body),
            "counts": [text % counts[name] for name, text in COUNTED.items() if counts[name]],
            "questions": [(each, _shown(each.body)) for each in document.questions],
            "seen": signing.dumps(document, salt=DOCUMENT_SALT, compress=True),
        }
    return TemplateResponse(request, "admin/publication/import.html", context)


def _shown(body: str) -> str:
    return markup.trusted(markup.render(markup.sanitise(body)).html)
