"""From an endpoint's numbers to probabilities of known classes, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.payload import Payload, labels_only
from mispredict.models.labels import places_of
from mispredict.tables.columns import listed

OFF = 1e-4  # float32 probabilities sum to 1 within this
ROUNDING = 1e-6  # a probability may stick out of 0..1 by this much
_ENOUGH = 8  # rows of which not one has a probability other than 0 and 1: those are labels


def probabilities_of(payload: Payload, classes: Sequence[Any], *, who: str, first: int = 0) -> np.ndarray:
    """Return probabilities, shape (rows, classes); named classes are put in order, one column is the second class.

    `first` is the position of the first row, for messages.
    """
    numbers = payload.numbers
    _check_range(numbers, who, first)
    if numbers.shape[1] == 1 and len(classes) == 2:
        second = np.clip(_event(payload, classes), 0.0, 1.0)
        return np.column_stack([1.0 - second, second])
    if numbers.shape[1] != len(classes):
        raise ModelRefused(
            f"{who} answers {numbers.shape[1]} values a row and there are the {len(classes)} classes"
            f" {listed(map(str, classes))}",
            needed="one probability a class, or that of the event alone",
            do="list the service's classes under classes, in its order, or correct output",
        )
    ordered = numbers[:, _order(payload.names, classes, who)]
    _check_sums(ordered, who, first)
    return np.clip(ordered, 0.0, 1.0)


def check_not_labels(payload: Payload, who: str) -> None:
    """Refuse an endpoint whose first answers are classes written as numbers."""
    numbers = payload.numbers
    if numbers.shape[1] != 1 or len(numbers) < 2:
        return
    sharp = bool(np.isin(numbers, (0.0, 1.0)).all())
    if payload.whole or (sharp and len(numbers) >= _ENOUGH):
        raise labels_only(who, float(numbers[0, 0]))


def _event(payload: Payload, classes: Sequence[Any]) -> np.ndarray:
    """Return the probability of the second class."""
    column = payload.numbers[:, 0]
    place = places_of(payload.names, classes)[0] if payload.names else 1
    return 1.0 - column if place == 0 else column


def _order(names: tuple[Any, ...] | None, classes: Sequence[Any], who: str) -> list[int]:
    """Return the place of each class among the answered columns."""
    if names is None or tuple(map(str, names)) == tuple(map(str, range(len(classes)))) != tuple(map(str, classes)):
        return list(range(len(classes)))  # counted, not named
    places = places_of(classes, names)
    if min(places) < 0 or len(set(places)) < len(places):
        raise ModelRefused(
            f"{who} names the classes {listed(map(str, names))}",
            needed=f"probabilities of {listed(map(str, classes))}",
            do="ask an endpoint of a model for the same target, or correct output",
        )
    return places


def _check_range(numbers: np.ndarray, who: str, first: int) -> None:
    wrong = ~((numbers >= -ROUNDING) & (numbers <= 1 + ROUNDING)).all(axis=1)  # NaN is wrong, too
    if not wrong.any():
        return
    row = int(np.flatnonzero(wrong)[0])
    values = numbers[row]
    odd = values[~((values >= -ROUNDING) & (values <= 1 + ROUNDING))][0]
    if np.isnan(odd):
        needed, do = "a probability for every row", "look into the service's log for that row"
    else:
        needed = "probabilities from 0 to 1"
        do = "have the service answer probabilities (a logit becomes one by 1 / (1 + exp(-logit))), or correct output"
    said = "no number" if np.isnan(odd) else f"{odd:.6g}"
    raise ModelRefused(f"{who} answers {said} for row {first + row + 1}", needed=needed, do=do)


def _check_sums(found: np.ndarray, who: str, first: int) -> None:
    off = np.abs(found.sum(axis=1) - 1.0)
    if len(off) and off.max() > OFF:
        row = int(off.argmax())
        raise ModelRefused(
            f"{who} answers probabilities that sum to {found[row].sum():.6g} for row {first + row + 1}",
            needed="one probability a class, which sum to 1",
            do="correct output, or have the service answer all classes unrounded",
        )
