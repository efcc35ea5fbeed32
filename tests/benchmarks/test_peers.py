from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from benchmarks import finders, peers
from benchmarks.planting import SHAPES, plant, scored_table


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", peers.TABLES)
def test_a_fault_has_the_size_asked_for_and_turns_labels_nowhere_else(kind: str, shape: str) -> None:
    table = scored_table(kind, seed=0)
    planted = plant(table, shape=shape, size=0.05, flips=0.4, seed=3)
    turned = planted.scored.truth != table.truth
    assert planted.fault.mean() == pytest.approx(0.05, abs=0.01)
    assert not turned[~planted.fault].any()
    assert 0.25 < turned[planted.fault].mean() < 0.55


def test_the_model_of_a_table_has_not_seen_its_rows_and_is_of_use() -> None:
    table = scored_table("generated", seed=0)
    assert 0.05 < table.is_error.mean() < 0.35


def test_scores_are_of_the_first_five_answers_and_of_the_first() -> None:
    fault = np.arange(100) < 10
    half, all_rows = np.arange(100) < 5, np.ones(100, dtype=bool)
    assert peers.score([all_rows, half], fault) == (0.5, 0.1)
    assert peers.score([all_rows] * 5 + [fault], fault) == (0.1, 0.1)
    assert peers.score([], fault) == (0.0, 0.0)


def test_who_is_not_installed_is_named_with_the_way_to_install(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert finders.absent()["sliceline on errors"] == "pip install sliceline"
    peers.show({("box", 0.05, 0.2): {"tree": (0.5, 0.25)}}, {"tree": 1.0})
    said = capsys.readouterr().out
    assert "absent: sliceline on errors (pip install sliceline)" in said
    assert "0.50 (0.25)" in said


def test_every_finder_that_is_here_answers_with_masks() -> None:
    planted = plant(scored_table("generated", seed=0), shape="box", size=0.1, flips=0.4, seed=3)
    for name in ("tree of depth 3 on errors", "HDBSCAN on misclassified rows"):
        answers = finders.FINDERS[name](planted.scored)
        assert 0 < len(answers) <= finders.MOST
        assert all(answer.dtype == bool and len(answer) == len(planted.fault) for answer in answers)
