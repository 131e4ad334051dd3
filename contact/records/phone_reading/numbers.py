"""Finding whole phone numbers among groups of digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

from . import questions
from .pieces import NumberPiece, PieceKind
from .vocabulary import COUNTRIES

# The digits of a US number in groups; who groups so wrote no digit too many.
GROUPED_AS_HERE = {
    *((3, 3, 4), (10,), (3, 7), (6, 4)),
    *((1, 3, 3, 4), (11,), (1, 10), (1, 3, 7), (4, 3, 4), (1, 6, 4), (4, 7)),
}
# Mexicans write city numbers so, and Americans hardly ever.
GROUPED_AS_IN_MEXICO = {(2, 4, 4), (1, 2, 4, 4)}
# Until 2019, a Mexican number had one of these between country code and city.
OLD_MEXICAN = re.compile(r"52(?:044|045|01|1)?(\d{10})")
EXIT_CODE = re.compile(r"(?:011|00)(?=[1-9])")
MOST_DIGITS = 15
SHORTEST_ABROAD = 8


class FoundNumber(NamedTuple):
    """A number, and the pieces from `begin` to `end` that hold it."""

    e164: str
    begin: int
    end: int


def numbers_in(pieces: list[NumberPiece], begin: int, end: int) -> list[FoundNumber]:
    """Return the whole numbers in a run of digits."""
    starts = [at for at in range(begin, end) if pieces[at].kind is PieceKind.PLUS]
    found: list[FoundNumber] = []
    for first, after in zip([begin, *starts], [*starts, end], strict=True):
        if first < after:
            has_plus = pieces[first].kind is PieceKind.PLUS
            found += (_with_plus if has_plus else _without_plus)(pieces, first, after)
    return found


def _with_plus(pieces: list[NumberPiece], begin: int, end: int) -> list[FoundNumber]:
    """Read a country code and its number: the longest that exists, else all that has its length."""
    groups = [piece.text for piece in pieces[begin + 1 : end]]
    for count in range(len(groups), 0, -1):
        digits = "".join(groups[:count])
        if (e164 := international(digits)) and (digits[0] == "1" or is_valid(e164)):
            if count == len(groups):
                _require_one_country(digits, groups)
            found = [FoundNumber(e164, begin, begin + 1 + count)]
            rest = begin + 1 + count
            return found + (_without_plus(pieces, rest, end) if rest < end else [])
    digits = "".join(groups)
    _require_one_country(digits, groups)
    e164 = international(digits)
    return [FoundNumber(e164, begin, end)] if e164 else []


def _without_plus(pieces: list[NumberPiece], begin: int, end: int) -> list[FoundNumber]:
    groups = [piece.text for piece in pieces[begin:end]]
    digits = "".join(groups)
    if EXIT_CODE.match(digits) and len(digits) > 11:
        abroad = EXIT_CODE.sub("", digits, count=1)
        _require_one_country(abroad, None, digits[: len(digits) - len(abroad)])
        if (e164 := international(abroad)) and len(abroad) <= MOST_DIGITS:
            return [FoundNumber(e164, begin, end)]
    if whole := _whole(pieces, begin, end, groups, digits):
        return whole
    if len(digits) == 11 and digits[0] == "0":
        return []
    windows = list(_windows(groups))
    regular = [each for each in windows if _shape(groups[each[0] : each[1]]) in GROUPED_AS_HERE]
    chosen: list[tuple[int, int]] = []
    for first, after in regular or windows:
        if not chosen or first >= chosen[-1][1]:
            chosen.append((first, after))
        elif not regular:
            # Two readings overlap, and neither looks better.
            return []
    return [
        FoundNumber(f"+1{''.join(groups[first:after])[-10:]}", begin + first, begin + after)
        for first, after in chosen
    ]


def _whole(
    pieces: list[NumberPiece], begin: int, end: int, groups: list[str], digits: str
) -> list[FoundNumber]:
    """Read all digits of a run as one number, or as the same number twice."""
    if found := _in_named_country(pieces, begin, end, groups, digits):
        return found
    if is_domestic(digits):
        e164 = f"+1{digits[-10:]}"
        if _shape(groups) in GROUPED_AS_IN_MEXICO and is_valid(f"+52{digits[-10:]}"):
            raise questions.which_country(e164, f"+52{digits[-10:]}")
        return [FoundNumber(e164, begin, end)]
    if re.fullmatch(r"(?:044|045)\d{10}", digits):
        return [FoundNumber(f"+52{digits[-10:]}", begin, end)]
    half = len(digits) // 2
    if 20 <= len(digits) <= 22 and not any(True for _ in _regular(groups)):
        for at in (half, 10, 11):
            first, second = digits[:at], digits[at:]
            if is_domestic(first) and is_domestic(second):
                return [FoundNumber(f"+1{each[-10:]}", begin, end) for each in (first, second)]
    if 12 <= len(digits) <= MOST_DIGITS and digits[0] != "0":
        e164 = international(digits)
        is_mexican = digits.startswith("52")
        if is_valid(e164) and (is_mexican or not any(True for _ in _regular(groups))):
            return [FoundNumber(e164, begin, end)]
    return []


def _in_named_country(
    pieces: list[NumberPiece], begin: int, end: int, groups: list[str], digits: str
) -> list[FoundNumber]:
    """Read a number without its country code where a country is named in words."""
    for region, is_beside in _regions(pieces, begin, end):
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            continue
        abroad = _e164(number)
        if len(digits) < SHORTEST_ABROAD or (digits.startswith("1") and is_domestic(digits)):
            continue
        # Ranges kept for films are valid nowhere.
        is_dialable = not is_domestic(digits) and bool(international(abroad[1:]))
        if not (is_dialable or phonenumbers.is_valid_number(number)):
            continue
        is_written_so = region == "MX" and _shape(groups) in GROUPED_AS_IN_MEXICO
        if is_domestic(digits) and not (is_beside or is_written_so):
            if region != "MX" and _shape(groups) in GROUPED_AS_HERE:
                continue
            raise questions.which_country(f"+1{digits[-10:]}", abroad)
        return [FoundNumber(abroad, begin, end)]
    return []


def _regions(pieces: list[NumberPiece], begin: int, end: int) -> Iterator[tuple[str, bool]]:
    """Yield the countries named, and whether one stands right beside the number."""
    for at, piece in enumerate(pieces):
        region = COUNTRIES.get(piece.text) if piece.is_word else None
        is_new = at > 0 and pieces[at - 1].text in ("new", "nuevo")
        if region and (not is_new or piece.text == "zealand"):
            yield region, at in (begin - 1, end)


def _windows(groups: list[str]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of groups that make a US number; with a 1 in front before without."""
    for first in range(len(groups)):
        ends = range(first + 1, min(len(groups), first + 11) + 1)
        fitting = [end for end in ends if is_real_looking("".join(groups[first:end]))]
        if fitting:
            yield first, fitting[-1]


