"""Findings joined with the errors: what part of all surprise and errors the rows of a finding hold."""

from __future__ import annotations

import dataclasses

import numpy as np

from mispredict.errors.predicates import holds
from mispredict.scan.scored import Scored
from mispredict.suspects.suspect import Suspect


def joined(suspect: Suspect, scored: Scored) -> Suspect:
    """Return the suspect with its rows' part of the surprise, errors and rows of some scored rows of the table.

    A finding without rows or place of its own is about the whole table and stays as it is.
    """
    inside = _inside(suspect, scored)
    if inside is None or not len(scored):
        return suspect
    return dataclasses.replace(
        suspect,
        of_surprise=_part(scored.surprise, inside),
        of_errors=_part(scored.is_error.astype(float), inside),
        of_rows=float(inside.mean()),
    )


def _inside(suspect: Suspect, scored: Scored) -> np.ndarray | None:
    if suspect.rows:
        return np.isin(scored.ids.astype(str), np.array(suspect.rows, dtype=str))
    if suspect.where is not None:
        return holds(suspect.where.conditions, scored.rows)
    return None


def _part(amounts: np.ndarray, inside: np.ndarray) -> float | None:
    total = float(amounts.sum())
    return float(amounts[inside].sum()) / total if total > 0 else None
