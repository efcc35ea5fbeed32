"""docs/explaining.md holds the matrix as the code says it, and a section for everything that there is to ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from docs.matrix import cell, served
from explainers import EXPLAINERS, explain
from tests.explainers.zoo import MODELS
from tests.explainers.zoo_wrapped import WRAPPED

PAGE = Path(__file__).parents[2].joinpath("docs", "explaining.md").read_text(encoding="utf-8")
ROWS_OF = Callable[[str], pd.DataFrame]


def cells() -> dict[tuple[str, str], str]:
    """Return the page's matrix by model and method."""
    found: dict[tuple[str, str], str] = {}
    names: list[str] = []
    for line in PAGE.splitlines():
        parts = [part.strip() for part in line.strip("|").split("|")] if line.startswith("| ") else []
        if parts[:1] == ["method"]:
            names = parts[1:]
        elif parts and parts[0] in EXPLAINERS:
            found |= {(name, parts[0]): text for name, text in zip(names, parts[1:], strict=True)}
    return found


CELLS = cells()


def test_the_page_has_every_method_and_model() -> None:
    assert set(CELLS) == {(name, method) for name in (MODELS | WRAPPED) for method in EXPLAINERS}


@pytest.mark.parametrize("method", list(EXPLAINERS))
def test_each_cell_is_what_the_code_says(model_name: str, model: Any, method: str) -> None:
    said = cell(method, model, served(method, model))
    assert CELLS[model_name, method] == said, "print the tables anew: python -m docs.matrix"


def test_shap_is_called_sampled_where_it_exchanges_rows(model_name: str, model: Any, table: pd.DataFrame) -> None:
    one = explain(model, table.iloc[:1], table.iloc[50:70], method="shap")[0]
    is_sampled = any("exchanging columns" in note for note in one.notes)
    assert (served("shap", model) == "sampled") == is_sampled
