"""Almost equal rows in figures and pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.near_cells import Column
from mispredict.suspects.near_chance import Excess
from mispredict.suspects.near_pairs import Pairs
from mispredict.suspects.suspect import Chart, Series

SHOWN_PAIRS = 20
SHOWN_COLUMNS = 12
BINS = 20


def evidence_of(inquiry: Inquiry, columns: tuple[Column, ...], across: Pairs, excess: Excess) -> dict[str, Any]:
    """Return the figures that stand behind a finding of almost equal rows."""
    rows = inquiry.examined
    return {
        "mutually nearest pairs across the tables": excess.across,
        "mutually nearest pairs within a table": excess.within,
        "pairs across that chance would bring": round(excess.by_chance, 1),
        "p-value of so many across (binomial, corrected for the cut-offs tried)": excess.p_value,
        "pairs with no cell more than a hair apart": int((across.moved == 0).sum()),
        "pairs with a cell or two of another value": int((across.moved > 0).sum()),
        "cells that are not equal, by column": _unequal(columns, across),
        "rows listed": f"all that were found among {len(rows):,} of {rows.of:,} examined and "
        f"{len(inquiry.sides[1]):,} of {inquiry.sides[1].of:,} training rows, the nearest first",
    }


def _unequal(columns: tuple[Column, ...], across: Pairs) -> list[str]:
    counts = {one.name: int((one.apart(across.one, across.other) > 0).sum()) for one in columns}
    order = sorted(counts, key=lambda name: -counts[name])[:SHOWN_COLUMNS]
    return [f"{name}: {counts[name]:,} of {len(across.one):,} pairs" for name in order if counts[name]]


def charts_of(inquiry: Inquiry, columns: tuple[Column, ...], across: Pairs, nearest: Pairs) -> tuple[Chart, ...]:
    """Return how near pairs lie across and within the tables, and some pairs to look at."""
    return _distances(nearest, len(inquiry.examined)), _examples(inquiry, columns, across)


def _distances(nearest: Pairs, examined: int) -> Chart:
    is_across = (nearest.one < examined) & (nearest.other >= examined)
    edges = np.linspace(0.0, max(float(nearest.cost.max()), 1.0), BINS + 1)
    series = tuple(
        Series(
            name,
            tuple(edges[:-1].round(3).tolist()),
            tuple(np.histogram(nearest.cost[which], edges)[0].astype(float).tolist()),
        )
        for name, which in (("across the tables", is_across), ("within a table", ~is_across))
    )
    return Chart(
        "bars",
        "Pairs that all but equal lie across the tables, not within them",
        "closeness lost (nats)",
        "pairs",
        series,
    )


def _examples(inquiry: Inquiry, columns: tuple[Column, ...], across: Pairs) -> Chart:
    shown = across.take(np.arange(min(SHOWN_PAIRS, len(across.one))))
    apart = [[one.name for one, gap in _gaps(columns, shown, row) if gap > 0] for row in range(len(shown.one))]
    first = len(inquiry.examined)
    cells = {
        "examined row": inquiry.examined.ids[shown.one].tolist(),
        "training row": inquiry.sides[1].ids[shown.other - first].tolist(),
        "cells that are not equal": [", ".join(names) for names in apart],
    }
    series = tuple(Series(name, tuple(held), ()) for name, held in cells.items())
    return Chart("table", "The nearest pairs, and where they are not equal", "", "", series)


def _gaps(columns: tuple[Column, ...], pairs: Pairs, row: int) -> list[tuple[Column, float]]:
    at = slice(row, row + 1)
    return [(one, float(one.apart(pairs.one[at], pairs.other[at])[0])) for one in columns]
