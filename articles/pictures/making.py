"""What becomes of a file that an editor brings: still pictures in WebP, without anything besides.

Where and when it was taken, with what and by whom, stays behind. Transparent parts become white: a
drawing in dark ink would vanish on a dark page.
"""

from __future__ import annotations

import hashlib
import io
import threading
from typing import Any, NamedTuple

from django.utils.translation import gettext

from .addresses import MOST_HEIGHT, WIDTHS, PictureAddress

MOST_FILE_BYTES = 10_000_000
# Of the file, and of what has to be unpacked for our widths: a JPEG can be read at a half or less.
MOST_PIXELS, MOST_UNPACKED_PIXELS = 60_000_000, 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY = 80
HEIC_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"hevc", b"msf1")
# Unpacked, a picture takes up to 100 MB: one at a time in each process.
_one_at_a_time = threading.Lock()


class UnusablePicture(Exception):
    """The message says to the editor why, and what to do."""


class MadePicture(NamedTuple):
    address: PictureAddress  # of the largest size; its digest is that file's
    files: dict[PictureAddress, bytes]


def make_picture(data: bytes) -> MadePicture:
    """The picture in all its sizes. Raise UnusablePicture."""
    if len(data) > MOST_FILE_BYTES:
        raise UnusablePicture(gettext("The file is larger than 10 MB. Save the picture smaller."))
    _refuse_by_first_bytes(data)
    # Imported here: nothing else that a worker serves needs it.
    from PIL import Image

    with _one_at_a_time:
        try:
            largest = _read(Image, data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise UnusablePicture(_too_many_points()) from error
        except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
            # Pillow's plug-ins raise all of these for files that are cut or forged.
            raise UnusablePicture(
                gettext(
                    "This file is no picture that can be read, or it is damaged. Use JPEG or PNG."
                )
            ) from error
        content = _as_webp(largest)
        address = PictureAddress(digest_of(content), *largest.size)
        files = {
            each: _as_webp(largest.resize((each.width, each.height), Image.Resampling.LANCZOS))
            for each in address.all_sizes[:-1]
        }
    return MadePicture(address, files | {address: content})


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def is_plain_webp(content: bytes, address: PictureAddress) -> bool:
    """Whether these are bytes as `_as_webp` writes them, of this size."""
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(content), formats=["WEBP"])
    except (OSError, SyntaxError, ValueError):
        return False
    is_still = getattr(image, "n_frames", 1) == 1
    return is_still and image.size == (address.width, address.height) and image.mode == "RGB"


def _refuse_by_first_bytes(data: bytes) -> None:
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")):
        raise UnusablePicture(
            gettext("A drawing as SVG can hold programs, so it is not taken. Save it as PNG.")
        )
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        raise UnusablePicture(
            gettext("Browsers can’t show this photo of a phone (HEIC). Save it as JPEG.")
        )


def _too_many_points() -> str:
    return gettext(
        "The picture has too many points. Save it smaller, for example 3000 points wide."
    )


def _read(image_module: Any, data: bytes) -> Any:
    """The picture upright, in plain colours, no larger than the largest size."""
    from PIL import ImageOps

    image = image_module.open(io.BytesIO(data), formats=FORMATS)
    # Some phones add a second picture to a JPEG, which then is no film.
    if image.format not in ("JPEG", "MPO") and getattr(image, "n_frames", 1) > 1:
        raise UnusablePicture(
            gettext(
                "This picture moves, which keeps people from reading. Save one still picture of it."
            )
        )
    if image.width * image.height > MOST_PIXELS:
        raise UnusablePicture(_too_many_points())
    image.draft("RGB", (WIDTHS[-1], MOST_HEIGHT))
    if image.width * image.height > MOST_UNPACKED_PIXELS:
        raise UnusablePicture(_too_many_points())
    image = ImageOps.exif_transpose(image)
    plain = _in_plain_colours(image_module, image)
    if plain.width > WIDTHS[-1] or plain.height > MOST_HEIGHT:
        plain.thumbnail((WIDTHS[-1], MOST_HEIGHT), image_module.Resampling.LANCZOS, reducing_gap=3)
    return plain


def _in_plain_colours(image_module: Any, image: Any) -> Any:
    if image.mode.startswith("I") or image.mode == "F":
        # 16 bits a point, of which a screen shows the upper ones.
        image = image.point(lambda value: value / 256).convert("L")
    image = _in_srgb(image)
    whole = image.convert("RGBA")
    # A new picture, which has none of what the file told besides.
    plain = image_module.new("RGB", whole.size, "white")
    plain.paste(whole, mask=whole.getchannel("A"))
    return plain


def _in_srgb(image: Any) -> Any:
    """Colours as they were meant: phones and cameras have profiles of their own."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    from PIL import ImageCms

    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(
            image, meant, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        return image


def _as_webp(image: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, "WEBP", quality=QUALITY, method=4)
    return written.getvalue()
