"""Columns whose values can be computed again only with rows of the entity that came later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.event_log import EventLog
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.recomputed import Fit, by_same_form, climbed, explained, fitted, same_value, search
from mispredict.suspects.windows import EVER, Window, Windows

SEARCHED = 6_000  # rows of the first search
FITTED = 30_000  # rows that values are computed again for
LEAST_ROWS = 5  # whose value only the future gives
LEAST_TOLD = 0.9  # share of the variance of these rows' values that the window gives
LEAST_SHARE = 0.97  # of the rows where future and past differ, that the future must give
MOST_BY_PAST = 0.5  # of them, that the best window of the past alone may give
LEAST_KINDS = 6  # different contents of the window: fewer could be met by a form of three numbers


@dataclass(frozen=True, eq=False)
class Foresight:
    """A column that needs later rows: the window that gives its values, and on which rows only it does."""

    column: str
    outcome: Outcome
    fit: Fit
    differs: np.ndarray  # rows asked where the same window without the future gives another value
    by_past: float  # share of them that the best window of the past gives
    past: Window
    r_ahead: float  # share of variance explained by the window, 0 to 1
    r_past: float
    asked: np.ndarray  # which of the log's asked rows were looked at
    column_values: np.ndarray

    @property
    def right(self) -> int:
        """Return how many rows hold a value that only later rows give."""
        return int((self.fit.right & self.differs).sum())

    @property
    def counts_events(self) -> bool:
        """Return whether labels, and not only rows, are counted."""
        return self.fit.terms[0] != 0


def foresights(inquiry: Inquiry, log: EventLog, columns: tuple[str, ...]) -> list[Foresight]:
    """Return the columns that hold what came later, for the outcome that shows it best."""
    rng = np.random.default_rng(inquiry.seed)
    shared = _shared(log)
    if len(shared) < LEAST_ROWS:
        return []
    rows = np.sort(rng.permutation(shared)[:FITTED])
    few = np.sort(rng.permutation(rows)[:SEARCHED])
    values = {c: log.values(inquiry, c) for c in columns}
    values = {c: v for c, v in values.items() if _is_told(v[few]) and _is_told(v[rows])}
    found: dict[str, Foresight] = {}
    for number, outcome in enumerate(inquiry.outcomes):
        for one in _of_outcome(inquiry, log, (rows, few), values, outcome):
            if one.column not in found or one.right > found[one.column].right:
                found[one.column] = one
        inquiry.report(0.3 + 0.7 * (number + 1) / len(inquiry.outcomes), "computing columns again")
    return list(found.values())


def _shared(log: EventLog) -> np.ndarray:
    """Return the places among the asked rows whose entity has other rows too."""
    sizes = np.bincount(log.entity)
    return np.flatnonzero(sizes[log.entity[log.asked]] > 1)


def _is_told(values: np.ndarray) -> bool:
    held = values[np.isfinite(values)]
    return len(held) >= 30 and float(held.std()) > 0


def _of_outcome(
    inquiry: Inquiry,
    log: EventLog,
    places: tuple[np.ndarray, np.ndarray],
    values: dict[str, np.ndarray],
    outcome: Outcome,
) -> list[Foresight]:
    rows, few = places
    if not values:
        return []
    quick = Windows.of(log, outcome.place, log.asked[few])
    matrix = np.column_stack([_standard(v[few]) for v in values.values()])
    bests = search(quick, matrix, lambda share: inquiry.report(0.3 + 0.6 * share, "computing columns again"))
    whole = Windows.of(log, outcome.place, log.asked[rows])
    found = []
    for i, (column, (ahead, past)) in enumerate(zip(values, bests, strict=True)):
        if ahead == past:
            continue  # no window explains it
        one = _judged(column, outcome, (quick, whole), (ahead, past), (matrix[:, i], values[column][rows], rows))
        if one is not None:
            found.append(one)
    return found


def _standard(values: np.ndarray) -> np.ndarray:
    held = np.isfinite(values)
    filled = np.where(held, values, values[held].mean())
    found: np.ndarray = (filled - filled.mean()) / filled.std()
    return found


def _judged(
    column: str,
    outcome: Outcome,
    windows: tuple[Windows, Windows],
    best: tuple[Window, Window],
    values: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Foresight | None:
    quick, whole = windows
    standard, own, rows = values
    held = np.isfinite(own)
    whole = Windows.of(whole.log, whole.outcome, whole.asked[held])
    same = same_value(own[held])
    ahead = _best_fit(quick, whole, best[0], standard, own[held], same)
    past = _best_fit(quick, whole, best[1], standard, own[held], same)
    without = by_same_form(ahead, whole.counts(ahead.window.until_before()))
    differs = np.abs(without - ahead.values) > 2 * same
    told = _r2(own[held][differs], ahead.values[differs])
    found = Foresight(
        column, outcome, ahead, differs, float(past.right[differs].mean()) if differs.any() else 1.0, past.window,
        float(explained(quick, ahead.window, standard[:, None])[0]),
        float(explained(quick, past.window, standard[:, None])[0]), rows[held], own[held],
    )  # fmt: skip
    enough = found.right >= LEAST_ROWS and found.right >= LEAST_SHARE * differs.sum()
    rich = _kinds(whole, ahead) >= LEAST_KINDS
    return found if enough and rich and found.by_past <= MOST_BY_PAST and told >= LEAST_TOLD else None


def _kinds(windows: Windows, fit: Fit) -> int:
    """Return how many different contents of the window the values that came out right have."""
    counts = windows.counts(fit.window)
    return len(np.unique(np.column_stack([counts.rows, counts.events])[fit.right], axis=0))


def _best_fit(
    quick: Windows, whole: Windows, window: Window, standard: np.ndarray, own: np.ndarray, same: float
) -> Fit:
    """Return the fit of the window found first, or of it moved to where it fits best, whichever gives more values."""
    first = fitted(whole.counts(window), own, window, same)
    if first.share > 0.999:
        return first
    near = climbed(quick, window, standard)
    others = [near, *(Window(near.back, near.ahead, own_too) for own_too in (False, True) if near.looks_ahead)]
    if near.looks_ahead:
        others += [Window(EVER, near.ahead, near.own), Window(near.back, 0.0, near.own)]
    return max((first, *(fitted(whole.counts(one), own, one, same) for one in others)), key=lambda fit: fit.share)


def _r2(told: np.ndarray, given: np.ndarray) -> float:
    spread = float(((told - told.mean()) ** 2).sum()) if len(told) else 0.0
    return 1 - float(((told - given) ** 2).sum()) / spread if spread > 0 else 0.0
