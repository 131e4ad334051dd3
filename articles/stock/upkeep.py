"""Keeping the rows in step with the pages: at each save, and by `run_jobs` after an upgrade."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction

from articles.publishing.kinds import kind_of, publication_models
from articles.search.index import sound_of
from articles.search.words import words_of
from articles.wording.rows import WordingState

from . import checks
from .rows import StockRow, StockState, StockWord

if TYPE_CHECKING:
    from articles.publishing.publication import Publication

MOST_AT_ONCE = 100
AT_A_TIME = 10
MOST_WORDS_FORGOTTEN = 500
# Raise it with each change of what a check finds: `run_jobs` then checks every page anew.
CHECKS = "3"
# Columns of revisions that no check reads.
UNREAD_COLUMNS = ("rendered", "plain_text")
# Keys of the pages that were saved within `rows_at_the_end`, by model.
_waiting: ContextVar[dict[Any, set[int]] | None] = ContextVar("_waiting", default=None)


def checked_with() -> str:
    """Stands for the checks as they are now, with the words that staff gave them."""
    return f"{CHECKS}.{WordingState.current()}"


def update_row(publication: Publication) -> None:
    """Bring the row of `publication` up to date."""
    waiting = _waiting.get()
    if waiting is None:
        update_rows(type(publication), [publication])
    else:
        waiting.setdefault(type(publication), set()).add(publication.pk)


@contextmanager
def rows_at_the_end() -> Iterator[None]:
    """Bring the rows of all pages that are saved within up to date once, at the end.

    For many pages that name each other: a page's links are then checked when all are there.
    Within another one it is at the end of that.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: dict[Any, set[int]] = {}
    with transaction.atomic():
        token = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(token)
        for model, keys in waiting.items():
            for some in batched(sorted(keys), MOST_AT_ONCE):
                update_rows(model, list(model.objects.filter(pk__in=some)))


def check_anew(publication: Publication) -> None:
    """Check the words again, though they are the same."""
    rows = StockRow.objects.filter(kind=kind_of(type(publication)), publication=publication.pk)
    rows.update(checked_with="")
    update_row(publication)


@transaction.atomic
def update_rows(model: type[Publication], publications: Sequence[Any]) -> None:
    kind, keys = kind_of(model), [each.pk for each in publications]
    rows = {
        row.publication: row for row in StockRow.objects.filter(kind=kind, publication__in=keys)
    }
    newest = _newest(model, publications)
    known = [each for each in publications if each.pk in newest]
    live = [each for each in known if each.live_id]
    with_links = checks.led_to(model, live) if live else set()
    found = checks.broken_links(kind, [each.live_id for each in live]) if live else {}
    now_with, moved = checked_with(), set()
    for publication in known:
        row = rows.get(publication.pk) or StockRow(kind=kind, publication=publication.pk)
        before = dict(vars(row))
        was_live = row.revision if row.state == StockState.LIVE else None
        shown = publication.live_id or newest[publication.pk]["pk"]
        is_checked = (row.revision, row.checked_with) == (shown, now_with)
        _place(row, publication, newest[publication.pk])
        if is_checked and publication.live_id:
            row.broken_links = found.get(shown, 0)
        revision = None if is_checked else _check_words(row, publication, shown, now_with)
        row.is_orphan = bool(publication.live_id) and publication.pk not in with_links
        if vars(row) != before:
            row.save()
        if revision or row.title != before["title"]:
            row.words.set(_words(f"{row.title} {_words_of_list(model, shown, revision)}"))
        if was_live != publication.live_id:
            moved |= {was_live, publication.live_id}
    if moved:
        _look_at_targets(model, moved)


def _check_words(row: StockRow, publication: Any, shown: int, now_with: str) -> Any:
    """Check the words of the revision `shown`, and return it."""
    revision = publication.revisions.defer(*UNREAD_COLUMNS).get(pk=shown)
    checks.check_words(row, publication, revision)
    row.revision, row.checked_with = shown, now_with
    return revision


