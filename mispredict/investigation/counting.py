"""Slices and clusters counted over the whole table: found in a part of the rows, exact over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from mispredict.errors.counted import CountedRule, TableSums, count
from mispredict.errors.recount import recount_clusters, recount_slices, rules_of
from mispredict.investigation.desk import Groups
from mispredict.investigation.opened import Opened
from mispredict.scan.run import ScanResult
from mispredict.scan.scored import Scored
from mispredict.scan.scores import score_column
from mispredict.tables import to_frame

THREADS = 2


def count_groups(opened: Opened, scan: ScanResult, groups: Groups, *, errors: Scored) -> Groups:
    """Return the groups with slices and clusters counted over the table; as they are where the sample is the table."""
    rules = rules_of(groups.slices, groups.clusters)
    if scan.summary.rows <= len(scan.sample) or not rules:
        return groups
    sums = count_rules(opened, scan, rules)
    slices, unconfirmed = recount_slices(groups.slices, sums)
    counted = f"counted over all {sums.whole.all.rows:,} rows, a third of which confirm"
    return replace(
        groups,
        slices=tuple(slices),
        clusters=tuple(recount_clusters(groups.clusters, sums, errors)),
        slice_notes=(*groups.slice_notes, f"slices are {counted}", *unconfirmed),
        cluster_notes=(*groups.cluster_notes, f"the clusters' rules are {counted}")
        if groups.clusters
        else groups.cluster_notes,
    )


def count_rules(opened: Opened, scan: ScanResult, rules: Sequence[CountedRule]) -> TableSums:
    """Return what rules come to over the whole table, read once more in their columns and the kept scores alone."""
    columns = list(dict.fromkeys(condition.column for rule in rules for condition in rule.conditions))
    with ThreadPoolExecutor(THREADS) as pool:
        sums = count(rules, scored_batches(opened, scan, columns), executor=pool, seed=opened.spec.seed)
    assert sums is not None  # a scan without a labelled row is refused
    return sums


def scored_batches(opened: Opened, scan: ScanResult, columns: Sequence[str]) -> Iterator[Scored]:
    """Return the labelled rows of the table, batch by batch, with the scores that the scan kept; without ids."""
    first = 0
    empty = scan.sample.take(np.empty(0, dtype=np.int64))
    # A batch needs a column to have rows.
    batches = opened.table.batches(list(columns) or [opened.spec.data.target])
    with pq.ParquetFile(scan.scores) as file:
        scores = _Scores(file, empty.classes)
        for batch in batches:
            positions, truth, probabilities = scores.upto(first + batch.num_rows)
            rows = to_frame(batch, first)
            first += batch.num_rows
            if not len(positions):
                continue
            rows = rows if len(positions) == len(rows) else rows.loc[positions]
            yield replace(empty, rows=rows, truth=truth, probabilities=probabilities, ids=positions, cost=positions)


class _Scores:
    """The kept scores in the order of the table, handed out by position."""

    def __init__(self, file: pq.ParquetFile, classes: tuple[object, ...]) -> None:
        self._file, self._classes = file, classes
        self._next = 0
        self._held = self._parts(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, len(classes))))

    @staticmethod
    def _parts(*parts: np.ndarray) -> tuple[np.ndarray, ...]:
        return parts

    def upto(self, last: int) -> tuple[np.ndarray, ...]:
        """Return positions, true classes and probabilities of the rows not yet handed out whose position is below."""
        while self._next < self._file.num_row_groups and (not len(self._held[0]) or self._held[0][-1] < last):
            more = self._group(self._next)
            self._held = tuple(np.concatenate(pair) for pair in zip(self._held, more, strict=True))
            self._next += 1
        cut = int(np.searchsorted(self._held[0], last))
        given = tuple(part[:cut] for part in self._held)
        self._held = tuple(part[cut:] for part in self._held)
        return given

    def _group(self, number: int) -> tuple[np.ndarray, ...]:
        names = [score_column(class_) for class_ in self._classes]
        table = self._file.read_row_group(number, columns=["position", "truth", *names])
        # The file may list the classes in another order than the model.
        truth = pd.Index([str(class_) for class_ in self._classes]).get_indexer(
            table["truth"].to_pandas().astype(object)
        )
        probabilities = np.column_stack([table[name].to_numpy() for name in names])
        return table["position"].to_numpy(), truth.astype(np.int64), probabilities
