"""The rules of a document's own style sheet that say how words look."""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_LETTERS, MAX_RULES = 200_000, 2000
_sheet = re.compile(r"<style\b[^>]*>(.*?)</style>", re.IGNORECASE | re.DOTALL)
_remark = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_rule = re.compile(r"([^{}@;]{1,500})\{([^{}]{1,2000})\}")
_selector = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?(?:\.(?P<name>[\w-]+))?", re.IGNORECASE)
_font = re.compile(r"(?P<words>.*?)(?P<size>[\d.]+(?:px|pt|em|rem))", re.IGNORECASE)
_looks = {"font-weight", "font-style", "font-size", "text-decoration", "text-decoration-line",
          "vertical-align", "display", "visibility"}  # fmt: skip


class StyleSheet(NamedTuple):
    """Declarations by element and class; either can be empty."""

    rules: dict[tuple[str, str], str]

    def style_of(self, tag: str, classes: str) -> str:
        """What the sheet says of an element, the weakest first."""
        if not self.rules:
            return ""
        names = classes.split()[:20]
        keys = [(tag, ""), *(("", name) for name in names), *((tag, name) for name in names)]
        return ";".join(self.rules[key] for key in keys if key in self.rules)


def read_style_sheet(html: str) -> StyleSheet:
    rules: dict[tuple[str, str], str] = {}
    text = " ".join(_sheet.findall(html))[:MAX_LETTERS]
    for selectors, declarations in _rule.findall(_remark.sub(" ", text))[:MAX_RULES]:
        looks = _looks_of(declarations)
        for selector in selectors.split(",") if looks else ():
            found = _selector.fullmatch(selector.strip())
            if found and (found["tag"] or found["name"]):
                key = ((found["tag"] or "").lower(), found["name"] or "")
                rules[key] = f"{rules[key]};{looks}" if key in rules else looks
    return StyleSheet(rules)


def _looks_of(declarations: str) -> str:
    found = []
    for declaration in declarations.split(";"):
        name, _colon, value = (part.strip().lower() for part in declaration.partition(":"))
        if name in _looks:
            found.append(f"{name}:{value}")
        elif name == "font" and (font := _font.match(value)):
            found.append(f"font-size:{font['size']}")
            found += ["font-weight:bold"] if "bold" in font["words"] else []
            found += ["font-style:italic"] if "italic" in font["words"] else []
    return ";".join(found)
