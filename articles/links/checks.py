"""Whether links lead where they should: pages, places on them, numbers, mail addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.functional import cached_property
from django.utils.translation import gettext

from articles.addresses.old_addresses import OldAddress
from articles.pictures.addresses import parse_src
from articles.pictures.rows import Picture
from articles.publishing.kinds import kind_of_revision, publication_models
from articles.topics import Topic

from .addresses import Address, parse_href, suggestion
from .rows import Link, Problem


class Target(NamedTuple):
    """A publication to which a link may lead."""

    is_published: bool
    is_in_bin: bool
    anchors: frozenset[str]


class LinkTargets:
    """What addresses of this site lead to, asked for many at once."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        found = list(addresses)
        self.paths = {address.path for address in found}
        # An address for each place of a list: what moved or was merged leads on from both.
        self.places = {f"{path}{fragment}/" for path, fragment, *_rest in found if fragment}
        last_parts = {path.rstrip("/").rpartition("/")[2] for path in self.paths}
        # On lists, and on articles with questions, a place has the name of a publication.
        self.slugs = (last_parts | {address.fragment for address in found}) - {""}

    @cached_property
    def targets(self) -> dict[str, Target]:
        """All publications among the addresses, by address."""
        found = {}
        for model in publication_models().values():
            publications = model.objects.filter(
                slug__in=self.slugs, language=settings.LANGUAGE_CODE
            )
            for each in publications.select_related("live"):
                anchors = anchors_of(each.live) if each.live else frozenset()
                target = Target(each.is_published, bool(each.binned_at), anchors)
                found[each.get_absolute_url()] = target
                if each.listed_at:
                    found[f"{each.listed_at}#{each.slug}"] = target
        return found

    @cached_property
    def listing(self) -> set[str]:
        """Addresses on which all publications of a kind stand, each under its own name."""
        return {str(model.listed_at) for model in publication_models().values() if model.listed_at}

    @cached_property
    def topic_slugs(self) -> set[str]:
        return set(Topic.objects.values_list("slug", flat=True))

    @cached_property
    def pictures(self) -> set[str]:
        """The addresses of pictures that are kept."""
        digests = [address.digest for path in self.paths if (address := parse_src(path))]
        found = Picture.objects.filter(digest__in=digests) if digests else []
        return {picture.address.path for picture in found}

    @cached_property
    def old(self) -> dict[str, str]:
        """Where addresses that pages had before lead now."""
        found = OldAddress.objects.filter(path__in=self.paths | self.places)
        return dict(found.values_list("path", "target"))

    def problem(self, address: Address, own_anchors: frozenset[str]) -> Problem | None:
        """Why `address` leads nowhere, for a page with the headings `own_anchors`."""
        if address.problem or address.is_outside:
            return address.problem
        if not address.path:
            return _missing(address.fragment, own_anchors)
        if target := self.targets.get(address.path):
            if not target.is_published:
                return self._problem_of_hidden(address.path, target)
            if self._is_listed_somewhere(address.fragment):
                return None
            return _missing(address.fragment, target.anchors)
        if address.path in self.listing and address.fragment:
            return self._problem_of_place(address)
        return self._problem_of_page(address.path)

    def _problem_of_place(self, address: Address) -> Problem | None:
        listed = self.targets.get(f"{address.path}#{address.fragment}")
        if listed and listed.is_published:
            return None
        target = self.old.get(f"{address.path}{address.fragment}/", "")
        if target.startswith(address.path) and target != address.path:
            return Problem.MOVED
        if listed:
            return Problem.NOT_PUBLISHED
        return _missing(address.fragment, frozenset())

    def _problem_of_hidden(self, path: str, target: Target) -> Problem:
        if path in self.old:
            return Problem.MOVED
        return Problem.NO_PAGE if target.is_in_bin else Problem.NOT_PUBLISHED

    def _is_listed_somewhere(self, fragment: str) -> bool:
        """Articles show questions in full, each under its own name."""
        found = (self.targets.get(f"{path}#{fragment}") for path in self.listing)
        return any(target and target.is_published for target in found)

    def _problem_of_page(self, path: str) -> Problem | None:
        if path in self.old:
            return Problem.MOVED
        if path.startswith(settings.STATIC_URL):
            return None
        if path.startswith(settings.STAFF_PATHS):
            return Problem.STAFF
        if parse_src(path):
            return None if path in self.pictures else Problem.NO_PAGE
        match = _match(path)
        if match is None:
            return Problem.NO_PAGE
        slug = match.kwargs.get("slug")
        is_topic = "topic" in (match.url_name or "")
        if slug is None or (is_topic and slug in self.topic_slugs):
            return None
        return Problem.NO_PAGE


def _match(path: str) -> ResolverMatch | None:
    for each in (path, path.rstrip("/")):
        try:
            return resolve(each or "/")
        except Resolver404:
            continue
    return None


def _missing(fragment: str, anchors: frozenset[str]) -> Problem | None:
    # The site's own templates name their places with an underscore.
    is_there = not fragment or fragment.startswith("_") or fragment in anchors
    return None if is_there else Problem.NO_PLACE


class LinkFinding(NamedTuple):
    link: Any
    problem: Problem

    def __str__(self) -> str:
        if parse_src(self.link.href):
            return gettext("The picture “%s” is not kept here any more.") % self.link.words
        link = gettext("The link “%(words)s” (%(href)s)") % {
            "words": self.link.words, "href": self.link.href
        }  # fmt: skip
        better = suggestion(self.link.href)
        hint = gettext(" Did you mean %s?") % better if better else ""
        return f"{link} {self.problem.label}.{hint}"


def anchors_of(revision: Any) -> frozenset[str]:
    return frozenset(heading["anchor"] for heading in revision.contents)


def findings(links: Iterable[Any], own_anchors: frozenset[str]) -> list[LinkFinding]:
    """The links of one page that lead nowhere (`Link` or `FoundLink`), each address once."""
    unique: dict[str, Any] = {}
    for link in links:
        unique.setdefault(link.href, link)
    addresses = {href: parse_href(href) for href in unique}
    site = LinkTargets(addresses.values())
    found = ((unique[href], site.problem(address, own_anchors))
             for href, address in addresses.items())  # fmt: skip
    return [LinkFinding(link, problem) for link, problem in found if problem]


def links_to_look_at(revision: Any) -> list[LinkFinding]:
    """The stored links of a revision that lead nowhere."""
    kind = kind_of_revision(revision)
    links = Link.objects.filter(kind=kind, revision=revision.pk).order_by("pk")
    return findings(links, anchors_of(revision))


def record_problems(revision: Any) -> list[Problem]:
    """Check the links of a revision now, store what is wrong and return it."""
    kind = kind_of_revision(revision)
    links = list(Link.objects.filter(kind=kind, revision=revision.pk).order_by("pk"))
    addresses = {link.href: parse_href(link.href) for link in links}
    targets, anchors = LinkTargets(addresses.values()), anchors_of(revision)
    changed = []
    for link in links:
        address = addresses[link.href]
        problem = targets.problem(address, anchors)
        # What another website answered is asked by the daily check alone.
        if problem != (link.problem or None) and not (address.is_outside and not problem):
            link.problem = problem or ""
            changed.append(link)
    Link.objects.bulk_update(changed, ["problem"])
    return [Problem(link.problem) for link in links if link.problem]
