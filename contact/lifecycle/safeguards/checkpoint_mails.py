"""The day's checkpoint of the audit trail: a file here, and the same by mail to whoever keeps it.

    DATA_DIR/checkpoints/2026-11-30.json

It says how long the trail is and how it ends, and nothing of what is in it.
"""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext

from contact.lifecycle.alerting.mail_path import deliver
from contact.privacy.audit_trail import audit_checkpoints

PRIVACY_OFFICERS = "Privacy officers"


def keep_checkpoint() -> Path:
    """Write the checkpoint of today, and return its file."""
    folder = Path(settings.DATA_DIR) / "checkpoints"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{timezone.localdate():%Y-%m-%d}.json"
    text = json.dumps(audit_checkpoints.make_checkpoint(), indent=1, sort_keys=True)
    partial = folder / f".{path.name}"
    partial.write_text(text + "\n", "utf-8")
    partial.replace(path)
    return path


def newest_checkpoint() -> Path | None:
    return max((Path(settings.DATA_DIR) / "checkpoints").glob("*.json"), default=None)


def mail_checkpoint(path: Path) -> str:
    """Mail the file; return what went wrong, in a line, or nothing."""
    text = gettext(
        "Attached is today’s checkpoint of the audit trail of %(site)s. Keep it where nobody who"
        " runs the site can change it. On any machine, check_checkpoints.py says whether the trail"
        " only grew since the ones before. When a day passes without such a mail, ask why."
    )
    mail = _mail(gettext("Checkpoint of the audit trail"), text)
    mail.attach(path.name, path.read_text("utf-8"), "application/json")
    return _send(mail)


def mail_faults() -> str:
    """Tell that the trail cannot be trusted; return as `mail_checkpoint` does."""
    text = gettext(
        "The daily check of the audit trail of %(site)s found a fault. The machine says which:"
        " manage.py verify_audit. Let nobody run it with --accept-gap before you know what happened"
        " and compared the trail with the newest checkpoint that you keep."
    )
    return _send(_mail(gettext("The audit trail has a fault"), text))


def _mail(subject: str, text: str) -> EmailMessage:
    officers = get_user_model().objects.filter(is_active=True, groups__name=PRIVACY_OFFICERS)
    to = sorted(set(officers.exclude(email="").values_list("email", flat=True)))
    return EmailMessage(subject, text % {"site": settings.SITE_URL}, to=to)


def _send(mail: EmailMessage) -> str:
    if not mail.to:
        return f"no account in the group {PRIVACY_OFFICERS} has an address: nobody was mailed"
    if kind := deliver(mail):
        return f"the mail to the privacy officers was not sent ({kind})"
    return ""
