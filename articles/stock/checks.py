"""What is wrong with the words of a page, and which pages no other page leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from articles.addresses.old_addresses import OldAddress
from articles.links.checks import record_problems
from articles.links.rows import BROKEN, Link
from articles.publishing.kinds import kind_of, publication_models
from articles.text import markup, readability
from articles.wording.advice import readable_text, terms_to_avoid
from articles.wording.dismissals import still_open
from articles.wording.rows import current_wording

if TYPE_CHECKING:
    from articles.publishing.publication import Publication

    from .rows import StockRow


def check_words(row: StockRow, publication: Any, revision: Any) -> None:
    """Fill what follows from the words alone, and from where their links lead now."""
    own = "\n".join([revision.title, revision.summary, *markup.own_blocks(revision.body)])
    row.grade = round(readability.grade(readable_text(revision.summary, revision.body)) or 0, 1)
    row.terms = len(still_open(publication, terms_to_avoid(own, current_wording())))
    row.lacks_summary = not revision.summary.strip()
    row.lacks_sources = publication.needs_sources(revision) and not revision.sources
    row.broken_links = sum(problem.is_broken for problem in record_problems(revision))


def broken_links(kind: str, revisions: Sequence[int]) -> dict[int, int]:
    """Of these revisions, how many links the last check found to lead nowhere."""
    found: dict[int, int] = {}
    links = Link.objects.filter(kind=kind, revision__in=revisions, problem__in=BROKEN)
    for revision in links.values_list("revision", flat=True):
        found[revision] = found.get(revision, 0) + 1
    return found


def led_to(model: type[Publication], publications: Sequence[Any]) -> set[int]:
    """Which of the publications, by key, another live page links to or shows."""
    keys = {each.pk for each in publications}
    found: set[int] = set()
    for other in publication_models().values():
        found |= other.shows(model, keys)
    by_path = {each.get_absolute_url(): each.pk for each in publications}
    earlier = OldAddress.objects.filter(target__in=list(by_path))
    by_path |= {path: by_path[target] for path, target in earlier.values_list("path", "target")}
    by_place = {}
    if listed_at := str(model.listed_at):
        by_place = {
            (listed_at, path.strip("/").rpartition("/")[2]): key for path, key in by_path.items()
        }
    links = Link.objects.filter(path__in=[*by_path, *({path for path, _slug in by_place})])
    linking: dict[str, dict[int, set[int]]] = {}
    own_kind = kind_of(model)
    for kind, source, revision, path, fragment in links.values_list(
        "kind", "publication", "revision", "path", "fragment"
    ):
        target = by_path.get(path) or by_place.get((path, fragment))
        if target and target not in found and (kind, source) != (own_kind, target):
            linking.setdefault(kind, {}).setdefault(revision, set()).add(target)
    for kind, targets in linking.items():
        live = publication_models()[kind].objects.filter(live__in=list(targets))
        for revision in live.values_list("live_id", flat=True):
            found |= targets[revision]
    return found


def targets_of(kind: str, revisions: Sequence[Any]) -> dict[type[Publication], list[Any]]:
    """The publications to which revisions of a kind link, or which they name."""
    paths = set(
        Link.objects.filter(kind=kind, revision__in=[each.pk for each in revisions])
        .exclude(path="")
        .values_list("path", flat=True)
    )
    slugs = {path.rstrip("/").rpartition("/")[2] for path in paths}
    found: dict[type[Publication], list[Any]] = {}
    for model in publication_models().values():
        some = []
        # Most pages lead nowhere: even a query of nothing takes time to put together.
        if slugs:
            by_slug = model.objects.filter(slug__in=slugs)
            some += [each for each in by_slug if each.get_absolute_url() in paths]
        if named := {key for each in revisions for key in each.named(model)}:
            some += model.objects.filter(pk__in=named)
        if some:
            found[model] = some
    return found
