"""Keeping the index of links in step with the revisions, and asking it what links where."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from articles.addresses.old_addresses import OldAddress
from articles.publishing.kinds import kind_of, kind_of_revision, publication_models

from .addresses import links_in, shown_pictures
from .rows import BROKEN, Link

MAX_USES = 50


def rows_for(kind: str, revision: Any) -> list[Link]:
    """A row for each link of a revision, which may be of a historical model."""
    return [
        Link(
            kind=kind,
            publication=revision.publication_id,
            revision=revision.pk,
            href=found.href,
            words=found.words,
            path=found.address.path,
            fragment=found.address.fragment,
        )
        for found in (*links_in(revision.body, revision.sources), *shown_pictures(revision.body))
    ]


def store_links(revision: Any) -> None:
    """Store the links of a revision that was just saved."""
    kind = kind_of_revision(revision)
    Link.objects.bulk_create(rows_for(kind, revision))


def drop_links(publication: Any) -> None:
    """Remove the links of a publication that is deleted with its revisions."""
    kind = kind_of(publication)
    Link.objects.filter(kind=kind, publication=publication.pk).delete()


def broken(model: Any) -> QuerySet[Any, Any]:
    """The revisions, of publications of `model`, with links that lead nowhere."""
    found = Link.objects.exclude(problem="").filter(kind=kind_of(model))
    return found.filter(problem__in=BROKEN).values("revision")


class Use(NamedTuple):
    """A publication of which the words that count now link to another one."""

    publication: Any
    is_live: bool
    is_scheduled: bool
    is_draft: bool


def uses_of(publication: Any) -> list[Use]:
    """What links to `publication` now, the first MAX_USES, with what visitors read first."""
    return uses_at(_to(publication), publication)


def uses_at(where: Q, but: Any = None) -> list[Use]:
    """What links there now, as `uses_of` has it, without the page `but` itself."""
    itself = (kind_of(but), but.pk) if but else None
    linking: dict[str, set[int]] = defaultdict(set)
    keys: dict[str, set[int]] = defaultdict(set)
    links = Link.objects.filter(where)
    for kind, key, revision in links.values_list("kind", "publication", "revision"):
        if (kind, key) != itself:
            keys[kind].add(key)
            linking[kind].add(revision)
    uses = []
    for kind, model in publication_models().items():
        if not keys[kind]:
            continue
        found = (
            model.objects.with_newest()
            .outside_bin()
            .filter(pk__in=keys[kind])
            .select_related("live")
        )
        for each in found:
            is_live = each.live_id in linking[kind]
            is_scheduled = each.scheduled_id in linking[kind]
            is_draft = each.newest_pk in linking[kind]
            if is_live or is_scheduled or is_draft:
                uses.append(Use(each, is_live, is_scheduled, is_draft and not is_live))
    return sorted(uses, key=lambda use: (not use.is_live, str(use.publication)))[:MAX_USES]


def _to(publication: Any) -> Q:
    """Links to its address, to its place on the list of its kind, or to where it was before."""
    path = publication.get_absolute_url()
    # A list, not a subquery: with one, PostgreSQL reads all links.
    earlier = list(OldAddress.objects.filter(target=path).values_list("path", flat=True))
    found = Q(path__in=[path, *earlier])
    if listed_at := publication.listed_at:
        slugs = [each.strip("/").rpartition("/")[2] for each in earlier]
        found |= Q(path=listed_at, fragment__in=[publication.slug, *slugs])
    return found
