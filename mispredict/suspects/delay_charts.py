"""Charts of labels that come late."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mispredict.suspects.maturing import BELIEVED, Curve
from mispredict.suspects.suspect import Chart, Series

POINTS = 60
BINS = 20


def ripening_chart(curve: Curve, drawn: Sequence[Curve], unit: str) -> Chart:
    """Return the share of events known at each age, with a 95 % band."""
    ages = np.linspace(0, float(curve.delays[-1]), POINTS)
    known = curve.at(ages)
    bands = np.array([one.at(ages) for one in drawn]) if drawn else known[None]
    low, high = np.quantile(bands, [0.025, 0.975], axis=0)
    line = Series(
        "known by then",
        tuple(ages.round(4).tolist()),
        tuple(known.tolist()),
        low=tuple(np.minimum(low, known).tolist()),
        high=tuple(np.maximum(high, known).tolist()),
    )
    return Chart(
        form="lines",
        title="Events become known with age; labels are believed once 95 % of them are",
        x_title=f"age ({unit})",
        y_title="share of events known",
        series=(line,),
        level=BELIEVED,
        level_name="95 %",
    )


def known_chart(ages: np.ndarray, is_event: np.ndarray, chances: np.ndarray, unit: str) -> Chart:
    """Return the event rate by age beside the rate that models promise."""
    usable = np.flatnonzero(np.isfinite(ages))
    order = usable[np.argsort(ages[usable], kind="stable")]
    groups = [one for one in np.array_split(order, BINS) if len(one)]
    middles = tuple(round(float(np.median(ages[one])), 3) for one in groups)
    return Chart(
        form="lines",
        title="The youngest rows have fewer events than models promise",
        x_title=f"age when the table was cut ({unit})",
        y_title="event rate",
        series=(
            Series("labelled", middles, tuple(float(is_event[one].mean()) for one in groups)),
            Series("promised", middles, tuple(float(chances[one].mean()) for one in groups)),
        ),
    )
