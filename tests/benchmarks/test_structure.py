from __future__ import annotations

import json
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks import structure, tables
from mispredict import Investigation


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Make a small table with a slice planted, and a small model."""
    tables.make_table(tmp_path / "plain.parquet", 6_000)
    structure.plant(tmp_path / "plain.parquet", tmp_path / "planted.parquet")
    rows = pq.read_table(tmp_path / "plain.parquet").to_pandas()
    data = lightgbm.Dataset(rows[tables.NAMES], rows["y"])
    settings = {"objective": "binary", "verbose": -1, "num_leaves": 7, "num_threads": 1}
    lightgbm.train(settings, data, 5).save_model(tmp_path / "model.txt")
    tables.write_investigation(tmp_path / "investigation.toml", tmp_path / "planted.parquet", tmp_path / "model.txt")
    return tmp_path


def test_labels_are_turned_round_in_the_slice_and_nowhere_else(folder: Path) -> None:
    plain, planted = (pq.read_table(folder / f"{name}.parquet").to_pandas() for name in ("plain", "planted"))
    inside = (plain["x05"] > 1.0) & (np.abs(plain["x06"]) < 0.15)
    turned = plain["y"] != planted["y"]
    assert 0 < inside.mean() < 0.05
    assert 0.15 < turned[inside].mean() < 0.55
    assert not turned[~inside].any()
    assert plain.drop(columns="y").equals(planted.drop(columns="y"))


def test_steps_add_up_by_the_clock_and_by_the_processors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISPREDICT_CACHE", str(folder / "cache"))
    monkeypatch.setattr(Investigation, "error_map", lambda _self: None)  # it takes longer than all the rest
    figures = structure.large(folder)
    steps = ("scan", "contributions", "slices, clusters, verdict")
    for kind in ("", ": CPU"):
        together = figures[f"scan, slices, clusters, verdict{kind}"]
        assert together == pytest.approx(sum(figures[f"{step}{kind}"] for step in steps))
        assert together > 0
    assert figures["peak memory with the map"] >= figures["peak memory"] > 50


def test_figures_stand_beside_their_targets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"scan, slices, clusters, verdict": 12.0, "peak memory": 700.0, "slices found": 1.0}
    monkeypatch.setattr(
        structure, "_in_process", lambda part, _: json.loads(json.dumps(said)) if part == "large" else {}
    )
    monkeypatch.setattr(tables, "make_model", lambda path: path.write_text(""))
    assert structure.measure(folder, 1_000) == [
        ("large: scan, slices, clusters, verdict", 12.0, "s", "at most 60"),
        ("large: peak memory", 700.0, "MB", "at most 2,000"),
        ("large: slices found", 1.0, "", ""),
    ]
