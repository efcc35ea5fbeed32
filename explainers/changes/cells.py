"""The options of every column at which some tree answers otherwise: one number a cell between thresholds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.changes.crossings import Asked, crossings
from explainers.changes.rows import CELLS, Around
from explainers.changes.sets import direction_of
from explainers.changes.values import Known, Options
from explainers.forests.arrays import Forest
from explainers.forests.kernels import NEAR_ZERO, ZERO_MISSING
from explainers.forests.scores import ready
from explainers.opened import Opened


@dataclass(frozen=True, eq=False)
class Cells:
    """Options a column, and each encoded column's value at the options of its raw column."""

    options: tuple[Options, ...]
    coded: dict[int, np.ndarray]
    numbers: dict[int, int]  # encoded column -> options in front that are numbers
    folded: tuple[str, ...]  # columns whose thresholds can't be told apart, since their encoder is not monotone


def cells_of(scene: Around, door: Opened, forests: list[Forest], reachable: list[np.ndarray]) -> Cells:
    """Return the cells between the thresholds of the reachable nodes of each forest, within the values seen."""
    raw = raw_of(scene, door)
    own = tuple(column.only_own() for column in scene.columns)
    asked = [_asked(scene, forest, nodes, raw) for forest, nodes in zip(forests, reachable, strict=True)]
    ends: list[list[np.ndarray]] = [[] for _ in scene.columns]
    for forest, one in zip(forests, asked, strict=True):
        found = crossings(one, forest, door.encoded, _Encoder(scene, door, forest, own))
        for i in np.unique(found[0]).tolist():
            ends[i].append(np.column_stack([found[1], found[2]])[found[0] == i])
    used = {int(k) for forest, nodes in zip(forests, reachable, strict=True) for k in np.unique(forest.feature[nodes])}
    for forest, nodes in zip(forests, reachable, strict=True):
        for k in np.unique(forest.feature[nodes[(forest.flags[nodes] & ZERO_MISSING) > 0]]).tolist():
            ends[raw[k]].append(np.array([[-2 * NEAR_ZERO, 0.0], [0.0, 2 * NEAR_ZERO]]))
    touched = {int(raw[k]) for k in used}
    options = tuple(_options(column, ends[i]) if i in touched else own[i] for i, column in enumerate(scene.columns))
    return _coded(scene, door, forests[0], options, sorted(used))


def raw_of(scene: Around, door: Opened) -> np.ndarray:
    """Return the place of the raw column that made each encoded one."""
    place = {column.name: i for i, column in enumerate(scene.columns)}
    return np.array([place[c.raw] for c in door.encoded], dtype=np.int32)


def _asked(scene: Around, forest: Forest, nodes: np.ndarray, raw: np.ndarray) -> Asked:
    """Return each threshold of numbers once."""
    is_number = np.array([c.is_number and len(c.numbers) > 0 for c in scene.columns])
    nodes = nodes[(forest.table[nodes] < 0) & is_number[raw[forest.feature[nodes]]]]
    pairs = np.unique(np.column_stack([forest.feature[nodes], forest.threshold[nodes]]), axis=0).reshape(-1, 2)
    encoded = pairs[:, 0].astype(np.int64)
    low = np.array([c.numbers[0] if len(c.numbers) else 0.0 for c in scene.columns])
    high = np.array([c.numbers[-1] if len(c.numbers) else 0.0 for c in scene.columns])
    of = raw[encoded]
    return Asked(of, encoded, pairs[:, 1], low[of], high[of])


def _options(column: Known, ends: list[np.ndarray]) -> Options:
    """Return one number a cell: the nearest to the row's own, which stands for its own cell."""
    if not column.is_number:
        return column.categories()
    if not len(column.numbers):
        return column.numbers_of(column.numbers)
    pairs = np.vstack([np.zeros((0, 2)), *ends])
    first, last = column.numbers[0], column.numbers[-1]
    pairs = pairs[(pairs[:, 0] >= first) & (pairs[:, 1] <= last)]
    low = np.append(first, np.unique(pairs[:, 1]))
    high = np.append(np.unique(pairs[:, 0]), last)
    held = ~((low <= column.own) & (column.own <= high))
    found = column.near(low[held], high[held])
    return column.numbers_of(found[~np.isnan(found)])


