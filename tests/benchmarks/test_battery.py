from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks import battery
from mispredict.suspects import SUSPECTS


def test_the_battery_is_timed_detector_by_detector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    battery.make(tmp_path, 1_500, 3_000)
    figures = battery.judge(tmp_path)
    assert {name.partition(":")[0] for name in figures} >= {*SUSPECTS, "all suspects", "peak memory"}
    assert all(figure >= 0 for figure in figures.values())


def test_the_tables_have_fifty_columns_and_share_rows(tmp_path: Path) -> None:
    battery.make(tmp_path, 1_500, 3_000)
    examined, training = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("data", "training"))
    assert examined.shape == (1_500, 50)
    assert list(examined.dtypes) == list(training.dtypes)
    shared = examined.drop(columns="id").merge(training.drop(columns="id").drop_duplicates())
    assert len(shared) == 30
