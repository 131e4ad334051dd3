"""The content of a publication at one moment; it never changes once it is saved."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from articles.links import index as links
from articles.pictures.uses import require_whole_pictures
from articles.text import markup
from articles.text.clean_text import clean_text
from articles.text.instructions import refuse_instructions
from articles.text.readability import reading_time

from .completeness import missing_parts


def words_digest(words: list[Any]) -> str:
    as_text = json.dumps(words, sort_keys=True)
    return hashlib.blake2b(as_text.encode(), digest_size=16).hexdigest()


class Revision(models.Model):
    """Abstract. Subclasses add `publication`, the foreign key to their publication."""

    CONTENT_FIELDS = ("title", "summary", "body", "sources", "byline")
    # Where the page stands, by names of columns. The publication has them too, with live values.
    PLACE_FIELDS: tuple[str, ...] = ("slug", "language")

    number = models.PositiveIntegerField(editable=False)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=600, blank=True)
    body = models.TextField(_("text"), blank=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    byline = models.CharField(_("written by"), max_length=200, blank=True)
    slug = models.SlugField(_("address"), max_length=100, db_index=False)
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Derived from the content at save, so that a page view only copies it.
    rendered = models.TextField(editable=False)
    contents = models.JSONField(editable=False, default=list)
    plain_text = models.TextField(editable=False)
    word_count = models.PositiveIntegerField(editable=False, default=0)
    # Words that came with the site: no clinician of the centre reviewed them.
    is_starter = models.BooleanField(default=False, editable=False)
    # A digest of the words: a review holds for every revision with the same digest.
    words_digest = models.CharField(max_length=32, editable=False, default="")

    objects: ClassVar[Any]
    publication: Any
    publication_id: int

    class Meta:
        abstract = True
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Clean the content and render it.

        Raise ValidationError if the revision was saved before or its body is nested too deeply.
        """
        if not self._state.adding:
            raise ValidationError(_("A saved revision never changes; save a new one."))
        self.derive()
        with transaction.atomic():
            super().save(*args, **kwargs)
            links.store_links(self)

    def derive(self) -> None:
        """Clean the content and fill what follows from it. Raise ValidationError as `save` does."""
        for name in (*self.CONTENT_FIELDS, "note"):
            setattr(self, name, clean_text(getattr(self, name)))
        self.body = markup.sanitise(self.body)
        self.rendered, self.contents = markup.render(self.body)
        self.plain_text = markup.plain_text(self.body)
        self.word_count = len(f"{self.summary} {self.plain_text}".split())
        self.words_digest = words_digest([getattr(self, name) for name in self.CONTENT_FIELDS])

    @classmethod
    def digest_of_content(cls, content: dict[str, Any]) -> str:
        """The `words_digest` that all of `CONTENT_FIELDS` would have once they are saved."""
        content = clean_text(content)
        content["body"] = markup.sanitise(content["body"])
        return words_digest([content[name] for name in cls.CONTENT_FIELDS])

    def has_same_content(self, **content: Any) -> bool:
        """Whether saving `content` would change nothing. Fields not given count as empty."""
        content = clean_text(content)
        if "body" in content:
            content["body"] = markup.sanitise(content["body"])
        empty = type(self)()
        return all(
            getattr(self, name) == content.get(name, getattr(empty, name))
            for name in self.CONTENT_FIELDS
        )

    def named(self, model: Any) -> list[int]:
        """Keys of publications of `model` that it names otherwise than by links."""
        return []

    def standing_review(self) -> Any:
        """The clinician's review that stands for these words, or None."""
        return None

    @property
    def place(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.PLACE_FIELDS}

    def is_same_as(self, place: dict[str, Any], content: dict[str, Any]) -> bool:
        """Whether it says these words in this place, of which `place` may name a part."""
        return self.place == self.place | place and self.has_same_content(**content)

    @property
    def missing_parts(self) -> list[str]:
        content = {name: getattr(self, name) for name in self.CONTENT_FIELDS}
        return missing_parts(self.place, content)

    def require_finished(self) -> None:
        """Raise ValidationError while instructions for staff are left in the words."""
        refuse_instructions(self.title, self.summary, self.plain_text)
        require_whole_pictures(self.body)

    @property
    def html(self) -> SafeString:
        return markup.trusted(self.rendered)

    @property
    def begins_with_numbers(self) -> bool:
        return markup.begins_with_numbers(self.rendered)

    @property
    def urgent_box(self) -> SafeString:
        """What to do right now, if the text begins with it."""
        return markup.trusted(markup.split_urgent(self.rendered)[0])

    @property
    def html_below_box(self) -> SafeString:
        return markup.trusted(markup.split_urgent(self.rendered)[1])

    @property
    def main_headings(self) -> list[dict[str, Any]]:
        return [heading for heading in self.contents if heading["level"] == 2]

    @property
    def reading_time(self) -> str:
        return reading_time(self.word_count)
