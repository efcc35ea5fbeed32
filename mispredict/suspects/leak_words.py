"""How leaks of single columns are drawn and counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.powers import Powers
from mispredict.suspects.rates import bins_of
from mispredict.suspects.stacked import stack_of
from mispredict.suspects.suspect import Chart, Series

MOST_BARS = 24


def counted(inquiry: Inquiry) -> str:
    """Return how many rows were looked at: "8,000 of 8,000 rows, 12,000 of 12,000 training rows"."""
    return ", ".join(inquiry.scope(1).split(", ")[1:])


def leak_chart(inquiry: Inquiry, outcome: Outcome, place: int) -> Chart:
    """Return the event's rate along a column of the stack, in like values, with 95 % intervals."""
    stack = stack_of(inquiry)
    values, event = stack.values[:, place], stack.event(outcome)
    bins = bins_of(values, codes=bool(stack.is_code[place]))
    names = _names(inquiry, stack.columns[place], values, bins)
    rows = np.bincount(bins)
    order = (
        np.argsort(-rows, kind="stable")[:MOST_BARS] if stack.is_code[place] else np.arange(len(rows))[: MOST_BARS * 2]
    )
    rates = np.bincount(bins, weights=event)[order] / rows[order]
    low, high = interval(rates, rows[order])
    series = Series("rate", tuple(names[i] for i in order), _floats(rates), _floats(low), _floats(high))
    title = f"The rate of {outcome.label} along {stack.columns[place]}"
    return Chart("bars", title, stack.columns[place], "rate", (series,), float(event.mean()), "all rows")


def _names(inquiry: Inquiry, column: str, values: np.ndarray, bins: np.ndarray) -> list[Any]:
    """Return what each bin holds: a value, or the median of a range."""
    labels = inquiry.coding.labels(column)
    names: list[Any] = []
    for one in range(int(bins.max()) + 1):
        middle = float(np.median(values[bins == one]))
        if np.isnan(middle):
            names.append("missing")
        elif labels is None:
            names.append(f"{middle:.6g}")
        else:
            names.append(str(labels[int(middle)]) if middle >= 0 else "others")
    return names


def power_chart(columns: tuple[str, ...], power: Powers, marked: tuple[str, ...]) -> Chart:
    """Return every column's AUC alone, the strongest first."""
    order = [i for i in np.argsort(-power.auc, kind="stable") if power.auc[i] > 0.5][:MOST_BARS]
    series = Series(
        "AUC alone",
        tuple(columns[i] for i in order),
        _floats(power.auc[order]),
        marked=tuple(columns[i] in marked for i in order),
    )
    return Chart("bars", "What each column alone knows of the label", "column", "AUC", (series,), 0.5, "knows nothing")


def interval(rates: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's 95 % interval of each rate."""
    z2 = 1.96**2
    middle = (rates + z2 / (2 * rows)) / (1 + z2 / rows)
    half = 1.96 * np.sqrt(rates * (1 - rates) / rows + z2 / (4 * rows**2)) / (1 + z2 / rows)
    return np.clip(middle - half, 0, rates), np.clip(middle + half, rates, 1)


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(one) for one in values)
