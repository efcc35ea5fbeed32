"""Examined rows that stand almost unchanged in the training table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.near_cells import Column, columns_of
from mispredict.suspects.near_chance import Excess, excess_of
from mispredict.suspects.near_pairs import Pairs, mutual, near_pairs
from mispredict.suspects.near_words import charts_of, evidence_of
from mispredict.suspects.returning import came_later
from mispredict.suspects.split_overlap import shared_rows
from mispredict.suspects.suspect import Severity, Suspect
from mispredict.suspects.two_parts import two_parts

LEAST_COLUMNS = 3
LEAST_PAIRS = 5
LEAST_ROWS = 30  # of either table
BEYOND_CHANCE = 1e-6  # p-value
PLAIN = 1e-9  # p-value from which it is certain
HALF = 0.5  # part of the pairs that chance may have brought
TENTH = 0.1
NAMES = ("almost equal", "the rest")
MANY_COLUMNS = 20  # from which rows may differ in two columns


class NearDuplicate:
    """Finds rows that the model learned from, moved by a hair, among those it is judged on."""

    kind = "near_duplicate"
    about = About(
        title="Rows stand almost unchanged in training",
        needs="the training table, 3 columns that vary, 30 rows on either side",
        how="rows of one label are paired whose cells all but equal (numbers a 250th of a standard deviation apart, "
        "texts in another case, one cell of any value), and pairs across the tables are counted against those within",
        means="certain: far more pairs across than chance brings, which explains under a tenth of them; suspected: "
        "under half; info: the same entities come back later, all but unchanged",
        clear="that paired rows are different cases, such as separate events of customers who change little",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why almost equal rows can't be told."""
        training = inquiry.training
        if training is None:
            return inquiry.no_training
        if len(inquiry.common(inquiry.features)) < LEAST_COLUMNS:
            return f"fewer than {LEAST_COLUMNS} columns that the model reads are in both tables"
        rows = min(len(training), len(inquiry.examined))
        if rows < LEAST_ROWS:
            return f"a table of {rows:,} rows: fewer than {LEAST_ROWS}"
        return shared_rows(inquiry).untold or None

    def find(self, inquiry: Inquiry) -> Found:
        """Return at most one finding: the examined rows with an almost equal row in training."""
        names = inquiry.common(inquiry.features)
        near = near_of(inquiry, names)
        if near is None or not _is_excess(near.excess):
            return Found((), inquiry.scope(len(names)))
        return Found((_suspect(inquiry, near),), inquiry.scope(len(names)))


@dataclass(frozen=True, eq=False)
class Near:
    """Almost equal rows of both sides, and which of them are too many."""

    columns: tuple[Column, ...]
    mutual: Pairs  # places on both sides stacked, each row once at most
    across: Pairs  # an examined and a training row, up to the cost of the excess; the cheapest first
    excess: Excess


def near_of(inquiry: Inquiry, names: tuple[str, ...]) -> Near | None:
    """Return the almost equal rows, without those that are equal; None where there are none or columns are too few."""
    kept = _without_repeats(inquiry, names)
    columns = columns_of(inquiry.coding, names, inquiry.seed)
    if len(columns) < LEAST_COLUMNS:
        return None
    own = tuple(one.take(kept) for one in columns)
    truth = np.concatenate([side.truth for side in inquiry.sides])[kept]
    pairs = near_pairs(own, truth, 1 + (len(own) >= MANY_COLUMNS), inquiry.seed, inquiry.report)
    first = len(inquiry.examined)
    examined = int((kept < first).sum())
    nearest = mutual(pairs, len(kept))
    excess = excess_of(nearest, examined, len(kept) - examined)
    if excess is None:
        return None
    is_across = (pairs.one < examined) & (pairs.other >= examined) & (pairs.cost <= excess.cost)
    across = pairs.take(is_across).placed(kept)
    return Near(columns, nearest.placed(kept), across.take(np.argsort(across.cost, kind="stable")), excess)


def _without_repeats(inquiry: Inquiry, names: tuple[str, ...]) -> np.ndarray:
    """Return the places, on both sides stacked, of rows that no earlier one on their side and none opposite equals."""
    kept, first = [], 0
    for side in inquiry.sides:
        hashes = pd.util.hash_pandas_object(side.rows[list(names)], index=False)
        is_new = ~pd.DataFrame({"row": hashes.to_numpy(), "label": side.truth}).duplicated().to_numpy()
        kept.append(first + np.flatnonzero(is_new))
        first += len(side)
    unshared = ~np.isin(inquiry.examined.positions[kept[0]], shared_rows(inquiry).positions)
    return np.concatenate([kept[0][unshared], *kept[1:]])


def _is_excess(excess: Excess) -> bool:
    return excess.across >= LEAST_PAIRS and excess.p_value <= BEYOND_CHANCE and excess.natural <= HALF


def _severity(inquiry: Inquiry, near: Near) -> Severity:
    if came_later(inquiry, near.across.one, near.across.other - len(inquiry.examined)):
        return "info"
    excess = near.excess
    return "certain" if excess.p_value <= PLAIN and excess.natural <= TENTH else "suspected"


def _suspect(inquiry: Inquiry, near: Near) -> Suspect:
    places = pd.unique(near.across.one)
    inside = np.isin(np.arange(len(inquiry.examined)), places)
    parts = two_parts(inquiry, inside)
    share, excess = len(places) / len(inquiry.examined), near.excess
    sure = 1 - excess.natural
    return Suspect(
        kind=NearDuplicate.kind,
        severity=_severity(inquiry, near),
        culprits=(),
        score=share * sure,
        weight=sure * (0.55 + 0.4 * min(1.0, 10 * share + 20 * max(parts.flattered, 0.0))),
        summary=_summary(inquiry, near, len(places), parts.flattered),
        cleared_by="evidence that the paired rows are different cases, such as separate events of customers who change "
        "little",
        next_step="look at some pairs; if they are copies, leave the listed rows out of the evaluation and stop what "
        "copies and alters rows before the split",
        p_value=excess.p_value,
        share=share,
        rows=tuple(inquiry.examined.ids[places].tolist()),
        evidence=evidence_of(inquiry, near.columns, near.across, excess)
        | {"figures": parts.lines("almost equal rows", "the rest")},
        charts=(*charts_of(inquiry, near.columns, near.across, near.mutual),
                *parts.chart("The model on rows that stand almost unchanged in training", NAMES)),
    )  # fmt: skip


def _summary(inquiry: Inquiry, near: Near, count: int, flattered: float) -> str:
    rows, excess = len(inquiry.examined), near.excess
    said = f"{count:,} of {rows:,} examined rows ({count / rows:.1%}) stand almost unchanged in the training table"
    chance = f"where chance would bring about {excess.by_chance:,.0f}"
    better = f"; figures are {flattered:.3f} better with them" if flattered > 0.0005 else ""
    return f"{said}, {chance}{better}"
