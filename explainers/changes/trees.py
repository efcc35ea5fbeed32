"""The exact search over the thresholds of trees: single columns first, then pairs below the best size known."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explainers.changes.board import Board, Score, board_of
from explainers.changes.found import Found, Search, Side, found_at, places_of
from explainers.changes.rows import Around
from explainers.changes.sweep import sweep
from explainers.explanation import Unsupported
from explainers.forests.read import forest_of
from explainers.walk import door_of

PAIRS = 50_000  # pairs of columns swept
BLOCK = 200  # pairs after which the bounds are taken anew
CHECKS = 100  # random changes on which the sums are held against the model itself
TOLERANCE = 1e-4  # of a probability or of a margin: XGBoost computes in 32 bits; beyond, the trees aren't the model
LEAST_DOUBT = 1e-9  # in the score's unit
ASKED = 2_000  # changes within the doubt that the model is asked for at once
MOST_ASKED = 20_000  # and in all for one set of columns
GRID = 10_000_000  # places of a pair that are listed where its cheapest flip is in doubt


def search_trees(scene: Around, side: Side, *, count: int, seed: int) -> Search:
    """Return the smallest flips of a tree ensemble. Raises `Unsupported` where its trees can't be read as such."""
    door = door_of(scene.subject)
    many = len(scene.subject.classes)
    asked = [side.class_index] if many == 2 else list(range(many))
    board = board_of(scene, door, [forest_of(door.model, k) for k in asked])
    unit = forest_of(door.model, asked[0]).unit
    rivals, doubt = _rivals(scene, board, side, unit=unit, seed=seed)
    return _Hunt(scene, board, side, tuple(rivals), doubt, count).search()


def _rivals(scene: Around, board: Board, side: Side, *, unit: str, seed: int) -> tuple[list[Score], float]:
    """Return the scores that flip the prediction when one of them reaches 0, and how far from 0 that is in doubt."""
    if len(board.scores) == 1:
        level = side.threshold if unit == "probability" else float(np.log(side.threshold / (1 - side.threshold)))
        sign = -1.0 if side.now else 1.0
        slope = 1.0 if unit == "probability" else side.threshold * (1 - side.threshold)
        doubt = 4 * _gap(scene, board, side, unit=unit, seed=seed) / slope
        return [board.scores[0].times(sign, -sign * level)], max(LEAST_DOUBT, doubt)
    gap = _gap(scene, board, side, unit=unit, seed=seed)
    others = [s for k, s in enumerate(board.scores) if k != side.now]
    return [s.less(board.scores[side.now]) for s in others], max(LEAST_DOUBT, 8 * len(board.scores) * gap)


def _gap(scene: Around, board: Board, side: Side, *, unit: str, seed: int) -> float:
    """Return how far the board's sums are from the model's own probabilities on random changes of two columns."""
    random = np.random.default_rng(seed)
    places, scores = _random_changes(scene, board, random)
    answers = scene.probabilities(board.options, places)
    if len(board.scores) == 1:
        ours = scores[:, 0] if unit == "probability" else 1 / (1 + np.exp(-scores[:, 0]))
        gap = float(np.abs(ours - answers[:, side.class_index]).max())
    elif unit == "probability":
        gap = float(np.abs(scores - answers).max())
    else:
        safe = np.log(np.clip(answers, 1e-6, 1.0))
        held = (answers > 1e-4).all(axis=1)
        gaps = (scores - scores.mean(axis=1, keepdims=True)) - (safe - safe.mean(axis=1, keepdims=True))
        gap = float(np.abs(gaps[held]).max(initial=0.0))
    if not gap <= TOLERANCE:
        raise Unsupported(f"the sums of its trees miss the model's own answer by {gap:.2g}")
    return gap


