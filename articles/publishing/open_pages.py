"""Whose browser has the form of a page open at this moment, typing or not.

An open form says so every half a minute. Whoever closes it is gone at once; of a browser that
crashed, or lost its session, the row runs out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

# Browsers let the scripts of a hidden tab run once a minute.
OPEN_FOR = timedelta(seconds=100)


class OpenPageManager(models.Manager["OpenPage"]):
    def note(self, account: Any, window: str, kind: str, page: int) -> None:
        """This window of the account has the page open now."""
        now = timezone.now()
        self.filter(until__lte=now).delete()
        until = {"until": now + OPEN_FOR}
        self.update_or_create(until, account=account, window=window, kind=kind, page=page)

    def close(self, account: Any, window: str) -> None:
        self.filter(account=account, window=window).delete()

    def others(self, kind: str, page: int, but: Any) -> list[Any]:
        """The other accounts that have the page open."""
        rows = self.filter(kind=kind, page=page, until__gt=timezone.now()).exclude(account=but)
        found = rows.select_related("account").order_by("pk")
        return list({row.account_id: row.account for row in found}.values())


class OpenPage(models.Model):
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    window = models.CharField(max_length=40)
    kind = models.CharField(max_length=50)  # the model of the publication, as `app.model`
    page = models.PositiveBigIntegerField()
    until = models.DateTimeField(db_index=True)

    objects: ClassVar[OpenPageManager] = OpenPageManager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "page", "account", "window"], name="open_page_window"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.page}"
