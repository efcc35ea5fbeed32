"""What rules come to over a whole table: sums of whole numbers, so that its parts add up to the same in any order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Condition
from mispredict.errors.predicates import holds
from mispredict.errors.promises import expected_errors, log_odds
from mispredict.errors.split import is_held_out
from mispredict.scan.counts import UNIT
from mispredict.scan.scored import Scored

LEVELS = 512  # of the probability, in equal steps of its log odds: two rows of one differ by 4 % of the smaller side
IN_FLIGHT = 3  # batches in memory at once
_LARGEST = float(log_odds(np.ones(1))[0])


@dataclass(frozen=True)
class CountedRule:
    """A rule to count. Of its rows, those that no rule in `after` holds for are its own: they alone speak for it."""

    conditions: tuple[Condition, ...]
    after: tuple[int, ...] = ()  # numbers of other rules that are counted with it


@dataclass(frozen=True)
class Sums:
    """Rows, errors among them, and by the model's own probabilities the errors expected and their variance."""

    rows: int = 0
    errors: int = 0
    expected_units: int = 0  # of `UNIT`
    spread_units: int = 0

    @property
    def expected(self) -> float:
        """Return how many errors were to be expected."""
        return self.expected_units * UNIT

    @property
    def spread(self) -> float:
        """Return the variance of the number of errors."""
        return self.spread_units * UNIT

    def __add__(self, other: Sums) -> Sums:
        """Return the sums over both."""
        return Sums(
            self.rows + other.rows,
            self.errors + other.errors,
            self.expected_units + other.expected_units,
            self.spread_units + other.spread_units,
        )


@dataclass(frozen=True, eq=False)
class RuleSums:
    """What one rule comes to. At each level of the probability: rows, and those where what was promised came.

    Whatever is expected of the levels, by any recalibration, can be worked out after the pass.
    """

    all: Sums
    own: Sums
    held_out: Sums  # of all
    confusion: np.ndarray  # int64, (classes, classes): truth x predicted, of all
    levels: np.ndarray  # int64, (2: searched, held out; 2: called so or not; LEVELS; 2: rows, came), of its own rows

    def __add__(self, other: RuleSums) -> RuleSums:
        """Return what the rule comes to over the rows of both."""
        return RuleSums(
            self.all + other.all,
            self.own + other.own,
            self.held_out + other.held_out,
            self.confusion + other.confusion,
            self.levels + other.levels,
        )


@dataclass(frozen=True, eq=False)
class TableSums:
    """Sums over a table or a part of it: of each rule, and of all rows."""

    rules: tuple[RuleSums, ...]
    whole: RuleSums

    def __add__(self, other: TableSums) -> TableSums:
        """Return the sums over the rows of both."""
        rules = tuple(first + second for first, second in zip(self.rules, other.rules, strict=True))
        return TableSums(rules, self.whole + other.whole)


def sums_of(rules: Sequence[CountedRule], batch: Scored, *, seed: int) -> TableSums:
    """Return the sums over one batch; its rows need no columns but those of the rules, and no ids."""
    rows = _rows_of(batch, seed)
    masks = [holds(rule.conditions, batch.rows) for rule in rules]
    everywhere = np.ones(len(batch), dtype=bool)
    summed = [rows.sums(mask, mask & ~_any(masks, rule.after)) for rule, mask in zip(rules, masks, strict=True)]
    return TableSums(tuple(summed), rows.sums(everywhere, everywhere))


def count(
    rules: Sequence[CountedRule],
    batches: Iterable[Scored],
    *,
    executor: Executor,
    seed: int,
    in_flight: int = IN_FLIGHT,
) -> TableSums | None:
    """Return the sums over all batches, counted on the executor, a few at a time; None where there is no batch."""
    counted: TableSums | None = None
    for part in _each(rules, batches, executor, (seed, in_flight)):
        counted = part if counted is None else counted + part
    return counted


def _each(
    rules: Sequence[CountedRule], batches: Iterable[Scored], executor: Executor, how: tuple[int, int]
) -> Iterator[TableSums]:
    seed, in_flight = how
    pending: deque[Future[TableSums]] = deque()
    try:
        for batch in batches:
            pending.append(executor.submit(sums_of, rules, batch, seed=seed))
            if len(pending) >= in_flight:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


def promised_and_came(scored: Scored) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability of the event and whether it came; of several classes, of the prediction being right."""
    if len(scored.classes) == 2:
        return scored.probabilities[:, 1], scored.truth == 1
    return 1 - expected_errors(scored), ~scored.is_error


def middles() -> np.ndarray:
    """Return the log odds in the middle of each level, shape (LEVELS,)."""
    return (np.arange(LEVELS) + 0.5) * (2 * _LARGEST / LEVELS) - _LARGEST


@dataclass(frozen=True, eq=False)
class _Rows:
    """What is summed of each row of a batch; arrays with one entry a row."""

    is_error: np.ndarray
    expected: np.ndarray  # int64, units
    spread: np.ndarray  # int64, units
    pair: np.ndarray  # truth and predicted class as one number
    cell: np.ndarray  # held out, called so, level, came as one number
    held_out: np.ndarray
    classes: int

    def sums(self, inside: np.ndarray, own: np.ndarray) -> RuleSums:
        pairs = np.bincount(self.pair[inside], minlength=self.classes**2)
        cells = np.bincount(self.cell[own], minlength=2 * 2 * LEVELS * 2).reshape(2, 2, LEVELS, 2)
        return RuleSums(
            all=self._sum(inside),
            own=self._sum(own),
            held_out=self._sum(inside & self.held_out),
            confusion=pairs.reshape(self.classes, self.classes),
            levels=np.stack([cells.sum(axis=-1), cells[..., 1]], axis=-1),
        )

    def _sum(self, which: np.ndarray) -> Sums:
        return Sums(
            int(which.sum()),
            int((self.is_error & which).sum()),
            int(self.expected[which].sum()),
            int(self.spread[which].sum()),
        )


def _rows_of(batch: Scored, seed: int) -> _Rows:
    promised, came = promised_and_came(batch)
    level = np.clip(((log_odds(promised) + _LARGEST) * (LEVELS / (2 * _LARGEST))).astype(np.int64), 0, LEVELS - 1)
    held_out = is_held_out(batch.rows.index.to_numpy(dtype=np.int64), seed=seed)
    predicted, classes = batch.predicted, len(batch.classes)
    called = predicted == 1 if classes == 2 else np.ones(len(batch), dtype=bool)
    expected = expected_errors(batch)
    return _Rows(
        is_error=batch.is_error,
        expected=_units(expected),
        spread=_units(expected * (1 - expected)),
        pair=batch.truth * classes + predicted,
        cell=((held_out.astype(np.int64) * 2 + called) * LEVELS + level) * 2 + came,
        held_out=held_out,
        classes=classes,
    )


def _units(values: np.ndarray) -> np.ndarray:
    return np.rint(values / UNIT).astype(np.int64)


def _any(masks: Sequence[np.ndarray], which: Iterable[int]) -> np.ndarray:
    held: np.ndarray = np.zeros(len(masks[0]), dtype=bool)
    for number in which:
        held |= masks[number]
    return held
