"""Do two methods put the columns in the same order? Spearman's rank correlation, and what it says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

REFEREE = "knock-out"
ALIKE = 0.7  # from here two orders share half of their variance (0.7 squared)
FEWEST = 4  # columns: two orders of three are the same by chance once in six, of four once in twenty-four
SAME = 1e-9  # of the largest: two contributions closer than this differ by rounding only

Correlations = dict[str, dict[str, float]]


def correlate(contributions: Mapping[str, Mapping[str, float]]) -> Correlations:
    """Return the rank correlation of every two methods (name -> column -> signed contribution), both ways round.

    A pair that can't be compared is absent: where a method gives every column the same there is no order, and with
    one column there is none either.
    """
    ranks = {name: _ranks(values) for name, values in contributions.items()}
    out: Correlations = {name: {} for name in contributions}
    for one, other in combinations(contributions, 2):
        columns = list(contributions[one])
        first, second = ranks[one], ranks[other].reindex(columns)
        if first.std(ddof=0) > 0 and second.std(ddof=0) > 0:
            found = float(np.clip(np.corrcoef(first, second)[0, 1], -1.0, 1.0))
            out[one][other] = out[other][one] = found
    return out


def ranking_sentences(methods: Sequence[str], correlations: Correlations, columns: int) -> list[str]:
    """Return who ranks the columns alike, who doesn't, and whom the referee is like; none for a method alone."""
    pairs = [p for p in combinations(methods, 2) if p[1] in correlations[p[0]]]
    heard = [m for m in methods if REFEREE in correlations[m]]
    if not pairs and not heard:
        return []
    if columns < FEWEST:
        return [f"{columns} columns are too few for their order to tell: methods are compared by sign and size alone"]
    return [*(_among(methods, correlations, pairs) if pairs else []), *(_referee(heard, correlations) if heard else [])]


def joined(words: Sequence[str]) -> str:
    """Return words as a list of a sentence: "a, b and c"."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _among(methods: Sequence[str], correlations: Correlations, pairs: Sequence[tuple[str, str]]) -> list[str]:
    group = _largest_group(methods, correlations)
    if not group:
        return [f"no two methods rank the columns alike (rank correlation {_span(correlations, pairs)})"]
    said = f"{joined(group)} rank the columns alike (rank correlation {_span(correlations, combinations(group, 2))})"
    return [said, *(_apart(m, group, correlations) for m in methods if m not in group and correlations[m])]


def _apart(method: str, group: Sequence[str], correlations: Correlations) -> str:
    found = _span(correlations, [(method, other) for other in group])
    return f"{method} ranks them otherwise (rank correlation {found} with {joined(group)})"


def _referee(heard: Sequence[str], correlations: Correlations) -> list[str]:
    ordered = sorted(heard, key=lambda m: -correlations[m][REFEREE])
    like = [m for m in ordered if correlations[m][REFEREE] >= ALIKE]
    unlike = [m for m in ordered if m not in like]
    parts = [f"{word} {_scored(found, correlations)}" for word, found in (("like", like), ("unlike", unlike)) if found]
    return [f"the {REFEREE} ranks the columns {', '.join(parts)}"]


def _scored(methods: Sequence[str], correlations: Correlations) -> str:
    return joined([f"{m} ({correlations[m][REFEREE]:.2f})" for m in methods])


def _largest_group(methods: Sequence[str], correlations: Correlations) -> tuple[str, ...]:
    """Return the most methods of which every two are alike; of several such groups the one most alike."""
    for size in range(len(methods), 1, -1):
        weakest = {g: _weakest(g, correlations) for g in combinations(methods, size)}
        alike = [g for g in weakest if weakest[g] >= ALIKE]
        if alike:
            return max(alike, key=lambda g: weakest[g])
    return ()


def _weakest(group: Sequence[str], correlations: Correlations) -> float:
    return min(correlations[one].get(other, -1.0) for one, other in combinations(group, 2))


def _span(correlations: Correlations, pairs: Sequence[tuple[str, str]] | combinations[tuple[str, str]]) -> str:
    found = [f"{correlations[one][other]:.2f}" for one, other in pairs if other in correlations[one]]
    least, most = min(found, key=float), max(found, key=float)
    return least if least == most else f"{least} to {most}"


def _ranks(values: Mapping[str, float]) -> pd.Series:
    """Return each column's rank; contributions that differ by rounding only share one."""
    column = pd.Series(dict(values), dtype=np.float64)
    step = float(column.abs().max()) * SAME if len(column) else 0.0
    return (column / step).round().rank() if step > 0 else column.rank()
