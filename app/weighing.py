"""The methods on one scale: what share of all that a method says goes to a column, with its sign."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from explainers.agreement import Agreement
from explainers.rankings import ranking_sentences

REFEREE = "knock-out"


def shares(found: Agreement) -> pd.DataFrame:
    """Return columns x methods: a part over the sum of the method's absolute parts, -1..1, the heaviest column first.

    The last column is the knock-out's on the same scale. A method that gives nothing to any column has zeros.
    """
    said = {each.method: _scaled(each.values) for each in found.explanations}
    whole = pd.DataFrame({**said, REFEREE: _scaled(found.knock_out.changes)}).fillna(0.0)
    order = whole.abs().mean(axis=1).sort_values(ascending=False, kind="stable").index
    return whole.loc[order]


def _scaled(values: Mapping[str, float]) -> dict[str, float]:
    whole = sum(abs(part) for part in values.values())
    return {column: part / whole if whole else 0.0 for column, part in values.items()}


def orders(found: Agreement) -> tuple[str, ...]:
    """Return what is said of the order in which methods put the columns."""
    methods = [each.method for each in found.explanations]
    return tuple(ranking_sentences(methods, found.correlations, len(found.knock_out.changes)))


def disputes(found: Agreement) -> tuple[str, ...]:
    """Return what else is said: where methods contradict each other, with whom the knock-out sides, and doubts."""
    said = set(orders(found))
    return tuple(sentence for sentence in found.sentences if sentence not in said)


def correlations(found: Agreement) -> pd.DataFrame:
    """Return methods x methods, the referee last: Spearman's of the rankings, NaN where there is no order."""
    names = [name for name in [*(each.method for each in found.explanations), REFEREE] if name in found.correlations]
    return pd.DataFrame(
        [[found.correlations[a].get(b, float("nan")) for b in names] for a in names], index=names, columns=names
    )
