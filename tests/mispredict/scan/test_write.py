"""The result folder is written whole or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from mispredict.bad_input import OutputRefused
from mispredict.scan.run import ScanResult, ScanSettings, scan_table
from mispredict.scan.scored import Scored
from mispredict.scan.write import check_writable, writable, write_files, write_results


def read(rows: pd.DataFrame) -> Scored:
    event = rows["p"].to_numpy()
    return Scored(
        rows=rows,
        ids=rows["name"].to_numpy(dtype=object),
        truth=rows["y"].to_numpy(dtype=np.int64),
        probabilities=np.column_stack([1 - event, event]),
        cost=np.ones(len(rows)),
        classes=("good", "bad"),
    )


@pytest.fixture
def result(tmp_path: Path) -> ScanResult:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"p": rng.random(60), "y": rng.integers(0, 2, 60), "name": [f"r{i}" for i in range(60)]})
    work = tmp_path / "work"
    work.mkdir()
    with ThreadPoolExecutor(1) as pool:
        return scan_table(iter([rows]), read, executor=pool, settings=ScanSettings(work, 60), progress=lambda *_: None)


def test_a_result_has_the_report_and_its_tables(tmp_path: Path, result: ScanResult) -> None:
    out = tmp_path / "deep" / "out"
    write_results(out, {"schema": "x"}, result)
    assert sorted(p.name for p in out.iterdir()) == [
        *("beyond.parquet", "costly.parquet", "report.json", "scores.parquet", "worst.parquet")
    ]
    worst = pq.read_table(out / "worst.parquet").to_pandas()
    assert worst["_surprise"].is_monotonic_decreasing
    beyond = pq.read_table(out / "beyond.parquet").to_pandas()
    assert beyond["_beyond"].is_monotonic_decreasing
    assert (beyond["_truth"] != beyond["_predicted"]).all()
    assert set(worst["_truth"]) == {"good", "bad"}
    assert worst["_id"].tolist() == worst["name"].tolist()
    assert json.loads((out / "report.json").read_text()) == {"schema": "x"}
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_a_failure_leaves_the_old_result_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_files(out, {"a": lambda p: p.write_text("old"), "b": lambda p: p.write_text("old")})

    def stop(_path: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_files(out, {"a": lambda p: p.write_text("new"), "b": stop})
    assert [(out / name).read_text() for name in "ab"] == ["old", "old"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_numbers_that_json_lacks_are_never_written(tmp_path: Path, result: ScanResult) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_results(tmp_path / "out", {"metrics": float("nan")}, result)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputRefused, match=r"found: the folder .*file.out can't be written .*; do: name another one"):
        check_writable(tmp_path / "file" / "out")


def test_a_folder_made_for_work_that_came_to_nothing_is_gone(tmp_path):
    with pytest.raises(KeyboardInterrupt), writable(tmp_path / "report"):
        raise KeyboardInterrupt
    assert not (tmp_path / "report").exists()


def test_a_folder_that_was_there_stays_with_what_it_holds(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(KeyboardInterrupt), writable(tmp_path):
        raise KeyboardInterrupt
    assert (tmp_path / "notes.txt").read_text() == "mine"
