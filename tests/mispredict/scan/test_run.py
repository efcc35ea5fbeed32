"""The pass on real models and threads: exact figures, bounded memory, clean stops."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.scan.partial import Sizes
from mispredict.scan.run import Reader, ScanResult, ScanSettings, scan_table
from mispredict.scan.scored import Scored


def table(rows: int, *, classes: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(rows, 3)), columns=["a", "b", "c"])
    frame["y"] = np.clip((frame["a"] + rng.normal(size=rows) + 1).astype(int), 0, classes - 1)
    return frame


def read(model: LogisticRegression, rows: pd.DataFrame) -> Scored:
    """Score a batch; rows without a label are left out."""
    rows = rows[rows["y"].notna()]
    return Scored(
        rows=rows,
        ids=rows.index.astype(str).to_numpy(dtype=object),
        truth=rows["y"].to_numpy(dtype=np.int64),
        probabilities=model.predict_proba(rows[["a", "b", "c"]]),
        cost=np.ones(len(rows)),
        classes=tuple(model.classes_.tolist()),
    )


def reader_of(rows: pd.DataFrame) -> Reader:
    known = rows.dropna()
    return functools.partial(read, LogisticRegression().fit(known[["a", "b", "c"]], known["y"]))


def batches(rows: pd.DataFrame, size: int = 100) -> Iterator[pd.DataFrame]:
    return (rows.iloc[i : i + size] for i in range(0, len(rows), size))


def scan(rows: pd.DataFrame, work: Path, executor: Executor | None = None) -> ScanResult:
    settings = ScanSettings(work=work, total=len(rows), sizes=Sizes(worst=50, sample=200))
    with executor or ThreadPoolExecutor(2) as pool:
        return scan_table(batches(rows), reader_of(rows), executor=pool, settings=settings, progress=lambda *_: None)


@pytest.mark.parametrize("classes", [2, 3])
def test_metrics_equal_scikit_learn(tmp_path: Path, classes: int) -> None:
    rows = table(1_050, classes=classes)
    whole = reader_of(rows)(rows)
    metrics = scan(rows, tmp_path).summary.metrics
    hot = np.eye(classes)[whole.truth]
    truth, scores = (whole.truth, whole.probabilities[:, 1]) if classes == 2 else (hot, whole.probabilities)
    assert metrics.accuracy == pytest.approx((whole.predicted == whole.truth).mean(), abs=1e-12)
    assert metrics.log_loss == pytest.approx(log_loss(whole.truth, whole.probabilities), abs=1e-9)
    assert metrics.roc_auc == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    assert metrics.average_precision == pytest.approx(average_precision_score(truth, scores), abs=1e-12)
    if classes == 2:
        assert metrics.brier == pytest.approx(brier_score_loss(whole.truth, scores), abs=1e-9)
    else:
        assert metrics.brier == pytest.approx(((whole.probabilities - hot) ** 2).sum(axis=1).mean(), abs=1e-9)


def test_calibration_error_equals_its_definition(tmp_path: Path) -> None:
    rows = table(900)
    whole = reader_of(rows)(rows)
    event = whole.probabilities[:, 1]
    bins = np.minimum((event * 15).astype(int), 14)
    gaps = [(bins == b).mean() * abs(event[bins == b].mean() - whole.truth[bins == b].mean()) for b in np.unique(bins)]
    assert scan(rows, tmp_path).summary.metrics.ece == pytest.approx(sum(gaps), abs=1e-9)


def test_threads_and_processes_answer_alike(tmp_path: Path) -> None:
    rows = table(650)
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    in_threads = scan(rows, here)
    in_processes = scan(rows, there, ProcessPoolExecutor(2))
    assert in_threads.summary.metrics == in_processes.summary.metrics
    assert in_threads.worst.rows.equals(in_processes.worst.rows)
    assert in_threads.beyond.rows.equals(in_processes.beyond.rows)
    assert in_threads.costly.rows.equals(in_processes.costly.rows)
    assert in_threads.sample.rows.equals(in_processes.sample.rows)


def test_every_score_lies_in_the_file_in_order(tmp_path: Path) -> None:
    rows = table(430)
    result = scan(rows, tmp_path)
    scores = pq.read_table(result.scores).to_pandas()
    assert scores.columns.tolist() == ["position", "id", "truth", "p_0", "p_1"]
    assert scores["position"].tolist() == list(range(430))
    assert np.array_equal(scores["p_1"].to_numpy(), reader_of(rows)(rows).probabilities[:, 1])


def test_rows_without_a_label_are_left_out_and_said(tmp_path: Path) -> None:
    rows = table(300).astype({"y": float})
    rows.loc[[3, 150], "y"] = np.nan
    summary = scan(rows, tmp_path).summary
    assert summary.rows == 298
    assert summary.notes == ("2 rows have no label and are left out",)


def test_no_rows_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    rows = table(20)
    settings = ScanSettings(work=tmp_path, total=0)
    with ThreadPoolExecutor(1) as pool, pytest.raises(TableRefused, match="no row with a label"):
        scan_table(iter([]), reader_of(rows), executor=pool, settings=settings, progress=lambda *_: None)
    assert list(tmp_path.iterdir()) == []


def test_a_probability_that_is_no_number_is_refused(tmp_path: Path) -> None:
    rows = table(200)

    def broken(batch: pd.DataFrame) -> Scored:
        scored = reader_of(rows)(batch)
        scored.probabilities[5] = np.nan
        return scored

    settings = ScanSettings(work=tmp_path, total=200)
    with ThreadPoolExecutor(1) as pool, pytest.raises(ModelRefused, match="first in row 5"):
        scan_table(batches(rows), broken, executor=pool, settings=settings, progress=lambda *_: None)
    assert list(tmp_path.iterdir()) == []


def test_only_a_few_batches_are_in_memory(tmp_path: Path) -> None:
    rows = table(2_000)
    read_ahead = alive = 0
    lock = threading.Lock()
    inner = reader_of(rows)

    def counted() -> Iterator[pd.DataFrame]:
        nonlocal alive, read_ahead
        for batch in batches(rows):
            with lock:
                alive += 1
                read_ahead = max(read_ahead, alive)
            yield batch

    def reader(batch: pd.DataFrame) -> Scored:
        nonlocal alive
        scored = inner(batch)
        with lock:
            alive -= 1
        return scored

    settings = ScanSettings(work=tmp_path, total=2_000, in_flight=3)
    with ThreadPoolExecutor(2) as pool:
        scan_table(counted(), reader, executor=pool, settings=settings, progress=lambda *_: None)
    assert read_ahead <= 4


def test_a_cancel_stops_the_pass_and_leaves_nothing(tmp_path: Path) -> None:
    rows = table(1_000)

    def cancel(share: float, _doing: str) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    settings = ScanSettings(work=tmp_path, total=1_000)
    with ThreadPoolExecutor(2) as pool, pytest.raises(KeyboardInterrupt):
        scan_table(batches(rows), reader_of(rows), executor=pool, settings=settings, progress=cancel)
    assert list(tmp_path.iterdir()) == []


def test_progress_goes_up_to_the_end(tmp_path: Path) -> None:
    rows = table(500)
    said: list[tuple[float, str]] = []
    settings = ScanSettings(work=tmp_path, total=500)
    with ThreadPoolExecutor(2) as pool:
        scan_table(
            batches(rows),
            reader_of(rows),
            executor=pool,
            settings=settings,
            progress=lambda share, doing: said.append((share, doing)),
        )
    shares = [share for share, _ in said]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert said[0][1] == "scored 100 of 500 rows"
