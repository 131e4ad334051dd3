"""Admin pages of the privacy officers: how long kinds are kept, what reading is unusual."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contact.models import CallbackRequest, ReadingRule, RetentionRule
from contact.records.desk.retention_rules import days_kept, is_over

from . import hints
from .setup import SetupAdmin


class RetentionRuleForm(forms.ModelForm):
    """Saves what empties requests at once only with a tick, below how many they are."""

    anyway = forms.BooleanField(
        label=_("Save it all the same. What is emptied does not come back."),
        required=False,
        widget=forms.HiddenInput,
    )

    class Meta:
        error_messages: ClassVar = {
            "outcome": {"unique": _("Requests that ended so have a time already: change that one.")}
        }

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.has_changed() or self.cleaned_data.get("anyway"):
            return
        if count := _emptied_by(self.instance):
            self.fields["anyway"].widget = forms.CheckboxInput()
            words = ngettext(
                "The next purge would empty %d request because of this, within the hour.",
                "The next purge would empty %d requests because of this, within the hour.",
                count,
            )
            self.add_error("anyway", words % count)


def _emptied_by(rule: RetentionRule) -> int:
    """Count the requests whose time is over by this rule, and was not before."""
    now, kept = timezone.now(), days_kept()
    new = kept | {rule.outcome: rule.days}
    requests = CallbackRequest.objects.filter(purged_at=None).not_on_hold()
    return requests.filter(is_over(now, new), ~Q(is_over(now, kept))).count()


@admin.register(RetentionRule)
class RetentionRuleAdmin(SetupAdmin):
    form = RetentionRuleForm
    list_display = ["outcome", "days", "note"]

    def hints(self) -> Iterable[str]:
        return hints.retention_hints()

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return ["outcome"] if obj else []


@admin.register(ReadingRule)
class ReadingRuleAdmin(SetupAdmin):
    list_display = ["kind", "least", "is_active"]

    def hints(self) -> Iterable[str]:
        return hints.reading_hints()

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return ["kind"] if obj else []
