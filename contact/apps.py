from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    name = "contact"
    verbose_name = _("Intake")

    def ready(self) -> None:
        from .lifecycle import emails, retention
        from .privacy import encryption

        checks.register(encryption.check_keys)
        checks.register(emails.check_mail)
        checks.register(retention.check_days)

    def triggers(self, vendor: str) -> list[tuple[str, str, str, str]]:
        from .privacy.audit_triggers import audit_triggers

        return audit_triggers(vendor)
