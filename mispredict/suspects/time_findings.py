"""What columns that know the future are reported with."""

from __future__ import annotations

import numpy as np

from mispredict.suspects.event_log import EventLog
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.known_ahead import Edge
from mispredict.suspects.label_lag import LagStep
from mispredict.suspects.looking_ahead import Foresight
from mispredict.suspects.ranked import rank_auc
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect
from mispredict.suspects.windows import EVER, Window

SURE_Z = 10.0  # standard errors, and
SURE_BEYOND = 0.1  # of the move within, that events beyond may bring, for an edge that is certain
SURE = 20  # values that only later rows give, from which it is certain


def of_foresight(inquiry: Inquiry, log: EventLog, found: Foresight) -> Suspect:
    """Return the finding about a column whose values need later rows."""
    differs = int(found.differs.sum())
    what = f"counts of {_event(inquiry, found)}" if found.counts_events else "counts of rows"
    entity = ", ".join(f"`{one}`" for one in inquiry.data.entity)
    return Suspect(
        kind="time_leak",
        severity=_severity(found),
        culprits=(found.column,),
        score=found.right / len(found.differs),
        weight=_weight(inquiry, log, found),
        summary=f"`{found.column}` knows what happened after the prediction: of {differs:,} rows where it matters, "
        f"{found.right:,} hold exactly what {what} of the same {entity} {_reach(found.fit.window)} give, and "
        f"{found.by_past:.0%} what the past gives",
        cleared_by=f"the code of `{found.column}`, and values of it that were logged at the prediction and equal these",
        next_step=f"compute `{found.column}` from rows before each prediction only, and learn again",
        rows=_rows(inquiry, log, found),
        evidence=_evidence(inquiry, found),
        charts=(_fit_chart(found), _sample_chart(found)),
    )


def _severity(found: Foresight) -> Severity:
    return "certain" if found.right >= SURE and found.r_ahead > 0 else "suspected"


def _weight(inquiry: Inquiry, log: EventLog, found: Foresight) -> float:
    """Return how much it matters: how many values need the future, and how much of the label they then know."""
    if not found.counts_events:
        return 0.6
    event = log.place[log.asked[found.asked]] == found.outcome.place
    known = rank_auc(found.column_values, event.astype(np.int64)).strength - 0.5
    return min(1.0, 0.85 + 0.1 * min(1.0, 4 * known) + 0.05 * found.right / len(found.differs))


def _event(inquiry: Inquiry, found: Foresight) -> str:
    return f"{inquiry.data.target} = {found.outcome.label}"


def _reach(window: Window) -> str:
    """Return the window in words, the days ahead first."""
    own = "their own label included" if window.own else "their own label left out"
    if window.back == 0:
        return "in all the time after" if window.ahead >= EVER else f"in the {window.ahead:g} days after"
    back = "all the time before" if window.back >= EVER else f"{window.back:g} days before"
    if window.ahead >= EVER:
        return f"over all the time after and {back}, {own},"
    if window.ahead == 0:
        return f"up to and including the very moment of the prediction and {back}, {own},"
    return f"up to {window.ahead:g} day{'s' * (window.ahead != 1)} after and {back}, {own},"


def _rows(inquiry: Inquiry, log: EventLog, found: Foresight) -> tuple[str, ...]:
    """Return the examined rows whose value needs later rows."""
    places = found.asked[found.differs & found.fit.right]
    own = places[log.side[places] == 0]
    return tuple(str(i) for i in inquiry.examined.ids[np.sort(log.row[own])])


def _evidence(inquiry: Inquiry, found: Foresight) -> dict[str, object]:
    window = found.fit.window
    return {
        "entity": list(inquiry.data.entity),
        "event": _event(inquiry, found) if found.counts_events else "any row",
        "days_back": None if window.back >= EVER else window.back,
        "days_ahead": None if window.ahead >= EVER else window.ahead,
        "own_row_counts": window.own,
        "form": "a rate" if found.fit.is_rate else "a count",
        "rows_computed_again": len(found.differs),
        "rows_that_need_the_future": int(found.differs.sum()),
        "of_them_exact_with_the_future": found.right,
        "of_them_exact_with_the_past": found.by_past,
        "exact_of_all_rows": found.fit.share,
        "variance_explained_with_the_future": found.r_ahead,
        "variance_explained_by_the_past": found.r_past,
    }


