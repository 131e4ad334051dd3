"""Colours of the style sheets: each is typed once, as a custom property."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from recovery_site.http import inline_assets

STATIC = inline_assets.ASSETS_FOLDER.parent
SHEETS = sorted(STATIC.rglob("*.css"))
# The admin has a theme switch of its own, so it cannot share the other pages' dark colours.
ADMIN_SHEETS = [STATIC / "staff" / name for name in ("staff.css", "setup.css")]
OTHER_SHEETS = [sheet for sheet in SHEETS if sheet not in ADMIN_SHEETS]
DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;{}]+)[;}]")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\([^)]*\)|\b(?:hwb|lab|lch|oklab|oklch|color)\([^)]*\)"
    r"|(?<![\w-])(?:white|black|gr[ae]y|silver|red|green|blue|orange|yellow|purple|pink)(?![\w-])",
    re.IGNORECASE,
)
THEME_COLOUR = re.compile(r'name="theme-color" content="([^"]*)"')


def colours(sheet: Path):
    """Colours that a sheet types, each with the property that it is typed for."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    return [
        (name, colour.lower())
        for name, value in DECLARATION.findall(text)
        for colour in COLOUR.findall(value)
    ]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_colours_are_typed_as_custom_properties_alone(sheet):
    assert [found for found in colours(sheet) if not found[0].startswith("--")] == []


@pytest.mark.parametrize("sheets", [OTHER_SHEETS, ADMIN_SHEETS], ids=["site", "admin"])
def test_each_colour_is_typed_once(sheets):
    counts = Counter(colour for sheet in sheets for _name, colour in colours(sheet))
    assert [colour for colour, count in counts.items() if count > 1] == []


def test_browsers_frame_pages_in_a_colour_of_the_site():
    typed = dict(colours(STATIC / "site" / "site.css"))
    frames = {
        colour
        for template in (settings.BASE_DIR / "templates").rglob("*.html")
        for colour in THEME_COLOUR.findall(template.read_text("utf-8"))
    }
    assert frames == {typed["--plum"]}
