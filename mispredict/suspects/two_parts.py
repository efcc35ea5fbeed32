"""The live model's figures on some examined rows and on all others, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.suspect import Chart, Series

Z95 = 1.959964
LEAST = 10  # rows, and rows of either class for the AUC


@dataclass(frozen=True)
class Figure:
    """One figure of some rows with its 95 % interval."""

    value: float
    low: float
    high: float
    rows: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    @property
    def variance(self) -> float:
        """Return the square of its standard error."""
        return ((self.high - self.low) / 2 / Z95) ** 2


@dataclass(frozen=True)
class TwoParts:
    """Each figure on the rows in question and on the rest, where both can be said."""

    inside: dict[str, Figure]
    outside: dict[str, Figure]
    every: dict[str, Figure]

    @property
    def flattered(self) -> float:
        """Return how much better the AUC, else the accuracy, is on all rows than on the rest; 0 where unknown."""
        for name in ("AUC", "accuracy"):
            if name in self.every and name in self.outside:
                return self.every[name].value - self.outside[name].value
        return 0.0

    def gap(self, name: str) -> tuple[float, float] | None:
        """Return how much larger a figure is inside, and its z; None where either part has none."""
        if name not in self.inside or name not in self.outside:
            return None
        one, other = self.inside[name], self.outside[name]
        spread = np.sqrt(one.variance + other.variance)
        return one.value - other.value, float((one.value - other.value) / spread) if spread > 0 else 0.0

    def lines(self, inside: str, outside: str) -> list[str]:
        """Return "AUC: 0.98 [0.97, 0.99] on twins, 0.91 [0.90, 0.92] on the rest" and so on."""
        return [
            f"{name}: {one} on {inside}, {self.outside[name]} on {outside}"
            for name, one in self.inside.items()
            if name in self.outside
        ]

    def chart(self, title: str, names: tuple[str, str]) -> tuple[Chart, ...]:
        """Return bars of accuracy and AUC in both parts; nothing to draw is no chart."""
        names_of: tuple[str, ...] = ("AUC", "accuracy")
        shown = [name for name in names_of if name in self.inside and name in self.outside]
        if not shown:
            return ()
        series = tuple(
            _bars(label, shown, part, is_inside)
            for label, part, is_inside in zip(names, (self.inside, self.outside), (True, False), strict=True)
        )
        return (Chart("bars", title, "figure of the live model", "value", series),)


def _bars(label: str, shown: list[str], part: dict[str, Figure], is_inside: Any) -> Series:
    figures = [part[name] for name in shown]
    return Series(
        label,
        tuple(shown),
        tuple(one.value for one in figures),
        low=tuple(one.low for one in figures),
        high=tuple(one.high for one in figures),
        marked=(bool(is_inside),) * len(shown),
    )


def two_parts(inquiry: Inquiry, inside: np.ndarray) -> TwoParts:
    """Return the live model's figures on examined rows of the mask `inside` and on the others.

    A part of fewer than 10 rows, or an AUC of fewer than 10 rows of either class, is not told.
    """
    everyone = np.ones(len(inside), dtype=bool)
    return TwoParts(figures(inquiry, inside), figures(inquiry, ~inside), figures(inquiry, everyone))


def figures(inquiry: Inquiry, which: np.ndarray) -> dict[str, Figure]:
    """Return AUC (binary only), accuracy and log loss in nats of the live model on rows of a mask."""
    chances = inquiry.examined.probabilities
    if chances is None or which.sum() < LEAST:
        return {}
    truth, own = inquiry.examined.truth[which], chances[which]
    predicted = (own[:, 1] >= inquiry.threshold) if inquiry.is_binary else own.argmax(axis=1)
    losses = -np.log(np.clip(own[np.arange(len(truth)), truth], 1e-15, 1.0))
    found = {"accuracy": _mean((predicted == truth).astype(float)), "log loss": _mean(losses)}
    if inquiry.is_binary and LEAST <= truth.sum() <= len(truth) - LEAST:
        found = {"AUC": area(own[:, 1], truth)} | found
    return found


def _mean(values: np.ndarray) -> Figure:
    middle, half = float(values.mean()), Z95 * float(values.std(ddof=1)) / np.sqrt(len(values))
    return Figure(middle, middle - half, middle + half, len(values))


def area(scores: np.ndarray, event: np.ndarray) -> Figure:
    """Return the AUC with the interval of DeLong, DeLong and Clarke-Pearson (1988)."""
    from scipy.stats import rankdata

    came = event > 0
    events, others = int(came.sum()), int((~came).sum())
    ranks = rankdata(scores)
    of_events = (ranks[came] - rankdata(scores[came])) / others  # the part of the others below each event
    of_others = 1 - (ranks[~came] - rankdata(scores[~came])) / events
    value = float(of_events.mean())
    half = Z95 * float(np.sqrt(of_events.var(ddof=1) / events + of_others.var(ddof=1) / others))
    return Figure(value, max(value - half, 0.0), min(value + half, 1.0), len(scores))
