"""The scores that a scan kept, read back a batch at a time: a cohort needs no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mispredict.scan.ranks import Chunk, RankFigures, rank_figures
from mispredict.scan.scored import Scored
from mispredict.scan.scores import score_column


@dataclass(frozen=True, eq=False)
class KeptScores:
    """Every labelled row's true class and probabilities. Positions are those in the table."""

    path: Path
    classes: tuple[Any, ...]
    threshold: float

    def batches(self) -> Iterator[Scored]:
        """Yield the rows as a scan scored them, without columns, ids and costs; the index is the position."""
        names = [score_column(class_) for class_ in self.classes]
        known = pa.array([str(class_) for class_ in self.classes])
        for group in self._groups(["position", "truth", *names]):
            position = group.column("position").to_numpy()
            truth = pc.index_in(group.column("truth").cast(pa.string()), value_set=known).to_numpy().astype(np.int64)
            probabilities = np.column_stack([group.column(name).to_numpy() for name in names])
            rows = pd.DataFrame(index=pd.Index(position))
            none = np.full(len(position), "", dtype=object)
            yield Scored(rows, none, truth, probabilities, np.ones(len(position)), self.classes, self.threshold)

    def _groups(self, columns: list[str]) -> Iterator[pa.Table]:
        with pq.ParquetFile(self.path) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, columns=columns)

    def positions_of(self, ids: frozenset[str] | set[str]) -> np.ndarray:
        """Return the positions of the labelled rows with these ids, in order."""
        wanted = pa.array(sorted(ids), type=pa.string())
        found = [
            group.column("position").filter(pc.is_in(group.column("id"), value_set=wanted)).to_numpy()
            for group in self._groups(["position", "id"])
        ]
        return np.concatenate([np.empty(0, dtype=np.int64), *found])

    def ranks(self, chosen: np.ndarray) -> RankFigures:
        """Return exact rank figures of some rows (a mask by position); of several classes their mean."""
        judged = self.classes[1:] if len(self.classes) == 2 else self.classes
        found = [rank_figures(lambda own=own: self._chunks(own, chosen)) for own in judged]  # type: ignore[misc]
        return RankFigures(_mean([f.roc_auc for f in found]), _mean([f.average_precision for f in found]))

    def _chunks(self, class_: Any, chosen: np.ndarray) -> Iterator[Chunk]:
        for group in self._groups(["position", "truth", score_column(class_)]):
            inside = chosen[group.column("position").to_numpy()]
            own = pc.equal(group.column("truth").cast(pa.string()), str(class_)).to_numpy()
            yield group.column(score_column(class_)).to_numpy()[inside], own[inside]


def _mean(figures: list[float | None]) -> float | None:
    defined = [figure for figure in figures if figure is not None]
    return float(np.mean(defined)) if defined else None
