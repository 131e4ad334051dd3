import pytest

from contact.intake.reports.charts.geometry import (
    BARS_WIDTH,
    bars,
    column_chart,
    heat_map,
    label_that_fits,
    level,
)


def test_the_largest_bar_fills_the_width():
    drawn = bars([("a", "10", 10), ("b", "5", 5), ("c", "hidden", None), ("d", "0", 0)]).bars
    assert [bar.length for bar in drawn] == [BARS_WIDTH, BARS_WIDTH / 2, None, 0]


def test_shares_are_drawn_against_the_whole():
    assert bars([("a", "50%", 0.5)], full=1).bars[0].length == BARS_WIDTH / 2


def test_bars_without_any_number_have_no_length():
    assert bars([("a", "hidden", None), ("b", "0", 0)]).bars[1].length == 0
    assert bars([]).height == 0


@pytest.mark.parametrize(
    ("count", "shade"), [(0, 0), (1, 1), (20, 1), (21, 2), (80, 4), (81, 5), (100, 5)]
)
def test_a_field_is_darker_the_more_it_holds(count, shade):
    assert level(count, 100) == shade


def test_a_heat_map_has_a_field_for_each_hour_of_the_week():
    drawn = heat_map([None] * 167 + [9], list("MTWTFSS"), [str(hour) for hour in range(24)], "·")
    assert len(drawn.cells) == 168
    assert (drawn.cells[0].word.text, drawn.cells[0].level) == ("·", None)
    assert (drawn.cells[-1].word.text, drawn.cells[-1].level) == ("9", 5)
    assert drawn.cells[-1].x + drawn.cell_width <= drawn.width
    assert drawn.cells[-1].y + drawn.cell_height <= drawn.height


def test_fields_of_one_shade_are_one_path_with_their_words():
    drawn = heat_map([0, 1, 5, 5, None, 0, 0], list("MTWTFSS"), ["8"], "·")
    shades = {shade.level: shade for shade in drawn.shades}
    assert {level: shade.path.count("M") for level, shade in shades.items()} == {
        "0": 3, "1": 1, "5": 2, "hidden": 1,
    }  # fmt: skip
    assert [word.text for word in shades["5"].words] == ["5", "5"]
    assert shades["0"].words == []
    assert [word.text for word in shades["hidden"].words] == ["·"]


def test_few_fields_are_wider():
    drawn = heat_map([5] * 56, list("MTWTFSS"), [f"{hour}–{hour + 3}" for hour in range(8)], "·")
    assert len(drawn.cells) == 56
    assert drawn.cell_width == 46
    assert heat_map([5] * 28, list("MTWTFSS"), list("abcd"), "·").cell_width == 52
    assert drawn.cells[-1].x + drawn.cell_width <= drawn.width


def test_columns_stand_on_the_base():
    half, hidden = column_chart([("08", "50%", 0.5), ("09", "·", None)], full=1).columns
    assert half.height is not None
    assert half.y + half.height == column_chart([], full=1).base
    assert hidden.height is None


def test_long_words_are_cut_in_drawings():
    assert label_that_fits("x" * 40, 40) == "x" * 40
    assert label_that_fits("x" * 41, 40) == "x" * 39 + "…"


def test_a_label_leaves_room_for_its_value():
    short, long = bars([("x" * 60, "12", 12), ("x" * 60, "12 calls · 100% reached", 12)]).bars
    assert len(short.label) == 44
    assert len(long.label) == 23
