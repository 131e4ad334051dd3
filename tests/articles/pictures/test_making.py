import hashlib
import io

import pytest
from PIL import Image

from articles.pictures import making
from articles.pictures.making import UnusablePicture, make_picture

from .files import picture_bytes, small_png


def opened(content):
    return Image.open(io.BytesIO(content))


def corner(data, place=(0, 0)):
    made = make_picture(data)
    return opened(made.files[made.address]).convert("RGB").getpixel(place)


def is_near(colour, other):
    return all(abs(a - b) <= 12 for a, b in zip(colour, other, strict=True))


def test_large_picture_comes_in_three_widths():
    made = make_picture(picture_bytes((2000, 1000)))
    sizes = [(each.width, each.height) for each in made.files]
    assert sorted(sizes) == [(480, 240), (960, 480), (1440, 720)]
    for address, content in made.files.items():
        image = opened(content)
        assert (image.format, image.size) == ("WEBP", (address.width, address.height))


def test_small_picture_is_not_blown_up():
    made = make_picture(small_png())
    assert [(each.width, each.height) for each in made.files] == [(40, 20)]


def test_address_is_the_hash_of_the_largest_file():
    made = make_picture(small_png())
    assert hashlib.sha256(made.files[made.address]).hexdigest().startswith(made.address.digest)
    assert made.address.path == f"/pictures/{made.address.digest}/40x20.webp"
    assert make_picture(small_png()).address == made.address


def test_what_the_camera_wrote_stays_behind_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of a made-up person"
    exif.get_ifd(0x8825)[1] = "N"
    data = picture_bytes((60, 30), exif=exif, comment=b"a private remark", xmp=b"<x:xmpmeta/>")
    assert b"made-up person" in data
    made = make_picture(data)
    content = made.files[made.address]
    assert (made.address.width, made.address.height) == (30, 60)
    assert not opened(content).getexif()
    for trace in (b"EXIF", b"XMP ", b"ICCP", b"made-up", b"private"):
        assert trace not in content


def test_transparent_parts_become_white():
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(written, "PNG")
    assert is_near(corner(written.getvalue()), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK"])
def test_every_kind_of_colours_is_read(mode):
    written = io.BytesIO()
    if mode == "I;16":
        image = Image.new("I;16", (8, 8), 0x8000)
    else:
        image = Image.new("RGB", (8, 8), (128, 128, 128))
        image = image.quantize(2) if mode == "P" else image.convert(mode)
    image.save(written, "JPEG" if mode == "CMYK" else "PNG")
    colour = corner(written.getvalue(), (4, 4))
    assert max(colour) - min(colour) < 12
    assert mode == "1" or is_near(colour, (128, 128, 128))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b'\xef\xbb\xbf <?xml version="1.0"?><svg/>', "SVG"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "JPEG"),
        (b"no picture at all", "no picture"),
        (b"", "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "no picture"),
        (b"BM" + bytes(200), "no picture"),
    ],
)
def test_what_is_no_picture_for_a_page_is_refused_with_a_reason(data, says):
    with pytest.raises(UnusablePicture, match=says):
        make_picture(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_cut_file_is_refused(kind):
    data = picture_bytes((400, 300), kind)
    for length in (len(data) // 2, 20):
        with pytest.raises(UnusablePicture, match="no picture"):
            make_picture(data[:length])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_picture_that_moves_is_refused(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    written = io.BytesIO()
    frames[0].save(written, kind, save_all=True, append_images=frames[1:])
    with pytest.raises(UnusablePicture, match="moves"):
        make_picture(written.getvalue())


def test_small_file_that_unpacks_to_a_huge_picture_is_refused():
    for size in ((30_000, 30_000), (9000, 9000), (6000, 5000)):
        written = io.BytesIO()
        # One colour, so that the file itself is small.
        Image.new("1", size).save(written, "PNG")
        assert len(written.getvalue()) < 200_000
        with pytest.raises(UnusablePicture, match="too many points"):
            make_picture(written.getvalue())


def test_file_above_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(making, "MOST_FILE_BYTES", 10)
    with pytest.raises(UnusablePicture, match="10 MB"):
        make_picture(bytes(11))


def test_long_strip_is_made_no_higher_than_a_few_screens():
    address = make_picture(picture_bytes((300, 4000))).address
    assert (address.width, address.height) == (162, 2160)