def _regular(groups: list[str]) -> Iterator[tuple[int, int]]:
    return (each for each in _windows(groups) if _shape(groups[slice(*each)]) in GROUPED_AS_HERE)


def _shape(groups: list[str]) -> tuple[int, ...]:
    return tuple(map(len, groups))


def is_domestic(digits: str) -> bool:
    """Return whether it is a US number, even one that is plainly made up, such as 000-000-0000."""
    return is_real_looking(digits) or bool(re.fullmatch(r"1?(\d)\1{9}", digits))


def is_real_looking(digits: str) -> bool:
    """Return whether area code and exchange begin with 2 to 9 and do not end with 11."""
    return bool(re.fullmatch(r"1?[2-9](?!11)\d\d[2-9](?!11)\d{6}", digits))


def is_impossible(digits: str) -> bool:
    """Return whether it has the length of a US number, but digits that none can have."""
    return bool(re.fullmatch(r"1?\d{10}", digits)) and not is_domestic(digits)


def international(digits: str) -> str:
    """Return what follows a plus as E.164 if its length can be dialed; else an empty text."""
    digits = re.sub(r"^(?:011|00)(?=[1-9])", "", digits)
    if mexican := OLD_MEXICAN.fullmatch(digits):
        return f"+52{mexican[1]}"
    if digits.startswith("1"):
        # A country code twice, or a zero that nobody dials.
        domestic = re.sub(r"^[01]+", "", digits)
        if len(digits) == 11 and len(set(digits[1:])) == 1:
            domestic = digits[1:]
        return f"+1{domestic}" if len(domestic) == 10 and is_domestic(domestic) else ""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return ""
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _e164(number) if reason == ValidationResult.IS_POSSIBLE else ""


def is_valid(e164: str) -> bool:
    """Return whether, as far as we know, a phone company has given out numbers like this one."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return False


def _require_one_country(digits: str, groups: list[str] | None, prefix: str = "+") -> None:
    """Ask when a plus before ten digits may be a slip: a US number, or another country's."""
    if not is_real_looking(digits) or len(digits) != 10 or not is_valid(f"+1{digits}"):
        return
    abroad = international(digits)
    is_grouped_as_here = groups is not None and _shape(groups) == (3, 3, 4)
    if is_grouped_as_here or not abroad or not is_valid(abroad):
        raise questions.ask_if_domestic(f"+1{digits}", prefix)


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
