"""Addresses that pages had before: whoever follows an old link is led to the new one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OldAddressManager(models.Manager["OldAddress"]):
    def record(self, old: str, new: str) -> None:
        """Lead `old` to `new`; so do all that led to `old`, and `new` leads nowhere else."""
        self.filter(target=old).update(target=new)
        self.update_or_create(path=old, defaults={"target": new, "since": timezone.now()})
        self.filter(path=new).delete()

    def target_of(self, path: str) -> str:
        """Where an old address leads; empty for any other."""
        found = self.filter(path=path).values_list("target", flat=True)
        return found.first() or ""


class OldAddress(models.Model):
    path = models.CharField(_("old address"), max_length=200, unique=True)
    target = models.CharField(_("leads to"), max_length=200, db_index=True)
    since = models.DateTimeField(_("since"), default=timezone.now)

    objects: ClassVar[OldAddressManager] = OldAddressManager()

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        ordering = ["path"]
        default_permissions = ("view", "delete")

    def __str__(self) -> str:
        return f"{self.path} → {self.target}"
