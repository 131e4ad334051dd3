"""Addresses of pictures: `/pictures/<digest>/<width>x<height>.webp`.

An address names its bytes and their size, so it never shows another picture, and a page needs no
database to know which sizes there are.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# In CSS pixels a column of text is at most 736 wide; phones and tablets need less.
WIDTHS = (480, 960, 1440)
MOST_HEIGHT = 2160
PUBLIC_PREFIX, STAFF_PREFIX = "/pictures/", "/admin/pictures/"
PICTURE_NAME = r"[0-9a-f]{32}/[1-9][0-9]{0,3}x[1-9][0-9]{0,3}\.webp"
_src = re.compile(rf"(?:{STAFF_PREFIX}|{PUBLIC_PREFIX})({PICTURE_NAME})")
# In `src`, and after the commas of `srcset`.
_in_html = re.compile(rf'(?<=[" ]){PUBLIC_PREFIX}(?={PICTURE_NAME})')


class PictureAddress(NamedTuple):
    digest: str
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"{self.digest}/{self.width}x{self.height}.webp"

    @property
    def path(self) -> str:
        return PUBLIC_PREFIX + self.name

    @property
    def all_sizes(self) -> list[PictureAddress]:
        """The smaller ones of the same picture, then itself."""
        smaller = [width for width in WIDTHS if width < self.width]
        return [*(self._replace(width=w, height=self._height_at(w)) for w in smaller), self]

    def _height_at(self, width: int) -> int:
        return max(1, round(self.height * width / self.width))


def parse_src(src: str) -> PictureAddress | None:
    """The picture of ours that `src` names, for visitors or for staff."""
    match = _src.fullmatch(src)
    if match is None:
        return None
    digest, width, height = re.split("[/x.]", match[1])[:3]
    return PictureAddress(digest, int(width), int(height))


def with_prefix(html: str, prefix: str = STAFF_PREFIX) -> str:
    """The same page with its pictures from where who reads it may see them before visitors do."""
    return _in_html.sub(prefix, html)
