"""Saving filters under a name, for oneself or for the team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from contact.intake.permissions import VIEW_REQUESTS, staff_permission_required
from contact.models import SavedList
from contact.records.clean_text import CleanCharField

from . import return_query


class SaveListForm(forms.Form):
    name = CleanCharField(label=_("Name of the list"), max_length=60)
    is_shared = forms.BooleanField(required=False)


@require_POST
@staff_permission_required(VIEW_REQUESTS)
def save_list(request: HttpRequest) -> HttpResponse:
    """Save the present filters; they replace a list of the same name."""
    account: Any = request.user
    form = SaveListForm(request.POST)
    carried = return_query.parse_query(request.POST.get(return_query.PARAMETER, ""))
    query = carried.saved_query()
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
    return redirect(return_query.return_url(request))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(VIEW_REQUESTS)
def remove_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then remove one of the reader's own lists."""
    account: Any = request.user
    saved = get_object_or_404(SavedList, pk=pk, owner=account)
    if request.method == "POST":
        saved.delete()
        messages.success(request, _("Removed: “%s”.") % saved.name)
        return redirect(return_query.return_url(request))
    context = {"saved": saved, "saved_url": return_query.list_url(saved.query)}
    return render(request, "intake/queue/remove_list.html", context)
