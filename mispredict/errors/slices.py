"""Slices: readable rules for rows whose outcomes differ from what the model's probabilities promise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from mispredict.errors.columns import Binned, cut_columns
from mispredict.errors.findings import Slice
from mispredict.errors.hard import NOTE, is_hard, soften
from mispredict.errors.interval import interval_of_errors
from mispredict.errors.lattice import Lattice
from mispredict.errors.null import ROWS as NULL_ROWS
from mispredict.errors.null import Null, simulate_null
from mispredict.errors.peel import DEPTH, LEVEL, WIDTH, Peeled, any_of, peel_rules
from mispredict.errors.predicates import holds, rule_text
from mispredict.errors.promises import Promises, expected_errors, promises_of
from mispredict.errors.residuals import how_it_stands_out
from mispredict.errors.seriousness import seriousness
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored

FEWEST_ROWS = 100
MOST_SEARCHED = 30_000
CONFIRMED = 1.645  # z on the held-out rows: one useless rule in twenty gets so far
USUAL_CRITICAL = 4.5  # about what thirty columns give, for where it can't be simulated


@dataclass(frozen=True)
class SliceSearch(Sequence[Slice]):
    """The slices of one search, the most serious first, and how sure it can be of them."""

    slices: tuple[Slice, ...] = ()
    p_value: float | None = None  # of the best rule of the whole search; None where there was nothing to search
    best_z: float = 0.0
    critical: float = USUAL_CRITICAL  # the z that the search reaches in one of twenty tables without any fault
    searched: int = 0  # rows
    columns: tuple[str, ...] = ()  # that rules may use
    shapes_p: float | None = None  # of shapes that are no boxes; None where they were not looked for

    def __len__(self) -> int:
        return len(self.slices)

    @overload
    def __getitem__(self, at: int) -> Slice: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Slice]: ...
    def __getitem__(self, at: int | slice) -> Slice | Sequence[Slice]:
        return self.slices[at]


def find_slices(sample: Scored, *, exclude: Collection[str], seed: int = 0) -> tuple[SliceSearch, tuple[str, ...]]:
    """Return the rules whose rows' outcomes differ from the promises by more than a search finds by chance, and notes.

    Two thirds of the rows are searched, the last third confirms; p-values are of the whole search.
    """
    refusal = _refusal(sample)
    if refusal:
        return SliceSearch(), (refusal,)
    hard = is_hard(sample)
    sample = soften(sample) if hard else sample
    out = is_held_out(sample.rows.index.to_numpy(dtype=np.int64), seed=seed)
    searched, held_out = _searched(~out, seed), np.flatnonzero(out)
    columns, notes = cut_columns(sample.rows.iloc[searched], exclude=exclude)
    if not columns:
        return SliceSearch(), (*notes, "there is no column that a rule may use")
    notes = [NOTE, *notes] if hard else notes
    everywhere = np.ones(len(sample), dtype=bool)
    null = _null(columns, promises_of(sample, learn=everywhere, seed=seed).take(searched), seed)
    peeled, best = peel_rules(columns, sample.take(searched), null, seed=seed)
    measured = _measure_all(peeled, sample, held_out, seed=seed)
    kept = sorted((one for one in measured if one.confirmed), key=lambda one: -one.weight)
    search = SliceSearch(
        slices=tuple(one.slice for one in kept),
        p_value=_p_value(null.p_value(best), measured),
        best_z=best,
        critical=null.critical,
        searched=len(searched),
        columns=tuple(column.name for column in columns),
    )
    return search, (*notes, _how(len(searched), len(held_out)), *_unconfirmed(len(measured) - len(kept)))


def _refusal(sample: Scored) -> str | None:
    if len(sample) < FEWEST_ROWS:
        return f"{len(sample)} rows are too few to search for slices; {FEWEST_ROWS} are needed"
    if not sample.is_error.any():
        return "there are no errors"
    return None


def _searched(allowed: np.ndarray, seed: int) -> np.ndarray:
    """Return the rows to search, a uniform part if they are too many: tables lie in the order of time."""
    rows = np.flatnonzero(allowed)
    return np.sort(np.random.default_rng(seed + 2).permutation(rows)[:MOST_SEARCHED])


def _null(columns: list[Binned], promises: Promises, seed: int) -> Null:
    rows = np.random.default_rng(seed + 1).permutation(len(promises.error))[:NULL_ROWS]
    lattice = Lattice([column.take(rows) for column in columns])
    return simulate_null(lattice, promises.take(rows), depth=DEPTH, width=WIDTH, seed=seed)


@dataclass(frozen=True)
class _Measured:
    slice: Slice
    weight: float  # what the order goes by

    @property
    def confirmed(self) -> bool:
        return self.slice.heldout_z is not None and self.slice.heldout_z >= CONFIRMED


def _p_value(of_search: float, measured: list[_Measured]) -> float:
    """Return the chance of the search's best rule and of what the held-out rows say of it together.

    The held-out rows are asked only after a search whose own chance is at most `LEVEL`; there the chance of a product
    of the two that small is `product * (1 + log(LEVEL / product))`, uniform where there is nothing to find (the
    two-stage test of Bauer and Koehne 1994, with no second stage beyond the level).
    """
    if not measured or measured[0].slice.heldout_z is None or of_search > LEVEL:
        return of_search
    from scipy.stats import norm

    product = max(of_search * float(norm.sf(measured[0].slice.heldout_z)), 1e-300)
    return float(product * (1 + np.log(LEVEL / product)))


def _measure_all(peeled: list[Peeled], sample: Scored, held_out: np.ndarray, *, seed: int) -> list[_Measured]:
    promises = promises_of(sample, learn=~any_of(peeled, sample.rows), seed=seed)
    confirming = np.zeros(len(sample), dtype=bool)
    confirming[held_out] = True
    measured = []
    for number, one in enumerate(peeled):
        own = ~any_of(peeled[:number], sample.rows)  # what an earlier rule explains is no merit of a later one
        measured.append(_measure(one, sample, promises, (own, confirming)))
    return measured


def _measure(one: Peeled, sample: Scored, promises: Promises, masks: tuple[np.ndarray, np.ndarray]) -> _Measured:
    inside, promised = holds(one.conditions, sample.rows), expected_errors(sample)
    own, confirming = inside & masks[0], masks[1]
    errors, expected = int(sample.is_error[inside].sum()), float(promised[inside].sum())
    way = how_it_stands_out(promises, own & ~confirming)
    low, high = interval_of_errors(errors, int(inside.sum()))
    kept_out = inside & confirming
    found = Slice(
        rule=rule_text(one.conditions),
        conditions=one.conditions,
        rows=int(inside.sum()),
        errors=errors,
        expected_errors=expected,
        excess=errors - expected,
        excess_low=low - expected,
        excess_high=high - expected,
        z=way.z(own),
        p_adjusted=one.p_adjusted,
        heldout_z=way.z(own & confirming) if (own & confirming).any() else None,
        heldout_ratio=_ratio(sample.is_error[kept_out].sum(), promised[kept_out].sum()),
        way=way.name,
        also=tuple(rule_text(conditions) for conditions in one.also),
        lift=float(sample.is_error[inside].mean() / sample.is_error.mean()) if inside.any() else 0.0,
    )
    excess, spread = (float(part[own].sum()) for part in (sample.is_error - promised, promised * (1 - promised)))
    return _Measured(found, seriousness(excess, spread, int(own.sum())))


def _ratio(errors: float, expected: float) -> float | None:
    return float(errors / expected) if expected > 0 else None


def _unconfirmed(rules: int) -> tuple[str, ...]:
    if not rules:
        return ()
    return (f"{rules} {'rule' if rules == 1 else 'rules'} of the search did not hold on the held-out rows: left out",)


def _how(searched: int, held_out: int) -> str:
    return (
        f"searched {searched:,} rows for rules and held out {held_out:,} to confirm them; counts are over all of them; "
        "the probabilities were recalibrated first, so that a fault of calibration alone is no slice"
    )
