"""From cases back to frames, as the model is asked."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd

from mispredict.obvious.case import Case
from mispredict.obvious.exported import standalone


def alike(cases: Sequence[Case]) -> list[list[Case]]:
    """Return the cases in groups that fit into one frame: same columns, types and classes, in order of appearance."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        key = json.dumps([list(case.types().items()), case.model.classes, case.expect.threshold])
        groups.setdefault(key, []).append(case)
    return list(groups.values())


def frame_of(cases: Sequence[Case]) -> pd.DataFrame:
    """Return the rows of cases that are `alike`, with the dtypes and the category order that they were frozen with."""
    return standalone.frame_of([case.row for case in cases], cases[0].types())
