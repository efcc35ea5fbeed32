from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from app.figures.calibration import draw_calibration
from app.figures.confusion import draw_confusion
from app.figures.contributions import bars, draw_contributions
from app.figures.correlations import draw_correlations
from app.figures.path import draw_path
from app.figures.scores import draw_scores
from app.figures.style import RIGHT, WRONG
from app.figures.votes import draw_votes
from explainers.explanation import Explanation, Split, TreePath
from explainers.votes import Votes
from tests.app.synthetic_desk import SyntheticDesk

HOSTILE = "<a href='http://x'>y</a>"
ROW = {"c0": 312.5, "c1": "x" * 90, HOSTILE: None}


def explanation(count: int = 3, *, additive: bool = True) -> Explanation:
    values = {f"c{i}": 0.1 * (i + 1) * (-1) ** i for i in range(count)} | {HOSTILE: 0.7, "still": 0.0}
    return Explanation("r", 1, "walk", "log-odds", -1.0, -1.0 + sum(values.values()), values, additive)


def labels(figure: go.Figure) -> list[str]:
    return list(figure.layout.yaxis.ticktext)


def test_bars_lead_from_the_base_to_the_answer() -> None:
    said = explanation()
    bar, ends = draw_contributions(said, ROW, axis="log-odds of fraud").data
    assert bar.base[0] == pytest.approx(said.base)
    assert bar.base[-1] + bar.x[-1] == pytest.approx(said.score)
    assert list(ends.x) == [said.base, said.score]


def test_colour_and_sign_say_the_same() -> None:
    bar = draw_contributions(explanation(), ROW, axis="log-odds of fraud").data[0]
    for value, colour, text in zip(bar.x, bar.marker.color, bar.text, strict=True):
        assert colour == (WRONG if value > 0 else RIGHT)
        assert text[0] == ("+" if value > 0 else "−")


def test_small_parts_are_summed_and_nothing_is_lost() -> None:
    said = explanation(30)
    parts = bars(said, {})
    assert len(parts) == 13
    assert parts[-1].label == "19 other columns"
    assert sum(part.value for part in parts) == pytest.approx(sum(said.values.values()))


def test_a_method_that_does_not_add_up_starts_at_nothing() -> None:
    (bar,) = draw_contributions(explanation(additive=False), {}, axis="weights").data
    assert not np.any(bar.base)


def test_an_explanation_without_parts_is_still_drawn() -> None:
    nothing = Explanation("r", 1, "walk", "probability", 0.3, 0.3, {"a": 0.0}, additive=True)
    assert labels(draw_contributions(nothing, {}, axis="probability")) == ["before the row", "the model's answer"]


def test_tags_in_names_are_literal_everywhere() -> None:
    scan = SyntheticDesk().scan()
    hostile = dataclasses.replace(scan, histogram={HOSTILE: (1, 2), "b": (3, 4)})
    for figure in (
        draw_contributions(explanation(), {HOSTILE: HOSTILE}, axis=HOSTILE),
        draw_scores(hostile, HOSTILE),
        draw_calibration(scan.calibration, HOSTILE),
    ):
        assert "<a" not in figure.to_json().replace("\\u003c", "<")


def test_calibration_draws_the_bins_that_hold_rows() -> None:
    scan = SyntheticDesk().scan()
    points = draw_calibration(scan.calibration, "fraud").data[1]
    assert list(points.x) == [b.mean_probability for b in scan.calibration if b.rows]


def test_scores_have_a_line_a_class_and_mark_the_threshold() -> None:
    scan = SyntheticDesk().scan()
    figure = draw_scores(scan, "fraud")
    assert [line.name for line in figure.data] == ["truly 0", "truly 1"]
    assert len({line.line.dash for line in figure.data}) == 2
    assert figure.layout.shapes[0].x0 == scan.metrics.threshold


def test_confusion_counts_every_row_once() -> None:
    scan = SyntheticDesk().scan()
    (cells,) = draw_confusion(scan).data
    counted = [int(text.split("<br>")[0].replace(",", "")) for row in cells.text for text in row]
    assert sum(counted) == scan.rows


def test_a_wrong_cell_of_the_confusion_is_never_blue() -> None:
    (cells,) = draw_confusion(SyntheticDesk().scan()).data
    assert all((cells.z[at][to] >= 0) == (at == to) for at in range(2) for to in range(2))


def test_a_path_leads_from_the_root_to_the_leaf() -> None:
    splits = (Split("age", 3, "<", 5.0, 10, 0.1, 0.6), Split(HOSTILE, None, "is present", None, None, 0.6, 0.4))
    figure = draw_path(TreePath(0, 1.0, splits, 0.4), "probability")
    (bar,) = figure.data
    assert list(bar.base) == [0.1, 0.6]
    assert bar.base[-1] + bar.x[-1] == pytest.approx(0.4)
    assert labels(figure)[0] == "age &lt; 5"
    assert "is present" in draw_path(TreePath(0, 1.0, (Split("a", 1, "is present", None, 2, 0, 1),), 1.0), "").to_json()


def voted(unit: str, answers: tuple[float, ...], against: tuple[bool, ...]) -> Votes:
    return Votes("r", HOSTILE, len(answers), sum(against), unit, answers, (), (), against)  # type: ignore[arg-type]


def test_every_tree_is_drawn_once_by_its_vote() -> None:
    figure = draw_votes(voted("margin", (-0.2, 0.1, 0.3), (True, False, False)), classes=2)
    against, for_ = figure.data
    assert (sum(against.y), sum(for_.y)) == (1, 2)
    assert against.name == "1 against the truth"
    assert against.marker.pattern.shape != for_.marker.pattern.shape
    assert not figure.layout.shapes


def test_votes_in_probability_are_each_trees_own_and_the_truths_side_is_marked() -> None:
    figure = draw_votes(voted("probability", (0.05, 0.45), (True, False)), classes=2)
    against, for_ = figure.data
    assert against.x[int(np.argmax(against.y))] == pytest.approx(0.1, abs=0.02)
    assert for_.x[int(np.argmax(for_.y))] == pytest.approx(0.9, abs=0.02)
    assert figure.layout.shapes[0].x0 == 0.5
    assert "<a" not in figure.to_json().replace("\\u003c", "<")


def test_correlations_are_blank_on_the_diagonal_and_where_nothing_can_be_said() -> None:
    ranks = pd.DataFrame([[1.0, -0.5], [-0.5, np.nan]], index=["a", HOSTILE], columns=["a", HOSTILE])
    (cells,) = draw_correlations(ranks).data
    assert [list(line) for line in cells.text] == [["", "−0.50"], ["−0.50", ""]]
    assert ranks.iloc[0, 0] == 1.0


def test_the_rows_own_values_stand_beside_the_bars() -> None:
    parts = {bar.label for bar in bars(explanation(), ROW)}
    assert "c0 = 312.5" in parts
    assert "c2" in parts
    assert all(len(part) < 80 for part in parts)


def test_a_path_far_from_nothing_fills_its_picture_and_shows_its_thresholds() -> None:
    steps = (Split("od280/od315_of_diluted_wines", 2.9, ">", 2.085, 127, -1.31, -1.39),)
    figure = draw_path(TreePath(0, 1.0, steps, -1.39), "margin of a")
    assert labels(figure) == ["od280/od315_of_dilu… &gt; 2.085"]
    assert figure.layout.xaxis.range[1] < -1.2
    assert draw_path(TreePath(0, 1.0, (), 0.3), "margin of a").layout.xaxis.range is not None
