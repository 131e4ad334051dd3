"""URL converters of the public pages; importing this module registers them."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class PositiveIntConverter(IntConverter):
    """A number without leading zeros, so that each page has a single address."""

    # Short enough that 2,000 times the number (a part of the sitemap) fits a column.
    regex = "[1-9][0-9]{0,14}"


register_converter(PositiveIntConverter, "positive_int")
