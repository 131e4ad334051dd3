from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    name = "contact"
    verbose_name = _("Intake")

    def ready(self) -> None:
        from .lifecycle.alerting import emails
        from .lifecycle.retention import retention
        from .privacy import encryption, envelopes

        checks.register(encryption.check_keys)
        checks.register(envelopes.check_journal_keys)
        checks.register(emails.check_mail)
        checks.register(retention.check_days)
        post_migrate.connect(count_reports_anew, sender=self)

    def triggers(self, vendor: str) -> Iterator[tuple[str | bool, ...]]:
        from .intake.reports.counts.triggers import report_triggers
        from .privacy.audit_trail.audit_triggers import audit_triggers

        yield from audit_triggers(vendor)
        yield from report_triggers(vendor)


def count_reports_anew(using: str, **kwargs: Any) -> None:
    """Let no stored sum hold: a migration may have dropped the triggers before it changed rows."""
    from .models import ReportChange

    if ReportChange._meta.db_table in connections[using].introspection.table_names():
        ReportChange.objects.using(using).create(hour=ReportChange.EVERY_HOUR)
