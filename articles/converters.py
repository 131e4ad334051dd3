from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """A primary key, written in one way alone: each page has one address."""

    # Times the keys of a sitemap, it still fits a column.
    regex = "[1-9][0-9]{0,14}"
