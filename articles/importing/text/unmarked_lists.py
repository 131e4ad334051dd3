"""Lists of plain text whose items have letters or roman numbers, or no mark at all."""

from __future__ import annotations

import re

LONGEST_ITEM = 80
_lettered = re.compile(r"(?P<indent>\s*)\(?(?P<mark>[ivxIVX]{1,5}|[a-zA-Z])[.)]\s+(?P<text>\S.*)")
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii")


def with_numbers(lines: list[str]) -> list[str]:
    """Letters and roman numbers that count up, as numbers; others begin a sentence."""
    found = list(lines)
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for start in range(len(filled)):
        for count in (_ROMAN[1:], tuple("abcdefghijklmnopqrstuvwxyz")):
            run = _run(lines, filled[start:], count)
            if len(run) > 1:
                for number, (at, line) in enumerate(run, 1):
                    item = _lettered.fullmatch(line)
                    if item and found[at] == line:
                        found[at] = f"{item['indent']}{number}. {item['text']}"
    return found


def _run(lines: list[str], filled: list[int], count: tuple[str, ...]) -> list[tuple[int, str]]:
    """The lines with the marks of a count, from its first."""
    run: list[tuple[int, str]] = []
    for at, mark in zip(filled, count, strict=False):
        item = _lettered.fullmatch(lines[at])
        if not item or item["mark"].lower() != mark:
            break
        run.append((at, lines[at]))
    return run


def begins_list(line: str) -> bool:
    return line.rstrip().endswith(":")


def are_items(lines: list[str]) -> bool:
    """Whether lines below a lead-in are items: two at least, short, and alike at their ends."""
    texts = [line.strip() for line in lines]
    if len(texts) < 2 or max(map(len, texts)) > LONGEST_ITEM:
        return False
    begin_alike = len({text[0].isupper() for text in texts if text[0].isalpha()}) < 2
    ends = {text[-1] for text in texts if text[-1] in ".;,:?!"}
    return begin_alike and not ends & set(":?") and (len(ends) < 2 or ends <= set(";,."))
