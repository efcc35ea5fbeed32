"""What the service answered beside what the model at hand says of the same logged features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SAME = 2e-6  # of a probability: single precision, another order of sums
RUNTIME = 1e-4  # of a probability: what another runtime or half precision changes
MOST = 0.9  # part of the differing answers that one reading must give


@dataclass(frozen=True, eq=False)
class Answered:
    """How answers differ from the model's, and on which pairs."""

    name: str  # "log-odds", "another model", ...
    words: str  # after "the service answered "
    differs: np.ndarray  # bool, a pair each
    explained: float  # part of the differing answers that this reading gives
    is_harmless: bool = False  # the same model, told in fewer digits


def answered(logged: np.ndarray, model: np.ndarray) -> Answered | None:
    """Return how logged scores differ from the model's on the same features, None where they agree."""
    known = np.isfinite(logged) & np.isfinite(model)
    differs = known & (np.abs(logged - model) > SAME)
    if not differs.any():
        return None
    found, given = logged[differs], model[differs]
    for name, words, is_it, is_harmless in _readings(found, given):
        if is_it.mean() >= MOST:
            return Answered(name, words, differs, float(is_it.mean()), is_harmless)
    return Answered("another model", "with another model or version", differs, 0.0)


def _readings(found: np.ndarray, given: np.ndarray) -> list[tuple[str, str, np.ndarray, bool]]:
    with np.errstate(divide="ignore", over="ignore"):
        odds = np.log(given) - np.log1p(-given)
    digits = [d for d in range(2, 7) if np.abs(found - np.round(given, d)).max() <= SAME]
    readings = [
        ("log-odds", "log-odds, not a probability", _near(found, odds, 1e-4), False),
        ("the other class", "with the probability of the other class", _near(found, 1 - given, SAME), False),
        ("percent", "in percent", _near(found, 100 * given, 1e-3), False),
        ("labels", "with a class, not a probability", np.isin(found, (0.0, 1.0)) & (len(found) >= 5), False),
    ]
    if digits:
        words = f"with the model's score in {digits[0]} digits"
        readings.insert(0, ("fewer digits", words, np.ones(len(found), dtype=bool), True))
    runtime = np.abs(found - given) <= RUNTIME
    readings.append(("another runtime", "with the same model in another precision or runtime", runtime, True))
    return [*readings, *_calibrated(found, given)]


def _near(found: np.ndarray, wanted: np.ndarray, tolerance: float) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(found - wanted) <= tolerance * np.maximum(1, np.abs(wanted)), dtype=bool)


def _calibrated(found: np.ndarray, given: np.ndarray) -> list[tuple[str, str, np.ndarray, bool]]:
    """Return the reading that answers are another function of the same score: they never change places."""
    if len(np.unique(given)) < 20:
        return []
    order = np.argsort(given, kind="stable")
    steps = np.diff(found[order])[np.diff(given[order]) > SAME]
    rises, falls = (steps >= -SAME).mean(), (steps <= SAME).mean()
    if max(rises, falls) < 1:
        return []
    words = "with another function of the model's score, such as another calibration"
    return [("another calibration", words, np.ones(len(found), dtype=bool), False)]
