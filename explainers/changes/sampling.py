"""The search by asking the model, where there are no trees to read: single columns on a grid, then promising pairs.

What a pair does is guessed from its two columns alone: their changes of the log-odds added up (which is exact for a
linear model). The smallest combinations that this guess flips are asked first, and a share at random. What flips is
brought towards the row's own values by bisection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from explainers.answer import log_odds
from explainers.changes.found import Found, Search, Side, found_at, places_of
from explainers.changes.rows import Around
from explainers.changes.values import Known, Options, options_of_numbers

NUMBERS = 60  # numbers tried a column, at even ranks of those seen
IN_PAIRS = 24  # options of a column that are combined: those of the smallest sizes and the strongest ones
PAIRS = 200  # pairs of columns tried: those of the columns that move the score most
PLACES = 10_000_000  # of one call: 80 MB
ASKED = 200_000_000  # cells that single columns may ask for: of wide tables fewer numbers are tried
COMBINATIONS = 4_000  # combinations asked
AT_RANDOM = 0.2  # of them
REFINED = 4  # so many times the flips wanted are brought closer to the row, the smallest ones
HALVINGS = 24  # of the way from the row's own number to one that flips


@dataclass(frozen=True, eq=False)
class Scan:
    """Every option of every column on its own: whether it flips, and how far it brings the score (0 flips)."""

    options: tuple[Options, ...]
    flips: tuple[np.ndarray, ...]
    scores: tuple[np.ndarray, ...]
    own: float

    @property
    def asked(self) -> int:
        """Return how many changes were asked for."""
        return sum(len(f) - 1 for f in self.flips)


def search_samples(scene: Around, side: Side, *, count: int, seed: int) -> Search:
    """Return the smallest flips found among values seen, of any model that answers probabilities."""
    most = int(np.clip(ASKED // max(1, len(scene.columns)) ** 2, 2, NUMBERS))
    options = tuple(
        column.only_own() if not free else _options(column, most)
        for column, free in zip(scene.columns, scene.free, strict=True)
    )
    scan = _scan(scene, side, options)
    found = {f.columns: f for f in _singles(scene, side, scan)}
    combined, asked, possible = _pairs(scene, side, scan, count=count, random=np.random.default_rng(seed))
    found |= {f.columns: f for f in combined}
    ranked = sorted(found.values(), key=lambda f: (f.size, len(f.columns), f.columns))
    searched = (
        f"{scan.asked:,} values of single columns, and {asked:,} of {possible:,} combinations of two columns, within "
        f"the values seen in {len(scene.columns[0].column) - 1:,} rows"
    )
    return Search(tuple(ranked[:count]), exact=False, searched=searched)


def _options(column: Known, most: int) -> Options:
    return options_of_numbers(column, most) if column.is_number else column.categories()


def _scan(scene: Around, side: Side, options: tuple[Options, ...]) -> Scan:
    """Ask for every option of every column, of as many columns in one call as the memory holds."""
    together = max(1, PLACES // max(1, len(options) * max((len(o.sizes) for o in options), default=1)))
    answers = np.vstack([_asked(scene, options, s, s + together) for s in range(0, len(options), together)])
    ends = np.cumsum([len(o.sizes) for o in options])[:-1]
    scores = _towards(side, answers)
    return Scan(
        options,
        tuple(np.split(side.flipped(answers), ends)),
        tuple(np.split(scores, ends)),
        float(scores[options[0].own]) if len(options) else 0.0,
    )


def _asked(scene: Around, options: tuple[Options, ...], start: int, stop: int) -> np.ndarray:
    """Return the answers to every option of the columns from start to stop."""
    some = list(enumerate(options))[start:stop]
    places = [places_of(scene, options, (c,), np.arange(len(o.sizes))[:, None]) for c, o in some]
    return scene.probabilities(options, np.vstack(places))


def _towards(side: Side, answers: np.ndarray) -> np.ndarray:
    """Return how far each answer lies on the other side, in log-odds: at 0 and above it flips."""
    if answers.shape[1] > 2:
        rest = np.delete(answers, side.now, axis=1).max(axis=1)
        return np.asarray(np.log(np.maximum(rest, 1e-12)) - np.log(np.maximum(answers[:, side.now], 1e-12)))
    way = -1.0 if side.now else 1.0
    level = log_odds(np.array([side.threshold]))[0]
    return np.asarray(way * (log_odds(answers[:, side.class_index]) - level))


def _singles(scene: Around, side: Side, scan: Scan) -> list[Found]:
    """Return each column's smallest flip, refined."""
    found = []
    for c, (option, flips) in enumerate(zip(scan.options, scan.flips, strict=True)):
        places = np.flatnonzero(flips)
        if len(places):
            best = int(places[np.argmin(option.sizes[places])])
            found.append(_refined(scene, side, scan.options, ((c,), (best,))))
    return found


