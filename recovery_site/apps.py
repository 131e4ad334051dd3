from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core import checks


class StaffAdminConfig(AdminConfig):
    default_site = "recovery_site.admin.StaffSite"


class RecoverySiteConfig(AppConfig):
    name = "recovery_site"

    def ready(self) -> None:
        # After every app has registered its own.
        from . import accounts  # noqa: F401

        checks.register(check_proxy)


def check_proxy(**kwargs: Any) -> list[checks.CheckMessage]:
    """The site itself speaks plain HTTP: an https address needs a proxy that it believes."""
    if settings.SITE_IS_SECURE and not settings.TRUSTED_PROXIES:
        return [
            checks.Warning(
                "SITE_URL is https, but TRUSTED_PROXIES is empty: every request would be "
                "redirected to itself for ever.",
                hint="Name the address of the proxy that ends TLS, such as 127.0.0.1.",
                id="recovery_site.W001",
            )
        ]
    return []
