"""Places as rows of the Human Services Data Specification (HSDS 3, openreferral.org).

Its tables service, phone, language and service_area stand in one row; `assured_date` is the day on
which somebody verified the place.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext

from contact.intake.reports.csv_export import escape_formulas, unescape_formulas
from contact.models import Place
from contact.records import phones
from contact.records.clean_text import strip_control_characters
from contact.records.directory import language_codes

# Columns and the fields that they are stored in.
COLUMN_FIELDS = {
    "id": ("identifier",),
    "name": ("name",),
    "description": ("what_for",),
    "url": ("url",),
    "status": ("is_active",),
    "assured_date": ("verified_on",),
    "number": ("phone", "dial"),
    "extension": (),
    "languages": ("languages",),
    "service_area": ("area",),
}
# Names of the columns in other directories.
OTHER_NAMES = {
    "last_verified": "assured_date",
    "verified_on": "assured_date",
    "phone": "number",
    "phone_number": "number",
    "language": "languages",
    "website": "url",
    "service_areas": "service_area",
}
IS_OFFERED = {"active": True, "inactive": False, "defunct": False, "temporarily closed": False}
# 211, 911, 988.
SHORT_NUMBER = re.compile(r"[2-9]\d\d")
# A spreadsheet in the US turns 2026-11-02 into 11/2/2026.
DAY_STYLES = ("%Y-%m-%d", "%m/%d/%Y")
TIME_OF_DAY = re.compile(r"T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?$")


class PlacePhone(NamedTuple):
    shown: str
    dial: str
    extension: str

    @property
    def line(self) -> tuple[str, str]:
        return self.dial, self.extension


def column_of(heading: str) -> str:
    """Return the column that a heading means; unknown ones stay as they are."""
    name = re.sub(r"[\s\-]+", "_", heading.strip().casefold())
    return OTHER_NAMES.get(name, name)


def as_row(place: Place) -> dict[str, str]:
    number, extension = _number_cells(place)
    return {
        "id": str(place.identifier),
        "name": place.name,
        "description": place.what_for,
        "url": place.url,
        "status": "active" if place.is_active else "inactive",
        "assured_date": place.verified_on.isoformat() if place.verified_on else "",
        "number": number,
        "extension": extension,
        "languages": language_codes.in_codes(place.languages),
        "service_area": place.area,
    }


def all_rows(places: Iterable[Place]) -> Iterator[list[str]]:
    yield [*COLUMN_FIELDS]
    for place in places:
        yield [*as_row(place).values()]


def _number_cells(place: Place) -> tuple[str, str]:
    """Return number and extension: as shown, if what is dialed can be read from it."""
    written, extension = phones.split_extension(place.phone)
    try:
        is_readable = read_phone(written, extension).dial == place.dial
    except ValidationError:
        is_readable = False
    if is_readable or not place.dial:
        return written.strip(), extension
    return place.dial, extension


def values(cells: Mapping[str, str], place: Place) -> tuple[dict[str, Any], list[str]]:
    """Return what the cells change in a place, and what is wrong with them, in sentences.

    A place that was exported is not changed by its own cells, even if they could not be read.
    """
    exported = as_row(place)
    found: dict[str, Any] = {}
    problems = []
    for name in COLUMN_FIELDS:
        if name in ("id", "extension") or name not in cells:
            continue
        parts = ("number", "extension") if name == "number" else (name,)
        if place.pk and all(_is_same(cells.get(each), exported[each]) for each in parts):
            continue
        try:
            found |= _read(name, cells, place)
        except ValidationError as error:
            problems += [f"{name}: {message}" for message in error.messages]
    return {k: v for k, v in found.items() if v != getattr(place, k)}, problems


def _is_same(cell: str | None, exported: str) -> bool:
    # A spreadsheet may have dropped the apostrophe that keeps it from running a formula.
    unchanged = (_lines(exported), _lines(escape_formulas(exported)))
    return cell is None or _lines(cell) in unchanged


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def clean_cell(cell: str) -> str:
    return strip_control_characters(unescape_formulas(cell)).strip()


def _read(name: str, cells: Mapping[str, str], place: Place) -> dict[str, Any]:
    cell = clean_cell(cells[name])
    if cell.startswith("="):
        raise ValidationError(
            gettext("It begins with =, like a formula of a spreadsheet. Write its value.")
        )
    match name:
        case "name":
            return {"name": " ".join(cell.split())}
        case "service_area":
            return {"area": " ".join(cell.split())}
        case "description":
            # Django's models do not hold a TextField to its length; its forms do.
            MaxLengthValidator(Place._meta.get_field("what_for").max_length)(cell)
            return {"what_for": cell}
        case "url":
            return {"url": cell if ":" in cell or not cell else f"https://{cell}"}
        case "status":
            return _read_status(cell)
        case "assured_date":
            return {"verified_on": _read_day(cell)}
        case "languages":
            if language_codes.in_codes(cell) == language_codes.in_codes(place.languages):
                return {}
            return {"languages": language_codes.in_words(cell)}
        case _:
            return _read_number(cell, clean_cell(cells.get("extension", "")), place)


def _read_status(cell: str) -> dict[str, bool]:
    if not cell:
        return {}
    if (is_offered := IS_OFFERED.get(cell.casefold())) is None:
        raise ValidationError(
            gettext("“%(status)s” is not one of these: %(known)s.")
            % {"status": cell, "known": ", ".join(IS_OFFERED)}
        )
    return {"is_active": is_offered}


def _read_day(cell: str) -> date | None:
    if not cell:
        return None
    for style in DAY_STYLES:
        try:
            day = datetime.strptime(TIME_OF_DAY.sub("", cell), style).date()
        except ValueError:
            continue
        if day > timezone.localdate():
            raise ValidationError(gettext("“%(day)s” is in the future.") % {"day": cell})
        return day
    raise ValidationError(
        gettext("“%(day)s” is not a day that we can read. Write it as 2026-11-02.") % {"day": cell}
    )


def _read_number(written: str, extension: str, place: Place) -> dict[str, str]:
    found = read_phone(written, extension)
    try:
        is_same = found.line == read_phone(*_number_cells(place)).line
    except ValidationError:
        is_same = False
    return {} if is_same else {"phone": found.shown, "dial": found.dial}


def read_phone(written: str, extension: str = "") -> PlacePhone:
    """Read a number as people write it, or a short one such as 988, with its extension."""
    if extension and not re.fullmatch(r"[0-9]{1,7}", extension):
        raise ValidationError(gettext("An extension has one to seven digits."))
    if not written:
        if extension:
            raise ValidationError(gettext("An extension needs a number."))
        return PlacePhone("", "", "")
    without, own = phones.split_extension(written)
    if SHORT_NUMBER.fullmatch(without):
        dial = without
    else:
        dial, parsed = phones.parse_phone(written)
        if parsed != own:
            # Its extension stands among the words, such as "option 3".
            without, own = phones.national(dial), parsed
    if own and extension and own != extension:
        raise ValidationError(gettext("There are two extensions: in the number and beside it."))
    extension = extension or own
    shown = without.strip()
    if re.fullmatch(r"\+?[0-9]{7,}", shown):
        shown = phones.national(dial)
    return PlacePhone(f"{shown} ext. {extension}" if extension else shown, dial, extension)


def read_identifier(cell: str) -> uuid.UUID | None:
    if not cell:
        return None
    try:
        return uuid.UUID(cell)
    except ValueError as error:
        raise ValidationError(
            gettext(
                "id: “%(id)s” is not a UUID. Empty the cell: the place is then known by its name "
                "and number."
            )
            % {"id": cell}
        ) from error
