from typing import ClassVar

from django.db import models


class Change(models.Model):
    """Something that visitors read has changed; written by triggers of the database alone."""

    # What a page that shows it is marked with: "article:5", "helplines".
    tag = models.CharField(max_length=60)
    at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager["Change"]]

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.tag
