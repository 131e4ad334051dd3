"""Chart geometry: positions and sizes of bars, cells and words, in units of the drawing.

A hidden number has no length and no level.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LEVELS = 5

# The words stand above their bar, so that a chart fits a phone.
BARS_WIDTH = 360
ROW_HEIGHT, TEXT, BAR_Y, BAR = 38, 14, 20, 11
# A label and its value share a line of so many characters.
LINE, SHORTEST_LABEL = 46, 12

CELL_HEIGHT, CELL_GAP = 30, 2
# The fewer cells in a row, the wider they are.
NARROWEST, WIDEST, CELLS_WIDTH = 30, 54, 384
MIDDLE_Y = (CELL_HEIGHT - CELL_GAP) / 2 + 4
WEEKDAY_WIDTH, HOUR_HEIGHT = 48, 22
CORNER = 3

COLUMNS_HEIGHT = 160
COLUMN_WIDTH, COLUMN = 34, 26
COLUMNS_TOP, COLUMNS_BOTTOM = 22, 24


class Bar(NamedTuple):
    label: str
    value: str
    text_y: float
    bar_y: float
    length: float | None


class Bars(NamedTuple):
    width: int
    height: int
    thickness: int
    bars: list[Bar]


class PlacedText(NamedTuple):
    x: float
    y: float
    text: str


class Cell(NamedTuple):
    x: int
    y: int
    word: PlacedText
    level: int | None


class Shade(NamedTuple):
    """All fields of one shade, as a single path, and the words in them."""

    level: str
    path: str
    words: list[PlacedText]


class HeatMap(NamedTuple):
    width: int
    height: int
    cell_width: int
    cell_height: int
    cells: list[Cell]
    weekdays: list[PlacedText]
    hours: list[PlacedText]

    @property
    def shades(self) -> list[Shade]:
        """The fields by shade: drawn one by one they made the page of 30 days take 40 % longer."""
        field = _rounded(self.cell_width, self.cell_height)
        by_level: dict[int | None, list[Cell]] = {}
        for cell in self.cells:
            by_level.setdefault(cell.level, []).append(cell)
        return [
            Shade(
                "hidden" if each is None else str(each),
                "".join(f"M{cell.x + CORNER} {cell.y}{field}" for cell in cells),
                [cell.word for cell in cells if cell.word.text],
            )
            for each, cells in by_level.items()
        ]


class Column(NamedTuple):
    x: float
    y: float
    height: float | None
    text_x: float
    text_y: float
    value: str
    label: str


class Columns(NamedTuple):
    width: int
    height: int
    base: int
    label_y: int
    thickness: int
    columns: list[Column]


def bars(rows: Iterable[tuple[str, str, float | None]], full: float | None = None) -> Bars:
    """One bar for each label, its value in words, and its number; `full` fills the width."""
    rows = list(rows)
    scale = BARS_WIDTH / _largest((number for *_words, number in rows), full)
    drawn = [
        Bar(
            label_that_fits(label, max(SHORTEST_LABEL, LINE - len(value))),
            value,
            place * ROW_HEIGHT + TEXT,
            place * ROW_HEIGHT + BAR_Y,
            None if number is None else round(number * scale, 1),
        )
        for place, (label, value, number) in enumerate(rows)
    ]
    return Bars(BARS_WIDTH, len(rows) * ROW_HEIGHT, BAR, drawn)


def heat_map(
    counts: Sequence[int | None], weekdays: Sequence[str], hours: Sequence[str], hidden: str
) -> HeatMap:
    """A row for each weekday, a column for each of `hours`; `counts` from Monday's first on."""
    most = _largest(counts, None)
    width = min(WIDEST, max(NARROWEST, CELLS_WIDTH // len(hours)))
    middle = (width - CELL_GAP) / 2
    cells = []
    for place, count in enumerate(counts):
        day, hour = divmod(place, len(hours))
        x, y = WEEKDAY_WIDTH + hour * width, HOUR_HEIGHT + day * CELL_HEIGHT
        word = PlacedText(x + middle, y + MIDDLE_Y, hidden if count is None else str(count or ""))
        cells.append(Cell(x, y, word, None if count is None else level(count, most)))
    down = [
        PlacedText(0, HOUR_HEIGHT + day * CELL_HEIGHT + MIDDLE_Y, name)
        for day, name in enumerate(weekdays)
    ]
    across = [
        PlacedText(WEEKDAY_WIDTH + hour * width + middle, HOUR_HEIGHT - 8, name)
        for hour, name in enumerate(hours)
    ]
    return HeatMap(
        WEEKDAY_WIDTH + len(hours) * width,
        HOUR_HEIGHT + len(weekdays) * CELL_HEIGHT,
        width - CELL_GAP,
        CELL_HEIGHT - CELL_GAP,
        cells,
        down,
        across,
    )


def column_chart(rows: Sequence[tuple[str, str, float | None]], full: float) -> Columns:
    """Upright bars from left to right; `full` reaches the top."""
    base = COLUMNS_TOP + COLUMNS_HEIGHT
    drawn = []
    for place, (label, value, number) in enumerate(rows):
        height = None if number is None else round(number / full * COLUMNS_HEIGHT, 1)
        middle = place * COLUMN_WIDTH + COLUMN_WIDTH / 2
        top = base - (height or 0)
        drawn.append(Column(middle - COLUMN / 2, top, height, middle, top - 6, value, label))
    return Columns(len(rows) * COLUMN_WIDTH, base + COLUMNS_BOTTOM, base, base + 17, COLUMN, drawn)


def level(count: int, most: float) -> int:
    """The shade of a cell, from 1 to LEVELS; 0 for nothing."""
    return -(-count * LEVELS // int(most))


def label_that_fits(label: str, longest: int) -> str:
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _rounded(width: int, height: int) -> str:
    """A path around a field with rounded corners, from the end of its top left corner on."""
    across, down = width - 2 * CORNER, height - 2 * CORNER
    corner = f"a{CORNER} {CORNER} 0 0 1"
    return (
        f"h{across}{corner} {CORNER} {CORNER}v{down}{corner}-{CORNER} {CORNER}"
        f"h-{across}{corner}-{CORNER}-{CORNER}v-{down}{corner} {CORNER}-{CORNER}z"
    )


def _largest(numbers: Iterable[float | None], full: float | None) -> float:
    return full or max((number for number in numbers if number is not None), default=0) or 1
