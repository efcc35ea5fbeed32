"""What is said of labels that came too early: rows, numbers, and the model's figures without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.findings import Condition
from mispredict.errors.predicates import rule_text
from mispredict.suspects.delay_charts import known_chart, ripening_chart
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.maturing import Curve, Drop, Missing, curve_of, curves_of, drop_of, gain_of, missing_of
from mispredict.suspects.second_opinions import opinions_of
from mispredict.suspects.suspect import Chart, Severity, Suspect, Where
from mispredict.suspects.timeline import Timeline

LEAST_SHARE = 0.015  # of the events: missing ones that are worth an alarm
LEAST_MISSING = 5.0
PLAIN_GAIN = 5.0  # log likelihood by which labels say that events are missing as delays have it
NO_GAIN = -2.0  # by which they contradict it
YOUNGEST_PART = 0.2  # of the rows, in which the lack of events is shown
STEEP_DROP = -6.0  # z, without moments of labels
BINS = 20  # of the rows by time
YOUNGEST = 6  # of them that may be too young
DEEP = 0.6  # events over promised ones in the youngest of them


@dataclass(frozen=True, eq=False)
class _Young:
    """All that a finding says."""

    severity: Severity
    is_young: np.ndarray
    missing: Missing
    interval: tuple[float, float]
    from_age: float
    drop: Drop
    is_event: np.ndarray
    charts: tuple[Chart, ...]
    said: str
    evidence: dict[str, Any]


def by_delays(inquiry: Inquiry, timeline: Timeline) -> Suspect | None:
    """Return the finding that delays of known events give, None where (nearly) all have come."""
    delays, ages = _delays(inquiry, timeline)
    curve = curve_of(delays, ages)
    if curve is None or not np.isnan(timeline.told[0]).any():
        return None
    usable = np.isfinite(timeline.time[0])
    is_event, chances = _events(inquiry, timeline)
    is_assumed = ~is_event & np.isnan(timeline.told[0]) & usable
    own = np.where(usable, timeline.ages[0], np.inf)
    missing = missing_of(chances, is_event, curve.at(own), is_assumed)
    drawn = [
        missing_of(chances, is_event, one.at(own), is_assumed).expected for one in curves_of(delays, ages, inquiry.seed)
    ]
    low, high = _interval(drawn, missing.expected)
    is_young = own < curve.believed_from
    if not is_young.any() or low < max(LEAST_MISSING, LEAST_SHARE * float(is_event.sum())):
        return None
    gain = _gain(inquiry, timeline, curve)
    if gain < NO_GAIN:
        return None
    drop = drop_of(chances, is_event, own <= np.quantile(own[usable], YOUNGEST_PART))
    said = (
        f"it takes {curve.believed_from:,.1f} {timeline.unit} until 95 % of the events are known, and "
        f"{int(is_young.sum()):,} rows are younger"
    )
    evidence = {"median delay seen": round(float(np.median(delays)), 3), "events with a delay": curve.events}
    negative = int((delays < 0).sum())
    evidence |= {"labels known before their row": negative} if negative else {}
    evidence["log likelihood of events being late as delays have it"] = round(gain, 2)
    severity: Severity = "certain" if gain >= PLAIN_GAIN else "suspected"
    charts = (
        ripening_chart(curve, curves_of(delays, ages, inquiry.seed), timeline.unit),
        _ages_chart(inquiry, timeline),
    )
    young = _Young(
        severity, is_young, missing, (low, high), curve.believed_from, drop, is_event, charts, said, evidence
    )
    return _suspect(inquiry, timeline, young)


def by_drop(inquiry: Inquiry, timeline: Timeline) -> Suspect | None:
    """Return the finding that the event rate of the youngest rows gives where nobody says when labels came."""
    is_event, chances = _events(inquiry, timeline)
    usable = np.flatnonzero(np.isfinite(timeline.time[0]))
    order = usable[np.argsort(timeline.time[0][usable], kind="stable")]
    groups = np.array_split(order, BINS)
    seen = np.array([is_event[one].sum() for one in groups], dtype=np.float64)
    promised = np.array([chances[one].sum() for one in groups])
    old = slice(0, BINS - YOUNGEST)
    factor = seen[old].sum() / max(promised[old].sum(), 1e-9)
    ratios = seen / np.maximum(promised * factor, 1e-9)
    usual = np.array([(promised[i] * factor) * (1 - promised[i] * factor / len(groups[i])) for i in range(BINS)])
    spread = max(1.0, float((((seen - promised * factor) ** 2 / np.maximum(usual, 1e-9))[old]).mean()))
    best: tuple[Drop, int] | None = None
    for number in range(1, YOUNGEST + 1):
        is_young = np.isin(np.arange(len(is_event)), np.concatenate(groups[-number:]))
        drop = drop_of(chances[order], is_event[order], is_young[order], spread=spread)
        if best is None or drop.z < best[0].z:
            best = drop, number
    if best is None or best[0].z > STEEP_DROP or ratios[-1] > DEEP or ratios[-1] > ratios[old].min():
        return None
    return _of_drop(inquiry, timeline, (is_event, chances), (groups, best[1], ratios, best[0]))


def _of_drop(
    inquiry: Inquiry,
    timeline: Timeline,
    events: tuple[np.ndarray, np.ndarray],
    seen: tuple[list[np.ndarray], int, np.ndarray, Drop],
) -> Suspect:
    is_event, chances = events
    groups, number, ratios, drop = seen
    known, is_young = np.ones(len(is_event)), np.zeros(len(is_event), dtype=bool)
    for place in range(BINS - number, BINS):
        known[groups[place]] = np.clip(ratios[place], 0.02, 1.0)
        is_young[groups[place]] = True
    missing = missing_of(chances, is_event, known, ~is_event & np.isfinite(timeline.time[0]))
    half = 1.96 * float(np.sqrt(max(drop.promised, 1.0)))
    age = float(np.nanmax(timeline.ages[0][is_young]))
    said = (
        f"the youngest {int(is_young.sum()):,} rows have {drop.seen:,} events where models promise {drop.promised:,.0f}"
    )
    interval = (max(0.0, missing.expected - half), missing.expected + half)
    young = _Young(
        "suspected", is_young, missing, interval, age, drop, is_event, (_ages_chart(inquiry, timeline),), said, {}
    )
    return _suspect(inquiry, timeline, young)


def _events(inquiry: Inquiry, timeline: Timeline) -> tuple[np.ndarray, np.ndarray]:
    """Return which examined rows are events, and the chance of it."""
    return inquiry.examined.truth != timeline.assumed, 1 - opinions_of(inquiry).plain[0][:, timeline.assumed]


def _delays(inquiry: Inquiry, timeline: Timeline) -> tuple[np.ndarray, np.ndarray]:
    delays, ages = [], []
    for side, time, told, age in zip(inquiry.sides, timeline.time, timeline.told, timeline.ages, strict=True):
        known = (side.truth != timeline.assumed) & np.isfinite(time) & np.isfinite(told)
        delays.append((told - time)[known])
        ages.append(age[known])
    return np.concatenate(delays), np.concatenate(ages)


def _gain(inquiry: Inquiry, timeline: Timeline, curve: Curve) -> float:
    """Return how much better labels of both sides fit with events missing by age than without."""
    opinions = opinions_of(inquiry)
    parts = []
    for side, chances, ages in zip(inquiry.sides, opinions.plain, timeline.ages, strict=True):
        usable = np.isfinite(ages)
        known = curve.at(ages[usable])
        parts.append((1 - chances[usable, timeline.assumed], side.truth[usable] != timeline.assumed, known))
    return gain_of(*(np.concatenate(one) for one in zip(*parts, strict=True)))


def _interval(drawn: list[float], expected: float) -> tuple[float, float]:
    """Return a 95 % interval: how sure the curve is, and chance in how many of the events are late."""
    chance = 1.96 * float(np.sqrt(expected))
    apart = 1.96 * float(np.std(drawn)) if drawn else 0.0
    half = float(np.hypot(chance, apart))
    return max(0.0, expected - half), expected + half


def _suspect(inquiry: Inquiry, timeline: Timeline, young: _Young) -> Suspect:
    order = np.argsort(-young.missing.chances, kind="stable")
    listed = order[: int(np.ceil(3 * young.missing.expected)) + 20]
    listed = listed[(young.missing.chances[listed] > 0) & young.is_young[listed]]
    of_events = young.missing.expected / max(1.0, float(young.is_event.sum()) + young.missing.expected)
    assumed = inquiry.classes[timeline.assumed]
    roles = tuple(c for c in (inquiry.data.time, inquiry.data.label_time) if c is not None)
    low, high = young.interval
    return Suspect(
        kind="label_delay",
        severity=young.severity,
        culprits=roles,
        score=young.missing.expected,
        weight=float(min(0.95, 0.5 + of_events)),
        summary=f"some {young.missing.expected:,.0f} events ({low:,.0f} to {high:,.0f}) have not come yet and stand as "
        f"{assumed!r}: {young.said}",
        cleared_by="labels of the same rows at a later day with no event added",
        next_step=f"measure on rows older than {young.from_age:,.1f} {timeline.unit}, or label the rest again later",
        p_value=_p_value(young.drop),
        where=_where(inquiry, timeline, young),
        rows=tuple(str(i) for i in inquiry.examined.ids[listed]),
        evidence=young.evidence | _evidence(inquiry, timeline, young),
        charts=young.charts,
    )


def _p_value(drop: Drop) -> float:
    from scipy.stats import norm

    return float(norm.cdf(drop.z))


def _where(inquiry: Inquiry, timeline: Timeline, young: _Young) -> Where | None:
    time = inquiry.data.time
    if time is None or inquiry.coding.nature(time) == "code":
        return None
    bound = float(np.nanmin(np.where(young.is_young, timeline.time[0], np.nan)))
    conditions = [Condition(time, ">", _spelled(inquiry, time, bound))]
    if timeline.told and inquiry.data.label_time is not None:
        conditions.append(Condition(inquiry.data.label_time, "is missing", None))
    return Where(rule_text(conditions), tuple(conditions))


def _spelled(inquiry: Inquiry, column: str, bound: float) -> Any:
    """Return a bound just below a moment, in the form of the column."""
    if inquiry.coding.nature(column) == "number":
        return float(np.nextafter(bound, -np.inf))
    moment = pd.Timestamp(0) + pd.Timedelta(days=bound)
    return (moment.floor("s") - pd.Timedelta(seconds=1)).isoformat(sep=" ")


def _evidence(inquiry: Inquiry, timeline: Timeline, young: _Young) -> dict[str, Any]:
    from mispredict.suspects.ripe_figures import ripe_figures

    return {
        "events expected to be missing": round(young.missing.expected, 1),
        "their 95 % interval": [round(one, 1) for one in young.interval],
        f"labels are believed from an age of ({timeline.unit})": round(young.from_age, 3),
        "rows younger than that": int(young.is_young.sum()),
        "events among the youngest": young.drop.seen,
        "events that models promise there": round(young.drop.promised, 1),
        "z of the drop": round(young.drop.z, 2),
        "figures": ripe_figures(inquiry, ~young.is_young),
        "looked at": f"{len(inquiry.examined):,} of {inquiry.examined.of:,} rows",
    }


def _ages_chart(inquiry: Inquiry, timeline: Timeline) -> Chart:
    is_event, chances = _events(inquiry, timeline)
    return known_chart(timeline.ages[0], is_event, chances, timeline.unit)