def _random_changes(scene: Around, board: Board, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    places = scene.nowhere(board.options, CHECKS)
    free = [i for i, o in enumerate(board.options) if len(o.sizes) > 1]
    scores = np.tile([s.own for s in board.scores], (CHECKS, 1))
    for row in range(1, CHECKS if len(free) > 1 else 1):
        a, b = sorted(random.choice(free, 2, replace=False).tolist())
        i, j = (int(random.integers(len(board.options[c].sizes))) for c in (a, b))
        places[row, [a, b]] = i, j
        scores[row] = [s.at(a, i, b, j) for s in board.scores]
    return places, scores


@dataclass
class _Hunt:
    """One search: the board, the scores that have to reach 0, and the flips in waiting, the smallest first."""

    scene: Around
    board: Board
    side: Side
    rivals: tuple[Score, ...]
    doubt: float
    count: int
    heap: list[tuple[Any, ...]] = field(default_factory=list)
    sure: dict[tuple[int, ...], float] = field(default_factory=dict)  # the size of a flip beyond doubt
    exact: bool = True
    unsure: str = ""
    pairs: int = 0

    def search(self) -> Search:
        """Return the flips found."""
        alone = self._singles()
        self._pairs(alone)
        found = self._confirmed()
        return Search(tuple(found), self.exact and not self.board.cells.folded, self._words(), self._notes())

    def _limit(self) -> float:
        """Return the size beyond which no flip is among those wanted."""
        sizes = sorted(self.sure.values())
        return sizes[self.count - 1] * (1 + 1e-12) if len(sizes) >= self.count else np.inf

    def _push(self, columns: tuple[int, ...], cell: tuple[int, ...], size: float, how: str) -> None:
        if how == "sure":
            self.sure[columns] = min(size, self.sure.get(columns, np.inf))
        heapq.heappush(self.heap, (size, len(columns), columns, cell, how))

    def _singles(self) -> list[np.ndarray]:
        """Put each column's cheapest flip on the heap; return which options flip alone."""
        alone = []
        for c, option in enumerate(self.board.options):
            score = np.max([r.own + r.effects[c] for r in self.rivals], axis=0)
            flips = score >= self.doubt
            flips |= self._asked(c, np.flatnonzero(np.abs(score) < self.doubt))
            flips[option.own] = False
            alone.append(flips)
            places = np.flatnonzero(flips)
            if len(places):
                best = places[np.argmin(option.sizes[places])]
                self._push((c,), (int(best),), float(option.sizes[best]), "sure")
        return alone

    def _asked(self, column: int, cells: np.ndarray) -> np.ndarray:
        """Return which of a column's doubtful options the model itself says to flip."""
        flips = np.zeros(len(self.board.options[column].sizes), dtype=bool)
        if len(cells) > MOST_ASKED:
            self._fail(f"{len(cells) - MOST_ASKED:,} values of {self._name(column)} within rounding of the threshold")
        cells = cells[np.argsort(self.board.options[column].sizes[cells], kind="stable")][:MOST_ASKED]
        flips[cells] = self._flipped((column,), cells[:, None])[0]
        return flips

    def _flipped(self, columns: tuple[int, ...], cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which cells flip by the model's own answer, and their probability."""
        places = places_of(self.scene, self.board.options, columns, cells)
        answers = self.scene.probabilities(self.board.options, places)
        return self.side.flipped(answers), answers[:, self.side.class_index]

    def _pairs(self, alone: list[np.ndarray]) -> None:
        """Put each pair's cheapest flips on the heap, for pairs that can flip below the best size known."""
        may = [~a for a in alone]
        for c, option in enumerate(self.board.options):
            may[c][option.own] = False
        free = [c for c, m in enumerate(may) if m.any()]
        least = {c: float(self.board.options[c].sizes[may[c]].min()) for c in free}
        left = PAIRS
        for rival in self.rivals:
            pairs, reach = self._promising(rival, free, may)
            for start in range(0, len(pairs), BLOCK):
                block = pairs[start : start + BLOCK]
                block = block[self._could(rival, block, may, reach[start : start + BLOCK]) >= -self.doubt]
                for a, b in block[:left].tolist():
                    if least[a] + least[b] < self._limit():
                        self._sweep(rival, a, b, may)
                left -= len(block)
        if left < 0:
            self._fail(f"{-left:,} pairs of columns")
        self.pairs = len(free) * (len(free) - 1) // 2

    def _promising(self, rival: Score, free: list[int], may: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs (pairs, 2), the most promising first, and what the boxes of each add at most."""
        one, two = np.triu_indices(len(free), 1)
        pairs = np.array(free, dtype=np.int64)[np.column_stack([one, two])]
        more = np.bincount(rival.pairs, np.maximum(rival.changes, 0.0), minlength=len(may) ** 2)
        boxes = more[pairs[:, 0] * len(may) + pairs[:, 1]]
        reach = self._could(rival, pairs, may, boxes)
        order = np.argsort(-reach, kind="stable")
        order = order[reach[order] >= -self.doubt]
        return pairs[order], boxes[order]

    def _could(self, rival: Score, pairs: np.ndarray, may: list[np.ndarray], boxes: np.ndarray) -> np.ndarray:
        """Return the score that each pair reaches at most with changes below the best size known."""
        limit, top = self._limit(), np.full(len(may), -np.inf)
        for c in np.unique(pairs).tolist():
            held = may[c] & (self.board.options[c].sizes < limit)
            top[c] = rival.effects[c][held].max(initial=-np.inf)
        return np.asarray(rival.own + top[pairs].sum(axis=1) + boxes)

    def _sweep(self, rival: Score, a: int, b: int, may: list[np.ndarray]) -> None:
        where = rival.boxes_of(a, b)
        best = np.zeros((2, 3))
        one, two = ((rival.effects[c], self.board.options[c].sizes, may[c]) for c in (a, b))
        level = (rival.own, self.doubt, float(self._limit()))
        sweep(rival.corners[where], rival.changes[where], one, two, level, best)
        if best[0, 0] < level[2]:
            self._push((a, b), (int(best[0, 1]), int(best[0, 2])), float(best[0, 0]), "sure")
        if best[1, 0] < best[0, 0]:
            self._push((a, b), self._doubtful(rival, (a, b), may), float(best[1, 0]), "in doubt")

    def _doubtful(self, rival: Score, pair: tuple[int, int], may: list[np.ndarray]) -> tuple[Any, ...]:
        """Return how to list a pair's doubtful cells, should it come to that: the heap's smallest come first."""
        return (id(rival), _Later(rival, pair, may))

    def _confirmed(self) -> list[Found]:
        """Return the smallest flips that the model confirms, each of other columns."""
        found: dict[tuple[int, ...], Found] = {}
        while self.heap and len(found) < self.count:
            size, _, columns, cell, how = heapq.heappop(self.heap)
            if columns in found:
                continue
            if how == "in doubt":
                self._resolve(columns, cell[1], size)
                continue
            flips, scores = self._flipped(columns, np.array([cell]))
            if flips[0]:
                found[columns] = found_at(self.board.options, columns, cell, float(scores[0]))
            else:
                self._fail(f"a change of {' and '.join(self._name(c) for c in columns)} that the model did not confirm")
        return list(found.values())

    def _resolve(self, columns: tuple[int, ...], later: _Later, size: float) -> None:
        """Ask the model for the doubtful cells of a pair, the cheapest first, and push the first that flips."""
        a, b = columns
        cells, sizes = later.cells(self.board, self.doubt, min(self._limit(), self.sure.get(columns, np.inf)))
        if cells is None:
            self._fail(f"the values of {self._name(a)} and {self._name(b)} within rounding of the threshold")
            return
        for start in range(0, min(len(cells), MOST_ASKED), ASKED):
            flips, _ = self._flipped(columns, cells[start : start + ASKED])
            if flips.any():
                first = start + int(flips.argmax())
                self._push(columns, tuple(cells[first].tolist()), float(sizes[first]), "sure")
                return
        if len(cells) > MOST_ASKED:
            self._fail(f"{len(cells) - MOST_ASKED:,} changes of {self._name(a)} and {self._name(b)} within rounding")

    def _fail(self, left_out: str) -> None:
        self.exact = False
        self.unsure = self.unsure or left_out

    def _name(self, column: int) -> str:
        return repr(self.scene.columns[column].name)

    def _words(self) -> str:
        rows = len(self.scene.columns[0].column) - 1 if self.scene.columns else 0
        words = (
            f"every threshold of {self.board.trees:,} trees that changes of one column or of {self.pairs:,} pairs of "
            f"columns can reach, within the values seen in {rows:,} rows"
        )
        return words if not self.unsure else f"{words}, except {self.unsure}"

    def _notes(self) -> tuple[str, ...]:
        folded = self.board.cells.folded
        if not folded:
            return ()
        return (f"the encoder of {', '.join(folded)} is not monotone: some of its values may have been passed over",)


class _Later:
    """The doubtful cells of a pair, listed only when they are the smallest flips that are left."""

    def __init__(self, rival: Score, pair: tuple[int, int], may: list[np.ndarray]) -> None:
        self.rival, self.pair, self.may = rival, pair, may

    def __lt__(self, other: object) -> bool:
        """Return False: of flips of one size none comes first."""
        return False

    def cells(self, board: Board, doubt: float, limit: float) -> tuple[np.ndarray | None, np.ndarray]:
        """Return the cells (cells, 2) whose score is 0 within the doubt, and their sizes, the smallest first.

        None where the options below the limit make too large a grid.
        """
        one, two = (_window(board.options[c].sizes, limit) for c in self.pair)
        a, b = (board.options[c].sizes[w] for c, w in zip(self.pair, (one, two), strict=True))
        if len(a) * len(b) > GRID:
            return None, np.zeros(0)
        grid = self._boxes(one, two)
        grid += self.rival.own + self.rival.effects[self.pair[0]][one, None] + self.rival.effects[self.pair[1]][two]
        sizes = a[:, None] + b
        held = (grid >= -doubt) & (sizes <= limit)
        held &= self.may[self.pair[0]][one, None] & self.may[self.pair[1]][two]
        order = np.argsort(sizes[held], kind="stable")
        return (np.argwhere(held) + np.array((one.start, two.start)))[order], sizes[held][order]

    def _boxes(self, one: slice, two: slice) -> np.ndarray:
        """Return what the boxes add to each cell of a window."""
        where = self.rival.boxes_of(*self.pair)
        ends = self.rival.corners[where]
        rows = np.clip(ends[:, :2] - one.start, 0, one.stop - one.start)
        columns = np.clip(ends[:, 2:] - two.start, 0, two.stop - two.start)
        grid = np.zeros((one.stop - one.start + 1, two.stop - two.start + 1))
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            np.add.at(grid, (rows[:, i], columns[:, j]), (-1) ** (i + j) * self.rival.changes[where])
        return np.asarray(grid.cumsum(axis=0).cumsum(axis=1)[:-1, :-1])


def _window(sizes: np.ndarray, limit: float) -> slice:
    """Return the range that holds every option of at most this size."""
    held = np.flatnonzero(sizes <= limit)
    return slice(int(held[0]), int(held[-1]) + 1)
