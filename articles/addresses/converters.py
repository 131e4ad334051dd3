"""URL converters of the public pages; importing this module registers them."""

from django.urls import register_converter
from django.urls.converters import IntConverter

from articles.pictures.addresses import PICTURE_NAME, PUBLIC_PREFIX, PictureAddress, parse_src


class PositiveIntConverter(IntConverter):
    """A number without leading zeros, so that each page has a single address."""

    # Short enough that 2,000 times the number (a part of the sitemap) fits a column.
    regex = "[1-9][0-9]{0,14}"


class PictureConverter:
    """The address of a file of a picture, after its prefix."""

    regex = PICTURE_NAME

    def to_python(self, value: str) -> PictureAddress | None:
        return parse_src(PUBLIC_PREFIX + value)

    def to_url(self, address: PictureAddress) -> str:
        return address.name


register_converter(PositiveIntConverter, "positive_int")
register_converter(PictureConverter, "picture")
