"""A page on which leads send a mail to the team, to see that mail works."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from contact.lifecycle.alerting import emails
from contact.lifecycle.alerting.mail_path import deliver, mail_failure
from contact.lifecycle.alerting.watch import mail_words
from contact.models import Desk


@require_http_methods(["GET", "HEAD", "POST"])
def try_mail(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("contact.change_desk"):
        raise PermissionDenied
    if request.method == "POST" and emails.is_configured():
        _send(request)
        return redirect("admin:contact_desk_test_mail")
    failure = mail_failure()
    context = {
        **admin.site.each_context(request),
        "title": gettext("Test mail"),
        "opts": Desk._meta,
        "to": settings.INTAKE_EMAIL if emails.is_configured() else "",
        "failure": mail_words(failure, timezone.now()) if failure else "",
    }
    return TemplateResponse(request, "admin/contact/desk/test_mail.html", context)


def _send(request: HttpRequest) -> None:
    site = {"site": settings.SITE_NAME}
    message = EmailMessage(
        subject=gettext("Test mail of %(site)s") % site,
        body=gettext("A lead of intake sent this to see that mail works. Nothing is to be done."),
        to=[settings.INTAKE_EMAIL],
    )
    if error := deliver(message):
        messages.error(request, gettext("The mail server did not take it: %s.") % error)
    else:
        messages.success(request, gettext("The mail server took it. Look whether it arrives."))
