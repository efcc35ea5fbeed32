"""Which columns tell who a row belongs to: constant within an entity, and rarely shared by two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CONSTANT = 0.95  # part of an entity's neighbouring rows that agree
DISTINCT = 0.5  # part of rows of one value that are of one entity
MOST_NAMED = 5


@dataclass(frozen=True)
class Telling:
    """How well columns tell the entity."""

    columns: tuple[str, ...]  # each alone, the surest first; else those that tell it together; () where none do
    distinct: float  # part of the rows of one value, or of one value of each, that are of one entity
    alone: bool


def telling_of(columns: dict[str, np.ndarray], owners: np.ndarray) -> Telling:
    """Return the columns that tell the entity, alone or together; values and owners are numbers, one a row."""
    codes = {name: np.unique(values, return_inverse=True)[1] for name, values in columns.items()}
    fixed = {name: code for name, code in codes.items() if code.any() and constancy(code, owners) >= CONSTANT}
    told = {name: distinctness(code, owners) for name, code in fixed.items()}
    alone = sorted((name for name in told if told[name] >= DISTINCT), key=lambda name: -told[name])[:MOST_NAMED]
    if alone:
        return Telling(tuple(alone), told[alone[0]], alone=True)
    return _together(fixed, owners)


def _together(fixed: dict[str, np.ndarray], owners: np.ndarray) -> Telling:
    """Return the columns that tell the entity when taken one after the other, the finest first."""
    joint, named = np.zeros(len(owners), dtype=np.int64), []
    for name in sorted(fixed, key=lambda one: -int(fixed[one].max()))[:MOST_NAMED]:
        joint = np.unique(joint * (int(fixed[name].max()) + 1) + fixed[name], return_inverse=True)[1]
        named.append(name)
        if (distinct := distinctness(joint, owners)) >= DISTINCT:
            return Telling(tuple(named), distinct, alone=False)
    return Telling((), 0.0, alone=False)


def constancy(codes: np.ndarray, owners: np.ndarray) -> float:
    """Return which part of neighbouring rows of one entity have one value, 0 where no entity has two rows."""
    order = np.argsort(owners, kind="stable")
    return _agreeing(owners[order], codes[order])


def distinctness(codes: np.ndarray, owners: np.ndarray) -> float:
    """Return which part of neighbouring rows of one value, in no order else, are of one entity."""
    shuffled = np.random.default_rng(0).permutation(len(codes))
    order = shuffled[np.argsort(codes[shuffled], kind="stable")]
    return _agreeing(codes[order], owners[order])


def _agreeing(groups: np.ndarray, values: np.ndarray) -> float:
    alike = groups[1:] == groups[:-1]
    return float((values[1:] == values[:-1])[alike].mean()) if alike.any() else 0.0
