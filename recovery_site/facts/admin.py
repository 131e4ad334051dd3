"""Staff write down what is true of the centre, and see what has to be checked again."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contact.staff_admin.lists import StrictListAdmin

from . import foot
from .models import Fact


class FactStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("shown", _("visitors see it")),
            ("expired", _("past its end: hidden")),
            ("expiring", _("ends within 30 days")),
            ("unchecked", _("not checked yet: hidden")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "shown":
                return queryset.shown()
            case "expired":
                return queryset.expired()
            case "expiring":
                return queryset.expiring()
            case "unchecked":
                return queryset.filter(verified_on=None)
        return queryset


@admin.register(Fact)
class FactAdmin(StrictListAdmin):
    list_display = ["kind", "part", "text", "verified_on", "expires_on", "until", "is_shown"]
    list_filter = [FactStateFilter, "kind"]
    search_fields = ["part", "text", "source"]
    formfield_overrides: ClassVar[Any] = {
        models.DateField: {
            "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        },
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        },
    }
    save_as = True

    # Each page made after this change must show it: run_jobs would come a moment later.
    def save_model(self, *args: Any, **kwargs: Any) -> None:
        super().save_model(*args, **kwargs)
        foot.write()

    def delete_model(self, *args: Any) -> None:
        super().delete_model(*args)
        foot.write()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if request.method == "GET" and (missing := Fact.objects.missing_kinds()):
            text = _("Nothing is known yet of: %(kinds)s. Visitors read nothing about it.")
            messages.info(request, text % {"kinds": "; ".join(str(each.label) for each in missing)})
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("visitors see it"), boolean=True)
    def is_shown(self, fact: Fact) -> bool:
        return fact.is_shown
