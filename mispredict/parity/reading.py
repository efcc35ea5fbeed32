"""One way in which a column may have come to differ online, and how much of the difference it explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mispredict.parity.cells import Cells

Cause = Literal[
    "scale", "affine", "offset", "sign", "default_filled", "missing", "cached", "stale", "timezone", "casing",
    "whitespace", "truncated", "rounded", "clipped", "encoding", "swapped", "type_cast", "jitter", "logic",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Reading:
    """A hypothesis about differing pairs. `explains` says of each of them whether it gives the online value."""

    cause: Cause
    parameter: str  # "x 100", "lag 2.0 days", "filled with -1"
    words: str  # what the column is online, after its name: "is 100 x larger online"
    explains: np.ndarray  # bool, the differing pairs
    freedom: int  # distinct pairs of values that it explains beyond what its parameters could always fit
    cost: float = 0.01  # what it must explain more than a simpler one, 0 to 1
    also: tuple[str, ...] = ()  # other columns in it

    @property
    def explained(self) -> float:
        """Return the part of the differing pairs that it explains."""
        return float(self.explains.mean()) if len(self.explains) else 0.0

    @property
    def worth(self) -> float:
        """Return what readings are compared by."""
        return self.explained - self.cost


Explain = Callable[[Cells, Cells], list[Reading]]  # the differing pairs, and all pairs -> readings worth a look


def freedom(offline: np.ndarray, online: np.ndarray, explains: np.ndarray, parameters: int) -> int:
    """Return how many distinct pairs of values are explained, less the parameters that were free to fit them."""
    seen = set(zip(offline[explains].tolist(), online[explains].tolist(), strict=True))
    return len(seen) - parameters
