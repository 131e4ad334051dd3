"""Pictures in a text: `<figure><img src="…" alt="…"><figcaption>…</figcaption></figure>`.

An empty `alt` says that the picture only decorates; without any, nobody has said yet what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .addresses import PictureAddress, parse_src

MOST_ALT = 300
# As wide as a phone, then as a column of text.
SIZES = "(min-width: 48em) 46rem, 100vw"
_whole_figure = re.compile(r"(<figure>.*?</figure>)", re.DOTALL)
_image = re.compile(r"<img\b([^>]*)>")
_attribute = re.compile(r'(src|alt)="([^"]*)"')
_caption = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_leftover = re.compile(r"</?fig(?:ure|caption)>|<img\b[^>]*>")
_block_in_caption = re.compile(r"<(?!/?(?:strong|em|a|sub|sup)\b)[^>]*>")


class FoundPicture(NamedTuple):
    src: str
    alt: str | None

    @property
    def address(self) -> PictureAddress | None:
        return parse_src(self.src)


def _picture_of(image: re.Match[str]) -> FoundPicture:
    values = {name: unescape(value) for name, value in _attribute.findall(image[1])}
    return FoundPicture(values.get("src", ""), values.get("alt"))


def pictures_in(html: str) -> list[FoundPicture]:
    """All pictures of a text, also those that are not ours."""
    return [_picture_of(image) for image in _image.finditer(html)]


def refuse_foreign_pictures(html: str) -> None:
    """Raise ValidationError for a picture of another website, which a page would not show."""
    if any(not found.address for found in pictures_in(html)):
        raise ValidationError(
            _("A picture in the text is not one of ours. Take it out, and add it as a file.")
        )


def tidy_figures(html: str, clean: Callable[[str], str]) -> str:
    """Bring the pictures of cleaned HTML into the one shape, and leave out what is none of ours.

    `clean` makes HTML whole again. The words of a figure stay, whatever becomes of its picture.
    """
    parts = _whole_figure.split(html)
    if any(_image.search(part) for part in parts[::2]):
        # Pictures without a figure; the cleaner ends a paragraph before one.
        parts[::2] = [_image.sub(r"<figure>\g<0></figure>", part) for part in parts[::2]]
        parts = _whole_figure.split(clean("".join(parts)))
    parts[::2] = [_leftover.sub("", part) for part in parts[::2]]
    parts[1::2] = [_tidy(part) for part in parts[1::2]]
    return "".join(parts)


def _tidy(inside: str) -> str:
    caption = _caption.search(inside)
    words = _block_in_caption.sub(" ", caption[1]).strip() if caption else ""
    rest = _leftover.sub("", inside.replace(caption[0], "", 1) if caption else inside).strip()
    images = [_tidy_image(found) for found in pictures_in(inside) if found.address]
    if not images:
        return (f"<p>{words}</p>" if words else "") + rest
    images[0] += f"<figcaption>{words}</figcaption>" if words else ""
    return "".join(f"<figure>{image}</figure>" for image in images) + rest


def _tidy_image(found: FoundPicture) -> str:
    path = found.address.path if found.address else ""
    alt = "" if found.alt is None else f' alt="{escape(_one_line(found.alt))}"'
    return f'<img src="{path}"{alt}>'


def _one_line(alt: str) -> str:
    return " ".join(alt.split())[:MOST_ALT].strip()


def render_figures(html: str) -> str:
    """Say of each picture of tidy HTML how large it is and in which sizes there are files."""
    return _image.sub(_rendered, html)


def _rendered(image: re.Match[str]) -> str:
    found = _picture_of(image)
    if not (address := found.address):
        return ""
    sizes = address.all_sizes
    files = ", ".join(f"{each.path} {each.width}w" for each in sizes)
    choice = f' srcset="{files}" sizes="{SIZES}"' if len(sizes) > 1 else ""
    return (
        f'<img src="{address.path}"{choice} width="{address.width}" height="{address.height}"'
        f' alt="{escape(found.alt or "")}" loading="lazy">'
    )
