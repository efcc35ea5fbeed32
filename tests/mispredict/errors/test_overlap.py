"""Rows that the model was trained on: found whatever holds them, left out, or the verdict refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.overlap import Overlap, overlap_with_training
from mispredict.errors.slices import SliceSearch
from mispredict.errors.verdict import Evidence, judge
from mispredict.tables import table_of

FEATURES = ("a", "b", "c", "d")


def _rows(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.normal(size=rows).astype(np.float32), "b": rng.integers(0, 9, rows)})
    frame["c"] = pd.Categorical(rng.choice(["x", "y"], rows))
    frame["d"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 10_000, rows), unit="s")
    frame.loc[rng.random(rows) < 0.2, "c"] = None
    return frame.assign(y=rng.integers(0, 2, rows), id=[f"r{seed}-{i}" for i in range(rows)])


def _overlap(examined: pd.DataFrame, training: pd.DataFrame, features: tuple[str, ...] = FEATURES) -> Overlap:
    return overlap_with_training(table_of(examined), table_of(training), features=features, target="y", id_column="id")


def test_the_same_values_in_other_types_are_the_same_rows() -> None:
    examined, training = _rows(500, 0), _rows(700, 1)
    twins = examined[100:200].assign(id="other", b=lambda rows: rows["b"].astype(float))
    twins["a"] = twins["a"].astype(np.float64)
    twins["c"] = twins["c"].astype(object)
    twins["y"] = twins["y"].astype(bool)
    other = training.assign(y=training["y"].astype(bool), c=training["c"].astype(object))
    found = _overlap(examined, pd.concat([other, twins], ignore_index=True))
    assert found.positions.tolist() == list(range(100, 200))
    assert found.ids == tuple(f"r0-{i}" for i in range(100, 200))
    assert found.note.startswith("100 of 500 rows also stand in the training table (800 rows); they are left out")
    assert found.is_evidence(np.array([99, 100, 199, 200])).tolist() == [True, False, False, True]


def test_numbers_that_stand_as_text_are_the_same() -> None:
    examined = _rows(300, 0)
    assert _overlap(examined, examined[:50].assign(b=lambda rows: rows["b"].astype(str))).count == 50


def test_another_label_is_another_row() -> None:
    examined = _rows(300, 0)
    assert _overlap(examined, examined.assign(y=1 - examined["y"])).count == 0


def test_tables_of_few_distinct_rows_share_them_by_chance() -> None:
    def coarse(rows: int, values: int, seed: int) -> pd.DataFrame:
        drawn = np.random.default_rng(seed).integers(0, values, (rows, 4))
        return pd.DataFrame(drawn, columns=list(FEATURES)).assign(y=0, id=[str(i) for i in range(rows)])

    for values in (3, 9):
        found = _overlap(coarse(2_000, values, 0), coarse(3_000, values, 1))
        assert found.by_chance
        assert found.count > 500
        assert "they stay in" in found.note
        assert found.is_evidence(found.positions).all()
    same = coarse(2_000, 3, 0)
    assert _overlap(same, same).is_refused


def test_tables_that_can_not_be_compared_are_said_to_be() -> None:
    examined = _rows(300, 0)
    found = _overlap(examined, examined.drop(columns="b"))
    assert "can't be told: a column is not in both tables: 'b'" in found.note
    assert found.is_evidence(np.arange(3)).all()


@pytest.mark.parametrize(("share", "refused"), [(0.2, False), (0.8, True)])
def test_a_verdict_on_trained_rows_is_refused(share: float, refused, true_world) -> None:
    world = true_world(2_000)
    positions = np.arange(int(share * 2_000))
    overlap = Overlap(len(positions), 2_000, 5_000, by_chance=False, ids=(), positions=positions)
    rest = world.take(overlap.is_evidence(world.rows.index.to_numpy()))
    verdict = judge(rest, SliceSearch(), time=None, evidence=Evidence(of_rows=2_000, overlap=overlap))
    assert (verdict.word == "cannot tell") == refused
    assert overlap.note in verdict.notes
    if refused:
        assert verdict.sentence.startswith(
            "1,600 of 2,000 rows also stand in the training table (5,000 rows): errors on"
        )


def test_too_few_rows_are_left() -> None:
    examined = _rows(300, 0)
    found = _overlap(examined, examined[:149])
    assert not found.is_refused
    assert found.count == 149
