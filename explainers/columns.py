"""Raw columns and the encoded columns that a pipeline makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from explainers.explanation import Unsupported

Kind = Literal["number", "levels", "one-hot", "missing", "opaque"]


@dataclass(frozen=True)
class Known:
    """The categories that an encoder learned of a raw column, and what it makes of any other."""

    values: tuple[Any, ...]
    otherwise: str  # reads after "the model takes it as"


@dataclass(frozen=True)
class Encoded:
    """One encoded column: the raw column that made it, and how to read its values back.

    `value * scale + shift` undoes every scaler on the way. What is left is the raw number ("number"), the code of a
    category ("levels"), 1 for one category ("one-hot", its categories in `levels`), 1 for a missing value
    ("missing"), or something that only the encoder understands ("opaque").

    A column that mixes several (a principal component) has them in `parts`, each with its share; the shares sum to 1,
    the kind is "opaque", `raw` says what it is ("pca0 of age, amount") but names no raw column, and `rule` says in a
    sentence how the shares were made.
    """

    raw: str
    kind: Kind = "number"
    scale: float = 1.0
    shift: float = 0.0
    levels: tuple[tuple[Any, float], ...] = ()  # category, code
    known: Known | None = None
    parts: tuple[tuple[Encoded, float], ...] = ()
    rule: str = ""

    def scaled(self, scale: float, shift: float) -> Encoded:
        """Return the column after a scaler whose output times `scale` plus `shift` is its input."""
        return replace(self, scale=self.scale * scale, shift=self.scale * shift + self.shift)

    def undo(self, value: float) -> float:
        """Return the value as it was before every scaler."""
        return value * self.scale + self.shift

    def bent(self) -> Encoded:
        """Return the column after a step whose values can't be read back."""
        return replace(self, kind="opaque", scale=1.0, shift=0.0, levels=())

    @property
    def is_untouched(self) -> bool:
        """Return True when the encoded values still are the raw ones."""
        return self.kind == "number" and self.scale == 1.0 and self.shift == 0.0

    @property
    def sources(self) -> Iterator[tuple[Encoded, float]]:
        """Return the columns of one raw column each that made this one, with their shares, which sum to 1."""
        if not self.parts:
            yield self, 1.0
        for part, share in self.parts:
            for source, inner in part.sources:
                yield source, share * inner


def raw_columns(names: Sequence[str]) -> list[Encoded]:
    """Return raw columns as they enter the first step."""
    return [Encoded(name) for name in names]


def trace(steps: Sequence[Any], columns: Sequence[Encoded]) -> list[Encoded]:
    """Return what fitted transformers, one after the other, make of the columns; `Unsupported` where they mix."""
    from explainers.encoders import after

    found = list(columns)
    for step in steps:
        found = after(step, found)
    return found


def fold(contributions: np.ndarray, groups: Sequence[Encoded], columns: Sequence[str]) -> np.ndarray:
    """Return contributions (rows, raw columns), each the sum over its shares of the encoded columns (rows, encoded)."""
    if contributions.shape[1] != len(groups):
        raise Unsupported(
            f"the pipeline's columns can't be followed: {len(groups)} were traced, its last step reads "
            f"{contributions.shape[1]}"
        )
    if len(groups) == len(columns) and all(g.raw == c and not g.parts for g, c in zip(groups, columns, strict=True)):
        return contributions
    place = {name: i for i, name in enumerate(columns)}
    out = np.zeros((len(contributions), len(columns)))
    for i, group in enumerate(groups):
        if not group.parts:
            out[:, place[group.raw]] += contributions[:, i]
            continue
        shares = np.zeros(len(columns))
        for source, share in group.sources:
            shares[place[source.raw]] += share
        out += np.outer(contributions[:, i], shares)
    return out
