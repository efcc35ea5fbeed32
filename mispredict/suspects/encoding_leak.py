"""Codes replaced by their mean label, learned with the row's own label in it or, as telling, left out of it."""

from __future__ import annotations

import numpy as np

from mispredict.discovery import RATE, q_values
from mispredict.suspects.code_groups import LeftOut, codes_of, events_of, left_out
from mispredict.suspects.detector import About, Found
from mispredict.suspects.encoding_findings import of_gap, of_left_out, of_pure
from mispredict.suspects.in_sample import Gap, with_signature
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.pure_values import pure_values
from mispredict.suspects.ranked import Ranked, rank_auc, two_sided
from mispredict.suspects.suspect import Suspect

LEAST_GAP = 0.03  # of AUC between training and examined rows
LEAST_Z = 5.0


class EncodingLeak:
    """Finds encodings of codes by their labels that hold the row's own label."""

    kind = "encoding_leak"
    about = About(
        title="An encoding holds the row's own label",
        needs="a number that a model reads; for encodings learned in sample, a [training] table",
        how="within the code's rows a mean that leaves each row's own label out takes two values, the lower one "
        "for rows "
        "of the class; a mean with the own label in it ranks training rows far better than examined ones, and is the "
        "code's mean label itself",
        means="certain: the values are such means exactly; suspected: training rows are ranked far better, and "
        "repeated "
        "values are the mean label of the rows that have them, though their code is not in the tables",
        clear="the code that made the encoding, and that it learned from other rows than those it was applied to",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return that there is no number, or no two classes, to look at."""
        if not inquiry.outcomes:
            return "no two classes with rows enough"
        return None if _numbers(inquiry) else "no model reads a number that could be a mean"

    def find(self, inquiry: Inquiry) -> Found:
        """Return the encodings that hold the own label, those that leave it out first."""
        columns, codes = _numbers(inquiry), codes_of(inquiry)
        numbers = _stacked(inquiry, columns)
        found: dict[str, Suspect] = {}
        for number, outcome in enumerate(inquiry.outcomes):
            events = events_of(inquiry, outcome)
            _keep(found, [of_left_out(inquiry, one, outcome) for one in _left_out(codes, events, numbers)])
            pure = [one for c, v in numbers.items() if (one := pure_values(c, v, np.concatenate(events))) is not None]
            _keep(found, [of_pure(inquiry, one, outcome) for one in pure])
            _keep(found, [of_gap(inquiry, one, q) for one, q in _gaps(inquiry, outcome, codes)])
            inquiry.report((number + 1) / len(inquiry.outcomes), "looking for encodings")
        ordered = sorted(found.values(), key=lambda one: (one.severity != "certain", -one.weight))
        return Found(tuple(ordered), f"{inquiry.scope(len(columns))}, {len(codes):,} columns of codes")


def _keep(found: dict[str, Suspect], suspects: list[Suspect]) -> None:
    for one in suspects:
        found.setdefault(one.culprits[0], one)


def _numbers(inquiry: Inquiry) -> tuple[str, ...]:
    """Return numbers that are read and are no whole numbers throughout; found once."""
    names: tuple[str, ...] = inquiry.once("broken_numbers", lambda: _broken(inquiry))
    return names


def _broken(inquiry: Inquiry) -> tuple[str, ...]:
    found = []
    for column in inquiry.common(inquiry.read):
        if inquiry.coding.nature(column) != "number":
            continue
        values = inquiry.coding.values(column)
        held = values[np.isfinite(values)]
        if len(held) >= 30 and (held % 1 != 0).any() and len(np.unique(held)) > 2:
            found.append(column)
    return tuple(found)


def _stacked(inquiry: Inquiry, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    sides = range(len(inquiry.sides))
    return {c: np.concatenate([inquiry.coding.values(c, side) for side in sides]) for c in columns}


def _left_out(
    codes: dict[str, tuple[np.ndarray, ...]], events: tuple[np.ndarray, ...], numbers: dict[str, np.ndarray]
) -> list[LeftOut]:
    found = [one for name, code in codes.items() for one in left_out(code, events, numbers, name)]
    return sorted(found, key=lambda one: -one.rows)


def _gaps(inquiry: Inquiry, outcome: Outcome, codes: dict[str, tuple[np.ndarray, ...]]) -> list[tuple[Gap, float]]:
    """Return the encodings learned in sample with their q-values; none without a training table."""
    if inquiry.training is None:
        return []
    own, other = events_of(inquiry, outcome)
    gaps = [_gap(inquiry, column, outcome, (own, other)) for column in _numbers(inquiry)]
    adjusted = q_values([two_sided(one.z) for one in gaps])
    found = []
    for one, q in zip(gaps, adjusted, strict=True):
        if one.fall >= LEAST_GAP and one.z >= LEAST_Z and q <= RATE:
            shown = with_signature(inquiry, one, [name for name in codes if name != one.column])
            found += [(shown, float(q))] if shown is not None else []
    return found


def _gap(inquiry: Inquiry, column: str, outcome: Outcome, events: tuple[np.ndarray, np.ndarray]) -> Gap:
    """Return both AUCs, turned so that the training rows' is above a half."""
    pair = [rank_auc(inquiry.coding.values(column, side), events[side]) for side in (0, 1)]
    if pair[1].auc < 0.5:
        pair = [Ranked(1 - one.auc, -one.z, one.events, one.others) for one in pair]
    spread = float(np.hypot(_spread(pair[0]), _spread(pair[1])))
    return Gap(column, outcome, pair[1], pair[0], (pair[1].auc - pair[0].auc) / spread)


def _spread(ranked: Ranked) -> float:
    """Return the standard error of an AUC (Hanley and McNeil 1982)."""
    if not ranked.events or not ranked.others:
        return 1.0
    auc = ranked.strength
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    ties = (ranked.events - 1) * (first - auc**2) + (ranked.others - 1) * (second - auc**2)
    return float(np.sqrt(max((auc * (1 - auc) + ties) / (ranked.events * ranked.others), 1e-12)))
