"""Judging the digits beside a phone number: an extension, no matter, or a question."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import questions
from .numbers import FoundNumber
from .pieces import NumberPiece, PieceKind
from .spoken import is_number_word
from .vocabulary import (
    ADDRESSES,
    AGES,
    ALTERNATIVES,
    CORRECTIONS,
    EXTENSION,
    FILLERS,
    MEASURES,
    MENU,
    MONTHS,
    PAUSES,
    PREPOSITIONS,
    RANGES,
    RECORDS,
    STEPS,
    STREETS,
    TIMES,
)

NO_EXTENSION = ADDRESSES | RECORDS
WORDS_BEFORE = ADDRESSES | RECORDS | MONTHS
WORDS_RIGHT_BEFORE = TIMES | AGES
LONGEST_EXTENSION = 7
# At the end of a text. In English, Spanish, Portuguese and French.
EXTENSION_AT_END = re.compile(
    r"[\s,;.(]*(?:;ext=|extensi[oó]n|exten|ext|xtn?|x|#|\b(?:anexo|interno|int|poste|ramal))"
    r"(?:[\s.]*(?:no|n[uú]m|n[uú]mero|number)\b)?[\s.:#]*(\d{1,7})\)?\W*$",
    re.IGNORECASE,
)
HOURS = re.compile(r"\d{1,2}")


def extension_beside(pieces: list[NumberPiece], found: list[FoundNumber]) -> str:
    """Return the extension that stands beside the number; ask about digits without a meaning."""
    extensions: set[str] = set()
    for begin, end in _leftovers(pieces, found):
        is_next_step = begin > 1 and pieces[begin - 1].text in STEPS
        is_next_step = is_next_step and pieces[begin - 2].is_digits
        if is_next_step or _is_extension(pieces, begin, end, found):
            extensions.add(_extension(pieces, begin, end))
        elif not _means_something_else(pieces, begin, end, found):
            digits = " ".join(piece.text for piece in pieces[begin:end] if piece.is_digits)
            raise questions.what_else(found[0].e164, digits)
    if len(extensions) > 1:
        raise questions.which_extension()
    return extensions.pop() if extensions else ""


def has_spoken_extension(pieces: list[NumberPiece]) -> bool:
    """Return whether an extension is written in words, such as "option three"."""
    for at, piece in enumerate(pieces):
        if piece.is_word and (_is_word_for_extension(piece.text) or piece.text in MENU):
            following = next((each for each in pieces[at + 1 :] if each.text not in FILLERS), None)
            if following and following.is_word and is_number_word(following.text):
                return True
    return False


def _leftovers(pieces: list[NumberPiece], found: list[FoundNumber]) -> Iterator[tuple[int, int]]:
    taken = {at for each in found for at in range(each.begin, each.end)}
    begin = None
    for at, piece in enumerate(pieces):
        is_left = piece.kind in (PieceKind.DIGITS, PieceKind.PLUS) and at not in taken
        if is_left and begin is None:
            begin = at
        elif not is_left and begin is not None:
            yield begin, at
            begin = None
    if begin is not None:
        yield begin, len(pieces)


def _is_extension(
    pieces: list[NumberPiece], begin: int, end: int, found: list[FoundNumber]
) -> bool:
    before = _word_before(pieces, begin)
    gap = pieces[begin].gap
    is_after = found[0].end <= begin
    follows_number = any(each.end == begin for each in found)
    if _is_word_for_extension(before) or (before in MENU and is_after):
        return True
    if is_after and "#" in gap and before not in NO_EXTENSION:
        return not _names_street(pieces, end)
    letter = pieces[begin - 1] if begin > 1 else None
    if letter and letter.text in PAUSES and not gap and pieces[begin - 2].is_digits:
        return True
    if follows_number and (",," in gap or gap == ";"):
        return True
    # "4 is my extension"
    at = end
    while at < len(pieces) and pieces[at].is_word and pieces[at].text in FILLERS:
        at += 1
    named_after = at < len(pieces) and _is_word_for_extension(pieces[at].text)
    return named_after and (at + 1 == len(pieces) or not pieces[at + 1].is_digits)


def _is_word_for_extension(word: str) -> bool:
    """Return whether it is one, also with a typing error."""
    return word in EXTENSION or bool(re.fullmatch(r"ext(?!ra)\w*|ex\w*[st]io?n|xten\w*|etx", word))


def _word_before(pieces: list[NumberPiece], begin: int) -> str:
    """Return the word before the digits that says what they are; empty if there is none."""
    at = begin - 1
    while at >= 0 and pieces[at].is_word and pieces[at].text in FILLERS:
        at -= 1
    return pieces[at].text if at >= 0 and pieces[at].is_word else ""


def _extension(pieces: list[NumberPiece], begin: int, end: int) -> str:
    groups = [piece.text for piece in pieces[begin:end]]
    one_by_one = all(len(group) == 1 and group.isdecimal() for group in groups)
    following = pieces[end] if end < len(pieces) else None
    has_letter = following is not None and following.is_word and not following.gap
    is_star = "*" in pieces[begin].gap
    extension = "".join(groups)
    is_one = len(groups) == 1 or one_by_one
    if not is_one or len(extension) > LONGEST_EXTENSION or has_letter or is_star:
        raise questions.which_extension()
    return extension


def _means_something_else(
    pieces: list[NumberPiece], begin: int, end: int, found: list[FoundNumber]
) -> bool:
    """Return whether these digits are a time, an address, an age …: no part of the number."""
    groups = [piece.text for piece in pieces[begin:end] if piece.is_digits]
    # "at 5 602…" may be an hour or a digit too many.
    direct = pieces[begin - 1].text if begin and pieces[begin - 1].is_word else ""
    before = _word_before(pieces, begin)
    following = pieces[end].text if end < len(pieces) and pieces[end].is_word else ""
    comes_before = any(each.begin == end for each in found)
    is_beside = comes_before or any(each.end == begin for each in found)
    follows_word = begin > 1 and pieces[begin - 1].is_word and pieces[begin - 2].is_digits
    # "lokal 4": perhaps a word for an extension that we do not know.
    is_unknown_word = follows_word and direct not in PREPOSITIONS | FILLERS | RANGES
    is_unknown_word = is_unknown_word or (direct in STEPS and found[0].end <= begin)
    if _corrects(pieces, begin):
        return False
    if before in WORDS_BEFORE or WORDS_RIGHT_BEFORE & {direct, before}:
        return True
    if following in MEASURES or _names_street(pieces, end):
        return True
    if direct in ALTERNATIVES and not (following or _ends_hours(pieces, begin)):
        return False
    if is_unknown_word or before in MENU or _might_be_number(groups):
        return False
    if not is_beside:
        return not _might_be_last_digits(groups)
    sizes = [len(group) for group in groups]
    is_postal_code = sizes == [5, 4] or (sizes == [5] and comes_before)
    is_list_mark = begin == 0 and sizes == [1] and pieces[end].gap.startswith(")")
    return (
        is_postal_code
        or is_list_mark
        or _ends_hours(pieces, begin)
        or _are_hours(pieces, begin, end)
        or _is_date(pieces, begin, end, comes_before=comes_before)
    )


def _names_street(pieces: list[NumberPiece], end: int) -> bool:
    """Return whether these digits begin an address, such as "12 Palm Lane"."""
    following = pieces[end : end + 4]
    words = [piece.text for piece in following if piece.is_word]
    return bool(words) and following[0].is_word and bool(STREETS.intersection(words[1:]))


def _is_date(pieces: list[NumberPiece], begin: int, end: int, *, comes_before: bool) -> bool:
    """Return whether it is a day; "12/5" behind a number might be two extensions."""
    parts = pieces[begin:end]
    has_slashes = all(piece.gap == "/" for piece in parts[1:])
    are_short = all(len(piece.text) <= 2 for piece in parts)
    return has_slashes and are_short and (len(parts) == 3 or (len(parts) == 2 and comes_before))


def _corrects(pieces: list[NumberPiece], begin: int) -> bool:
    """Return whether a word just before says that other digits are meant, as "sorry, 0124"."""
    nearby = []
    for piece in reversed(pieces[max(begin - 3, 0) : begin]):
        if not piece.is_word:
            break
        nearby.append(piece.text)
    return bool(CORRECTIONS.intersection(nearby))


def _might_be_number(groups: list[str]) -> bool:
    """Return whether it looks like a second number without its area code."""
    return sum(map(len, groups)) == 7 and len(groups) <= 2 and len(groups[0]) in (3, 7)


def _might_be_last_digits(groups: list[str]) -> bool:
    """Return whether they may put the number right, as in "make that 0124"; a year does not."""
    return len(groups) == 1 and len(groups[0]) == 4 and not groups[0].startswith(("19", "20"))


def _ends_hours(pieces: list[NumberPiece], begin: int) -> bool:
    """Return whether it is the 5 of "9 to 5" or of "8:30-5"."""
    if not begin or not HOURS.fullmatch(pieces[begin].text):
        return False
    before = pieces[begin - 1]
    if before.kind is PieceKind.OTHER:
        return pieces[begin].gap.strip() == "-"
    is_after_hour = begin > 1 and bool(HOURS.fullmatch(pieces[begin - 2].text))
    if before.text in ALTERNATIVES and _word_before(pieces, begin - 2) not in TIMES:
        return False
    return before.text in RANGES and is_after_hour


def _are_hours(pieces: list[NumberPiece], begin: int, end: int) -> bool:
    """Return whether it is "9-5"."""
    hours = [piece.text for piece in pieces[begin:end]]
    is_range = len(hours) == 2 and pieces[begin + 1].gap.strip() == "-"
    return is_range and all(HOURS.fullmatch(each) and int(each) <= 24 for each in hours)


def split_extension(text: str) -> tuple[str, str]:
    """Return a written number without its extension, and the extension."""
    if match := EXTENSION_AT_END.search(text):
        return text[: match.start()], match[1]
    return text, ""