@dataclass(frozen=True, eq=False)
class _Encoder:
    """What the trees compare when one column of the row holds another number."""

    scene: Around
    door: Opened
    forest: Forest
    own: tuple[Options, ...]

    def __call__(self, raw: np.ndarray, values: np.ndarray, encoded: np.ndarray) -> np.ndarray:
        """Return one encoded value a place."""
        size = max(1, CELLS // max(1, len(self.door.encoded), len(self.own)))
        parts = [
            self._some(raw[s : s + size], values[s : s + size], encoded[s : s + size]) for s in range(0, len(raw), size)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def groups(self, columns: list[int]) -> list[list[int]]:
        """Return the columns in groups whose options are encoded in one call."""
        most = max(1, CELLS // max(1, len(self.door.encoded), len(self.own)))
        found: list[list[int]] = []
        rows = most
        for i in columns:
            rows += len(self.own[i].sizes)
            if rows > most:
                found.append([])
                rows = len(self.own[i].sizes)
            found[-1].append(i)
        return found

    def at(self, columns: list[int]) -> np.ndarray:
        """Return the encoded rows of every option of each of these columns, one column after the other."""
        counts = [len(self.own[i].sizes) for i in columns]
        places = self.scene.nowhere(self.own, sum(counts))
        raw = np.repeat(np.array(columns), counts)
        places[np.arange(len(places)), raw] = np.concatenate([np.arange(n) for n in counts])
        return ready(self.forest, self.door.matrix(self.scene.frame(self.own, places)))

    def _some(self, raw: np.ndarray, values: np.ndarray, encoded: np.ndarray) -> np.ndarray:
        options, places = list(self.own), np.zeros((len(raw), len(self.own)), dtype=np.int64)
        for i in np.unique(raw).tolist():
            mine = np.flatnonzero(raw == i)
            fresh = np.append(self.scene.columns[i].own, values[mine])
            options[i] = Options(fresh, np.zeros(len(fresh)), 0)
            places[mine, i] = np.arange(1, len(fresh))
        matrix = ready(self.forest, self.door.matrix(self.scene.frame(options, places)))
        return np.asarray(matrix[np.arange(len(raw)), encoded])


def _coded(scene: Around, door: Opened, forest: Forest, options: tuple[Options, ...], used: list[int]) -> Cells:
    """Return the options with what the encoder makes of them, column by column."""
    raw = raw_of(scene, door)
    coded: dict[int, np.ndarray] = {}
    numbers: dict[int, int] = {}
    folded = []
    every: dict[int, np.ndarray] = {}
    encoder = _Encoder(scene, door, forest, options)
    for group in encoder.groups(sorted({int(raw[k]) for k in used})):
        matrix = encoder.at(group)
        for i, rows in zip(
            group, np.split(matrix, np.cumsum([len(options[i].sizes) for i in group])[:-1]), strict=True
        ):
            every |= {k: rows[:, k] for k in used if raw[k] == i}
    for i in sorted({int(raw[k]) for k in used}):
        mine = [k for k in used if raw[k] == i]
        values = np.column_stack([every[k] for k in mine])
        column = scene.columns[i]
        many = int(np.isfinite(options[i].values).sum()) if column.is_number else 0
        for j, k in enumerate(mine):
            coded[k], numbers[k] = np.ascontiguousarray(values[:, j]), many
        if many and any(direction_of(values[:many, j]) == 0 for j in range(len(mine))):
            folded.append(column.name)
    return Cells(options, coded, numbers, tuple(folded))
