"""The beam search finds what a full search finds, and its sums are right."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.columns import cut_columns
from mispredict.errors.lattice import Lattice
from mispredict.errors.residuals import ResidualScore
from mispredict.errors.rules import Overlap


def lattice_of(rows: pd.DataFrame) -> Lattice:
    return Lattice(cut_columns(rows, exclude=(), bins=5)[0])


def test_the_best_pair_is_found() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.integers(0, 3, (400, 4)), columns=list("abcd")).astype(str)
    excess = rng.normal(size=400) * 0.3 + 0.5 * ((rows["b"] == "1") & (rows["d"] == "2")).to_numpy()
    signals = np.column_stack([np.ones(400), excess, np.full(400, 0.5)])
    score = ResidualScore(5, 400)
    found = lattice_of(rows).search(signals, score, depth=2, width=30)
    singles = [
        np.logical_or.reduce([rows[name] == level for level in levels])
        for name in "abcd"
        for size in (1, 2)
        for levels in itertools.combinations("012", size)
    ]
    masks = [(one & other) for one, other in itertools.combinations(singles, 2)]
    best = max(float(score(signals[mask].sum(axis=0))) for mask in masks)
    assert found[0].score == pytest.approx(best, rel=1e-5)


def test_a_score_is_the_score_of_the_rule_s_own_rows() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"x": rng.normal(size=300), "k": rng.choice(list("abc"), 300)})
    signals = np.column_stack([(rng.random(300) < 0.2).astype(float), np.ones(300)])
    lattice, score = lattice_of(rows), Overlap(int(signals[:, 0].sum()), 1.0)
    for one in lattice.search(signals, score)[:10]:
        assert one.score == pytest.approx(float(score(signals[lattice.mask(one.rule)].sum(axis=0))), rel=1e-5)


def test_nothing_allowed_is_nothing_found() -> None:
    rows = pd.DataFrame({"x": np.arange(50.0)})
    signals = np.column_stack([np.ones(50), np.zeros(50), np.full(50, 0.1)])
    assert lattice_of(rows).search(signals, ResidualScore(1_000, 2_000)) == []
