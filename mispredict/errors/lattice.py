"""A beam search over rules: conjunctions of one set of bins a column, scored by sums over the rows they hold for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mispredict.errors.columns import Binned
from mispredict.errors.findings import Condition

Part = tuple[int, tuple[int, ...]]  # a column's number, and the bins of it that the rule chooses
Rule = tuple[Part, ...]
_Member = tuple[int, Rule]  # of the beam: a rule in one of the worlds
MOST_LEVELS = 4  # categories in one `in`


class Score(Protocol):
    """What a search maximises, from the sums of its signals over a rule's rows, shape (..., signals)."""

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Return the score of each rule; -inf where a rule is not allowed."""

    def keeps(self, score: float, without: float, *, conditions: int) -> bool:
        """Return whether a condition is worth its place: the score with it and without, and how many there are."""

    def orders(self, sums: np.ndarray) -> list[np.ndarray]:
        """Return figures by which categories are put together into sets, the largest first; one set a figure."""


@dataclass(frozen=True)
class Found:
    """A rule of the search, and what it scored."""

    rule: Rule
    score: float


class Lattice:
    """The bins of all columns as one matrix, on which any number of searches run."""

    def __init__(self, columns: Sequence[Binned]) -> None:
        self.columns = columns
        self.rows = len(columns[0].codes)
        widths = [column.bins + 1 for column in columns]
        self._starts = np.concatenate([[0], np.cumsum(widths)])
        self._hot = np.zeros((self.rows, int(self._starts[-1])), dtype=np.float32)
        for start, column in zip(self._starts, columns, strict=False):
            self._hot[np.arange(self.rows), start + column.codes] = 1
        self._steps = [_steps(column) for column in columns]

    def mask(self, rule: Rule) -> np.ndarray:
        """Return the rows that a rule holds for."""
        inside = np.ones(self.rows, dtype=bool)
        for number, bins in rule:
            chosen = np.zeros(self.columns[number].bins + 1, dtype=bool)
            chosen[list(bins)] = True
            inside &= chosen[self.columns[number].codes]
        return inside

    def conditions(self, rule: Rule) -> tuple[Condition, ...]:
        """Return the rule as conditions."""
        said: list[Condition] = []
        for number, bins in rule:
            column = self.columns[number]
            chosen = np.zeros(column.bins + 1, dtype=bool)
            chosen[list(bins)] = True
            said.extend(column.conditions(chosen))
        return tuple(said)

    def search(self, signals: np.ndarray, score: Score, *, depth: int = 3, width: int = 16) -> list[Found]:
        """Return the best rules of every length up to `depth` columns, the best first.

        Parameters
        ----------
        signals
            What is summed over a rule's rows, shape (rows, signals).
        """
        return self.search_many(signals[None], score, depth=depth, width=width)[0]

    def search_many(self, worlds: np.ndarray, score: Score, *, depth: int = 3, width: int = 16) -> list[list[Found]]:
        """Return the same for several sets of signals, shape (worlds, rows, signals); together they are quicker."""
        worlds = worlds.astype(np.float32)
        found: list[list[Found]] = [[] for _ in worlds]
        beam: list[_Member] = [(world, ()) for world in range(len(worlds))]
        for _ in range(depth):
            fresh = self._grow(beam, worlds, score, width)
            for world, best in enumerate(fresh):
                found[world].extend(best)
            beam = [(world, one.rule) for world, best in enumerate(fresh) for one in best]
            if not beam:
                break
        return [sorted(one, key=lambda found: -found.score) for one in found]

    def _grow(self, beam: list[_Member], worlds: np.ndarray, score: Score, width: int) -> list[list[Found]]:
        """Return each world's best rules that have one column more than those of the beam."""
        sums = self._sums(beam, worlds)  # (bins of all columns, members, signals)
        options: list[_Options] = []
        for number, column in enumerate(self.columns):
            own = sums[self._starts[number] : self._starts[number + 1]]
            free = np.array([all(part[0] != number for part in rule) for _, rule in beam])
            for bins, totals in _choices(column, self._steps[number], own, score):
                values = np.where(free, score(totals), -np.inf)
                options.append(_Options(number, bins, values.argmax(axis=0), values.max(axis=0)))
        return [_best(options, beam, world, width) for world in range(len(worlds))]

    def _sums(self, beam: list[_Member], worlds: np.ndarray) -> np.ndarray:
        weighed = np.empty((self.rows, len(beam), worlds.shape[2]), dtype=np.float32)
        masks: dict[Rule, np.ndarray] = {}
        for at, (world, rule) in enumerate(beam):
            if rule not in masks:
                masks[rule] = self.mask(rule)
            np.multiply(worlds[world], masks[rule][:, None], out=weighed[:, at])
        return (self._hot.T @ weighed.reshape(self.rows, -1)).reshape(-1, *weighed.shape[1:]).astype(np.float64)