def _newest(model: type[Publication], publications: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """Key, title and day of the newest revision of each, and since when it waits."""
    numbers = {each.pk: each for each in publications}
    found: dict[int, dict[str, Any]] = {}
    revisions: Any = model.revisions.rel.related_model.objects
    names = ("publication_id", "pk", "number", "title", "slug", "created_at")
    some = revisions.filter(publication__in=list(numbers)).order_by("publication", "-number")
    for row in some.values(*names):
        key = row.pop("publication_id")
        publication = numbers[key]
        first = found.setdefault(key, row | {"waits_since": None, "is_past_live": False})
        first["is_past_live"] |= row["pk"] == publication.live_id
        is_shown = first["pk"] in (publication.live_id, publication.scheduled_id)
        if not is_shown and not first["is_past_live"]:
            first["waits_since"] = row["created_at"]
    return found


def _place(row: StockRow, publication: Any, newest: dict[str, Any]) -> None:
    """Fill where the page stands."""
    row.title = newest["title"] or newest["slug"]
    row.topic_id = getattr(publication, "topic_id", None)
    row.owner_id, row.deputy_id = publication.owner_id, publication.deputy_id
    row.changed_at, row.draft_since = newest["created_at"], newest["waits_since"]
    row.next_review_on = publication.next_review_on
    row.awaits_review = publication.awaits_review
    if publication.binned_at:
        row.state, row.draft_since = StockState.BIN, None
    elif publication.live_id:
        row.state = StockState.LIVE
    else:
        row.state = StockState.SCHEDULED if publication.scheduled_id else StockState.DRAFT


def _words_of_list(model: type[Publication], key: int, revision: Any) -> str:
    """The words under which the list shows the page; `revision` if they were read already."""
    if not revision:
        some: Any = model.revisions.rel.related_model.objects
        revision = some.only("title", "slug", "summary").get(pk=key)
    return f"{revision.title} {revision.slug} {revision.summary}"


def _words(text: str) -> list[StockWord]:
    words = set(words_of(text))
    new = [StockWord(word=word, sound=sound_of(word)) for word in sorted(words)]
    StockWord.objects.bulk_create(new, ignore_conflicts=True)
    return list(StockWord.objects.filter(word__in=words))


def _look_at_targets(model: type[Publication], keys: Iterable[int | None]) -> None:
    """Check whether pages that the live words named before, or name now, are orphans."""
    revisions = model.revisions.rel.related_model.objects.defer("body", "contents", *UNREAD_COLUMNS)
    some = list(revisions.filter(pk__in=[key for key in keys if key]))
    for target, publications in checks.targets_of(kind_of(model), some).items():
        live = [each for each in publications if each.live_id]
        found = checks.led_to(target, live)
        rows = StockRow.objects.filter(kind=kind_of(target))
        for is_orphan in (True, False):
            if some_keys := [each.pk for each in live if (each.pk not in found) == is_orphan]:
                rows.filter(publication__in=some_keys).update(is_orphan=is_orphan)


def refresh_rows(kind: str, after: int, last: int | None) -> None:
    """Look again at what changes with other pages: after `after`, up to `last` by their keys."""
    model = publication_models()[kind]
    some = model.objects.filter(pk__gt=after, live__isnull=False)
    update_rows(model, list(some.filter(pk__lte=last) if last is not None else some))


def drop_row(publication: Publication) -> None:
    """Remove the row of a publication that is deleted."""
    StockRow.objects.filter(kind=kind_of(type(publication)), publication=publication.pk).delete()


def mend_rows(most: int = MOST_AT_ONCE) -> int:
    """Check at most so many pages of each kind whose row is missing or made by other checks."""
    return sum(_mend(kind, model, most) for kind, model in publication_models().items())


def _mend(kind: str, model: Any, most: int) -> int:
    rows = StockRow.objects.filter(kind=kind)
    old = list(
        rows.exclude(checked_with=checked_with()).values_list("publication", flat=True)[:most]
    )
    if len(old) < most:
        is_there = models.Exists(rows.filter(publication=models.OuterRef("pk")))
        has_words = models.Exists(
            model.revisions.rel.related_model.objects.filter(publication=models.OuterRef("pk"))
        )
        missing = model.objects.filter(~is_there, has_words).order_by("pk")
        old += missing.values_list("pk", flat=True)[: most - len(old)]
    if old:
        update_rows(model, list(model.objects.filter(pk__in=old)))
    there = model.objects.filter(pk=models.OuterRef("publication"))
    gone = rows.filter(~models.Exists(there), publication__in=old)
    gone.delete()
    return len(old)


def forget_words(most: int = MOST_WORDS_FORGOTTEN) -> int:
    """Remove words that no page has any more, at most so many; return how many."""
    place = StockRow.words.through.objects.filter(stockword=models.OuterRef("pk"))
    unused = StockWord.objects.filter(~models.Exists(place))
    keys = list(unused.order_by("pk").values_list("pk", flat=True)[:most])
    if not keys:
        return 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # A save writes the words of its page first, so that one of the two waits for the other.
            with connection.cursor() as cursor:
                table = connection.ops.quote_name(StockWord._meta.db_table)
                cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        _all, by_model = unused.filter(pk__in=keys).delete()
    return by_model.get(StockWord._meta.label, 0)


class StockUpkeep:
    """A few pages at a time, so that other jobs never wait long; idle, it looks once a minute."""

    def __init__(self) -> None:
        self.next_at = self.forget_at = 0.0

    def step(self) -> None:
        now = time.monotonic()
        if now < self.next_at or mend_rows(AT_A_TIME):
            return
        self.next_at = now + 60
        # Rows that were written by SQL change it as well.
        WordingState.renew()
        if now >= self.forget_at and not forget_words():
            self.forget_at = now + 3600


def check_all_pages() -> int:
    """Check every page anew; return how many."""
    StockRow.objects.update(checked_with="")
    done = 0
    while some := mend_rows():
        done += some
    return done
