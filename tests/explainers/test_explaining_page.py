"""The examples of docs/explaining.md run in the order of the page, and answer what the page says they do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "explaining.md"


def blocks() -> list[tuple[int, str]]:
    """Return the page's blocks of Python, each with the line on which it starts."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.finditer(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [(text.count("\n", 0, block.start(1)), block[1]) for block in found]


@pytest.fixture(scope="module")
def ran() -> dict[str, Any]:
    """Return the names that the examples leave behind, all of them run in one namespace."""
    names: dict[str, Any] = {}
    for line, code in blocks():
        exec(compile("\n" * line + code, str(PAGE), "exec"), names)
    return names


def test_every_section_with_a_function_has_an_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    without = [name for name, text in sections.items() if "```python" not in text]
    assert without == ["Which method serves which model", "Pipelines"]


def test_the_row_scores_what_the_page_says(ran: dict[str, Any]) -> None:
    assert ran["malignant"].loc[385] == 1
    assert ran["model"].predict_proba(ran["row"])[0, 1] == pytest.approx(0.46)


def test_the_walk_and_shap_start_where_the_page_says(ran: dict[str, Any]) -> None:
    bases = [ran[name].base for name in ("exact", "paths")]
    assert bases == pytest.approx([0.468, 0.491], abs=5e-4)
    assert ran["walked"].base == pytest.approx(ran["paths"].base)
    assert "nobody's Shapley value in log-odds" in " ".join(ran["sampled"].notes)
    assert ran["sampled"].quality["standard_error"] > 0


def test_the_trees_vote_as_the_page_says(ran: dict[str, Any]) -> None:
    answers = [tree.predict_proba(ran["row"].to_numpy())[0, 1] for tree in ran["model"].estimators_]
    assert sum(answer <= 0.5 for answer in answers) == ran["said"].wrong == 27


def test_limes_line_fits_as_badly_as_the_page_says(ran: dict[str, Any]) -> None:
    assert round(ran["line"].quality["r2"], 2) == 0.06


def test_eli5_walks_the_forest_as_the_page_says(ran: dict[str, Any]) -> None:
    assert ran["peer"].values == pytest.approx(ran["walked"].values, abs=1e-9)


def test_the_neighbours_are_labelled_as_the_page_says(ran: dict[str, Any]) -> None:
    assert ran["malignant"].loc[ran["near"].rows.index].tolist() == [0, 0, 1, 0, 1]
    assert ran["near"].distances.min() == pytest.approx(0.6)


def test_the_flip_is_one(ran: dict[str, Any]) -> None:
    flipped = ran["row"].assign(**{change.column: change.after for change in ran["smallest"].changes})
    assert ran["model"].predict_proba(flipped)[0, 1] >= 0.5
    assert ran["found"].exact
    assert "worst area" not in {change.column for flip in ran["found"].flips for change in flip.changes}


def test_the_loss_is_what_the_page_says(ran: dict[str, Any]) -> None:
    loss = ran["loss"]
    assert (loss.base, loss.score, loss.quality["standard_error"]) == pytest.approx((9.79, 0.78, 0.26), abs=6e-3)
    assert max(loss.values.values()) < 0.26
    assert sum(value < 0 for value in loss.values.values()) > 20
