"""Every change of one or two columns that tree ensembles can tell apart, and what it does to a score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.changes.cells import Cells, cells_of, raw_of
from explainers.changes.descent import fill_effects, mark_reachable
from explainers.changes.rows import Around
from explainers.changes.sets import Sets, goes_left, sets_of
from explainers.changes.values import Options
from explainers.explanation import Unsupported
from explainers.forests.arrays import Forest
from explainers.forests.scores import forest_scores, ready
from explainers.opened import Opened

FEW_BOXES = 100_000
MOST_BOXES = 20_000_000  # 640 MB: beyond this the trees interlock too much to be searched exactly


@dataclass(frozen=True, eq=False)
class Score:
    """A score of the row, what each option of one column adds to it, and the boxes in which two columns add more."""

    own: float
    effects: tuple[np.ndarray, ...]  # one array a column, one value an option
    pairs: np.ndarray  # a * columns + b of each box, ascending
    corners: np.ndarray  # int32 (boxes, 4): run of a, run of b
    changes: np.ndarray

    def less(self, other: Score) -> Score:
        """Return this score minus another one of the same options."""
        pairs = np.concatenate([self.pairs, other.pairs])
        order = np.argsort(pairs, kind="stable")
        return Score(
            self.own - other.own,
            tuple(a - b for a, b in zip(self.effects, other.effects, strict=True)),
            pairs[order],
            np.vstack([self.corners, other.corners])[order],
            np.concatenate([self.changes, -other.changes])[order],
        )

    def times(self, sign: float, shift: float) -> Score:
        """Return sign x this score + shift."""
        effects = tuple(sign * e for e in self.effects)
        return Score(sign * self.own + shift, effects, self.pairs, self.corners, sign * self.changes)

    def boxes_of(self, a: int, b: int) -> slice:
        """Return where the boxes of two columns (a < b) stand."""
        pair = a * len(self.effects) + b
        return slice(int(np.searchsorted(self.pairs, pair)), int(np.searchsorted(self.pairs, pair + 1)))

    def at(self, a: int, i: int, b: int, j: int) -> float:
        """Return the score when column a takes its option i and column b (a < b) its option j."""
        where = self.boxes_of(a, b)
        corners = self.corners[where]
        inside = (corners[:, 0] <= i) & (i < corners[:, 1]) & (corners[:, 2] <= j) & (j < corners[:, 3])
        return float(self.own + self.effects[a][i] + self.effects[b][j] + self.changes[where][inside].sum())


@dataclass(frozen=True, eq=False)
class Board:
    """The options of every column and the score of every class asked for."""

    cells: Cells
    scores: tuple[Score, ...]
    trees: int

    @property
    def options(self) -> tuple[Options, ...]:
        """Return the options, one a column."""
        return self.cells.options


def board_of(scene: Around, door: Opened, forests: list[Forest]) -> Board:
    """Return what every change of one or two columns does to each forest's score."""
    if door.is_mixed:
        raise Unsupported("some inputs of the trees mix several columns, whose thresholds can't be told apart")
    own = tuple(column.only_own() for column in scene.columns)
    frame = scene.frame(own, scene.nowhere(own, 1))
    rows = [ready(forest, door.matrix(frame)) for forest in forests]
    raw = raw_of(scene, door)
    ways = [_Way(forest, row[0], raw, np.array(scene.free)) for forest, row in zip(forests, rows, strict=True)]
    cells = cells_of(scene, door, forests, [way.reachable for way in ways])
    scores = [_score(way, cells, float(forest_scores(way.forest, row)[0])) for way, row in zip(ways, rows, strict=True)]
    return Board(cells, tuple(scores), sum(len(forest.roots) for forest in forests))


class _Way:
    """A row's way down a forest, and the splits that changes of two columns can lead to."""

    def __init__(self, forest: Forest, values: np.ndarray, raw: np.ndarray, free: np.ndarray) -> None:
        self.forest = forest
        self.column = np.ascontiguousarray(raw[forest.feature])
        every = np.arange(len(forest.left))
        self.own_left = goes_left(forest, values[forest.feature], every)
        self.trees = (forest.left, forest.right, forest.roots.astype(np.int32), forest.depth)
        self.seen = np.zeros(len(every), dtype=np.bool_)
        mark_reachable(self.trees, self.own_left, self.column, free, self.seen)

    @property
    def reachable(self) -> np.ndarray:
        """Return the places of the splits that were found."""
        return np.flatnonzero(self.seen)


def _score(way: _Way, cells: Cells, own: float) -> Score:
    many = np.array([len(o.sizes) for o in cells.options], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(many + 1)])
    sets = sets_of(way.forest, way.reachable, cells.coded, cells.numbers)
    effects = np.zeros(int(starts[-1]))
    corners, changes = _filled(way, sets, (many, _owns(cells), starts, sets.width), effects)
    pairs = corners[:, 0].astype(np.int64) * len(many) + corners[:, 1]
    order = np.argsort(pairs, kind="stable")
    summed = tuple(np.cumsum(effects[a : a + n]) for a, n in zip(starts[:-1], many, strict=True))
    return Score(own, summed, pairs[order], np.ascontiguousarray(corners[order, 2:]), changes[order])


def _filled(way: _Way, sets: Sets, options: tuple[object, ...], effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fill `effects` and return the boxes; a second time with more room where they are many."""
    split = (way.own_left, way.seen, sets.first, sets.past, sets.low, sets.high)
    value = way.forest.weight * way.forest.value
    room = FEW_BOXES
    while True:
        corners, changes = np.zeros((room, 6), dtype=np.int32), np.zeros(room)
        effects[:] = 0.0
        found = fill_effects(way.trees, value, way.column, split, options, effects, (corners, changes))
        if found <= room:
            return corners[:found], changes[:found]
        if found > MOST_BOXES:
            raise Unsupported(f"two columns meet in {found:,} leaves of the trees, more than {MOST_BOXES:,}")
        room = found


def _owns(cells: Cells) -> np.ndarray:
    return np.array([o.own for o in cells.options], dtype=np.int64)
