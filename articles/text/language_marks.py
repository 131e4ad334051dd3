"""Parts of a text in another language: `[es] Ayuda gratis.` begins a paragraph in Spanish."""

from __future__ import annotations

import re

from django.conf.locale import LANG_INFO

# Languages that notices in the United States need, and Django does not translate into (ISO 639).
OTHERS = {
    *("am", "fil", "hmn", "ht", "ig", "ilo", "nv", "prs", "ps", "pt", "sm", "so", "syr", "tl"),
    *("yo", "zh"),
}
RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "prs", "ps", "syr", "ug", "ur", "yi"}
_CODES = "|".join(sorted({code.partition("-")[0] for code in LANG_INFO} | OTHERS))
_MARK = rf"\[({_CODES})((?:-[A-Za-z]{{2,8}})?)\]\s*"
_marked = re.compile(rf"<(p|li|h[2-4])>{_MARK}")
_at_start = re.compile(_MARK)


def with_languages(html: str) -> str:
    """Turn the marks into `lang`, and `dir` where the language runs from right to left."""

    def element(match: re.Match[str]) -> str:
        tag, code, region = match[1], match[2], match[3]
        direction = ' dir="rtl"' if code in RIGHT_TO_LEFT else ""
        return f'<{tag} lang="{code}{region}"{direction}>'

    return _marked.sub(element, html)


def without_mark(text: str) -> str:
    return _at_start.sub("", text, count=1) if _at_start.match(text) else text
