"""The steps that answers are made of; each is computed once and kept."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from explainers.explanation import Attribution
from mispredict.investigation.attributing import attribute_rows, background_rows
from mispredict.investigation.counting import count_groups
from mispredict.investigation.desk import Groups, Progress, silent
from mispredict.investigation.grouping import group, worst_errors
from mispredict.investigation.looking import ranks_of
from mispredict.investigation.mapping import right_rows
from mispredict.investigation.opened import Opened
from mispredict.kept import Kept
from mispredict.scan.run import ScanResult, ScanSettings, scan_table
from mispredict.scan.scored import Scored
from mispredict.scan.scores import SCORES_FILE
from mispredict.scan.stack import stack
from mispredict.tables import Table, to_frame
from mispredict.tables.roles import readable

UNSCANNED = 20_000  # rows looked at where nothing can be scanned
THREADS = 2  # batches scored at once; the boosters and forests use threads of their own besides


class Steps:
    """The kept steps of one opened investigation. `folder` keeps them on disk; None in memory alone."""

    def __init__(self, opened: Opened, folder: Path | None) -> None:
        self.opened = opened
        self.kept = Kept(folder)
        self._work = folder if folder is not None else self._scratch()

    def _scratch(self) -> Path:
        folder = tempfile.mkdtemp(prefix="mispredict-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def scan(self, progress: Progress = silent) -> ScanResult:
        """Return what one pass over the table found."""

        def make() -> dict[str, Any]:
            self._work.mkdir(parents=True, exist_ok=True)
            # Two processes may scan the same at once; each writes apart, and the same bytes take the one place.
            with tempfile.TemporaryDirectory(dir=self._work) as apart:
                made = self._pass(Path(apart), progress)
                made.scores.replace(self._work / SCORES_FILE)
            kept = {name: getattr(made, name) for name in ("worst", "beyond", "costly", "sample")}
            return {"summary": made.summary, **kept}

        scores = self._work / SCORES_FILE
        if not scores.exists():  # not scanned yet, or somebody tidied the cache folder up
            self.kept.forget("scan")
        return ScanResult(**self.kept.get("scan", make), scores=scores)

    def _pass(self, work: Path, progress: Progress) -> ScanResult:
        table, spec = self.opened.table, self.opened.spec
        settings = ScanSettings(work, total=table.rows, seed=spec.seed)
        batches = frames_of(table, readable(table.schema, spec.data))
        with ThreadPoolExecutor(THREADS) as pool:
            return scan_table(batches, self.opened.reader, executor=pool, settings=settings, progress=progress)

    def errors(self) -> Scored:
        """Return the errors that are clustered: the most surprising of the kept rows."""
        return worst_errors(self.scan().worst)

    def background(self) -> pd.DataFrame:
        """Return ordinary rows to compare with: from training where there is one, else from the scan.

        What stands in for stored scores learns rows that have one; the training table need not.
        """
        opened = self.opened
        training = opened.training if opened.model.family != "scores" else None

        def make() -> pd.DataFrame:
            return background_rows(opened.explained, self.ordinary, training, seed=opened.spec.seed)

        answer: pd.DataFrame = self.kept.get("background", make)
        return answer

    def ordinary(self) -> pd.DataFrame:
        """Return a uniform sample of the examined table: the scan's, unless the model can't be scanned."""
        table, spec = self.opened.table, self.opened.spec
        if not self.opened.model.why_no_probabilities:
            return self.scan().sample.rows
        places = np.sort(np.random.default_rng(spec.seed).permutation(table.rows)[:UNSCANNED])
        return table.take(places, readable(table.schema, spec.data))

    def placed(self, progress: Progress = silent) -> tuple[Scored, Attribution]:
        """Return the errors, then some right rows, with contributions: one space for clusters, map and `alike`."""
        parts = [rows for rows in (self.errors(), right_rows(self.scan().sample)) if len(rows)]
        shown, opened = stack(parts), self.opened

        def make() -> Attribution:
            progress(0.0, f"explaining {len(shown):,} rows")
            return attribute_rows(opened.model, shown, self.background(), seed=opened.spec.seed)

        return shown, self.kept.get("attribution", make)

    def contributions(self, found: Scored) -> pd.DataFrame:
        """Return one row's contributions in the space of `placed`, shape (1, columns)."""
        shown, placed = self.placed()
        there = np.flatnonzero(shown.ids.astype(str) == str(found.ids[0]))
        if len(there):
            return placed.values.iloc[there[:1]]
        # A stand-in is a model of its own rows: one more row is explained among them, not by another stand-in.
        rows = stack([shown, found]) if placed.method == "stand-in" else found
        attributed = attribute_rows(self.opened.model, rows, self.background(), seed=self.opened.spec.seed)
        return attributed.values.iloc[[-1]]

    def groups(self, progress: Progress = silent) -> Groups:
        """Return the verdict, slices and clusters."""

        def make() -> Groups:
            sample = self.scan(part(progress, 0.0, 0.2)).sample
            errors, (_, placed) = self.errors(), self.placed(part(progress, 0.2, 0.3))
            own = dataclasses.replace(placed, values=placed.values.iloc[: len(errors)])
            found = group(self.opened, sample, errors, own, part(progress, 0.3, 0.9))
            progress(0.9, "counting slices and clusters over the whole table")
            return count_groups(self.opened, self.scan(), found, errors=errors)

        answer: Groups = self.kept.get("groups", make)
        return answer

    def ranks(self) -> dict[str, int]:
        """Return each kept error's place by surprise, from 1."""

        def make() -> dict[str, int]:
            worst = self.scan().worst
            return ranks_of(worst.take(worst.is_error).ids)

        answer: dict[str, int] = self.kept.get("ranks", make)
        return answer

    def cluster_ids(self) -> dict[str, int]:
        """Return each clustered error's cluster by its id."""
        return {row: cluster.id for cluster in self.groups().clusters for row in cluster.rows}

    def clusters_of(self, scored: Scored) -> np.ndarray:
        """Return each row's cluster, -1 where it is in none."""
        of = self.cluster_ids()
        return np.array([of.get(str(row), -1) for row in scored.ids], dtype=np.int32)


def part(progress: Progress, begin: float, end: float) -> Progress:
    """Return a progress function for a part of the work."""
    return lambda share, doing: progress(begin + (end - begin) * share, doing)


def frames_of(table: Table, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Return the table's batches as frames whose index is the position in the table."""
    first = 0
    for batch in table.batches(columns):
        yield to_frame(batch, first)
        first += batch.num_rows
