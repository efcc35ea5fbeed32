"""Offline against online as one answer, from what detectors have joined and replayed."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mispredict.bad_input import BadInput
from mispredict.cohorts.kept_scores import KeptScores
from mispredict.errors.predicates import numbers_of
from mispredict.investigation.reader import Reader
from mispredict.parity.counting import differing_counts
from mispredict.parity.joining import Join, Log
from mispredict.parity.online import ColumnParity, Joined, Online, Replayed
from mispredict.parity.parity import Parity, times_of
from mispredict.parity.quantiles import QuantilePair, adjusted, quantile_pairs
from mispredict.parity.spans import Scores, slices_of, spans_of
from mispredict.parity.stages import Rows, Ways, replay
from mispredict.parity.times import moments_of
from mispredict.parity.unpaired import Change
from mispredict.scan.run import ScanResult
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.lone_log import alone, changes, in_common
from mispredict.suspects.parity_inquiry import compared, parity
from mispredict.suspects.suspect import Judged, Suspect
from mispredict.tables.entities import entity_codes
from mispredict.tables.plain import to_frame
from mispredict.tables.table import Table

ALIKE = "no change beyond chance"
MOST_SLICED = 12  # columns by whose levels scores are compared


def online_of(inquiry: Inquiry, scan: ScanResult, judged: Sequence[Judged]) -> Online:
    """Return what is known of the service by its log; `judged` are the answers of the detectors that look at it."""
    started = time.perf_counter()
    log, found = inquiry.log, parity(inquiry)
    assert log is not None
    inquiry.report(0.6, "comparing scores over time")
    offline, (online, name, notes) = _offline(inquiry, scan), _online(inquiry, log, found)
    pairs = found.pairs if isinstance(found, Parity) else None
    return Online(
        log=log.table.name,
        joined=_joined(inquiry, log, found),
        replayed=_replayed(inquiry, found),
        scores=tuple(adjusted(quantile_pairs(offline[1], online[1]))),
        spans=spans_of(offline, online),
        slices=_slices(inquiry, found),
        columns=_columns(inquiry, found, judged),
        absent=tuple(one for one in pairs.absent if one in inquiry.features) if pairs is not None else (),
        renamed=pairs.renamed if pairs is not None else {},
        extra=pairs.extra if pairs is not None else (),
        score_name=name,
        notes=(*log.notes, *notes),
        seconds=time.perf_counter() - started,
    )


def _joined(inquiry: Inquiry, log: Log, found: Parity | str) -> Joined:
    rows, entries = inquiry.examined.table.rows, log.table.rows
    if isinstance(found, str):
        return Joined("nothing", rows, entries, 0, 0, {}, {}, None, found)
    join: Join = found.pairs.join
    by = "id" if log.spec.id is not None else "entity and time"
    return Joined(by, rows, entries, len(join), len(found.pairs), join.unjoined, join.examples, join.lag)


def _offline(inquiry: Inquiry, scan: ScanResult) -> Scores:
    """Return when each labelled row of the table was, and its score: the event's, of several classes the largest."""
    table, data = inquiry.examined.table, inquiry.data
    every = np.full(table.rows, np.nan)
    for scored in KeptScores(scan.scores, inquiry.classes, inquiry.threshold).batches():
        chances = scored.probabilities
        every[scored.rows.index.to_numpy()] = chances[:, 1] if inquiry.is_binary else chances.max(axis=1)
    if data.time is None:
        return np.full(table.rows, np.nan), every
    return moments_of(_column(table, data.time)), every


def _column(table: Table, name: str) -> pd.Series:
    return pd.concat([to_frame(batch, 0)[name] for batch in table.batches([name])], ignore_index=True)


def _online(inquiry: Inquiry, log: Log, found: Parity | str) -> tuple[Scores, str, tuple[str, ...]]:
    """Return when each entry was and its score, what that is called, and what is to be said of it."""
    spec, entries = log.spec, log.table
    times = moments_of(_column(entries, spec.time)) if spec.time is not None else np.full(entries.rows, np.nan)
    if isinstance(found, Parity):
        times = times - (found.pairs.join.lag or 0.0) * 1e6  # as the table's clock has it
    if spec.score is not None:
        return (times, numbers_of(_column(entries, spec.score))), "the logged score", ()
    replayed = found if isinstance(found, Parity) else alone(inquiry)
    if isinstance(replayed, str) or replayed.replay.why_not:
        why = replayed if isinstance(replayed, str) else replayed.replay.why_not
        told = f"no score was logged, and none can be told: {why}"
        return (times, np.full(entries.rows, np.nan)), "no score", (told,)
    known = times_of(replayed.pairs, inquiry.data.time)
    scope = f"no score was logged: the model's own, of {replayed.pairs.scope}"
    return (known, replayed.replay.online), "the model's score of the logged features", (scope,)


def _replayed(inquiry: Inquiry, found: Parity | str) -> Replayed:
    why = _no_replay(inquiry, found)
    if why or isinstance(found, str):
        return Replayed("cannot tell", f"What the gap comes from can't be told: {why}", (), (), None, None, ())
    examined, pairs = inquiry.examined, found.pairs
    truth = _truth(inquiry, pairs.offline[inquiry.data.target])
    known = truth >= 0
    answered = found.replay.logged[known] if found.replay.logged is not None else None
    owners = _owners(inquiry, pairs.offline)[known]
    ways = Ways(truth[known], found.replay.offline[known], found.replay.online[known], answered, owners)
    assert examined.probabilities is not None
    logged = np.isin(examined.positions, pairs.join.rows)
    rows = Rows(examined.truth, examined.probabilities[:, 1], logged, _owners(inquiry, examined.rows))
    return replay(rows, ways)


