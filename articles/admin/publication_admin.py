"""The admin that articles, pages and questions share: write, publish, schedule, unpublish."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.publishing.account_field import AccountField
from articles.publishing.completeness import has_no_address
from articles.publishing.publication import Publication

from ..links.checks import links_to_look_at
from .ask_admin import AskForReviewAdmin
from .autosave_admin import AutosaveAdmin
from .changelists import PublicationChangelist
from .live_advice_admin import LiveAdviceAdmin
from .named_versions import is_draft, missing_review, moment, named_versions
from .publication_form import Planned, PublicationForm

MAX_WINDOWS = 30
PUBLISH_BUTTONS = ("_publish", "_schedule")


class PublicationAdmin(PublicationChangelist, AskForReviewAdmin, LiveAdviceAdmin, AutosaveAdmin):
    form = PublicationForm
    change_form_template = "admin/publication/change_form.html"
    formfield_overrides: ClassVar[Any] = {
        models.DateField: {
            "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        },
    }
    word_fields: tuple[str, ...] = ("title", "summary", "body", "sources", "byline")
    # Part of a version as the words are.
    place_fields: tuple[str, ...] = ("slug", "language")
    # Not part of a version.
    immediate_fields: tuple[str, ...] = ("owner", "deputy", "next_review_on")

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/unschedule/", wrap(self.unschedule_view), name=f"{name}_unschedule"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        place: Any = (_("Address and place"), {"fields": self.place_fields})
        at_once: Any = (_("Applies at once"), {"fields": self.immediate_fields})
        if obj and not self.has_change_permission(request, obj):
            return [place, at_once]
        place[1]["description"] = _("Part of this version: visitors see it once you publish it.")
        at_once[1]["description"] = _(
            "Not part of a version: it counts as soon as you save, also with “Save draft”."
        )
        return [(_("Words"), {"fields": (*self.word_fields, "note")}), place, at_once]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("owner", "deputy"):
            kwargs |= {"queryset": self.writers(), "form_class": AccountField}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        has_address = obj and not has_no_address(obj.slug)
        return {} if has_address else {"slug": ("title",)}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.author = request.user
        form.words = request.GET.get("words", "")
        form.kept = self.kept_words(request, obj)
        form.saved_from = request.session.get("saved_from", {})
        form.may_publish = self.has_publish_permission(request)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        wants_to_publish = any(name in request.POST for name in PUBLISH_BUTTONS)
        if wants_to_publish and not self.has_publish_permission(request):
            raise PermissionDenied
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            # Someone took the same address in between: validating again finds and reports it.
            return super().changeform_view(request, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        obj, form = context["original"], context["adminform"].form
        context["has_publish_permission"] = self.has_publish_permission(request)
        fields = context["adminform"].form.visible_fields()
        context["fields_to_correct"] = [field for field in fields if field.errors]
        context |= self.autosave_context(request, obj)
        context["live_advice_url"] = self.live_advice_url(obj)
        if obj:
            context |= self._standing_context(request, obj, form)
        return super().render_change_form(request, context, *args, **kwargs)

    def _standing_context(self, request: HttpRequest, obj: Any, form: Any) -> dict[str, Any]:
        """Where a page that exists stands: its versions, what it lacks, and what can be done."""
        newest = obj.newest_revision
        context: dict[str, Any] = {"newest": newest, "is_draft": is_draft(obj)}
        if newest and self.has_clinical_review and self.has_change_permission(request, obj):
            context["ask_url"] = self.kept_url(request, "ask", obj.pk, newest.number)
        if newest and self.has_clinical_review and self.has_review_permission(request):
            context["review_url"] = self.kept_url(request, "review", obj.pk, newest.number)
        context["named_versions"] = [
            (each, self.url_of("preview", obj.pk, each.revision.number))
            for each in named_versions(obj)
        ]
        if newest and context["is_draft"]:
            context["missing"] = form.links_to(newest.missing_parts)
        context["missing_review"] = missing_review(form.shown_revision)
        context["uses"] = self.shown_uses(request, obj)
        context |= self.advice_context(request, obj)
        context["findings"] = links_to_look_at(newest) if newest else []
        for name in ("versions", "unpublish", "unschedule", "stay", "bring_back"):
            context[f"{name}_url"] = self.kept_url(request, name, obj.pk)
        return context

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not isinstance(form, PublicationForm):
            # A row of an editable list: `live` may have changed since it was read.
            obj.save(update_fields=form.changed_data)
            return
        before, unfinished = obj.newest_revision, form.draft_to_keep()
        if not change and obj.owner is None:
            obj.owner = request.user
        super().save_model(request, obj, form, change)
        newest = obj.save_revision(
            by=request.user, note=form.cleaned_data["note"], place=form.place, **form.content
        )
        self.note_saved_words(request, form.cleaned_data, obj.pk)
        obj.changed_at_once = self._changed_at_once(form) if obj.is_published else []
        done = []
        if newest != before:
            done.append(gettext("Saved version %s.") % newest.number)
        done += self._carry_out_wish(request, obj, form.cleaned_data)
        obj.just_saved = newest
        if unfinished and newest != before:
            obj.restore(unfinished, by=request.user)
            done.append(gettext("Made version %s the newest draft again.") % unfinished.number)
        form.log_messages = done
        self._note_window(request, form.cleaned_data["form_key"], obj.newest_revision.number)

    def _carry_out_wish(self, request: HttpRequest, obj: Any, data: dict[str, Any]) -> list[str]:
        """Publish, schedule or call off, as the button says; return what was done."""
        newest, planned, wish = obj.newest_revision, obj.scheduled, data["planned"]
        if "_publish" in request.POST:
            keeps = wish == Planned.KEEP
            obj.publish(newest, keep_schedule=keeps)
            done = [gettext("Published version %s.") % newest.number]
            if planned and not keeps and planned != newest:
                done.append(gettext("Called off the scheduled change."))
            return done
        if "_schedule" in request.POST:
            return [self._schedule(request, obj, data["publish_at"])]
        if planned and wish == Planned.REPLACE:
            return [self._schedule(request, obj, obj.scheduled_for)]
        if planned and wish == Planned.CALL_OFF:
            obj.unschedule()
            return [gettext("Called off the scheduled change.")]
        return []

    def _note_window(self, request: HttpRequest, form_key: str, number: int) -> None:
        """Remember what this window saved, so that it is not told of its own save."""
        saved = request.session.get("saved_from", {})
        saved.pop(form_key, None)
        request.session["saved_from"] = dict([*saved.items(), (form_key, number)][-MAX_WINDOWS:])

    def _schedule(self, request: HttpRequest, obj: Any, when: Any) -> str:
        obj.schedule(when, obj.newest_revision, by=request.user)
        number = obj.newest_revision.number
        return gettext("Version %(number)s goes live on %(when)s") % {
            "number": number, "when": moment(when)
        }  # fmt: skip

    def _changed_at_once(self, form: Any) -> list[str]:
        """The labels of what is not part of a version, and so changes the live page at once."""
        shown = set(self.immediate_fields) - {"owner", "deputy"}
        names = [name for name in form.changed_data if name in shown]
        return [str(form.fields[name].label) for name in names if name in form.fields]

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if not isinstance(form, PublicationForm):
            return super().construct_change_message(request, form, formsets, add)
        names = [
            str(form.fields[name].label)
            for name in form.changed_data
            if name in {field.name for field in self.opts.get_fields()}
        ]
        if names and not add:
            form.log_messages.append(gettext("Changed: %s.") % ", ".join(names))
        return " ".join(form.log_messages) or gettext("Saved without a change.")

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return self._respond(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        if "_preview" in request.POST:
            return redirect(self.url_of("preview", obj.pk, obj.just_saved.number))
        return self._respond(request, obj)

    def _respond(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Return to the form with messages: what visitors see now, and advice on the language."""
        newest = obj.just_saved
        if "_publish" in request.POST:
            text = gettext("Published: visitors read version %s now.")
            url = obj.get_absolute_url()
        else:
            text = gettext("Saved as version %s. Visitors don't see it yet.")
            if newest.pk == obj.live_id:
                text = gettext("Saved. Visitors read this version, %s.")
            url = self.url_of("preview", obj.pk, newest.number)
        self._tell_schedule(request, obj)
        if obj.newest_revision != newest:
            still = gettext("Version %s, without these changes, is the newest draft again.")
            messages.info(request, still % obj.newest_revision.number)
        messages.success(
            request,
            format_html(
                '{} <a href="{}">{}</a>', text % newest.number, url, gettext("See the page")
            ),
        )
        self.show_advice(request, obj, newest)
        return self.redirect_to(request, "change", obj.pk)

    def _tell_schedule(self, request: HttpRequest, obj: Any) -> None:
        if obj.scheduled:
            messages.info(
                request,
                gettext("On %(when)s version %(number)s goes live by itself.")
                % {"number": obj.scheduled.number, "when": moment(obj.scheduled_for)},
            )
        if obj.take_down_at:
            leaves = gettext("On %s the page leaves the site by itself.")
            messages.info(request, leaves % moment(obj.take_down_at))
        if changed := getattr(obj, "changed_at_once", []):
            messages.warning(
                request, gettext("Changed on the live page at once: %s.") % ", ".join(changed)
            )

    def unschedule_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        publication = self._get_to_publish(request, pk)
        if request.method != "POST":
            return self.confirm(
                request,
                publication,
                title=gettext("Call off the scheduled change?"),
                text=gettext("The words stay here as a draft."),
                button=gettext("Call it off"),
            )
        if publication.unschedule():
            self.record(request, publication, gettext("Called off the scheduled change."))
        return self.redirect_to(request, "change", pk)

    def _get_to_publish(self, request: HttpRequest, pk: int) -> Publication:
        publication = self.get_publication(request, pk, to_change=True)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        return publication
