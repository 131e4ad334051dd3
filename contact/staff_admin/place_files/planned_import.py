"""An import of places: planned row by row, looked at, then carried out whole or not at all.

No place is ever deleted, and none becomes verified but by a day in the file.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext

from contact.models import Place

from . import columns
from .sheet import Sheet, read_sheet


class RowOutcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass
class PlannedRow:
    number: int
    name: str
    outcome: RowOutcome = RowOutcome.REFUSED
    # The place as it will be.
    place: Place | None = None
    found_by: str = ""
    # New values of its fields, and the same in words: label, old, new.
    found: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    # Sentences; with any problem the row is refused.
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        words = {"number": self.number, "name": self.name, "how": self.found_by}
        if self.found_by:
            return gettext("Row %(number)d: %(name)s (%(how)s)") % words
        return gettext("Row %(number)d: %(name)s") % words


@dataclass
class ImportPlan:
    rows: list[PlannedRow]
    notes: list[str]

    def of(self, outcome: RowOutcome) -> list[PlannedRow]:
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def to_import(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.outcome in (RowOutcome.ADDED, RowOutcome.CHANGED)]

    @property
    def fingerprint(self) -> str:
        """A digest that changes when importing the file would do something else."""
        said = [
            (row.number, row.outcome.value, row.place and row.place.pk, row.changes, row.problems)
            for row in self.rows
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()


class PlanChanged(Exception):
    """The places are no longer as they were when somebody looked at the plan."""

    def __init__(self, plan: ImportPlan) -> None:
        super().__init__("The places changed meanwhile.")
        self.plan = plan


def plan_import(data: bytes) -> ImportPlan:
    """Plan what a file would do; raise a ValidationError if it can't be read at all."""
    return ImportPlanner(read_sheet(data), Place.objects.all()).plan()


def carry_out(data: bytes, account: Any, fingerprint: str) -> ImportPlan:
    """Import what a plan with this fingerprint says; raise PlanChanged if it says another thing."""
    try:
        with transaction.atomic():
            plan = ImportPlanner(read_sheet(data), Place.objects.select_for_update()).plan()
            if plan.fingerprint != fingerprint:
                raise PlanChanged(plan)
            _write(plan, account)
    except IntegrityError as error:
        # Somebody added a place of this name a moment before.
        raise PlanChanged(plan_import(data)) from error
    return plan


def _write(plan: ImportPlan, account: Any) -> None:
    added = [row.place for row in plan.of(RowOutcome.ADDED) if row.place]
    Place.objects.bulk_create(added)
    changed = plan.of(RowOutcome.CHANGED)
    if fields := sorted({name for row in changed for name in row.found}):
        Place.objects.bulk_update([row.place for row in changed if row.place], fields)
    kind = ContentType.objects.get_for_model(Place)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=account.pk,
            content_type=kind,
            object_id=str(row.place.pk),
            object_repr=str(row.place)[:200],
            action_flag=CHANGE if row.outcome == RowOutcome.CHANGED else ADDITION,
            change_message=_history(row),
        )
        for row in plan.to_import
        if row.place
    )


def _history(row: PlannedRow) -> str:
    if row.outcome == RowOutcome.ADDED:
        return gettext("Imported from a file.")
    labels = ", ".join(label for label, _old, _new in row.changes)
    return gettext("Imported from a file. Changed: %(fields)s.") % {"fields": labels}


