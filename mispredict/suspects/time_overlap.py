"""Training rows that lie after examined ones: a split that lets the future into training."""

from __future__ import annotations

import numpy as np

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.moments import Moments, how_read, moments_of
from mispredict.suspects.suspect import Chart, Series, Suspect

LEAST_SHARE = 0.01  # of the training rows, that lie after the first examined one
PERIODS = 20


def why_no_overlap(inquiry: Inquiry) -> str | None:
    """Return why the tables' times can't be compared, or None."""
    time = inquiry.data.time
    if inquiry.training is None:
        return inquiry.no_training
    if time is None or time not in inquiry.training.rows:
        return "the training table has no times"
    if not all(moments_of(side.rows[time]).any for side in inquiry.sides):
        return f"the times in `{time}` can't be read"
    return None


def overlap_in_time(inquiry: Inquiry) -> tuple[Suspect, ...]:
    """Return the finding that training rows lie after examined ones, if more than one in a hundred do."""
    time = inquiry.data.time
    if why_no_overlap(inquiry) is not None or time is None or inquiry.training is None:
        return ()
    own, other = (moments_of(side.rows[time]) for side in inquiry.sides)
    start = float(np.nanmin(own.days))
    held = other.days[np.isfinite(other.days)]
    share = float((held > start).mean())
    if share < LEAST_SHARE:
        return ()
    after = float((held > float(np.nanmedian(own.days))).mean())
    return (
        Suspect(
            kind="time_leak",
            severity="info",
            culprits=(time,),
            score=share,
            weight=0.1,
            summary=f"{share:.0%} of the training rows lie after the first examined one by `{time}`, and "
            f"{after:.0%} after "
            "half of them: the figures do not say how the model does on a future that it has not seen",
            cleared_by="a service that learns again so often that such rows are known when it predicts",
            next_step=f"split by `{time}`: learn from rows before a day, and examine those after it",
            evidence={
                "training_rows_after_first_examined": share,
                "training_rows_after_half_of_examined": after,
                "read_as": [how_read(time, own, len(own.days)), how_read(time, other, len(other.days))],
            },
            charts=(_chart(time, own, other),),
        ),
    )


def _chart(time: str, own: Moments, other: Moments) -> Chart:
    both = np.concatenate([own.days, other.days])
    edges = np.linspace(np.nanmin(both), np.nanmax(both), PERIODS + 1)
    starts = tuple(str(np.datetime64(int(day), "D")) for day in np.floor(edges[:-1]))
    series = tuple(
        Series(name, starts, tuple(float(n) for n in np.histogram(one.days[np.isfinite(one.days)], edges)[0]))
        for name, one in (("examined", own), ("training", other))
    )
    return Chart("lines", "Training and examined rows lie in the same time", time, "rows", series)
