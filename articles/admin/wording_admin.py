"""The lists of words to avoid as staff edit them, and a page on which they try a sentence."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.wording.patterns import PatternError, phrases_in, regex_of
from articles.wording.rows import (
    TERM_LISTS,
    TermToAvoid,
    WordList,
    current_wording,
    put_back_all,
    stored,
)
from articles.wording.terms import regexes_of_lists

from .changelists import StrictModelAdmin

MOST_PHRASES = 300
MOST_TRIED = 5000
EXCUSES = {
    "mentions": _("it is spoken of, not used, after “%s”"),
    "unless": _("the sentence holds “%s”"),
    "before": _("“%s” stands right before it"),
    "after": _("“%s” stands right behind it"),
    "about": _("nothing in the sentence says that it is about this"),
}


def check_phrases(text: str, lists: dict[str, str]) -> None:
    """Refuse the first phrase that can't be read, and say why."""
    phrases = phrases_in(text)
    if len(phrases) > MOST_PHRASES:
        raise ValidationError(_("Give at most %s lines.") % MOST_PHRASES)
    for phrase in phrases:
        try:
            regex_of(phrase, lists)
        except PatternError as error:
            raise ValidationError(str(error)) from error


class TermForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lists = regexes_of_lists(stored().lists)
        for name in TERM_LISTS:
            try:
                cleaned[name] = "\n".join(phrases_in(cleaned.get(name, "")))
                check_phrases(cleaned[name], lists)
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned


class WordListForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        """Its phrases can be read, and those of all lists that name it still can."""
        cleaned = super().clean() or {}
        name = cleaned.get("name") or self.instance.name
        if not name or "words" not in cleaned:
            return cleaned
        words = phrases_in(cleaned["words"])
        cleaned["words"] = "\n".join(words)
        try:
            if len(words) > MOST_PHRASES:
                raise PatternError(gettext("Give at most %s lines.") % MOST_PHRASES)
            regexes_of_lists({**stored().lists, name: words})
        except PatternError as error:
            self.add_error("words", str(error))
        return cleaned


class TrySentenceForm(forms.Form):
    sentence = forms.CharField(
        label=_("A sentence, or several"),
        help_text=_("Nothing of it is kept."),
        max_length=MOST_TRIED,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )


class EditedRowAdmin(StrictModelAdmin):
    """What was shipped can be put back, and is switched off instead of deleted."""

    change_form_template = "admin/articles/wording/change_form.html"
    change_list_template = "admin/articles/wording/change_list.html"
    list_per_page = 200

    def get_urls(self) -> list[Any]:
        wrap, name = self.admin_site.admin_view, f"articles_{self.opts.model_name}"
        return [
            path("put-back/", wrap(self.put_back_view), name=f"{name}_put_back_all"),
            path("<int:pk>/put-back/", wrap(self.put_back_view), name=f"{name}_put_back"),
            *super().get_urls(),
        ]

    def put_back_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Ask, then make one row, or all rows of both kinds, what was shipped."""
        row = self.get_object(request, str(pk)) if pk else None
        if pk and (row is None or row.shipped_values() is None):
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        back = reverse(f"admin:articles_{self.opts.model_name}_change", args=[pk]) if pk else ""
        list_url = reverse(f"admin:articles_{self.opts.model_name}_changelist")
        if request.method == "POST":
            self._put_back(request, row)
            return redirect(back or list_url)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Put back what was shipped?"),
            "text": gettext("Your changes to it are lost. What you added yourselves stays."),
            "button": gettext("Put it back"),
            "original": row or gettext("All words to avoid and all lists"),
            "opts": self.opts,
            "list_url": list_url,
            "change_url": back or list_url,
        }
        return TemplateResponse(request, "admin/publication/confirm.html", context)

    def _put_back(self, request: HttpRequest, row: Any) -> None:
        if row is None:
            changed = put_back_all(lambda each: self._log_put_back(request, each))
            said = ngettext("Put back %s row.", "Put back %s rows.", changed) % changed
        else:
            if row.put_back():
                self._log_put_back(request, row)
            said = gettext("This is what was shipped.")
        messages.success(request, said)

    def _log_put_back(self, request: HttpRequest, row: Any) -> None:
        self.log_change(request, row, gettext("Put back what was shipped."))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        row = context["original"]
        if row and row.differs and self.has_change_permission(request, row):
            context["put_back_url"] = f"../../{row.pk}/put-back/"
        return super().render_change_form(request, context, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_shipped = obj is not None and obj.shipped_values() is not None
        return not is_shipped and super().has_delete_permission(request, obj)


@admin.register(TermToAvoid)
class TermToAvoidAdmin(EditedRowAdmin):
    form = TermForm
    list_display: Any = ("phrases", "reason", "instead", "is_used", "is_changed")
    list_filter = ("reason", "is_used")
    search_fields = ("find", "instead", "unless", "before", "after", "about")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("find", "reason", "instead", "is_used")}),
        (_("Where it is harmless"), {"fields": ("unless", "before", "after", "about")}),
    )

    @admin.display(description=_("phrases"))
    def phrases(self, row: TermToAvoid) -> str:
        return ", ".join(phrases_in(row.find))[:120]

    @admin.display(description=_("changed by you"), boolean=True)
    def is_changed(self, row: TermToAvoid) -> bool:
        return row.shipped_as is None or row.differs

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.try_view)
        return [path("try/", view, name="articles_termtoavoid_try"), *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """Show what is found in a sentence, and what is left alone for which reason."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        form = TrySentenceForm(request.POST if request.method == "POST" else None)
        tried = tried_sentence(form.cleaned_data["sentence"]) if form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Try a sentence"),
            "opts": self.opts,
            "form": form,
            "tried": tried,
        }
        return TemplateResponse(request, "admin/articles/wording/try.html", context)


def tried_sentence(text: str) -> list[dict[str, Any]]:
    """Each word that a term finds, with the term's row and why the word is left alone, if it is."""
    wording = current_wording()
    found = [
        (text[at + place.start : at + place.end], place)
        for at, _end, sentence in wording.sentences_in(text)
        for place in wording.places_in(sentence)
    ]
    return [
        {
            "word": word,
            "term": place.term,
            "row": place.term.data.key if place.term.data.key.isdecimal() else "",
            "excuse": _said(place.excuse) if place.excuse else "",
        }
        for word, place in found
    ]


def _said(excuse: Any) -> str:
    words = str(EXCUSES[excuse.by])
    return words % excuse.words if "%s" in words else words


@admin.register(WordList)
class WordListAdmin(EditedRowAdmin):
    form = WordListForm
    list_display: Any = ("__str__", "first_words", "is_changed")
    search_fields = ("name", "words")

    @admin.display(description=_("words"))
    def first_words(self, row: WordList) -> str:
        return ", ".join(phrases_in(row.words))[:120]

    @admin.display(description=_("changed by you"), boolean=True)
    def is_changed(self, row: WordList) -> bool:
        return row.shipped_values() is None or row.differs

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Phrases name it.
        return ("name",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or not obj.is_named) and super().has_delete_permission(request, obj)
