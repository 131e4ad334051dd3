"""Keeping filters under a name, for oneself or for the team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from contact.intake.permissions import VIEW_REQUESTS, staff_permission_required
from contact.models import SavedList
from contact.records.clean_text import CleanCharField

from .filters import BACK, address, back, read


class SaveForm(forms.Form):
    name = CleanCharField(label=gettext_lazy("Name of the list"), max_length=60)
    is_shared = forms.BooleanField(required=False)


@require_POST
@staff_permission_required(VIEW_REQUESTS)
def save_list(request: HttpRequest) -> HttpResponse:
    """Keep the present filters; a list of the same name is replaced."""
    account: Any = request.user
    form = SaveForm(request.POST)
    query = read(request.POST.get(BACK, "")).to_keep()
    if not query:
        messages.warning(request, _("Choose filters first, then save them."))
    elif not form.is_valid():
        messages.warning(request, _("A saved list needs a name of at most 60 characters."))
    else:
        values = {"query": query, "is_shared": form.cleaned_data["is_shared"]}
        name = form.cleaned_data["name"]
        try:
            with transaction.atomic():
                SavedList.objects.update_or_create(values, owner=account, name=name)
        except IntegrityError:
            messages.warning(request, _("The list was just saved from another page."))
        else:
            messages.success(request, _("Saved as “%s”.") % name)
    return redirect(back(request))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(VIEW_REQUESTS)
def remove_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then remove one of their own."""
    account: Any = request.user
    saved = get_object_or_404(SavedList, pk=pk, owner=account)
    if request.method == "POST":
        saved.delete()
        messages.success(request, _("Removed: “%s”.") % saved.name)
        return redirect(back(request))
    context = {"saved": saved, "address": address(saved.query)}
    return render(request, "intake/remove_list.html", context)
