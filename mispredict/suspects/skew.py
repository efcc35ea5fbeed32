"""Columns whose value when serving is not the one in the table, with the cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Condition
from mispredict.parity.naming import Around, Named, causes_of
from mispredict.parity.parity import Parity, past_of, times_of
from mispredict.parity.place import place_of
from mispredict.parity.shares import Differences, Share, repaired_scores, shares_of
from mispredict.parity.since import Since, since
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.lone_log import changes
from mispredict.suspects.parity_inquiry import event, parity, places
from mispredict.suspects.skew_findings import finding
from mispredict.suspects.suspect import Suspect
from mispredict.suspects.unpaired_skew import unpaired
from mispredict.tables.entities import entity_codes

MOST_NAMED = 40  # columns whose cause is looked for, those that differ in most pairs first
FEW = 0.0005  # part of the pairs below which a column that differs is left out
LEAST = 3  # pairs


@dataclass(frozen=True, eq=False)
class Skewed:
    """One column's difference with one cause."""

    column: str
    named: Named
    place: tuple[Condition, ...]
    since: Since | None
    share: Share | None  # None where no score can be told


class Skew:
    """Finds columns that the service computed otherwise than the table."""

    kind = "skew"
    about = About(
        title="A column is served otherwise than it was learned",
        needs="the [online] log, joined with the table by id, or by entity and time",
        how="each column's values online and offline are compared row by row; the cause is what explains most of the "
        "differing pairs with least, and its share is exact (Shapley) over the columns that differ; without pairs the "
        "two sides are compared as samples, which is weaker",
        means="certain: the values differ and move the score; suspected: they differ and hardly move it; info: no "
        "model reads the column, or a handful of pairs differ",
        clear="that the log holds other columns under these names, or that ids join the wrong rows",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why the two sides can't be compared."""
        found = parity(inquiry)
        if isinstance(found, Parity) or inquiry.log is None:
            return None if isinstance(found, Parity) else found
        lone = changes(inquiry)
        return f"{found}; {lone}" if isinstance(lone, str) else None

    def find(self, inquiry: Inquiry) -> Found:
        """Return a finding a column and cause, the largest share of the score difference first."""
        found = parity(inquiry)
        if isinstance(found, str):
            return unpaired(inquiry, found)
        columns = [
            one for one in found.differing if found.cells(one).differs.sum() >= max(LEAST, FEW * len(found.pairs))
        ]
        shares = _shares(inquiry, found, [one for one in columns if one in inquiry.features])
        suspects: list[Suspect] = []
        done: set[str] = set()
        for number, column in enumerate(columns[:MOST_NAMED]):
            inquiry.report(0.5 + 0.5 * number / len(columns), "naming what differs online")
            if column not in done:
                skewed = _skewed(inquiry, found, column, shares)
                done |= {column, *(other for one in skewed for other in one.named.best.also)}
                suspects += [finding(inquiry, found, one) for one in skewed]
        return Found(tuple(suspects), f"{len(found.pairs.compared):,} columns, {found.pairs.scope}")


def _skewed(inquiry: Inquiry, found: Parity, column: str, shares: dict[str, Share]) -> list[Skewed]:
    cells = found.cells(column)
    tables = [inquiry.examined.table, *([inquiry.training.table] if inquiry.training is not None else [])]
    past = past_of(column, cells, tables, inquiry.data, found.pairs.positions)
    around = Around(found.pairs.compared, past, _features(inquiry, found), inquiry.seed)
    causes = causes_of(cells, around)
    rules_over = [one for one in places(inquiry, found.pairs) if one != column]
    times = times_of(found.pairs, inquiry.data.time)
    whole = max(1, sum(int(one.affected.sum()) for one in causes))
    return [
        Skewed(
            column,
            one,
            place_of(
                one.affected, cells, one.best, found.pairs.offline, [c for c in rules_over if c not in one.best.also]
            ),
            since(one.affected, times),
            _share(inquiry, found, (column, *one.best.also), shares, float(one.affected.sum()) / whole),
        )
        for one in causes
    ]


def _share(
    inquiry: Inquiry, found: Parity, columns: tuple[str, ...], shares: dict[str, Share], part: float
) -> Share | None:
    """Return what some columns claim together, and of it one cause's part by its pairs."""
    claims = [shares[one] for one in columns if one in shares]
    if not claims:
        return None
    sums = [sum(getattr(one, name) for one in claims) * part for name in ("share", "low", "high")]
    repair = claims[0].repair if len(claims) == 1 else _removed(inquiry, found, [c for c in columns if c in shares])
    return Share(sums[0], sums[1], sums[2], repair * part)


def _removed(inquiry: Inquiry, found: Parity, columns: list[str]) -> float:
    """Return the part of the absolute score difference that goes when columns are repaired together."""
    left = np.abs(mended(inquiry, found, columns) - found.replay.offline).sum()
    return float(1 - left / np.abs(found.difference).sum())


def _features(inquiry: Inquiry, found: Parity) -> np.ndarray:
    """Return the offline rows as finite numbers, made once: what a difference may be foretold by."""

    def make() -> np.ndarray:
        from mispredict.suspects.coded import Coding

        names = [one for one in inquiry.features if one in found.pairs.offline]
        coding = Coding.of([found.pairs.offline[names]])
        return np.nan_to_num(coding.matrix(names), nan=-1.0, posinf=0.0, neginf=0.0)

    return inquiry.once("paired rows as numbers", make)


def differences(inquiry: Inquiry, found: Parity, columns: list[str]) -> Differences:
    """Return the columns' differences with the scores on both sides."""
    data, pairs, replay = inquiry.data, found.pairs, found.replay
    groups = entity_codes(pairs.offline, data.entity) if data.entity else np.arange(len(pairs))
    groups = np.where(groups < 0, len(pairs) + np.arange(len(pairs)), groups)
    masks = {one: found.cells(one).differs for one in columns}
    features = list(inquiry.features)
    return Differences(
        pairs.offline[features], replay.rows, masks, replay.offline, replay.online, replay.answered, groups
    )


def _shares(inquiry: Inquiry, found: Parity, columns: list[str]) -> dict[str, Share]:
    if found.replay.why_not or not columns or not np.abs(found.difference).sum() > 0:
        return {}
    inquiry.report(0.4, "sharing out the score difference")
    return shares_of(differences(inquiry, found, columns), lambda rows: event(inquiry, rows), inquiry.seed)


def mended(inquiry: Inquiry, found: Parity, columns: list[str]) -> np.ndarray:
    """Return what would have been answered with these columns as they are offline."""
    return repaired_scores(differences(inquiry, found, columns), lambda rows: event(inquiry, rows), columns)
