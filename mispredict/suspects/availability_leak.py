"""Values that became known after the prediction, by the columns that say when each became known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.discovery import q_values
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry, Side
from mispredict.suspects.moments import Moments, how_read, moments_of
from mispredict.suspects.ranked import Ranked, rank_auc
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect

CLOCK_NOISE = 60 / 86_400  # days: clocks of two machines differ by less than a minute
LONGEST_OFFSET = 14.0 / 24  # days: time zones lie no further from UTC
LEAST_ROWS = 3  # late values; fewer may be a slip of one clock
LEAST_SHARE = 0.001
ENOUGH = 20  # rows of an event and of others, from which late values are asked what they know


@dataclass(frozen=True, eq=False)
class Late:
    """The late values of one feature on one side, in the order of the side's rows."""

    side: Side
    days: np.ndarray  # known this long after the prediction, NaN where not judged
    is_late: np.ndarray
    read: tuple[str, ...]  # how the times were read
    doubtful: str  # why lateness may be the reading's own, "" otherwise

    @property
    def judged(self) -> int:
        """Return how many rows have both moments and a value."""
        return int(np.isfinite(self.days).sum())


class AvailabilityLeak:
    """Finds features with values that were known only after the prediction."""

    kind = "availability_leak"
    about = About(
        title="A value became known after the prediction",
        needs="[data.available_at] for a feature, and the time of the prediction (else `label_time`)",
        how="each value's moment is held against the moment of its row's prediction, and what late values know of the "
        "label against what timely ones know",
        means="certain: at least 3 values and one in a thousand are later than clocks explain; suspected: all of "
        "it could "
        "be a time zone that was left out; info: fewer, or no model reads the feature",
        clear="a log which shows that the service had these values when it answered, or a corrected column of moments",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return what is missing to hold moments against each other."""
        if not inquiry.data.available_at:
            return "no [data.available_at] says when values became known"
        bound = _bound(inquiry)
        if bound is None:
            return "no `time` says when predictions were made"
        if not moments_of(inquiry.examined.rows[bound]).any:
            return f"the times in `{bound}` can't be read"
        return None

    def find(self, inquiry: Inquiry) -> Found:
        """Return the declared features with late values, the ones with most of them first."""
        pairs = [(f, k) for f, k in inquiry.data.available_at.items() if f in inquiry.examined.rows]
        found, unread = [], []
        for feature, known in pairs:
            late = [
                _late(inquiry, side, feature, known) for side in inquiry.sides if _has(inquiry, side, feature, known)
            ]
            if not late or not late[0].judged:
                unread.append(f"`{known}` can't be read")
            elif any(one.is_late.any() for one in late):
                found.append((feature, known, late))
        knows = [_knows_more(inquiry, feature, late) for feature, _, late in found]
        adjusted = q_values([one[0].p_value for one in knows])
        suspects = [
            _suspect(inquiry, feature, known, late, (*know, float(q)))
            for (feature, known, late), know, q in zip(found, knows, adjusted, strict=True)
        ]
        looked_at = "; ".join((inquiry.scope(len(pairs)), *unread))
        return Found(tuple(sorted(suspects, key=lambda one: -one.score)), looked_at)


def _bound(inquiry: Inquiry) -> str | None:
    return inquiry.data.time or inquiry.data.label_time


def _has(inquiry: Inquiry, side: Side, feature: str, known: str) -> bool:
    return all(one in side.rows for one in (feature, known, _bound(inquiry)))


def _late(inquiry: Inquiry, side: Side, feature: str, known: str) -> Late:
    """Return how late each value of a feature is; with dates only, a value of the same day is in time."""
    bound = _bound(inquiry) or ""  # without one nothing is asked
    asked, told = moments_of(side.rows[bound]), moments_of(side.rows[known])
    days = np.where(side.rows[feature].notna(), told.days - asked.days, np.nan)
    with np.errstate(invalid="ignore"):
        is_late = days > (CLOCK_NOISE if not asked.whole_days else 1 - CLOCK_NOISE if not told.whole_days else 0)
    read = (how_read(bound, asked, len(side)), how_read(known, told, len(side)))
    return Late(side, days, is_late, read, _doubt(asked, told, days[is_late]))


def _doubt(asked: Moments, told: Moments, late: np.ndarray) -> str:
    """Return why the late values may be a matter of time zones: nothing is later than zones lie apart."""
    if asked.zoned == told.zoned or not len(late) or late.max() > LONGEST_OFFSET:
        return ""
    return "one column names its time zone and the other does not, and no value is later than time zones lie apart"


def _numbers(inquiry: Inquiry, feature: str, late: Late) -> np.ndarray:
    return inquiry.coding.values(feature, 0 if late.side is inquiry.examined else 1)


def _knows_more(inquiry: Inquiry, feature: str, late: list[Late]) -> tuple[Ranked, Ranked]:
    """Return what late and what timely values know of the outcome of which the late ones know most."""
    values = np.concatenate([_numbers(inquiry, feature, one) for one in late])
    is_late = np.concatenate([one.is_late for one in late])
    timely = np.concatenate([np.isfinite(one.days) & ~one.is_late for one in late])
    pairs = []
    for outcome in inquiry.outcomes:
        event = np.concatenate([outcome.of(one.side) for one in late])
        pairs.append((rank_auc(values[is_late], event[is_late]), rank_auc(values[timely], event[timely])))
    enough = [pair for pair in pairs if min(pair[0].events, pair[0].others) >= ENOUGH] or pairs
    nothing = Ranked(0.5, 0.0, 0, 0)
    return max(enough, key=lambda pair: pair[0].strength, default=(nothing, nothing))


def _suspect(
    inquiry: Inquiry, feature: str, known: str, late: list[Late], knows: tuple[Ranked, Ranked, float]
) -> Suspect:
    count = sum(int(one.is_late.sum()) for one in late)
    judged = sum(one.judged for one in late)
    lateness = np.concatenate([one.days[one.is_late] for one in late])
    of_late, of_timely, q_value = knows
    doubt = next((one.doubtful for one in late if one.doubtful), "")
    severity = _severity(inquiry, feature, count, judged, doubt)
    own = late[0]
    order = np.flatnonzero(own.is_late)[np.argsort(-own.days[own.is_late], kind="stable")]
    return Suspect(
        kind="availability_leak",
        severity=severity,
        culprits=(feature,),
        score=count / judged,
        weight=_weight(count / judged, of_late, of_timely) * (0.5 if doubt else 1.0),
        summary=f"`{feature}` was known only after the prediction in {count:,} of {judged:,} rows "
        f"({count / judged:.1%}), "
        f"half of them more than {_span(float(np.median(lateness)))} late{_words(of_late, of_timely)}"
        + (f"; {doubt}" if doubt else ""),
        cleared_by=f"a log which shows that `{feature}` had these values when the prediction was made, or a corrected "
        f"`{known}`",
        next_step=f"compute `{feature}` as of the prediction, from what `{known}` says was known by then, and "
        f"learn again",
        p_value=of_late.p_value,
        q_value=q_value,
        rows=tuple(str(i) for i in own.side.ids[order]),
        evidence=_evidence(late, known, lateness, knows),
        charts=(_chart(feature, lateness), *_knowledge_chart(feature, of_late, of_timely)),
    )


def _severity(inquiry: Inquiry, feature: str, count: int, judged: int, doubt: str) -> Severity:
    if feature not in inquiry.read or count < LEAST_ROWS or count < LEAST_SHARE * judged:
        return "info"
    return "suspected" if doubt else "certain"


def _weight(share: float, late: Ranked, timely: Ranked) -> float:
    """Return how much it matters: late values that know more of the label than timely ones weigh most."""
    more = max(0.0, late.strength - timely.strength) if min(late.events, late.others) >= ENOUGH else 0.0
    return min(1.0, 0.7 + 0.15 * min(1.0, 4 * more) + 0.15 * min(1.0, 5 * share))


def _words(late: Ranked, timely: Ranked) -> str:
    if min(late.events, late.others) < ENOUGH:
        return ""
    return f"; the late values rank the label with AUC {late.strength:.2f}, the timely ones with {timely.strength:.2f}"


def _span(days: float) -> str:
    if days >= 1:
        return f"{days:.1f} days"
    return f"{days * 24:.1f} hours" if days * 24 >= 1 else f"{days * 1440:.0f} minutes"


def _evidence(
    late: list[Late], known: str, lateness: np.ndarray, knows: tuple[Ranked, Ranked, float]
) -> dict[str, object]:
    own = late[0]
    return {
        "known_at": known,
        "late_rows": int(own.is_late.sum()),
        "rows_judged": own.judged,
        "rows_listed_of": f"{len(own.side):,} of {own.side.of:,}",
        "late_training_rows": int(late[1].is_late.sum()) if len(late) > 1 else None,
        "median_days_late": float(np.median(lateness)),
        "most_days_late": float(lateness.max()),
        "auc_of_late": knows[0].strength,
        "auc_of_timely": knows[1].strength,
        "read_as": list(own.read),
    }


def _chart(feature: str, lateness: np.ndarray) -> Chart:
    edges = np.histogram_bin_edges(lateness, bins=min(20, max(1, len(lateness) // 5)))
    counts = np.histogram(lateness, edges)[0]
    middles = tuple(float(x) for x in (edges[:-1] + edges[1:]) / 2)
    series = Series("late values", middles, tuple(float(n) for n in counts), marked=(True,) * len(middles))
    return Chart("bars", f"How long after the prediction {feature} became known", "days late", "rows", (series,))


def _knowledge_chart(feature: str, late: Ranked, timely: Ranked) -> tuple[Chart, ...]:
    if min(late.events, late.others) < ENOUGH:
        return ()
    series = Series("AUC", ("late", "timely"), (late.strength, timely.strength), marked=(True, False))
    title = f"What late values of {feature} know of the label, against timely ones"
    return (Chart("bars", title, "values", "AUC", (series,), 0.5, "knows nothing"),)