_Bins = Callable[[int, int], tuple[int, ...]]  # (choice, rule of the beam) -> bins


@dataclass(frozen=True, eq=False)
class _Options:
    """One way to add a column: for each rule of the beam the best choice and its score."""

    column: int
    bins: _Bins
    choices: np.ndarray
    scores: np.ndarray


def _steps(column: Binned) -> list[np.ndarray]:
    """Return the runs of bins to try, as (low, high) pairs: up to, from, and between."""
    last = column.bins - 1
    upto = [(0, high) for high in range(last)]
    above = [(low, last) for low in range(1, last + 1)]
    between = [(low, high) for low in range(1, last) for high in range(low, last)]
    return [np.array(runs) for runs in (upto, above, between) if runs]


def _choices(column: Binned, steps: list[np.ndarray], sums: np.ndarray, score: Score) -> list[tuple[_Bins, np.ndarray]]:
    """Return groups of bins of one column with their sums, shape (choices, rules, signals)."""
    groups: list[tuple[_Bins, np.ndarray]] = []
    if column.has_missing:
        groups.append((lambda _choice, _at: (column.bins,), sums[-1:]))
    if column.is_numeric:
        running = np.concatenate([np.zeros((1, *sums.shape[1:])), np.cumsum(sums[:-1], axis=0)])
        for runs in steps:
            totals = running[runs[:, 1] + 1] - running[runs[:, 0]]
            groups.append((_run_of(runs), totals))
        return groups
    singles = sums[:-1]
    groups.append((lambda choice, _at: (choice,), singles))
    if column.bins > 2:
        for figures in score.orders(singles):
            order = np.argsort(-figures, axis=0, kind="stable")[:MOST_LEVELS]
            totals = np.cumsum(np.take_along_axis(singles, order[:, :, None], axis=0), axis=0)[1:]
            groups.append((_set_of(order), totals))
    return groups


def _set_of(order: np.ndarray) -> _Bins:
    return lambda choice, at: tuple(sorted(order[: choice + 2, at].tolist()))


def _run_of(runs: np.ndarray) -> _Bins:
    return lambda choice, _at: tuple(range(int(runs[choice, 0]), int(runs[choice, 1]) + 1))


def _best(options: list[_Options], beam: list[_Member], world: int, width: int) -> list[Found]:
    """Return one world's best rules, none twice."""
    own = [at for at, member in enumerate(beam) if member[0] == world]
    scores = np.stack([one.scores[own] for one in options])
    best: dict[Rule, Found] = {}
    for at in np.argsort(-scores, axis=None, kind="stable").tolist():
        number, member = divmod(at, len(own))
        if len(best) == width or not np.isfinite(scores[number, member]):
            break
        option, parent = options[number], own[member]
        part = (option.column, option.bins(int(option.choices[parent]), parent))
        rule = tuple(sorted((*beam[parent][1], part)))
        best.setdefault(rule, Found(rule, float(scores[number, member])))
    return list(best.values())