def _no_replay(inquiry: Inquiry, found: Parity | str) -> str:
    """Return why the pairs can't be replayed, "" where they can."""
    if isinstance(found, str):
        return found
    if found.replay.why_not:
        return found.replay.why_not
    if not inquiry.is_binary:
        return "of several classes only the largest probability was logged"
    return "" if inquiry.examined.probabilities is not None else "the model has no probabilities"


def _truth(inquiry: Inquiry, target: pd.Series) -> np.ndarray:
    try:
        return Reader(inquiry.model, inquiry.data).truth_of(target)
    except BadInput:  # a label that the model does not know: such rows say nothing here
        return np.full(len(target), -1)


def _owners(inquiry: Inquiry, rows: pd.DataFrame) -> np.ndarray:
    """Return whose each row is; a row without an owner is its own."""
    alone_ = -1 - np.arange(len(rows))
    if not inquiry.data.entity:
        return alone_
    codes = entity_codes(rows, inquiry.data.entity)
    return np.where(codes >= 0, codes, alone_)


def _slices(inquiry: Inquiry, found: Parity | str) -> tuple[QuantilePair, ...]:
    if isinstance(found, str) or found.replay.why_not:
        return ()
    rows = found.pairs.offline
    columns = [one for one in (*inquiry.loose, *inquiry.features) if one in rows][: 10 * MOST_SLICED]
    few = sorted(columns, key=lambda one: rows[one].nunique())[:MOST_SLICED]
    return slices_of((rows, found.replay.offline), (rows, found.replay.answered), few)


def _columns(inquiry: Inquiry, found: Parity | str, judged: Sequence[Judged]) -> tuple[ColumnParity, ...]:
    suspects = [one for kind in judged for one in kind.suspects if one.kind == "skew"]
    about = {name: [one for one in suspects if name in one.culprits] for name in compared(inquiry)}
    if isinstance(found, Parity):
        counts = _counted(inquiry, found)
        rows = [_paired(inquiry, found, name, (counts, about[name])) for name in found.pairs.compared]
        return tuple(sorted(rows, key=lambda one: (-(one.share or 0.0), -(one.differing or 0))))
    lone = changes(inquiry)
    if isinstance(lone, str):
        return ()
    changed = [change for change, _ in lone]
    alike = [name for name in in_common(inquiry) if name not in {one.column for one in changed}]
    return (
        *(_apart(inquiry, one.column, about[one.column], change=one) for one in changed),
        *(_apart(inquiry, name, (), change=None) for name in alike),
    )


def _apart(inquiry: Inquiry, name: str, suspects: Sequence[Suspect], *, change: Change | None) -> ColumnParity:
    """Return a column of which there are no pairs; without a change where it changed by no more than chance."""
    return ColumnParity(
        column=name,
        is_read=name in inquiry.features,
        differing=None,
        compared=len(inquiry.examined),
        share=None,
        changed=None if change is None else change.variation,
        moves=None if change is None else change.moves,
        words=ALIKE if change is None else change.words,
        keys=tuple(one.key for one in suspects),
    )


def _counted(inquiry: Inquiry, found: Parity) -> dict[str, int]:
    """Return in how many of all pairs each column differs; where a sample was looked at, all are counted."""
    names = tuple(found.pairs.compared)
    if len(found.pairs) == len(found.pairs.join) or inquiry.log is None:
        return {name: int(found.cells(name).differs.sum()) for name in names}

    def say(share: float) -> None:
        inquiry.report(0.7 + 0.25 * share, f"counting what differs in {len(found.pairs.join):,} pairs")

    return differing_counts((inquiry.examined.table, inquiry.log.table), found.pairs.join, names, say)


def _paired(
    inquiry: Inquiry, found: Parity, name: str, known: tuple[dict[str, int], Sequence[Suspect]]
) -> ColumnParity:
    counts, suspects = known
    differing = counts[name]
    shares = [one.share for one in suspects if one.share is not None]
    words = "; ".join(_cause(one) for one in suspects) or _few(found, name, differing)
    return ColumnParity(
        column=name,
        is_read=name in inquiry.features,
        differing=differing,
        compared=len(found.pairs.join),
        share=sum(shares) if shares else None,
        changed=None,
        moves=None,
        words=words,
        keys=tuple(one.key for one in suspects),
    )


def _few(found: Parity, name: str, differing: int) -> str:
    """Return what is said of a column that no finding is about."""
    if not differing:
        return "equal"
    return "differs" if found.cells(name).differs.any() else "differs in none of the pairs looked at closely"


def _cause(one: Suspect) -> str:
    """Return "stale, lag 2.0 days" or "scale, x 100, where app = '4.2'"."""
    named = one.cause if isinstance(one.cause, str) else " or ".join(one.cause or ("differs",))
    parameter = str(one.evidence.get("parameter") or "")
    place = f", where {one.where.rule}" if one.where is not None else ""
    return f"{named}{f', {parameter}' if parameter and parameter != named else ''}{place}"