def _fit_chart(found: Foresight) -> Chart:
    shares = (found.fit.share, float(found.right / found.differs.sum()), found.by_past)
    names = ("with later rows, all rows", "with later rows, where it matters", "past only, where it matters")
    series = Series("values that come out exactly", names, tuple(float(s) for s in shares), marked=(True, True, False))
    return Chart("bars", f"{found.column} comes out only with later rows", "computed again", "share of rows", (series,))


def _sample_chart(found: Foresight) -> Chart:
    rows = np.flatnonzero(found.differs)[:300]
    given, told = found.fit.values[rows], found.column_values[rows]
    series = Series("rows", tuple(float(x) for x in given), tuple(float(y) for y in told))
    title = f"{found.column} as it stands, against the same computed with later rows"
    return Chart("dots", title, "computed with later rows", found.column, (series,))


def of_edge(inquiry: Inquiry, edge: Edge, columns: int, q_value: float) -> Suspect:
    """Return the finding about a column that jumps when an event comes to lie within some days ahead."""
    entity = ", ".join(f"`{one}`" for one in inquiry.data.entity)
    by_label = inquiry.data.label_time is not None
    became = "whose label became known" if by_label else "that came"
    sure = by_label and abs(edge.z) >= SURE_Z and abs(edge.beyond) <= SURE_BEYOND * abs(edge.within)
    return Suspect(
        kind="time_leak",
        severity="certain" if sure else "suspected",
        culprits=(edge.column,),
        score=min(1.0, abs(edge.z) / 100),
        weight=min(1.0, (0.75 if sure else 0.5) + 0.2 * min(1.0, abs(edge.within))),
        summary=f"`{edge.column}` knows the {edge.days:g} days after the prediction: another event of the same "
        f"{entity} "
        f"{became} just within them moves it by {edge.within:+.2f} of its spread, one just beyond by "
        f"{edge.beyond:+.2f}, on "
        "rows without the event themselves",
        cleared_by=f"the code of `{edge.column}`, and values of it that were logged at the prediction and equal these",
        next_step=f"compute `{edge.column}` from what was known before each prediction only, and learn again",
        p_value=edge.p_value,
        q_value=q_value,
        evidence={
            "entity": list(inquiry.data.entity),
            "days_ahead": edge.days,
            "moved_by_event_just_within": edge.within,
            "moved_by_event_just_beyond": edge.beyond,
            "standard_errors_apart": edge.z,
            "rows_just_within": edge.rows,
            "rows_just_beyond": edge.rows_beyond,
            "columns_tried": columns,
            "p_value_of": "equal moves within and beyond, clustered by entity, times the days tried",
        },
        charts=(_edge_chart(edge),),
    )


def _edge_chart(edge: Edge) -> Chart:
    names = (f"just within {edge.days:g} days", "just beyond")
    series = Series("moved by one event", names, (edge.within, edge.beyond), marked=(True, False))
    title = f"{edge.column} moves with events that lie ahead, up to {edge.days:g} days and no further"
    return Chart("bars", title, "an event of the same entity ahead", "of its spread", (series,), 0.0, "no move")


def of_step(step: LagStep, q_value: float, columns: int) -> Suspect:
    """Return the finding about a column that knows events whose label came soon, and not those of later labels."""
    return Suspect(
        kind="time_leak",
        severity="suspected",
        culprits=(step.column,),
        score=step.soon.strength - step.late.strength,
        weight=min(1.0, 0.6 + 0.4 * (2 * step.soon.strength - 1)),
        summary=f"`{step.column}` knows the {step.days:g} days after the prediction: events whose label came "
        f"within them "
        f"stand out in it (AUC {step.soon.strength:.2f}), those whose label came later hardly do (AUC "
        f"{step.late.strength:.2f})",
        cleared_by=f"a value of `{step.column}` logged at the prediction, or a reason why events that are found "
        f"out sooner "
        "look different beforehand",
        next_step=f"compute `{step.column}` as of the prediction and learn again",
        p_value=step.near.p_value,
        q_value=q_value,
        evidence={
            "days_ahead": step.days,
            "auc_label_came_within": step.soon.strength,
            "auc_label_came_later": step.late.strength,
            "auc_just_before_against_just_after": step.near.strength,
            "events_within": step.soon.events,
            "events_later": step.late.events,
            "columns_tried": columns,
        },
        charts=(_step_chart(step),),
    )


def _step_chart(step: LagStep) -> Chart:
    names = (f"label within {step.days:g} days", "label later")
    series = Series("AUC against rows without the event", names, (step.soon.auc, step.late.auc), marked=(True, False))
    title = f"{step.column} knows events whose label came soon, and hardly those of later labels"
    return Chart("bars", title, "events", "AUC", (series,), 0.5, "knows nothing")
