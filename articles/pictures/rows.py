"""Pictures that editors brought, in the sizes that pages show.

The files stand in the database: so they are in its backup, on every node at once, and never without
the words that show them. What a picture means in a text (`alt`, caption) belongs to that text.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from .addresses import PUBLIC_PREFIX, PictureAddress
from .making import MadePicture, digest_of, is_plain_webp


class PictureQuerySet(models.QuerySet["Picture"]):
    def at(self, address: PictureAddress) -> PictureQuerySet:
        return self.filter(digest=address.digest, width=address.width, height=address.height)

    def with_path(self) -> PictureQuerySet:
        """With the address by which texts name it, for the index of links."""
        width, height = (Cast(name, models.CharField()) for name in ("width", "height"))
        values = ("digest", models.Value("/"), width, models.Value("x"), height)
        path = Concat(models.Value(PUBLIC_PREFIX), *values, models.Value(".webp"))
        return self.annotate(path_in_texts=path)

    @transaction.atomic
    def keep(self, made: MadePicture, name: str, by: Any) -> tuple[Picture, bool]:
        """The row of this picture, and whether it is new: the same one is kept once."""
        address = made.address
        defaults = {
            "width": address.width,
            "height": address.height,
            "name": name,
            "added_by": by,
        }
        picture, is_new = self.get_or_create(digest=address.digest, defaults=defaults)
        if is_new:
            PictureFile.objects.bulk_create(
                PictureFile(picture=picture, width=size.width, height=size.height, content=content)
                for size, content in made.files.items()
            )
        return picture, is_new


class PictureFileQuerySet(models.QuerySet["PictureFile"]):
    def at(self, address: PictureAddress) -> PictureFileQuerySet:
        return self.filter(
            picture__digest=address.digest, width=address.width, height=address.height
        )


class Picture(models.Model):
    # The first half of the SHA-256 of its largest file, in hexadecimal.
    digest = models.CharField(max_length=32, unique=True, editable=False)
    width = models.PositiveSmallIntegerField(_("width"), editable=False)
    height = models.PositiveSmallIntegerField(_("height"), editable=False)
    name = models.CharField(_("name of the file"), max_length=100, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-added_at", "-pk"]
        default_permissions = ("add", "delete", "view")

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> PictureAddress:
        return PictureAddress(self.digest, self.width, self.height)


class PictureFile(models.Model):
    picture = models.ForeignKey(Picture, models.CASCADE, related_name="files")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    objects = PictureFileQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["picture", "width"], name="one_file_of_each_width"),
        ]

    def __str__(self) -> str:
        return f"{self.picture} ({self.width} × {self.height})"

    @property
    def address(self) -> PictureAddress:
        return PictureAddress(self.picture.digest, self.width, self.height)

    def require_true(self) -> None:
        """Raise ValidationError unless it is such a file as `make_picture` writes."""
        content = bytes(self.content)
        largest = self.picture.address
        if self.address not in largest.all_sizes or not is_plain_webp(content, self.address):
            raise ValidationError(_("A file of a picture is not what its row says."))
        if self.address == largest and digest_of(content) != largest.digest:
            raise ValidationError(_("A file of a picture is not the one that texts name."))
