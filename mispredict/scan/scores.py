"""The scores of every row, streamed to a Parquet file and read back in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mispredict.scan.ranks import Chunk, RankFigures, rank_figures
from mispredict.scan.scored import Scored

SCORES_FILE = "scores.parquet"


def score_table(scored: Scored) -> pa.Table:
    """Return position, id, true class and one probability a class, for a batch."""
    names = pa.array([str(c) for c in scored.classes])
    truth = pa.DictionaryArray.from_arrays(pa.array(scored.truth.astype(np.int32)), names)
    columns: dict[str, Any] = {
        "position": pa.array(scored.rows.index.to_numpy(dtype=np.int64)),
        "id": pa.array(scored.ids, type=pa.string()),
        "truth": truth,
    }
    for number, class_ in enumerate(scored.classes):
        columns[score_column(class_)] = pa.array(np.ascontiguousarray(scored.probabilities[:, number]))
    return pa.table(columns)


def score_column(class_: Any) -> str:
    """Return the name of the column that holds a class's probability."""
    return f"p_{class_}"


class ScoreFile:
    """A Parquet file that is open for appending batches; on an exception it is removed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: pq.ParquetWriter | None = None

    def append(self, scores: pa.Table) -> None:
        """Write one batch's scores as a row group."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, scores.schema, compression="lz4", use_dictionary=["truth"])
        self._writer.write_table(scores)

    def __enter__(self) -> ScoreFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()
        if kind is not None:
            self.path.unlink(missing_ok=True)


def rank_classes(path: Path, classes: tuple[Any, ...]) -> RankFigures:
    """Return the event's figures when binary, else the mean over classes that are present, each against the rest."""
    judged = classes[1:] if len(classes) == 2 else classes
    figures = [rank_figures(lambda class_=class_: _read(path, class_)) for class_ in judged]  # type: ignore[misc]
    return RankFigures(_mean([f.roc_auc for f in figures]), _mean([f.average_precision for f in figures]))


def _read(path: Path, class_: Any) -> Iterator[Chunk]:
    with pq.ParquetFile(path) as scores:
        for group in range(scores.num_row_groups):  # one at a time: a reader of the whole file buffers ahead
            table = scores.read_row_group(group, columns=[score_column(class_), "truth"])
            own = pc.equal(table.column("truth").cast(pa.string()), str(class_))
            yield table.column(score_column(class_)).to_numpy(), own.to_numpy()


def _mean(figures: list[float | None]) -> float | None:
    defined = [figure for figure in figures if figure is not None]
    return float(np.mean(defined)) if defined else None
