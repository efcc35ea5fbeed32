"""What is drawn of a column that is served otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mispredict.parity.parity import Parity
from mispredict.suspects.suspect import Chart, Series

if TYPE_CHECKING:
    from mispredict.suspects.skew import Skewed

DOTS = 400  # pairs drawn
EXAMPLES = 5


def charts(found: Parity, skewed: Skewed) -> tuple[Chart, ...]:
    """Return the pairs with the affected ones marked, and the score difference before and after repair."""
    return (_values(found, skewed), *_repair(found, skewed))


def _values(found: Parity, skewed: Skewed) -> Chart:
    cells, affected = found.cells(skewed.column), skewed.named.affected
    if cells.kind == "text":
        return _table(found, skewed)
    held = np.flatnonzero(np.isfinite(cells.offline) & np.isfinite(cells.online))
    rng = np.random.default_rng(0)
    some = np.concatenate([rng.permutation(held[one])[: DOTS // 2] for one in (affected[held], ~affected[held])])
    if not len(some) or cells.kind == "time":
        return _table(found, skewed)
    drawn = [
        Series(
            name, tuple(cells.offline[rows].tolist()), tuple(cells.online[rows].tolist()), marked=(is_it,) * len(rows)
        )
        for name, rows, is_it in (
            ("differs", some[affected[some]], True),
            ("other pairs", some[~affected[some]], False),
        )
        if len(rows)
    ]
    title = f"{skewed.column} online against offline, {len(some):,} of {len(affected):,} pairs"
    return Chart("dots", title, "offline", "online", tuple(drawn))


def _repair(found: Parity, skewed: Skewed) -> tuple[Chart, ...]:
    if skewed.share is None:
        return ()
    before = float(np.abs(found.difference).mean())
    heights = (before, before * (1 - skewed.share.repair))
    bars = Series("mean difference", ("as served", f"{skewed.column} repaired"), heights, marked=(True, False))
    title = "How far the score online is from the one offline, on average"
    return (Chart("bars", title, "", "absolute difference of the score", (bars,)),)


def _table(found: Parity, skewed: Skewed) -> Chart:
    shown = examples(found, skewed)
    sides = (("offline", 0), ("online", 1))
    columns = tuple(Series(name, tuple(one[at] for one in shown), ()) for name, at in sides)
    return Chart("table", f"The first pairs of {skewed.column} that differ", "offline", "online", columns)


def examples(found: Parity, skewed: Skewed) -> list[tuple[str, str]]:
    """Return the first affected pairs' values, offline and online."""
    rows = np.flatnonzero(skewed.named.affected)[:EXAMPLES]
    offline, online = found.pairs.offline[skewed.column], found.pairs.online[skewed.column]
    return [(str(offline.iloc[row]), str(online.iloc[row])) for row in rows]
