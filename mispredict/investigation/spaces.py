"""The spaces in which rows are alike or not: their contributions, a net's layers, the table's own embedding."""

from __future__ import annotations

from typing import cast

import numpy as np

from explainers.embedding import embed, layers_of
from mispredict.bad_input import InvestigationRefused
from mispredict.investigation.desk import CONTRIBUTIONS, LAYER
from mispredict.investigation.explaining import able
from mispredict.investigation.opened import Opened
from mispredict.investigation.steps import Steps
from mispredict.kept import Kept
from mispredict.scan.scored import Scored

EMBEDDING = "embedding"


class Spaces:
    """The spaces of one investigation, and where its errors and some right rows lie in them."""

    def __init__(self, opened: Opened, steps: Steps) -> None:
        self._opened, self._steps = opened, steps
        self._kept = Kept(None, most=4)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the spaces' names: contributions, every layer of a net with the default one first, the embedding."""
        known = self._opened.model.family not in ("scores", "endpoint")
        layers = sorted(layers_of(self._opened.model.subject) if known else (), key=lambda layer: not layer.is_default)
        given = (EMBEDDING,) if self._opened.spec.data.embedding is not None else ()
        return (CONTRIBUTIONS, *(LAYER + layer.name for layer in layers), *given)

    def shown(self, space: str) -> tuple[Scored, np.ndarray]:
        """Return the errors and some right rows, and their places (rows, dimensions); rows without one are left out."""
        self._check(space)
        return cast("tuple[Scored, np.ndarray]", self._kept.get(space, lambda: self._made(space)))

    def place_of(self, space: str, found: Scored) -> np.ndarray:
        """Return one row's place, (1, dimensions)."""
        self._check(space)
        if space == CONTRIBUTIONS:
            return self._steps.contributions(found).to_numpy()
        places = self._places(space, found)
        if np.isnan(places).any():
            raise InvestigationRefused(
                f"row {found.ids[0]!r} has no {space}", needed="a vector in its cell", do="choose another space"
            )
        return places

    def _made(self, space: str) -> tuple[Scored, np.ndarray]:
        shown, attribution = self._steps.placed()
        if space == CONTRIBUTIONS:
            return shown, np.nan_to_num(attribution.values.to_numpy(dtype=np.float64), posinf=0.0, neginf=0.0)
        places = self._places(space, shown)
        there = ~np.isnan(places).any(axis=1)
        return shown.take(there), places[there]

    def _places(self, space: str, scored: Scored) -> np.ndarray:
        if space == EMBEDDING:
            column = self._opened.spec.data.embedding
            return stacked(self._opened.table.take(scored.rows.index.to_numpy(), [str(column)]).iloc[:, 0].tolist())
        with able(f"the space {space!r} can't be read", "choose another space"):
            return embed(self._opened.model.subject, scored.rows, layer=space.removeprefix(LAYER))

    def _check(self, space: str) -> None:
        if space not in self.names:
            raise InvestigationRefused(
                f"the space {space!r}", needed=f"one of {', '.join(self.names)}", do="choose one of these"
            )


def stacked(vectors: list[object]) -> np.ndarray:
    """Return list cells as (rows, dimensions); a missing one, or one of another length than most, becomes NaN."""
    arrays = [None if v is None else np.asarray(v, dtype=np.float64) for v in vectors]
    widths = [len(a) for a in arrays if a is not None and a.ndim == 1]
    width = max(set(widths), key=widths.count) if widths else 1
    lost = np.full(width, np.nan)
    return np.vstack([lost if a is None or a.shape != (width,) else a for a in arrays]).reshape(len(arrays), width)
