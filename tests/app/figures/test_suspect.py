from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from app.figures.style import GREY, RIGHT, WRONG
from app.figures.suspect import MOST, draw_chart, groups_of, table_of
from mispredict.suspects.suspect import Chart, Series
from tests.app.made_up import BARS, DOTS, HOSTILE, LINES, TABLE


def bars(x: tuple[Any, ...], y: tuple[float, ...], **more: Any) -> Chart:
    return Chart("bars", "t", "x", "y", (Series("", x, y, **more),))


def test_bars_of_names_lie_and_the_marked_one_is_orange_and_hatched() -> None:
    drawn = draw_chart(BARS)
    bar = drawn.data[0]
    assert bar.orientation == "h"
    assert list(bar.x) == [0.98, 0.61, 0.55]
    assert list(bar.marker.color) == [WRONG, RIGHT, RIGHT]
    assert list(bar.marker.pattern.shape) == ["/", "", ""]
    assert list(bar.error_x.array) == pytest.approx([0.01, 0.05, 0.05])
    assert list(bar.error_x.arrayminus) == pytest.approx([0.01, 0.06, 0.05])


def test_figures_stand_beside_the_whiskers_and_there_is_room_for_them() -> None:
    drawn = draw_chart(BARS)
    written = drawn.data[1]
    assert [text.strip() for text in written.text] == ["0.98", "0.61", "0.55"]
    assert list(written.x) == [0.99, 0.66, 0.6]
    assert drawn.layout.xaxis.range[0] == 0.0
    assert drawn.layout.xaxis.range[1] > 1.2
    below = draw_chart(bars(("a", "b"), (-2.0, 0.5)))
    assert list(below.data[1].x) == [0.0, 0.5]
    assert below.layout.xaxis.range[0] < -2.0


def test_names_are_literal_and_two_that_are_cut_alike_stay_two() -> None:
    drawn = draw_chart(BARS)
    assert list(drawn.layout.yaxis.ticktext) == ["&lt;b&gt;night&lt;/b&gt;", "amount", "is_app"]
    assert HOSTILE not in drawn.to_json()
    long = draw_chart(bars(("x" * 60 + "a", "x" * 60 + "b"), (1.0, 2.0)))
    assert list(long.data[0].y) == [0, 1]


def test_the_level_is_a_dotted_line_with_its_name() -> None:
    drawn = draw_chart(BARS)
    assert [(line.x0, line.line.dash, line.name) for line in drawn.layout.shapes] == [(0.5, "dot", "chance 0.5")]
    assert drawn.layout.showlegend
    assert not draw_chart(DOTS).layout.shapes


def test_bars_of_numbers_stand_where_the_numbers_are() -> None:
    bar = draw_chart(bars((0.0, 10.0), (3.0, 4.0))).data[0]
    assert bar.orientation is None
    assert list(bar.x) == [0.0, 10.0]


def test_lines_over_times_have_a_time_axis_and_a_diamond_where_marked() -> None:
    drawn = draw_chart(LINES)
    assert drawn.layout.xaxis.type == "date"
    first, second = drawn.data
    assert list(first.marker.symbol) == ["circle", "circle", "diamond"]
    assert list(first.marker.color) == [RIGHT, RIGHT, WRONG]
    assert second.line.color == GREY
    assert first.line.dash != second.line.dash
    assert [first.name, second.name] == ["by now", "when ripe"]


def test_text_that_is_no_time_is_no_number_either() -> None:
    drawn = draw_chart(dataclasses.replace(LINES, series=(Series("", ("5.12", "5.9"), (1.0, 2.0)),)))
    assert list(drawn.layout.xaxis.ticktext) == ["5.12", "5.9"]
    assert list(drawn.data[0].x) == [0, 1]


def test_dots_have_no_lines() -> None:
    assert draw_chart(DOTS).data[0].mode == "markers"


def test_a_long_line_has_marks_where_it_is_marked_only() -> None:
    points = tuple(float(place) for place in range(60))
    series = Series("", points, points, marked=tuple(place == 30 for place in range(60)))
    sizes = draw_chart(Chart("lines", "t", "x", "y", (series,))).data[0].marker.size
    assert [place for place, size in enumerate(sizes) if size] == [30]


def test_of_many_groups_the_marked_ones_are_drawn_and_the_rest_is_counted() -> None:
    names = tuple(f"column {place}" for place in range(200))
    marked = tuple(place == 199 for place in range(200))
    drawn = draw_chart(bars(names, tuple(map(float, range(200))), marked=marked))
    assert len(drawn.data[0].x) == MOST
    assert drawn.data[0].x[-1] == 199.0
    assert (
        groups_of(bars(names, tuple(map(float, range(200))), marked=marked)) == f"x ({200 - MOST} more are not drawn)"
    )
    assert groups_of(BARS) == "column"
    assert groups_of(LINES) == ""


@pytest.mark.parametrize("form", ["bars", "lines", "dots"])
def test_nothing_to_draw_is_said(form: Any) -> None:
    for series in (Series("", (), ()), Series("", ("a",), (math.nan,))):
        drawn = draw_chart(Chart(form, "t", "x", "y", (series,), math.nan))
        assert drawn.layout.annotations[0].text == "no figure to draw"


def test_a_tables_cells_are_text_and_its_columns_may_be_called_alike() -> None:
    cells = table_of(dataclasses.replace(TABLE, series=(*TABLE.series, Series("row", ("a", "b", 12345.6), ()))))
    assert list(cells.columns) == ["c0", "c1", "c2"]
    assert cells["c0"].tolist() == ["T00001", "[x](http://evil.example)", ""]
    assert cells["c2"].tolist() == ["a", "b", "12,346"]
