import re
from pathlib import Path

from django.conf import settings

from recovery_site import settings as production
from recovery_site.static_files import squeeze_script, squeeze_style

OWN = Path(settings.BASE_DIR) / "recovery_site" / "static" / "site"


def test_style_sheet_keeps_every_rule():
    text = """
        /* a comment */
        a:hover, a :focus {
          color: var(--link);
          font: 600 1rem / 1.2 "Noto Serif", serif;
          content: " (" attr(href) ")";
        }
        @media (min-width: 40rem) { .x > * + * { margin: calc(100% - 2 * 1rem) } }
    """
    assert squeeze_style(text) == (
        'a:hover,a :focus{color:var(--link);font:600 1rem / 1.2 "Noto Serif",serif;'
        'content:" (" attr(href) ")"}@media (min-width:40rem){.x > * + *{margin:'
        "calc(100% - 2 * 1rem)}}"
    )


def test_script_keeps_every_line_that_runs():
    text = '// Why.\n\nconst a = "https://x";\nif (a) {\n  // Why.\n  // More.\n  b();\n}\n'
    assert squeeze_script(text) == 'const a = "https://x";\nif (a) {\nb();\n}\n'


def test_no_own_script_has_text_over_several_lines():
    for file in OWN.glob("*.js"):
        for text in re.findall(r"`[^`]*`", file.read_text()):
            assert "\n" not in text, file


def test_no_own_style_sheet_has_punctuation_in_its_texts_that_squeezing_would_change():
    for file in OWN.glob("*.css"):
        for text in re.findall(r'"([^"\n]*)"', file.read_text()):
            assert not re.search(r"\s[{};,]|[{};,:]\s|\s\s|/\*", text), text


def test_production_squeezes():
    assert production.STORAGES["staticfiles"]["BACKEND"] == "recovery_site.static_files.SiteFiles"
