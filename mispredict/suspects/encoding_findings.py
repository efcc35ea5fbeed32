"""What encodings that hold the own label are reported with."""

from __future__ import annotations

import numpy as np

from mispredict.suspects.code_groups import LeftOut
from mispredict.suspects.in_sample import Gap
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.pure_values import Pure
from mispredict.suspects.ranked import rank_auc, two_sided
from mispredict.suspects.suspect import Chart, Series, Suspect

SHOWN_CODES = 30


def of_left_out(inquiry: Inquiry, found: LeftOut, outcome: Outcome) -> Suspect:
    """Return the finding about an encoding that leaves the own label out, its code in the tables."""
    event = f"{inquiry.data.target} = {outcome.label}"
    return _left_out(
        inquiry,
        found.column,
        f"`{found.column}` is the mean label of `{found.code}` without the row's own: in {found.share:.0%} of "
        f"{found.codes:,} "
        f"codes ({found.rows:,} rows) it has one value for {event} and a greater one for all others, so it gives "
        f"the label "
        "away",
        {
            "code": found.code,
            "codes": found.codes,
            "rows_in_them": found.rows,
            "share_of_codes_that_keep_to_it": found.share,
            "median_step": found.step,
        },
        (_codes_chart(inquiry, found.column, found.code, outcome),),
    )


def of_pure(inquiry: Inquiry, found: Pure, outcome: Outcome) -> Suspect:
    """Return the finding about such an encoding, told by its values alone."""
    event = f"{inquiry.data.target} = {outcome.label}"
    return _left_out(
        inquiry,
        found.column,
        f"`{found.column}` is a mean label without the row's own: {found.pure:.0%} of its {found.values:,} "
        f"repeated values "
        f"belong to {event} or to the others alone, in pairs one row's part of a mean apart, so it gives the label "
        f"away",
        {"repeated_values": found.values, "of_one_class_alone": found.pure, "paired": found.paired, "rows": found.rows},
        (_values_chart(inquiry, found.column, outcome),),
    )


def _left_out(
    inquiry: Inquiry, column: str, summary: str, evidence: dict[str, object], charts: tuple[Chart, ...]
) -> Suspect:
    return Suspect(
        kind="encoding_leak",
        severity="certain",
        culprits=(column,),
        score=1.0,
        weight=0.97,
        summary=summary,
        cleared_by=f"the code that made `{column}`, if the label is no part of it",
        next_step=f"learn `{column}` out of fold, from training rows only, and learn the model again",
        evidence=evidence,
        charts=charts,
    )


def of_gap(inquiry: Inquiry, found: Gap, q_value: float) -> Suspect:
    """Return the finding about an encoding that was learned from the rows it was applied to."""
    exact = found.exact
    how = (
        f"it is the mean label of `{exact.code}` over the training rows, the own label included, in "
        f"{exact.share:.0%} of them"
        if exact is not None
        else f"{found.shared:.0%} of its repeated values are the mean label of the rows that have them, mixed with "
        f"the overall rate"
    )
    return Suspect(
        kind="encoding_leak",
        severity="certain" if exact is not None else "suspected",
        culprits=(found.column,),
        score=found.fall,
        weight=min(1.0, (0.85 if exact is not None else 0.6) + found.fall / 3),
        summary=f"`{found.column}` ranks the labels of training rows with AUC {found.training.auc:.2f} and those "
        f"of examined "
        f"rows with {found.examined.auc:.2f}; {how}",
        cleared_by=f"the code that made `{found.column}`, if it learned from other rows than the model's training rows",
        next_step=f"learn `{found.column}` out of fold, and learn the model again",
        p_value=two_sided(found.z),
        q_value=q_value,
        evidence={
            "auc_training": found.training.auc,
            "auc_examined": found.examined.auc,
            "standard_errors_apart": found.z,
            "repeated_values_that_are_means": found.shared,
            "code": exact.code if exact is not None else "not in the tables",
            "training_rows_exact": exact.rows if exact is not None else None,
        },
        charts=(_gap_chart(found),),
    )


def _gap_chart(found: Gap) -> Chart:
    series = Series("AUC", ("training", "examined"), (found.training.auc, found.examined.auc), marked=(True, False))
    title = f"{found.column} knows the labels it learned from, and hardly others"
    return Chart("bars", title, "rows", "AUC", (series,), 0.5, "knows nothing")


def _codes_chart(inquiry: Inquiry, column: str, code: str, outcome: Outcome) -> Chart:
    """Return both values of the most frequent codes side by side."""
    codes, values = inquiry.coding.values(code), inquiry.coding.values(column)
    event = outcome.of(inquiry.examined)
    known, counts = np.unique(codes[np.isfinite(codes)], return_counts=True)
    shown = known[np.argsort(-counts, kind="stable")[:SHOWN_CODES]]
    series = []
    for name, which in ((f"{inquiry.data.target} = {outcome.label}", 1), ("others", 0)):
        points = [(i + 1, values[(codes == one) & (event == which)]) for i, one in enumerate(shown)]
        held = [(i, float(v[0])) for i, v in points if len(v)]
        series.append(Series(name, tuple(i for i, _ in held), tuple(v for _, v in held)))
    return Chart("dots", f"Within one {code}, {column} has one value for each label", code, column, tuple(series))


def _values_chart(inquiry: Inquiry, column: str, outcome: Outcome) -> Chart:
    """Return the class's share along neighbouring values: it jumps between none and all."""
    values, event = inquiry.coding.values(column), outcome.of(inquiry.examined)
    held = np.isfinite(values)
    known, place = np.unique(values[held], return_inverse=True)
    counts = np.bincount(place)
    share = np.bincount(place, weights=event[held]) / counts
    shown = np.argsort(-counts, kind="stable")[: 4 * SHOWN_CODES]
    shown.sort()
    series = Series("values", tuple(float(x) for x in known[shown]), tuple(float(y) for y in share[shown]))
    auc = rank_auc(values, event).strength
    title = f"Each value of {column} has one label, though their order knows little (AUC {auc:.2f})"
    return Chart("dots", title, column, f"share of {inquiry.data.target} = {outcome.label}", (series,))
