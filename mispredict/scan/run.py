"""One pass over a table: read, score, fold, on any executor."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.scan.figures import calibration_of, confusion_of, histogram_of, metrics_of
from mispredict.scan.partial import Bars, PartialScan, Sizes, merge, scan_rows
from mispredict.scan.scored import Scored
from mispredict.scan.scores import SCORES_FILE, ScoreFile, rank_classes, score_table
from mispredict.scan.summary import ScanSummary

Reader = Callable[[pd.DataFrame], Scored]  # scores a batch, leaving out rows without a label; picklable, it may travel
Progress = Callable[[float, str], None]  # share done 0..1, what is being done


@dataclass(frozen=True)
class ScanSettings:
    """How a pass is run. `work` is a folder of the pass's own, where the scores go."""

    work: Path
    total: int  # rows that the batches hold together, for the progress
    seed: int = 0
    sizes: Sizes = field(default_factory=Sizes)
    in_flight: int = 3  # batches in memory at once


@dataclass(frozen=True, eq=False)
class ScanResult:
    """The pass in numbers, the rows it kept, and the file with every row's score."""

    summary: ScanSummary
    worst: Scored  # the most surprising first
    beyond: Scored  # errors only, the largest surprise minus entropy first
    costly: Scored  # errors only, the largest cost x surprise first
    sample: Scored  # uniform, in the order of the table
    scores: Path


@dataclass(frozen=True, eq=False)
class _Answer:
    partial: PartialScan
    scores: pa.Table
    scored: Scored  # no rows: the classes and the threshold


def scan_table(
    batches: Iterable[pd.DataFrame], reader: Reader, *, executor: Executor, settings: ScanSettings, progress: Progress
) -> ScanResult:
    """Return what one pass over the batches found.

    At most `settings.in_flight` batches are in memory. An exception (a refusal of the reader, a cancel raised by
    `progress`, Ctrl-C) stops the pass, removes the scores file and goes on to the caller.
    """
    started = time.perf_counter()
    with ScoreFile(settings.work / SCORES_FILE) as scores:
        answer = _fold(batches, reader, executor, _Pass(settings, progress, scores))
    if answer is None or answer.partial.counts.rows == 0:
        scores.path.unlink(missing_ok=True)
        raise TableRefused("no row with a label", needed="at least one", do="check the table and the target column")
    progress(1.0, "ranking the scores")
    pa.default_memory_pool().release_unused()  # the batches are gone, and ranking needs room of its own
    return _result(answer, scores.path, started)


@dataclass
class _Pass:
    """What has been folded so far."""

    settings: ScanSettings
    progress: Progress
    scores: ScoreFile
    answer: _Answer | None = None
    done: int = 0

    def absorb(self, answer: _Answer, rows: int) -> None:
        self.scores.append(answer.scores)
        if self.answer is not None:
            answer = _Answer(merge(self.answer.partial, answer.partial), answer.scores, answer.scored)
        self.answer = answer
        self.done += rows
        total = max(self.settings.total, self.done)
        self.progress(self.done / total, f"scored {self.done:,} of {total:,} rows")

    @property
    def bars(self) -> Bars:
        return Bars() if self.answer is None else self.answer.partial.bars


def _fold(batches: Iterable[pd.DataFrame], reader: Reader, executor: Executor, fold: _Pass) -> _Answer | None:
    pending: deque[tuple[Future[_Answer], int]] = deque()
    try:
        for batch in batches:
            if not len(batch):
                continue
            pending.append((executor.submit(_score, reader, batch, fold.bars, fold.settings), len(batch)))
            if len(pending) >= fold.settings.in_flight:
                future, rows = pending.popleft()
                fold.absorb(future.result(), rows)
        while pending:
            future, rows = pending.popleft()
            fold.absorb(future.result(), rows)
    finally:
        for future, _ in pending:
            future.cancel()
    return fold.answer


def _score(reader: Reader, batch: pd.DataFrame, bars: Bars, settings: ScanSettings) -> _Answer:
    scored = reader(batch)
    _refuse_broken(scored)
    partial = scan_rows(
        scored, sizes=settings.sizes, bars=bars, seed=settings.seed, unlabelled=len(batch) - len(scored)
    )
    return _Answer(partial, score_table(scored), scored.take(np.empty(0, dtype=np.int64)))


def _refuse_broken(scored: Scored) -> None:
    broken = ~np.isfinite(scored.probabilities).all(axis=1)
    if broken.any():
        first = int(scored.rows.index[np.flatnonzero(broken)[0]])
        raise ModelRefused(
            f"a probability that is not a number in {int(broken.sum())} rows of a batch, first in row {first}",
            needed="a finite probability for every class",
            do="score that row with the model itself; a missing or infinite feature is the usual cause",
        )


def _result(answer: _Answer, scores: Path, started: float) -> ScanResult:
    counts, classes = answer.partial.counts, answer.scored.classes
    sample = answer.partial.sample.rows()
    worst = answer.partial.worst.rows()
    metrics = metrics_of(counts, rank_classes(scores, classes), threshold=answer.scored.threshold)
    summary = ScanSummary(
        rows=counts.rows,
        errors=counts.errors,
        kept=len(worst),
        sampled=len(sample),
        classes=classes,
        metrics=metrics,
        calibration=calibration_of(counts),
        confusion=confusion_of(counts, classes),
        histogram=histogram_of(counts, classes),
        notes=_notes(counts.unlabelled),
        scan_s=time.perf_counter() - started,
    )
    in_order = np.argsort(sample.rows.index.to_numpy())
    beyond, costly = answer.partial.beyond.rows(), answer.partial.costly.rows()
    return ScanResult(summary, worst, beyond, costly, sample.take(in_order), scores)


def _notes(unlabelled: int) -> tuple[str, ...]:
    if not unlabelled:
        return ()
    rows = "1 row has" if unlabelled == 1 else f"{unlabelled:,} rows have"
    return (f"{rows} no label and {'is' if unlabelled == 1 else 'are'} left out",)
