"""Rules for the source of all templates."""

import re

import pytest
from django.conf import settings

FOLDERS = [
    settings.BASE_DIR / "templates",
    *(settings.BASE_DIR / app for app in settings.SITE_APPS),
]
TEMPLATES = sorted(
    file
    for folder in FOLDERS
    for kind in ("html", "svg", "txt")
    for file in folder.rglob(f"*.{kind}")
    if "templates" in file.parts
)
LONGEST = 160
INCLUDE = re.compile(r"\{% include\b(.*?)%\}")


def name(template):
    return str(template.relative_to(settings.BASE_DIR))


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_template_lines_can_be_read_and_compared(template):
    lines = template.read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > LONGEST] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_included_templates_get_what_they_need_and_no_more(template):
    includes = INCLUDE.findall(template.read_text("utf-8"))
    assert [include for include in includes if not include.rstrip().endswith(" only")] == []
