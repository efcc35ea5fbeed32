"""Cohorts in sentences."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import pandas as pd

from mispredict.cohorts.cohort import Cohort, Estimate
from mispredict.cohorts.rule import Rule, comparisons_of
from mispredict.cohorts.selection import Selection


def words_of(of: Selection) -> str:
    """Return what a selection holds, as people read it.

    >>> words_of(Selection(rule="amount > 3", cluster=0)), words_of(Selection())
    ('cluster 1 and amount > 3', 'all rows')
    """
    parts = [f"cluster {of.cluster + 1}"] if of.cluster is not None else []
    parts += [f"{len(set(of.ids)):,} rows by id"] if of.ids else []
    return " and ".join([*parts, *([" ".join(of.rule.split())] if of.rule else [])]) or "all rows"


def said(words: str, rows: int, of_rows: int, errors: tuple[int, float]) -> str:
    """Return the cohort in one sentence; `errors` are those found and those expected.

    >>> said("amount > 3", 87, 30_000, (61, 9.4))
    '87 of 30,000 rows: `amount > 3`: 61 errors where 9.4 were expected (6.5 x)'
    """
    if not rows:
        return f"no row of {of_rows:,}: `{words}`"
    found, expected = errors
    times = f" ({found / expected:.1f} x)" if expected >= 0.05 else ""
    counted = f"{found:,} error{'' if found == 1 else 's'} where {expected:,.1f} were expected{times}"
    return f"{rows:,} of {of_rows:,} rows: `{words}`: {counted}"


def compared(first: Cohort, second: Cohort, gap: Estimate | None) -> str:
    """Return two cohorts in one sentence; `gap` is the difference of their error rates."""
    if gap is None or first.error_rate is None or second.error_rate is None:
        empty = first.words if not first.rows else second.words
        return f"no row of `{empty}`, so there is nothing to compare"
    return (
        f"`{first.words}` is wrong in {first.error_rate.value:.1%} of {first.rows:,} rows, `{second.words}` in "
        f"{second.error_rate.value:.1%} of {second.rows:,}: a difference of {100 * gap.value:+.1f} points "
        f"({100 * gap.low:+.1f} to {100 * gap.high:+.1f}, 95 % interval)"
    )


def misspelt(rule: Rule, sample: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for every text of a rule that no sampled row has, with the nearest that some row has."""
    for one in comparisons_of(rule):
        if one.sign not in ("=", "in") or pd.api.types.is_datetime64_any_dtype(sample[one.column].dtype):
            continue
        held = list(dict.fromkeys(v for v in sample[one.column].unique().tolist()[:10_000] if isinstance(v, str)))
        for value in (v for v in one.values if isinstance(v, str) and v not in held and held):
            near = difflib.get_close_matches(value, held, n=1, cutoff=0.5)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            yield f"no row of the sample has {value!r} in {one.column!r}{hint}"
