"""Scored rows put one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from mispredict.scan.scored import Scored


def stack(parts: Sequence[Scored]) -> Scored:
    """Return the rows of all parts in their order; at least one part is needed, empty ones are fine."""
    full = [part for part in parts if len(part)] or [parts[0]]
    if len(full) == 1:
        return full[0]
    return replace(
        full[0],
        rows=_stack_frames([part.rows for part in full]),
        ids=np.concatenate([part.ids for part in full]),
        truth=np.concatenate([part.truth for part in full]),
        probabilities=np.concatenate([part.probabilities for part in full]),
        cost=np.concatenate([part.cost for part in full]),
    )


def _stack_frames(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(_with_shared_categories(frames), axis=0)


def _with_shared_categories(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the frames with each categorical column on one list of categories, or pandas turns it into objects."""
    differing = {
        column: union_categoricals([frame[column] for frame in frames], ignore_order=True).categories
        for column, dtype in frames[0].dtypes.items()
        if isinstance(dtype, pd.CategoricalDtype) and any(frame[column].dtype != dtype for frame in frames)
    }
    if not differing:
        return frames
    return [
        frame.assign(**{str(column): frame[column].cat.set_categories(names) for column, names in differing.items()})
        for frame in frames
    ]
