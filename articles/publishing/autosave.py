"""Words that were typed into the form of a page and not saved yet, kept on the server.

One row for each window in which an account writes. Only that account sees them, and they are no
version: visitors never read them. Saving the words empties the row.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.http import QueryDict
from django.utils import timezone

from articles.text.markup import plain_text

KEPT_FOR = timedelta(days=30)
# So long after a save, words of before it may still be on their way.
ON_THEIR_WAY = timedelta(hours=1)
# An account whose words came in so long ago is writing at this moment.
WRITING_FOR = timedelta(minutes=5)
# Letters, with those of tags.
BEGINNING = 1_000
MAX_WINDOWS_OF_PAGE, MAX_OF_ACCOUNT = 5, 50


class AutosaveManager(models.Manager["Autosave"]):
    @transaction.atomic
    def keep(self, account: Any, form_key: str, edits: int, **words: Any) -> bool:
        """Keep what a window holds (`kind`, `page`, `fields`).

        False if later words of the same window are kept already, or these were saved.
        """
        words |= {"edits": edits, "at": timezone.now(), "is_saved": False}
        rows = self.filter(account=account, form_key=form_key)
        is_news = models.Q(edits__lt=edits) | models.Q(edits=edits, is_saved=False)
        if rows.filter(is_news).update(**words):
            return True
        _row, is_new = self.get_or_create(account=account, form_key=form_key, defaults=words)
        if is_new:
            of_page = self.of_page(account, words["kind"], words["page"])
            self._drop_oldest(of_page, MAX_WINDOWS_OF_PAGE)
            self._drop_oldest(self.of_account(account), MAX_OF_ACCOUNT)
        return is_new

    def _drop_oldest(self, rows: Any, most: int) -> None:
        newest = rows.order_by("-at", "-pk").values_list("pk", flat=True)
        self.filter(pk__in=list(newest[most : most + MAX_OF_ACCOUNT])).delete()

    def forget(self, account: Any, form_key: str) -> None:
        self.filter(account=account, form_key=form_key).delete()

    def note_saved(self, account: Any, form_key: str, edits: int, kind: str, page: int) -> None:
        """Forget words that were saved; earlier ones that come late are no news."""
        words = {"edits": edits, "at": timezone.now(), "is_saved": True}
        words |= {"kind": kind, "page": page, "fields": {}}
        self.update_or_create(words, account=account, form_key=form_key)

    def of_account(self, account: Any) -> Any:
        """What an account typed and did not save, the latest first."""
        return self.filter(account=account, is_saved=False).order_by("-at")

    def of_page(self, account: Any, kind: str, page: int | None) -> Any:
        """What an account left in windows of one page; without `page`, of pages never saved."""
        return self.of_account(account).filter(kind=kind, page=page)

    def writers(self, kind: str, page: int, but: Any) -> list[Autosave]:
        """The latest words of each other account that writes in the page now."""
        since = timezone.now() - WRITING_FOR
        rows = self.filter(kind=kind, page=page, at__gte=since, is_saved=False)
        rows = rows.exclude(account=but)
        found = rows.select_related("account").defer("fields").order_by("at")
        return list({row.account_id: row for row in found}.values())

    def purge(self) -> int:
        now = timezone.now()
        too_old = models.Q(at__lt=now - KEPT_FOR)
        too_old |= models.Q(at__lt=now - ON_THEIR_WAY, is_saved=True)
        gone, _rows = self.filter(too_old).delete()
        return gone


class Autosave(models.Model):
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=50)  # the model of the publication, as `app.model`
    page = models.PositiveBigIntegerField(null=True)
    # The window's, as in the form.
    form_key = models.CharField(max_length=40)
    # Counts the changes of a window, so that an earlier state never takes the place of a later one.
    edits = models.PositiveIntegerField()
    # By name of a form field, what the browser would send: with the version that it was based on.
    fields = models.JSONField()
    at = models.DateTimeField(db_index=True)
    # Nothing but a mark that the words of the window, up to these edits, are in a version.
    is_saved = models.BooleanField(default=False)

    objects: ClassVar[AutosaveManager] = AutosaveManager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "form_key"], name="autosave_window"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "page", "at"], name="autosave_page"),
        ]

    def __str__(self) -> str:
        return self.beginning

    @property
    def data(self) -> QueryDict:
        """What the browser would send."""
        data = QueryDict(mutable=True)
        for name, values in self.fields.items():
            data.setlist(name, values)
        return data

    @property
    def beginning(self) -> str:
        """By what its author knows the words: the title, else how the summary or text begins."""
        title, summary, body = (
            "".join(self.fields.get(name, [])[:1])[:BEGINNING].strip()
            for name in ("title", "summary", "body")
        )
        return title or summary or plain_text(body)

    @property
    def base(self) -> str:
        """The number of the version on which the words are based; empty for a page never saved."""
        return "".join((self.fields.get("origin") or self.fields.get("base", [""]))[:1])
