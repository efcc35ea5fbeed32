"""Steps whose every output is a weighted sum of columns: principal components and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from explainers.columns import Encoded

MIXERS = ("PCA", "IncrementalPCA", "TruncatedSVD", "FastICA", "BaseRandomProjection")
NAMED = 3  # columns that a component's name spells out


def loadings(step: Any) -> np.ndarray:
    """Return the matrix (outputs, inputs) of a step whose outputs are sums of its inputs, up to a constant."""
    found = step.components_
    found = np.asarray(found.toarray() if hasattr(found, "toarray") else found, dtype=np.float64)
    if getattr(step, "whiten", False) and hasattr(step, "explained_variance_"):  # FastICA's are whitened already
        found = found / np.sqrt(np.maximum(step.explained_variance_, np.finfo(np.float64).eps))[:, None]
    return found


def components(step: Any, columns: list[Encoded]) -> list[Encoded]:
    """Return a component each, shared among its columns by squared loadings, which are made to sum to 1."""
    name = type(step).__name__
    squared = loadings(step) ** 2
    totals = squared.sum(axis=1, keepdims=True)
    shares = np.where(totals > 0, squared / np.where(totals > 0, totals, 1.0), 1 / len(columns))
    rule = f"contributions of {name}'s components are given to columns by squared loadings"
    return [_mixed(f"{name.lower()}{i} of ", columns, row, rule) for i, row in enumerate(shares)]


def _mixed(prefix: str, columns: Sequence[Encoded], shares: np.ndarray, rule: str) -> Encoded:
    """Return the column that these make; where all are of one raw column it is that one's."""
    parts = tuple((columns[i], float(shares[i])) for i in np.flatnonzero(shares).tolist())
    names = list(dict.fromkeys(source.raw for part, _ in parts for source, _ in part.sources))
    if len(names) == 1:
        return next(iter(parts[0][0].sources))[0].bent()
    listed = ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
    return Encoded(prefix + listed, "opaque", parts=parts, rule=rule)
