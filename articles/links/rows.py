"""The stored index of links: one row for each link of each revision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Problem(models.TextChoices):
    """Why a link does not lead where its words promise; the label ends “The link …”."""

    NO_ADDRESS = "no_address", _("has no address that a browser understands")
    NUMBER = "number", _("holds a number that no phone can call")
    MAIL = "mail", _("holds no complete mail address")
    NO_PAGE = "no_page", _("leads to a page that does not exist")
    NOT_PUBLISHED = "not_published", _("leads to a page that visitors can’t see yet")
    STAFF = "staff", _("leads to a page for staff, where visitors find a log-in")
    NO_PLACE = "no_place", _("leads to a place that its page does not have")
    MOVED = "moved", _("leads to an old address, which leads on to the new one")
    NO_ANSWER = "no_answer", _("leads to a website that did not show the page")

    @property
    def is_broken(self) -> bool:
        """Whether visitors miss what they were promised."""
        return self is not Problem.MOVED


BROKEN = [problem for problem in Problem if problem.is_broken]


class Link(models.Model):
    kind = models.CharField(max_length=50)  # the model of the publication, as `app.model`
    publication = models.PositiveBigIntegerField()
    revision = models.PositiveBigIntegerField()
    href = models.TextField()
    words = models.CharField(max_length=100)
    # Set for links to pages of this site, else empty.
    path = models.CharField(max_length=300, db_index=True)
    fragment = models.CharField(max_length=200)
    # As the last check found it: at the save, then each day for what is live.
    problem = models.CharField(max_length=20, choices=Problem.choices, blank=True)

    objects: ClassVar[models.Manager[Link]] = models.Manager()

    class Meta:
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "revision"], name="link_revision"),
            models.Index(
                fields=["kind", "revision"],
                condition=~models.Q(problem=""),
                name="link_problem",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} → {self.href}"
