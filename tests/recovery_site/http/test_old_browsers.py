"""The floor of visitors' pages: what browsers of 2017 cannot read stands after what they can."""

import re

import pytest

from recovery_site.http import inline_assets

SHEETS = inline_assets.asset_names(inline_assets.STYLE)
SCRIPTS = inline_assets.asset_names(inline_assets.SCRIPT)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
LOGICAL = re.compile(r"(?:^|-)(?:inline|block)(?:-|$)|^inset|-(?:start|end)-(?:start|end)-")
SIDES = {"inline-start": "left", "inline-end": "right"}
# A rule with one of these in its list of selectors is read whole or not at all.
NEW_SELECTOR = re.compile(r":has\(|:is\(|:where\(|:focus-visible|::details-content")
# Later than 2017: ?. and ?? · ??= · catch without a name · spread in objects · private fields.
NEW_SYNTAX = re.compile(
    r"\?\.(?!\d)|\?\?|\|\|=|&&=|\bcatch\s*\{|\{\s*\.\.\.|,\s*\.\.\.\w+\s*\}|\bthis\.#|\bimport\("
    r"|\.(?:at|flat|flatMap|matchAll|replaceAll|replaceChildren|toSorted|fromEntries)\("
    r"|\bstructuredClone\b"
)


def rules(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    for selectors, body in RULE.findall(text):
        pairs = [part.split(":", 1) for part in body.split(";") if ":" in part]
        yield selectors.strip(), [(key.strip(), value.strip()) for key, value in pairs]


def faults(name):
    text = (inline_assets.ASSETS_FOLDER / name).read_text("utf-8")
    margins = "".join(re.findall(r"@supports not \(inset: 0\) \{(.*?)\n\}", text, re.DOTALL))
    for selectors, pairs in rules(text):
        seen = {}
        for key, value in pairs:
            plain = next((key.replace(a, b) for a, b in SIDES.items() if a in key), None)
            if plain and plain.startswith("inset-"):
                plain = plain.removeprefix("inset-")
            if LOGICAL.search(key) and (plain is None or seen.get(plain) != value):
                yield f"{selectors}: {key} without a plain fallback"
            if re.search(r"(?<![\w-])clamp\(", value):
                yield f"{selectors}: {key} with clamp()"
            # Without its columns, a grid is one column.
            if re.search(r"(?<![\w-])(?:min|max)\(", value) and key != "grid-template-columns":
                yield f"{selectors}: {key} with min() or max()"
            # Grids had it under the name of `grid-gap`, flex boxes not at all.
            if key in ("gap", "row-gap", "column-gap") and not all(
                f"{each.strip()} > *" in margins for each in selectors.split(",")
            ):
                yield f"{selectors}: {key} without margins instead"
            seen[key] = value
        parts = re.split(r",(?![^(]*\))", selectors.rpartition("{")[2])
        if len({bool(NEW_SELECTOR.search(part)) for part in parts}) > 1:
            yield f"{selectors}: a new selector beside old ones"
        if re.search(r":not\([^)]*,", selectors):
            yield f"{selectors}: a list in :not()"


@pytest.mark.parametrize("name", SHEETS)
def test_style_sheet_is_read_by_browsers_of_2017(name):
    assert list(faults(name)) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_read_by_browsers_of_2017(name):
    code = re.sub(r"(?m)//.*$", "", (inline_assets.ASSETS_FOLDER / name).read_text("utf-8"))
    assert NEW_SYNTAX.findall(code) == []
