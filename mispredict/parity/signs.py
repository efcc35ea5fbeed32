"""What two samples of one column look like when the service computes it otherwise, and not when traffic changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from mispredict.parity.reading import Cause
from mispredict.parity.spelled import nice, said

GROWTH = 0.01  # part of the entries by which gaps or one value must have grown
SAME = 0.01  # p-value from which what is left counts as alike
_OF_UNITS = (100.0, 1000.0, 10.0, 12.0, 24.0, 60.0, 3600.0, 86400.0, 2.54, 1.609344, 2.2046226, 0.45359237)
UNITS = (*_OF_UNITS, *(1 / unit for unit in _OF_UNITS), -1.0)
LARGE = 2.0  # a factor from which an unusual one is no growth of business
FAR = 0.5  # of the width of the middle nine tenths, from which a shift is none either
LEAST_VALUES = 5  # distinct ones, from which a factor can be told
MOST = 0.9  # of the new levels' entries that one reading must give


@dataclass(frozen=True)
class Sign:
    """A likely cause, or none, and the difference in words after the column's name."""

    cause: Cause | None
    parameter: str
    words: str


def sign_of(kind: str, offline: np.ndarray, online: np.ndarray) -> Sign:
    """Return the likely cause of a difference, and the plainest way to say it."""
    signs = _of_texts(offline, online) if kind == "text" else _of_numbers(offline, online)
    return next(signs)


def _of_numbers(offline: np.ndarray, online: np.ndarray) -> Iterator[Sign]:
    here, there = (one[np.isfinite(one)] for one in (offline, online))
    gaps = 1 - len(here) / len(offline), 1 - len(there) / len(online)
    if gaps[1] - gaps[0] >= GROWTH and (not len(there) or _are_alike(here, there)):
        yield Sign("missing", "missing", f"is missing in {gaps[1]:.1%} of the entries and in {gaps[0]:.1%} of the rows")
    if len(here) and len(there):
        yield from _atom(here, there)
        yield from _linear(here, there)
        middle = f"has the median {np.median(there):.4g} online and {np.median(here):.4g} offline"
        yield Sign(None, "", middle)
    yield Sign(None, "", f"has values in {1 - gaps[1]:.1%} of the entries and in {1 - gaps[0]:.1%} of the rows")


def _linear(here: np.ndarray, there: np.ndarray) -> Iterator[Sign]:
    """Yield a factor or a shift that carries the one distribution over to the other, and that traffic hardly makes."""
    if len(np.unique(here)) < LEAST_VALUES:
        return
    middles = float(np.median(here)), float(np.median(there))
    own = [middles[1] / middles[0]] if middles[0] != 0 else []
    for factor in (*UNITS, *(one for one in own if abs(one) >= LARGE or abs(one) <= 1 / LARGE)):
        if _is_near(middles[0] * factor, middles[1], here * factor) and _are_alike(here * factor, there):
            yield _scale(factor)
    shift, width = middles[1] - middles[0], float(np.subtract(*np.quantile(here, [0.95, 0.05])))
    if abs(shift) >= FAR * width > 0 and _are_alike(here + shift, there):
        words = f"is about {abs(shift):.4g} {'more' if shift > 0 else 'less'} than offline"
        yield Sign("offset", f"{shift:+.4g}", words)


def _is_near(moved: float, middle: float, values: np.ndarray) -> bool:
    """Return whether two medians are close, by the spread of the values: spares most factors the whole comparison."""
    return abs(moved - middle) <= 0.2 * float(np.subtract(*np.quantile(values, [0.95, 0.05])) or 1.0)


def _scale(factor: float) -> Sign:
    round_ = nice(float(f"{factor:.2g}")) if factor not in UNITS else factor
    if round_ == -1:
        return Sign("sign", "x -1", "has the other sign than offline")
    words = f"{said(round_)} x" if abs(round_) >= 1 else f"1/{said(1 / round_)} of"
    return Sign("scale", f"x {said(round_)}", f"is about {words} what it is offline")


def _of_texts(offline: np.ndarray, online: np.ndarray) -> Iterator[Sign]:
    here, there = ([one for one in side if one is not None] for side in (offline, online))
    gaps = 1 - len(here) / len(offline), 1 - len(there) / len(online)
    if gaps[1] - gaps[0] >= GROWTH:
        yield Sign("missing", "missing", f"is missing in {gaps[1]:.1%} of the entries and in {gaps[0]:.1%} of the rows")
    known, met = Counter(here), Counter(there)
    new = {level: count for level, count in met.items() if level not in known}
    if sum(new.values()) >= GROWTH * len(online):
        yield from _respelled(new, set(known))
        level, count = max(new.items(), key=lambda one: one[1])
        words = f"is {level!r} in {count / len(online):.1%} of the entries and in no row"
        yield Sign("default_filled" if len(new) == 1 else None, f"filled with {level!r}", words)
    if known or met:
        parts = {one: met[one] / len(online) - known[one] / len(offline) for one in {*known, *met}}
        level = max(parts, key=lambda one: abs(parts[one]))
        shares = f"{met[level] / len(online):.1%} of the entries and in {known[level] / len(offline):.1%} of the rows"
        yield Sign(None, "", f"is {level!r} in {shares}")
    yield Sign(None, "", "is missing on one side")


def _respelled(new: dict[str, int], known: set[str]) -> Iterator[Sign]:
    """Yield that new levels are known ones in another case, or with blanks."""
    whole = sum(new.values())
    readings: tuple[tuple[Cause, str, Callable[[str], str]], ...] = (
        ("whitespace", "has other blanks than offline", str.strip),
        ("casing", "is spelled in another case than offline", str.casefold),
    )
    for cause, words, plain in readings:
        plainer = {plain(one) for one in known}
        if sum(count for level, count in new.items() if plain(level) in plainer) >= MOST * whole:
            yield Sign(cause, "", words)


def _atom(here: np.ndarray, there: np.ndarray) -> Iterator[Sign]:
    """Yield one value that holds much more of the entries than of the rows, the rest being alike."""
    values, counts = np.unique(there, return_counts=True)
    value = max(values[np.argsort(-counts)[:20]], key=lambda one: (there == one).mean() - (here == one).mean())
    parts = float((there == value).mean()), float((here == value).mean())
    if parts[0] - parts[1] >= GROWTH and _are_alike(here[here != value], there[there != value]):
        words = f"is {value:.6g} in {parts[0]:.1%} of the entries and in {parts[1]:.1%} of the rows"
        yield Sign("default_filled", f"filled with {value:.6g}", words)


def _are_alike(here: np.ndarray, there: np.ndarray) -> bool:
    from scipy.stats import ks_2samp

    if len(here) < 20 or len(there) < 20:
        return len(here) == len(there) == 0
    return bool(ks_2samp(here, there, method="asymp").pvalue >= SAME)
