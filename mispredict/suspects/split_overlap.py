"""Examined rows that also stand in the training table, equal in every feature and the label."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.errors.overlap import Overlap, overlap_with_training
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.suspect import Chart, Series, Suspect
from mispredict.suspects.two_parts import TwoParts, two_parts
from mispredict.tables.ids import ids_of

PLACES = 40  # parts of the examined table, in its order, that the chart shows


class SplitOverlap:
    """Finds rows that the model learned from among those it is judged on."""

    kind = "split_overlap"
    about = About(
        title="Rows stand in training and in the examined table",
        needs="the training table, with the model's features and the target",
        how="each row of both tables is reduced to a digest of its features and label, whatever its id or time; shared "
        "rows are counted against rows that repeat within the examined table, which tells what tables share by chance",
        means="certain: far more rows are shared than by chance; it is never only suspected",
        clear="that rows with equal features and label are different cases, and as many repeat within one table",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why shared rows can't be told."""
        if inquiry.training is None:
            return inquiry.no_training
        if not inquiry.features:
            return "no column is known that the model reads"
        return shared_rows(inquiry).untold or None

    def find(self, inquiry: Inquiry) -> Found:
        """Return at most one finding: all examined rows that were trained on."""
        found = shared_rows(inquiry)
        looked_at = (
            f"{len(inquiry.features):,} columns, all {found.rows:,} rows, all {found.training_rows:,} training rows"
        )
        if not found.count or found.by_chance:
            return Found((), looked_at)
        return Found((_suspect(inquiry, found),), looked_at)


def shared_rows(inquiry: Inquiry) -> Overlap:
    """Return the examined rows that stand in training with the same features and label, made once ("shared rows")."""
    return inquiry.once("shared rows", lambda: _overlap(inquiry, inquiry.data.target))


def _overlap(inquiry: Inquiry, target: str) -> Overlap:
    training = inquiry.training
    if training is None:
        raise ValueError(inquiry.no_training)  # `refusal` said so
    inquiry.report(0.1, "comparing every row with the training table")
    return overlap_with_training(
        inquiry.examined.table, training.table, features=inquiry.features, target=target, id_column=inquiry.data.id
    )


def _suspect(inquiry: Inquiry, found: Overlap) -> Suspect:
    ids = _all_ids(inquiry, found)
    parts = two_parts(inquiry, np.isin(inquiry.examined.positions, found.positions))
    share = found.share
    return Suspect(
        kind=SplitOverlap.kind,
        severity="certain",
        culprits=(),
        score=share,
        weight=0.6 + 0.4 * min(1.0, 10 * share + 20 * max(parts.flattered, 0.0)),
        summary=f"{found.count:,} of {found.rows:,} examined rows ({share:.1%}) also stand in the training table with "
        f"the same features and label{_flattery(parts)}",
        cleared_by="evidence that these are different cases that only look alike, such as ids of separate events",
        next_step="leave the listed rows out of the evaluation, and look for how they came into both tables",
        share=share,
        rows=ids,
        evidence=_evidence(inquiry, found, parts),
        charts=(*parts.chart("The model does better on rows that it learned from", ("also in training", "the rest")),
                _places(found)),
    )  # fmt: skip


def _flattery(parts: TwoParts) -> str:
    for name in ("AUC", "accuracy"):
        if name in parts.every and name in parts.outside:
            return f"; {name} is {parts.every[name].value:.3f} with them and {parts.outside[name].value:.3f} without"
    return ""


def _all_ids(inquiry: Inquiry, found: Overlap) -> tuple[str, ...]:
    column = inquiry.data.id
    if column is None:
        return tuple(map(str, found.positions.tolist()))
    return tuple(ids_of(inquiry.examined.table.take(found.positions, [column]), column).tolist())


def _evidence(inquiry: Inquiry, found: Overlap, parts: TwoParts) -> dict[str, Any]:
    # The target given as a feature that is there already: rows that are equal whatever their label.
    alike = _overlap(inquiry, inquiry.features[0])
    return {
        "rows that also stand in training": found.count,
        "examined rows": found.rows,
        "training rows": found.training_rows,
        "rows equal in all features, whatever the label": alike.count,
        "of these, with another label in training only": alike.count - found.count,
        "figures": parts.lines("rows that also stand in training", "the rest"),
        "rows listed": "all of them, in the table's order",
    }


def _places(found: Overlap) -> Chart:
    """Return where in the examined table the shared rows stand: evenly, or in one block."""
    edges = np.linspace(0, found.rows, min(PLACES, found.rows) + 1).astype(np.int64)
    counts = np.histogram(found.positions, edges)[0]
    line = Series("rows", tuple(int(one) for one in edges[:-1]), tuple(counts.astype(float).tolist()))
    return Chart(
        "bars", "Where in the examined table the shared rows stand", "row of the table", "shared rows", (line,)
    )
