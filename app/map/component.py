"""The canvas as a Streamlit component: bytes go down, a polygon or one point's number comes up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from app.map.packing import Sheet, pack

HERE = Path(__file__).parent
HTML = """
<div class="map" tabindex="0" role="application">
  <canvas class="points" aria-hidden="true"></canvas><canvas class="over" aria-hidden="true"></canvas>
  <div class="legend"></div><div class="tip" hidden></div>
  <div class="tools"><button type="button" class="fit" title="Show all points (double click)">Show all</button></div>
</div>
"""

_canvas = st.components.v2.component(
    "error_map", html=HTML, css=(HERE / "map.css").read_text(), js=(HERE / "map.js").read_text()
)


def draw_map(sheet: Sheet, *, key: str, on_lasso: Callable[[], None], on_pick: Callable[[], None]) -> Any:
    """Draw the map. `lasso` is reported as {"polygon": [[x, y], ...]} (empty: cleared), `pick` as {"point": number}."""
    return _canvas(key=key, data=pack(sheet), on_lasso_change=on_lasso, on_pick_change=on_pick)
