"""Values exchanged one for one, as by another encoder, or columns exchanged."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mispredict.parity.cells import Cells
from mispredict.parity.reading import Reading, freedom

MOST_CODES = 2_000
SHOWN = 3


def exchanged(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that every value stands for another one: a table of codes, the same for all pairs."""
    there = ~gap.gone[0] & ~gap.gone[1]
    if gap.kind == "time" or not there.any():
        return []
    held = pd.DataFrame({"offline": gap.offline[there], "online": gap.online[there]})
    counts = held.value_counts(sort=True).reset_index()
    table = counts.drop_duplicates("offline").set_index("offline")["online"]
    if not 2 <= len(table) <= MOST_CODES:
        return []
    explains = there.copy()
    explains[there] = held["online"].to_numpy() == held["offline"].map(table).to_numpy()
    known = pd.Index(pairs.offline[~pairs.gone[0]]).unique()
    if not table.isin(known).mean() >= 0.5:  # an encoder's codes are its own; values nobody knows are something else
        return []
    return [_reading(held, table, explains)]


def _reading(held: pd.DataFrame, table: pd.Series, explains: np.ndarray) -> Reading:
    merged = table.nunique() < len(table)
    shown = ", ".join(f"{a} for {b}" for b, a in list(table.items())[:SHOWN])
    words = f"has other values in the place of its own online ({shown}{', ...' if len(table) > SHOWN else ''})"
    spare = int(explains.sum()) - 2 * len(table)  # each code must come back to be more than a fit
    cost = 0.06 + (0.05 if merged else 0.0)
    parameter = f"{len(table)} values {'merged' if merged else 'exchanged'} ({shown})"
    return Reading("encoding", parameter, words, explains, spare, cost)


def swapped(gap: Cells, others: Mapping[str, Cells], differs: np.ndarray) -> list[Reading]:
    """Return the readings that the column holds another one's values online, and the other one its own.

    `others` are all columns over all pairs, `differs` the differing pairs of this one.
    """
    found = []
    for name, other in others.items():
        if name == gap.column or other.kind != gap.kind:
            continue
        mine, its = _equals(gap, gap.online, other.offline[differs]), _equals(gap, other.online[differs], gap.offline)
        explains = mine & its
        if explains.mean() > 0.5:
            words = f"holds the values of `{name}` online, and `{name}` its values"
            free = freedom(gap.offline, gap.online, explains, 1)
            parameter = f"columns `{gap.column}` and `{name}` swapped"
            found.append(Reading("swapped", parameter, words, explains, free, 0.0, (name,)))
    return found


def _equals(gap: Cells, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    both = pd.isna(one) & pd.isna(other)
    return gap.equal(one, other) | both
