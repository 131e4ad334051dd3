"""Which texts show which pictures, asked of the index of links."""

from __future__ import annotations

import base64

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from articles.links.index import Use, uses_at
from articles.links.rows import Link
from articles.publishing.autosave import Autosave
from articles.publishing.kinds import publication_models

from .addresses import PUBLIC_PREFIX, PictureAddress, parse_src
from .figures import pictures_in
from .rows import Picture, PictureFile, PictureQuerySet


def published_pictures(using: str | None = None, path: str = "") -> list[PictureAddress]:
    """The pictures that visitors' pages show; of these only the one at `path`, if it is given."""
    named = Q(path=path) if path else Q(path__startswith=PUBLIC_PREFIX)
    links = Link.objects.using(using).filter(named)
    paths: set[str] = set()
    for kind, model in publication_models().items():
        live = model.objects.using(using).filter(live__isnull=False).values("live")
        paths.update(links.filter(kind=kind, revision__in=live).values_list("path", flat=True))
    return [address for path in sorted(paths) if (address := parse_src(path))]


def picture_uses(picture: Picture) -> list[Use]:
    """The pages of which the words that count now show it."""
    return uses_at(Q(path=picture.address.path))


def with_use(pictures: PictureQuerySet) -> PictureQuerySet:
    """Each with whether any version of any page shows it."""
    links = Link.objects.filter(path=OuterRef("path_in_texts"))
    return pictures.with_path().annotate(is_in_a_version=Exists(links))


def is_being_written(picture: Picture) -> bool:
    """Whether words that somebody typed and did not save yet show it."""
    kept = Autosave.objects.annotate(as_text=Cast("fields", TextField()))
    return kept.filter(as_text__contains=picture.digest).exists()


def with_pictures_inside(body: str) -> str:
    """The text with the pictures themselves in it, for a file that is read away from the site."""
    for address in {found.address for found in pictures_in(body) if found.address}:
        # Wide enough for a sheet of paper.
        size = next((each for each in address.all_sizes if each.width >= 960), address)
        if file := PictureFile.objects.at(size).first():
            content = base64.b64encode(file.content).decode()
            body = body.replace(f'"{address.path}"', f'"data:image/webp;base64,{content}"')
    return body


def require_whole_pictures(body: str) -> None:
    """Raise ValidationError unless each picture is there, and it is said what it shows."""
    for found in pictures_in(body):
        if found.alt is None:
            raise ValidationError(
                _("Say of each picture what it shows, or that it only decorates the page.")
            )
        address = found.address
        if address is None or not Picture.objects.at(address).exists():
            raise ValidationError(
                _("A picture of this text (“%(alt)s”) is not kept here. Add it again."),
                params={"alt": found.alt},
            )
