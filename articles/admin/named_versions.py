"""The versions of a publication that matter now: live, scheduled, and a newer draft."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from articles.publishing.publication import Publication


class NamedVersion(NamedTuple):
    """`kind` is the CSS modifier of its label."""

    kind: str
    label: str
    revision: Any

    @property
    def is_unreviewed_starter(self) -> bool:
        """Whether these words came with the site and no clinician reviewed them."""
        return self.revision.is_starter and not self.review

    @property
    def review(self) -> Any:
        """The clinician's review that stands for its words, if there is any."""
        return self.revision.standing_review()


def named_versions(publication: Publication) -> list[NamedVersion]:
    """Each with its own words; a version that is two of them stands once for each."""
    found = []
    if publication.live:
        found.append(NamedVersion("live", gettext("Live"), publication.live))
    if publication.scheduled:
        label = gettext("goes live %s") % moment(publication.scheduled_for)
        found.append(NamedVersion("scheduled", label, publication.scheduled))
    if is_draft(publication):
        label = gettext("newer draft") if found else gettext("Draft")
        found.append(NamedVersion("draft", label, publication.newest_revision))
    return found


def missing_review(revision: Any) -> str:
    """Why this version may not be published for want of a review; empty if it may."""
    if revision is None:
        return ""
    is_medical = getattr(revision, "is_medical", True)
    lacks: str = revision.publication.missing_review(revision.words_digest, is_medical)
    return lacks


def is_draft(publication: Publication) -> bool:
    """Whether the newest words are neither live nor scheduled."""
    newest = publication.newest_revision
    return newest is not None and newest.pk not in (publication.live_id, publication.scheduled_id)


def moment(when: Any) -> str:
    return date_format(timezone.localtime(when), "DATETIME_FORMAT")
