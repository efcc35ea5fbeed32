"""The evidence of a finding, drawn: bars, lines, dots, or a table."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from app.figures.style import CLASSES, GREY, RIGHT, WRONG, styled
from app.text import code_free, plain
from app.wording import count, value
from mispredict.suspects.suspect import Chart, Series

HEIGHT = 260
BAR = 24  # pixels of a lying bar
ROOM_BESIDE = 1.25  # of the longest bar: what is written beside it must fit
ROOM = 90  # pixels around lying bars
MOST = 25  # groups of lying bars
LABEL = 30  # characters of a group
BEADS = 40  # points of a line up to which each is marked
WRITTEN = 15  # bars up to which each says its figure
SERIES = (RIGHT, GREY, CLASSES[1], CLASSES[0], CLASSES[3], CLASSES[4])  # of several; orange stays for what is marked
SYMBOLS = ("circle", "square", "triangle-up", "cross", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot")
HATCH = {"shape": "/", "size": 6, "solidity": 0.25, "fgcolor": "rgba(255, 255, 255, 0.75)", "fillmode": "overlay"}
_TIME = re.compile(r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$")


def draw_chart(chart: Chart) -> go.Figure:
    """Return the figure of any form but a table. Marked marks are orange and of another shape or hatched."""
    lies = _lies(chart)
    chart = _fewer(chart)[0] if lies else chart
    places = _places(chart) if _kind(chart) == "category" else {}
    figure = go.Figure()
    for number in range(len(chart.series)):
        if chart.form == "bars":
            _bars(figure, chart, number, places=places, lies=lies)
        else:
            _marks(figure, chart, number, places)
    if not any(math.isfinite(y) for series in chart.series for y in series.y):
        figure.add_annotation(text="no figure to draw", showarrow=False, font={"color": GREY})
    _axes(figure, chart, places=places, lies=lies)
    _level(figure, chart, lies=lies)
    height = ROOM + BAR * len(places) * max(1.0, 0.6 * len(chart.series)) if lies else HEIGHT
    is_named = len(chart.series) > 1 or _has_level(chart)
    return styled(figure, height=round(height)).update_layout(showlegend=is_named, barmode="group")


def groups_of(chart: Chart) -> str:
    """Return what the groups of lying bars are and how many are not drawn, plain text to stand above the figure.

    A title beside such bars would be cut: it stands upright, and they are low.
    """
    if not _lies(chart):
        return ""
    left_out = _fewer(chart)[1]
    return chart.x_title + (f" ({count(left_out)} more are not drawn)" if left_out else "")


def _lies(chart: Chart) -> bool:
    return chart.form == "bars" and _kind(chart) == "category"


def _fewer(chart: Chart) -> tuple[Chart, int]:
    """Return a chart of at most MOST groups, those that are marked before others, and how many were left out."""
    names = list(_places(chart))
    marked = {value(x) for s in chart.series for x, mark in zip(s.x, _marked(s), strict=True) if mark}
    kept = set(sorted(names, key=lambda name: name not in marked)[:MOST])
    return dataclasses.replace(chart, series=tuple(_of(s, kept) for s in chart.series)), len(names) - len(kept)


def _of(series: Series, kept: set[str]) -> Series:
    places = [place for place, x in enumerate(series.x) if value(x) in kept]

    def picked(cells: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(cells[place] for place in places) if len(cells) == len(series.x) else ()

    return Series(
        series.name, picked(series.x), picked(series.y), picked(series.low), picked(series.high), picked(series.marked)
    )


def _bars(figure: go.Figure, chart: Chart, number: int, *, places: dict[str, int], lies: bool) -> None:
    series = chart.series[number]
    at, marked = _at(series, places), _marked(series)
    figures = list(series.y)
    written = len(chart.series) == 1 and len(figures) <= WRITTEN
    across: dict[str, Any] = {"x": figures, "y": at, "orientation": "h"} if lies else {"x": at, "y": figures}
    figure.add_bar(
        **across,
        name=plain(series.name),
        showlegend=bool(series.name),
        marker={
            "color": WRONG if all(marked) and marked else [WRONG if mark else _colour(number) for mark in marked],
            "pattern": {**HATCH, "shape": ["/" if mark else "" for mark in marked]},
        },
        **{"error_x" if lies else "error_y": _whiskers(series)},
        text=[_figure(y) for y in figures] if written and not lies else None,
        textposition="inside" if series.low else "outside",
        insidetextanchor="start",
        cliponaxis=False,
        customdata=_said(series),
        hovertemplate="%{customdata}<extra></extra>",
    )
    if written and lies:
        _write_beside(figure, chart, series, at)


def _write_beside(figure: go.Figure, chart: Chart, series: Series, at: list[Any]) -> None:
    """Write each lying bar's figure to the right of the bar and of its whisker, and leave room for it."""
    highs = series.high if len(series.high) == len(series.y) else series.y
    lows = series.low if len(series.low) == len(series.y) else series.y
    ends = [max(y, high, 0.0) if math.isfinite(y) else 0.0 for y, high in zip(series.y, highs, strict=True)]
    figure.add_scatter(
        x=ends, y=at, mode="text", text=[f" {_figure(y)}" for y in series.y], textposition="middle right",
        showlegend=False, hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    least = min((low for low in lows if math.isfinite(low)), default=0.0)
    level = chart.level if chart.level is not None and _has_level(chart) else 0.0
    most = max(max(ends, default=0.0) * ROOM_BESIDE, level * 1.05)
    figure.update_xaxes(range=[min(least, level, 0.0) * 1.05, most or 1.0])


def _marks(figure: go.Figure, chart: Chart, number: int, places: dict[str, int]) -> None:
    series = chart.series[number]
    marked, colour = _marked(series), _colour(number)
    figure.add_scatter(
        x=_at(series, places),
        y=list(series.y),
        name=plain(series.name),
        showlegend=bool(series.name),
        mode="markers" if chart.form == "dots" else "lines+markers",
        line={"color": colour, "width": 1.8, "dash": DASHES[number % len(DASHES)]},
        marker={
            "color": [WRONG if mark else colour for mark in marked],
            "symbol": ["diamond" if mark else SYMBOLS[number % len(SYMBOLS)] for mark in marked],
            "size": [12 if mark else _size(chart, series) for mark in marked],
            "opacity": 1.0 if len(series.y) < 200 else 0.6,
        },
        error_y=_whiskers(series),
        customdata=_said(series),
        hovertemplate="%{customdata}<extra></extra>",
    )


def _size(chart: Chart, series: Series) -> int:
    """Return the pixels of a mark that the finding is not about; the marks of a long line are left out."""
    if chart.form == "dots":
        return 8
    return 6 if len(series.y) <= BEADS else 0


def _axes(figure: go.Figure, chart: Chart, *, places: dict[str, int], lies: bool) -> None:
    across, up = plain(chart.x_title, limit=80), plain(chart.y_title, limit=60)
    groups: dict[str, Any] = {}
    if places:
        groups = {"tickvals": list(places.values()), "ticktext": [plain(name, limit=LABEL) for name in places]}
    if lies:
        figure.update_yaxes(autorange="reversed", showgrid=False, **groups)
        figure.update_xaxes(title=up, **({} if figure.layout.xaxis.range else {"rangemode": "tozero"}))
    else:
        figure.update_xaxes(title=across, type="date" if _kind(chart) == "date" else "linear", **groups)
        figure.update_yaxes(title=up, rangemode="tozero" if chart.form == "bars" else "normal")


def _level(figure: go.Figure, chart: Chart, *, lies: bool) -> None:
    if chart.level is None or not _has_level(chart):
        return
    line = {"color": GREY, "width": 1.5, "dash": "dot"}
    name = f"{plain(chart.level_name, limit=40)} {_figure(chart.level)}".strip()
    if lies:
        figure.add_vline(x=chart.level, line=line, name=name, showlegend=True)
    else:
        figure.add_hline(y=chart.level, line=line, name=name, showlegend=True)


def _has_level(chart: Chart) -> bool:
    return chart.level is not None and math.isfinite(chart.level)


def _kind(chart: Chart) -> str:
    """Return what the marks stand at: "linear" numbers, a "date", or a "category"."""
    cells = [cell for series in chart.series for cell in series.x]
    if all(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in cells):
        return "linear"
    return "date" if all(isinstance(cell, str) and _TIME.match(cell) for cell in cells) else "category"


def _places(chart: Chart) -> dict[str, int]:
    """Return each group's place: by its whole name, since two long ones may be cut to the same label."""
    names = dict.fromkeys(value(cell) for series in chart.series for cell in series.x)
    return {name: place for place, name in enumerate(names)}


def _at(series: Series, places: dict[str, int]) -> list[Any]:
    return [places[value(cell)] for cell in series.x] if places else list(series.x)


def _marked(series: Series) -> list[bool]:
    return list(series.marked) if len(series.marked) == len(series.y) else [False] * len(series.y)


def _colour(number: int) -> str:
    return SERIES[number % len(SERIES)]


def _whiskers(series: Series) -> dict[str, Any] | None:
    if len(series.low) != len(series.y) or len(series.high) != len(series.y):
        return None
    return {
        "type": "data", "symmetric": False, "thickness": 1.2, "width": 3, "color": GREY,
        "array": [max(high - y, 0.0) for y, high in zip(series.y, series.high, strict=True)],
        "arrayminus": [max(y - low, 0.0) for y, low in zip(series.y, series.low, strict=True)],
    }  # fmt: skip


def _said(series: Series) -> list[str]:
    between = _whiskers(series) is not None
    said = []
    for place, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
        spread = f" ({_figure(series.low[place])} to {_figure(series.high[place])})" if between else ""
        name = f"{plain(series.name)}, " if series.name else ""
        said.append(f"{name}{plain(value(x))}: {_figure(y)}{spread}")
    return said


def _figure(y: float) -> str:
    """Return a figure in three or four digits.

    >>> _figure(0.98765), _figure(12345.6), _figure(40.0), _figure(float("nan"))
    ('0.988', '12,346', '40', 'none')
    """
    if not math.isfinite(y):
        return "none"
    if abs(y) >= 1_000:
        return f"{y:,.0f}"
    return f"{y:.3g}".replace("-", "−") if "e" not in f"{y:.3g}" else f"{y:.1e}"


def table_of(chart: Chart) -> pd.DataFrame:
    """Return a table's cells as text in columns c0, c1, ...: two series may be called alike."""
    longest = max((len(series.x) for series in chart.series), default=0)
    return pd.DataFrame(
        {f"c{place}": _cells(series.x, longest) for place, series in enumerate(chart.series)}, dtype=object
    )


def _cells(cells: Sequence[Any], longest: int) -> list[str]:
    said = [
        _figure(float(c)) if isinstance(c, (int, float)) and not isinstance(c, bool) else code_free(value(c))
        for c in cells
    ]
    return said + [""] * (longest - len(said))