class ImportPlanner:
    """Compares the rows of a sheet with the places there are, and with each other."""

    def __init__(self, sheet: Sheet, places: Iterable[Place]) -> None:
        self.sheet = sheet
        self.notes = list(sheet.notes)
        self.columns = self._columns()
        self.by_identifier = {place.identifier: place for place in places}
        self.by_name: dict[str, list[Place]] = {}
        for place in self.by_identifier.values():
            self.by_name.setdefault(place.name.casefold(), []).append(place)
        # The rows that stand for an identifier or a new name.
        self.rows_of: dict[uuid.UUID, int] = {}
        self.rows_named: dict[str, int] = {}

    def _columns(self) -> list[str]:
        """Return the column of each heading, empty for those to ignore."""
        found = [columns.column_of(heading) for heading in self.sheet.header]
        known = [name for name in found if name in columns.COLUMN_FIELDS]
        for name in known:
            if known.count(name) > 1:
                raise ValidationError(
                    gettext("The column %(name)s stands there twice.") % {"name": name}
                )
        if "name" not in known and "id" not in known:
            raise ValidationError(
                gettext("The first row has to name the columns, and name or id among them.")
            )
        if "number" not in known and "extension" in known:
            known.remove("extension")
        if unknown := [name for name in found if name and name not in known]:
            self.notes.append(
                gettext("These columns are ignored: %(names)s.") % {"names": ", ".join(unknown)}
            )
        if missing := [name for name in columns.COLUMN_FIELDS if name not in known]:
            self.notes.append(
                gettext("The file has no column for this, so places keep theirs: %(names)s.")
                % {"names": ", ".join(missing)}
            )
        return [name if name in known else "" for name in found]

    def plan(self) -> ImportPlan:
        return ImportPlan([self._row(*row) for row in self.sheet.rows], self.notes)

    def _row(self, number: int, listed: list[str]) -> PlannedRow:
        cells = dict(zip(self.columns, listed, strict=False))
        row = PlannedRow(number, columns.clean_cell(cells.get("name", "")))
        if any(cell.strip() for cell in listed[len(self.columns) :]):
            row.problems.append(gettext("It has more cells than there are columns."))
        try:
            identifier = columns.read_identifier(columns.clean_cell(cells.get("id", "")))
        except ValidationError as error:
            row.problems += error.messages
            return row
        before = self._match(row, cells, identifier)
        row.name = row.name or before.name
        row.found, problems = columns.values(cells, before)
        row.problems += problems
        self._forget_day_of_old_number(row, cells, before)
        row.place = copy(before)
        for name, value in row.found.items():
            setattr(row.place, name, value)
        self._check(row)
        if not row.problems:
            is_known = before.pk is not None
            # The name of a new place stands in front of its row.
            shown = [name for name in row.found if is_known or name != "name"]
            row.changes = [_in_words(name, before, row.place) for name in shown]
            row.outcome = RowOutcome.SAME if is_known else RowOutcome.ADDED
            if is_known and row.found:
                row.outcome = RowOutcome.CHANGED
        return row

    def _match(
        self, row: PlannedRow, cells: Mapping[str, str], identifier: uuid.UUID | None
    ) -> Place:
        """Return the place that the row stands for, or a new one."""
        if identifier and (place := self.by_identifier.get(identifier)):
            row.found_by = gettext("known by its id")
            return place
        named = self.by_name.get(row.name.casefold(), [])
        for place in sorted(named, key=lambda each: each.name != row.name):
            only_number = {name: cells[name] for name in ("number", "extension") if name in cells}
            found, problems = columns.values(only_number, place)
            if not found and not problems:
                row.found_by = gettext("known by its name and number")
                if "number" not in cells:
                    row.found_by = gettext("known by its name")
                return place
        if named and not row.problems:
            row.problems.append(
                gettext(
                    "There is a place of this name with another number. Give its id to change it, "
                    "or another name to add one."
                )
            )
        return Place(identifier=identifier or uuid.uuid4())

    def _forget_day_of_old_number(
        self, row: PlannedRow, cells: Mapping[str, str], before: Place
    ) -> None:
        is_new = not row.found.keys().isdisjoint({"phone", "dial"})
        if is_new and "assured_date" not in cells and before.verified_on:
            row.found["verified_on"] = None
            row.remarks.append(gettext("The file does not say when the new number was verified."))

    def _check(self, row: PlannedRow) -> None:
        """Find what the database would refuse, and rows that stand for one place."""
        place: Any = row.place
        if place.pk is None or row.found:
            given = {*row.found, "name"} if place.pk is None else {*row.found}
            try:
                place.clean_fields(exclude={f.name for f in Place._meta.fields} - given)
            except ValidationError as error:
                row.problems += [
                    f"{_column_of_field(name)}: {message}"
                    for name, messages in error.message_dict.items()
                    for message in messages
                ]
        earlier = self.rows_of.setdefault(place.identifier, row.number)
        name = place.name.casefold()
        if place.pk is None or "name" in row.found:
            others = [each for each in self.by_name.get(name, []) if each.pk != place.pk]
            if others and place.pk is not None:
                row.problems.append(gettext("Another place has this name."))
            earlier = min(earlier, self.rows_named.setdefault(name, row.number))
        if earlier != row.number:
            row.problems.append(gettext("It is the same place as row %(row)s.") % {"row": earlier})


def _column_of_field(name: str) -> str:
    return next(column for column, fields in columns.COLUMN_FIELDS.items() if name in fields)


def _in_words(name: str, before: Place, after: Place) -> tuple[str, str, str]:
    model_field: Any = Place._meta.get_field(name)
    label = capfirst(str(model_field.verbose_name))
    old = _value(getattr(before, name)) if before.pk is not None else ""
    return label, old, _value(getattr(after, name))


def _value(value: Any) -> str:
    match value:
        case bool():
            return gettext("yes") if value else gettext("no")
        case None | "":
            return gettext("(empty)")
        case str():
            return value
    return date_format(value, "N j, Y")
