from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core import checks
from django.core.management import CommandError
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class StaffAdminConfig(AdminConfig):
    default_site = "recovery_site.admin.StaffSite"


class RecoverySiteConfig(AppConfig):
    name = "recovery_site"
    verbose_name = _("The centre")

    def ready(self) -> None:
        # Imported late: the other apps must have registered their models with the admin.
        from .database.triggers import check_triggers
        from .facts import admin  # noqa: F401
        from .question_merging import merging_admin  # noqa: F401
        from .search import staff_admin  # noqa: F401
        from .staff import accounts  # noqa: F401

        checks.register(check_proxy)
        checks.register(check_backup_key)
        checks.register(check_demo_log_ins, checks.Tags.database)
        checks.register(check_reviewers, checks.Tags.database)
        checks.register(check_triggers, checks.Tags.database)
        pre_migrate.connect(require_keys_to_migrate, sender=self)
        pre_migrate.connect(remove_triggers, sender=self)
        post_migrate.connect(install_triggers, sender=self)

    def triggers(self, vendor: str) -> Iterable[tuple[str | bool, ...]]:
        from .page_cache.triggers import triggers

        return triggers(vendor)


def require_keys_to_migrate(using: str, **kwargs: Any) -> None:
    """Refuse to migrate what was written with other keys: data migrations seal and hash."""
    from contact.privacy import key_marker

    try:
        key_marker.require_known_keys(using)
    except key_marker.OtherKeys as error:
        raise CommandError(str(error)) from error


def remove_triggers(using: str, plan: list[Any], **kwargs: Any) -> None:
    """Drop the triggers of an SQLite database: they would stop it from making a table anew."""
    from .database import triggers

    if plan and connections[using].vendor == "sqlite":
        triggers.remove(connections[using])


def install_triggers(using: str, **kwargs: Any) -> None:
    """Install the triggers again, since a migration may have dropped them."""
    from contact.privacy import key_marker

    from .database import triggers
    from .models import ContentVersion

    if ContentVersion._meta.db_table not in connections[using].introspection.table_names():
        # Only some apps are migrated so far.
        return
    triggers.install(connections[using])
    key_marker.mark_keys(using)
    ContentVersion.raise_number(using)


def check_proxy(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn if the site's address is https but no proxy that ends TLS is trusted."""
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


def check_backup_key(**kwargs: Any) -> list[checks.CheckMessage]:
    """Report a key to which no backup could be sealed."""
    from contact.privacy.keys import decode_key

    try:
        if settings.BACKUP_PUBLIC_KEY:
            decode_key(settings.BACKUP_PUBLIC_KEY)
    except ValueError as error:
        hint = "Make a pair: `python -m recovery_site.environment.make_env_file --journal-keys`."
        message = f"BACKUP_PUBLIC_KEY is unusable: {error}."
        return [checks.Error(message, hint=hint, id="recovery_site.E004")]
    return []


def check_demo_log_ins(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of log-ins whose passwords were printed: a public site takes none of them."""
    from .sign_in.models import StaffAccount

    if settings.SITE_IS_LOCAL or not databases:
        return []
    if StaffAccount._meta.db_table not in connections["default"].introspection.table_names():
        # `migrate` checks before it makes the tables.
        return []
    demo = StaffAccount.objects.filter(is_demo=True, account__is_active=True)
    names = sorted(demo.values_list("account__username", flat=True))
    if not names:
        return []
    return [
        checks.Warning(
            f"SITE_URL is public, so these demo log-ins cannot be used: {', '.join(names)}.",
            hint="Make them inactive, or open one with `manage.py emergency_access USER`.",
            id="recovery_site.W003",
        )
    ]


def check_reviewers(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn if medical content needs an approval that no account can give."""
    from django.contrib.auth.models import User

    tables = connections["default"].introspection.table_names() if databases else []
    if not settings.REVIEW_REQUIRED or User._meta.db_table not in tables:
        return []
    active = User.objects.filter(is_active=True)
    may_review = User.objects.with_perm("articles.review_articlerevision")
    if not active.exists() or may_review.exists():
        return []
    return [
        checks.Warning(
            "REVIEW_REQUIRED is on, but no active account may review medical content.",
            hint="Add an account to the group Medical reviewers, or set REVIEW_REQUIRED=False.",
            id="recovery_site.W004",
        )
    ]
