"""Files of pictures, as an editor would bring them."""

import io

from PIL import Image


def picture_bytes(size=(2000, 1000), kind="JPEG", colour=(200, 120, 40), **options):
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind, **options)
    return written.getvalue()


def small_png():
    """Smaller than the smallest width, so that it is quickly made."""
    return picture_bytes((40, 20), "PNG")
