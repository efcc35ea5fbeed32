"""The cause of a column's difference: what explains most of it with least, ties shown as ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mispredict.parity.catalogue import clock, codes, constant, linear, rounding, text
from mispredict.parity.catalogue.remainder import foretell, remainder
from mispredict.parity.catalogue.stale import Past, stale
from mispredict.parity.cells import Cells
from mispredict.parity.reading import Explain, Reading

CATALOGUE: tuple[Explain, ...] = (
    constant.missing, constant.cached, constant.filled, linear.scaled, linear.moved, linear.bent, linear.in_hours,
    clock.turned, rounding.cast, rounding.rounded, text.recased, text.blanked, text.cut, text.misread, codes.exchanged,
)  # fmt: skip
WHOLE = 0.9  # part of the differing pairs that one cause must explain to be all there is
PART = 0.2  # and to be one of several
LEFT_OUT = 0.02  # of the differing pairs, that may stay unexplained beside one cause
MOST_CAUSES = 3
TIE = 0.006  # of worth
SURPRISING = 20  # distinct pairs of values that chance does not bring together


@dataclass(frozen=True, eq=False)
class Around:
    """What a cause may need beside the column itself."""

    columns: Mapping[str, Cells]  # of all pairs
    past: Past | None  # of the column's entities
    features: np.ndarray  # offline rows as finite numbers, (pairs, columns)
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Named:
    """One cause of a column's difference, or several that the data can't tell apart, and the pairs it is about."""

    readings: tuple[Reading, ...]  # the simplest first
    affected: np.ndarray  # bool, over all pairs: those that differ and that it explains

    @property
    def best(self) -> Reading:
        """Return the simplest one."""
        return self.readings[0]


def causes_of(pairs: Cells, around: Around) -> list[Named]:
    """Return the causes of one column's differing pairs, that of most pairs first; [] where none differs."""
    left = pairs.differs
    found: list[Named] = []
    total = int(left.sum())
    while left.sum() > LEFT_OUT * total and len(found) < MOST_CAUSES:
        with np.errstate(all="ignore"):  # a hypothesis that runs out of range explains nothing
            named = _one(pairs, left, around)
        found.append(named)
        left = left & ~named.affected
    return sorted(found, key=lambda one: -int(one.affected.sum()))


def _one(pairs: Cells, left: np.ndarray, around: Around) -> Named:
    gap = pairs.take(left)
    readings = [one for explain in CATALOGUE for one in explain(gap, pairs)]
    readings += codes.swapped(gap, around.columns, left)
    if around.past is not None:
        readings += stale(gap, around.past, left)
    free = [one for one in readings if one.freedom > 0]
    best = max(free, key=lambda one: one.worth, default=None)
    if best is None or not _is_enough(best, gap):
        bound = [one for one in readings if one.explained >= WHOLE]  # so few values that any of them could be it
        best = min(bound, key=lambda one: one.cost, default=None) if best is None or best.explained < PART else None
        if best is None:
            return Named(tuple(remainder(gap, _foretold(gap, left, around))), left)
        free = bound
    return Named((best, *_ties(best, free)), _spread(best.explains, left))


def _is_enough(best: Reading, gap: Cells) -> bool:
    if best.explained >= WHOLE:
        return True
    return best.explained >= PART and (
        best.freedom >= SURPRISING or best.cause in ("missing", "cached", "default_filled")
    )


def _ties(best: Reading, readings: list[Reading]) -> list[Reading]:
    ties: dict[str, Reading] = {}
    for one in readings:
        is_tied = one.worth >= best.worth - TIE and (one.freedom > 0) == (best.freedom > 0)
        if one.cause != best.cause and (is_tied or best.freedom <= 0):
            ties.setdefault(one.cause, one)
    return list(ties.values())[:2]


def _spread(explains: np.ndarray, left: np.ndarray) -> np.ndarray:
    affected = left.copy()
    affected[left] = explains
    return affected


def _foretold(gap: Cells, left: np.ndarray, around: Around) -> float | None:
    if gap.kind == "text":
        return None
    differences = gap.online - gap.offline
    held = np.flatnonzero(np.isfinite(differences))[:2_000]
    return foretell(differences[held], around.features[np.flatnonzero(left)[held]], around.seed)
