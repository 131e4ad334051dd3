"""Rules for the source of all templates."""

import re

from django.conf import settings
from django.template import TemplateDoesNotExist, engines

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


def texts():
    return {str(file.relative_to(settings.BASE_DIR)): file.read_text("utf-8") for file in TEMPLATES}


def test_template_lines_can_be_read_and_compared():
    assert len(TEMPLATES) > 100
    long = [
        f"{name}:{number}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == []


def test_included_templates_get_what_they_need_and_no_more():
    open_ones = [
        f"{name}: {include}"
        for name, text in texts().items()
        for include in INCLUDE.findall(text)
        if not include.rstrip().endswith(" only")
    ]
    assert open_ones == []


def test_every_template_that_code_or_another_template_names_is_there():
    named = {
        name: str(file.relative_to(settings.BASE_DIR))
        for app in settings.SITE_APPS
        for file in (settings.BASE_DIR / app).rglob("*.py")
        for name in re.findall(r'"([\w/]+/\w+\.(?:html|svg|txt))"', file.read_text("utf-8"))
        if (settings.BASE_DIR / "templates" / name).parent.is_dir()
    }
    for file, text in texts().items():
        found = re.findall(r'\{% (?:include|extends|cached_include) "([^"#]+)', text)
        named |= dict.fromkeys(found, file)
    assert len(named) > 100
    missing = {}
    for name, file in named.items():
        try:
            engines["django"].engine.find_template(name)
        except TemplateDoesNotExist:
            missing[name] = file
    assert missing == {}