def _pairs(
    scene: Around, side: Side, scan: Scan, *, count: int, random: np.random.Generator
) -> tuple[list[Found], int, int]:
    """Return each pair's smallest flip, how many combinations were asked, and how many there are."""
    kept = [_kept(scan, c) for c in range(len(scan.options))]
    reach = np.array([scan.scores[c][k].max(initial=-np.inf) for c, k in enumerate(kept)])
    free = [int(c) for c in np.argsort(-reach, kind="stable") if len(kept[c])]
    sizes = [len(o.sizes) - 1 for o in scan.options]
    possible = (sum(sizes) ** 2 - sum(size**2 for size in sizes)) // 2
    best = free[: PAIRS + 1]  # a pair with a column further down has that many before it
    pairs = sorted(combinations(best, 2), key=lambda p: -(reach[p[0]] + reach[p[1]]))[:PAIRS]
    each = max(4, COMBINATIONS // max(1, len(pairs)))
    cells = [_promising(scan, kept, pair, each, random) for pair in pairs]
    flips = _flips_of(scene, side, scan.options, pairs, cells)
    found = []
    for pair, mine, flipped in zip(pairs, cells, flips, strict=True):
        if flipped.any():
            least = _smallest(scan, pair, mine, np.flatnonzero(flipped))
            found.append((_size(scan, pair, mine[least]), pair, tuple(int(i) for i in mine[least])))
    refined = [_refined(scene, side, scan.options, one) for _, *one in sorted(found)[: REFINED * count]]
    kept_pairs = [f for f in refined if _needs_both(scene, side, scan.options, f)]
    return kept_pairs, sum(len(c) for c in cells), possible


def _flips_of(
    scene: Around,
    side: Side,
    options: tuple[Options, ...],
    pairs: list[tuple[int, int]],
    cells: list[np.ndarray],
) -> list[np.ndarray]:
    """Return which cells of each pair flip, asked in one call."""
    if not pairs:
        return []
    places = np.vstack([places_of(scene, options, pair, mine) for pair, mine in zip(pairs, cells, strict=True)])
    flips = side.flipped(scene.probabilities(options, places))
    return np.split(flips, np.cumsum([len(mine) for mine in cells])[:-1])


def _kept(scan: Scan, column: int) -> np.ndarray:
    """Return the options of a column that are combined with others': they don't flip alone."""
    option = scan.options[column]
    may = np.flatnonzero(~scan.flips[column] & (option.sizes > 0))
    by_size = may[np.argsort(option.sizes[may], kind="stable")]
    spread = by_size[np.linspace(0, len(by_size) - 1, min(len(by_size), IN_PAIRS)).round().astype(np.int64)]
    strongest = may[np.argsort(-scan.scores[column][may], kind="stable")][: IN_PAIRS // 4]
    return np.unique(np.concatenate([spread, strongest]))


def _promising(
    scan: Scan, kept: list[np.ndarray], pair: tuple[int, int], most: int, random: np.random.Generator
) -> np.ndarray:
    """Return a pair's cells to ask: those that should flip, the smallest first, then the nearest, some at random."""
    a, b = pair
    one, two = np.meshgrid(kept[a], kept[b], indexing="ij")
    cells = np.column_stack([one.ravel(), two.ravel()])
    guess = scan.scores[a][cells[:, 0]] + scan.scores[b][cells[:, 1]] - scan.own
    sizes = scan.options[a].sizes[cells[:, 0]] + scan.options[b].sizes[cells[:, 1]]
    order = np.lexsort((sizes, -np.minimum(guess, 0.0)))
    chance = max(1, int(most * AT_RANDOM))
    first, rest = order[: most - chance], order[most - chance :]
    return np.asarray(cells[np.concatenate([first, random.permutation(rest)[:chance]])])


def _smallest(scan: Scan, pair: tuple[int, int], cells: np.ndarray, flips: np.ndarray) -> int:
    return int(flips[np.argmin([_size(scan, pair, cell) for cell in cells[flips]])])


def _size(scan: Scan, pair: tuple[int, int], cell: np.ndarray) -> float:
    return float(sum(scan.options[c].sizes[i] for c, i in zip(pair, cell, strict=True)))


def _refined(scene: Around, side: Side, options: tuple[Options, ...], start: Sequence[tuple[int, ...]]) -> Found:
    """Return the flip with its numbers brought towards the row's own, one column after the other."""
    columns, cell = start
    choices = list(options)
    for c, i in zip(columns, cell, strict=True):  # the row's own value at place 0, the new one at place 1
        values_here = choices[c].values.take(np.array([choices[c].own, i]))
        choices[c] = Options(values_here, choices[c].sizes[[choices[c].own, i]], 0)
    for c in columns:
        column = scene.columns[c]
        if column.is_number and np.isfinite(column.own) and np.isfinite(choices[c].values[1]):
            choices[c] = _halved(scene, side, choices, c, columns)
    places = places_of(scene, choices, columns, np.ones((1, len(columns)), dtype=np.int64))
    score = scene.probabilities(choices, places)[0, side.class_index]
    return found_at(choices, columns, (1,) * len(columns), float(score))


def _halved(scene: Around, side: Side, choices: list[Options], moved: int, columns: tuple[int, ...]) -> Options:
    """Return the row's own number and the nearest that still flips, found by halving the way between them."""
    column = scene.columns[moved]
    far, near = float(choices[moved].values[1]), column.own
    near = float(np.clip(near, column.numbers[0], column.numbers[-1]))
    for middle, flips in _steps(scene, side, choices, (moved, near, far), columns):
        far = middle if flips else far
    values = np.array([column.own, far])
    return Options(values, column.sizes(values, 0), 0)


def _steps(
    scene: Around, side: Side, choices: list[Options], way: tuple[int, float, float], columns: tuple[int, ...]
) -> Iterator[tuple[float, bool]]:
    """Return numbers on the way and whether each flips; the way is halved on the side where the first flip lies."""
    moved, near, far = way
    column, tried = scene.columns[moved], set()
    for _ in range(HALVINGS):
        middle = float(column.rounded(np.array(near + (far - near) / 2), 0.0))
        if middle in tried or not min(near, far) <= middle <= max(near, far) or middle in (column.own, far):
            return
        tried.add(middle)
        trial = list(choices)
        trial[moved] = Options(np.array([column.own, middle]), np.zeros(2), 0)
        places = places_of(scene, trial, columns, np.ones((1, len(columns)), dtype=np.int64))
        flips = bool(side.flipped(scene.probabilities(trial, places))[0])
        near, far = (near, middle) if flips else (middle, far)
        yield middle, flips


def _needs_both(scene: Around, side: Side, options: tuple[Options, ...], found: Found) -> bool:
    """Return True where neither of the two changes flips without the other."""
    choices = list(options)
    for c, value in zip(found.columns, found.values, strict=True):
        here = choices[c]
        if scene.columns[c].is_number:
            choices[c] = Options(np.array([scene.columns[c].own, value], dtype=np.float64), np.zeros(2), 0)
        else:
            place = next(
                i for i, v in enumerate(here.values) if v is value or v == value or (v != v and value != value)
            )
            choices[c] = Options(here.values.take(np.array([here.own, place])), np.zeros(2), 0)
    places = places_of(scene, choices, found.columns, np.array([[1, 0], [0, 1]]))
    return not side.flipped(scene.probabilities(choices, places)).any()
