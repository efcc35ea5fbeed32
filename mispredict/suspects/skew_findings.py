"""A column's difference between offline and online as a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mispredict.errors.predicates import rule_text
from mispredict.parity.parity import Parity
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.skew_charts import charts, examples
from mispredict.suspects.suspect import Severity, Suspect, Where

if TYPE_CHECKING:
    from mispredict.suspects.skew import Skewed

MOVES = 0.002  # part of the score difference from which a column moves the score
RARE = 0.002  # part of the pairs


def finding(inquiry: Inquiry, found: Parity, skewed: Skewed) -> Suspect:
    """Return one column and cause as a finding."""
    best, affected = skewed.named.best, skewed.named.affected
    culprits = (skewed.column, *best.also)
    share = None if skewed.share is None else min(1.0, max(0.0, skewed.share.share))
    part = float(affected.mean())
    return Suspect(
        kind="skew",
        severity=_severity(inquiry, skewed, part),
        culprits=culprits,
        score=(share or 0.0) + 0.01 * part,
        weight=min(1.0, 0.5 + 0.5 * (share if share is not None else part)),
        summary=_summary(inquiry, found, skewed),
        cleared_by=f"a log in which `{skewed.column}` is what the model was given, or ids that join other rows",
        next_step=_next_step(skewed),
        cause=best.cause if len(skewed.named.readings) == 1 else tuple(one.cause for one in skewed.named.readings),
        share=share,
        where=Where(rule_text(skewed.place), skewed.place) if skewed.place else None,
        evidence=_evidence(inquiry, found, skewed),
        charts=charts(found, skewed),
    )


def _severity(inquiry: Inquiry, skewed: Skewed, part: float) -> Severity:
    if skewed.column not in inquiry.read or (part < RARE and (skewed.share is None or skewed.share.share < MOVES)):
        return "info"
    if skewed.column not in inquiry.features or (skewed.share is not None and abs(skewed.share.share) < MOVES):
        return "suspected"
    return "certain"


def _summary(inquiry: Inquiry, found: Parity, skewed: Skewed) -> str:
    affected = skewed.named.affected
    place = f" (all where {rule_text(skewed.place)})" if skewed.place else ""
    begun = f", since {skewed.since.moment}" if skewed.since is not None else ""
    tie = "".join(f", or {one.words}" for one in skewed.named.readings[1:])
    said = f"`{skewed.column}` {skewed.named.best.words}{tie} in {affected.mean():.1%} of {len(affected):,} pairs"
    said += place + begun
    if skewed.share is None:
        return said
    share = skewed.share
    said += f"; it explains {share.share:.0%} [{share.low:.0%} to {share.high:.0%}] of the score difference"
    return said + f"; repairing it removes {max(0.0, share.repair):.0%}{_mended(inquiry, found, skewed)}"


def _mended(inquiry: Inquiry, found: Parity, skewed: Skewed) -> str:
    turned = _turned(inquiry, found, skewed)
    return "" if turned is None or turned[1] == 0 else f" and turns {turned[0]:,} of {turned[1]:,} errors right"


def _turned(inquiry: Inquiry, found: Parity, skewed: Skewed) -> tuple[int, int] | None:
    """Return how many of the service's errors among the affected pairs are right once the column is repaired."""
    from mispredict.suspects.skew import mended

    if not inquiry.is_binary or found.replay.why_not or skewed.column not in inquiry.features:
        return None
    truth = _truth(inquiry, found)
    columns = [one for one in (skewed.column, *skewed.named.best.also) if one in inquiry.features]
    before = (found.replay.answered >= inquiry.threshold).astype(int)
    after = (mended(inquiry, found, columns) >= inquiry.threshold).astype(int)
    wrong = skewed.named.affected & (truth >= 0) & (before != truth)
    return int((wrong & (after == truth)).sum()), int(wrong.sum())


def _truth(inquiry: Inquiry, found: Parity) -> np.ndarray:
    from mispredict.investigation.reader import Reader

    def make() -> np.ndarray:
        return Reader(inquiry.model, inquiry.data).truth_of(found.pairs.offline[inquiry.data.target])

    return inquiry.once("labels of pairs", make)


def _next_step(skewed: Skewed) -> str:
    where = f"where {rule_text(skewed.place)}, " if skewed.place else ""
    return f"compare how `{skewed.column}` is computed in training and in the service, {where}and repair the service"


def _evidence(inquiry: Inquiry, found: Parity, skewed: Skewed) -> dict[str, Any]:
    affected, cells, best = skewed.named.affected, found.cells(skewed.column), skewed.named.best
    differs = cells.differs
    evidence: dict[str, Any] = {
        "parameter": best.parameter,
        "pairs that differ": f"{int(differs.sum()):,} of {len(differs):,}",
        "of them so": f"{int(affected.sum()):,}",
        "pairs looked at": found.pairs.scope,
        "not joined": dict(found.pairs.join.unjoined)
        or "nothing: every row is in the log, and every entry in the table",
        "examples, offline and online": [f"{one} and {other}" for one, other in examples(found, skewed)],
    }
    if (share := skewed.share) is not None:
        evidence["share of the score difference"] = f"{share.share:.1%} [{share.low:.1%} to {share.high:.1%}]"
        evidence["removed by repairing it alone"] = f"{share.repair:.1%}"
    if skewed.since is not None:
        evidence["affected before and since"] = f"{skewed.since.before:.1%} and {skewed.since.after:.1%} of the pairs"
    if found.pairs.join.lag is not None:
        evidence["clock of the log"] = f"{found.pairs.join.lag:+.3g} s against the table's time"
    if inquiry.log is not None and inquiry.log.notes:
        evidence["left out of the log"] = list(inquiry.log.notes)
    if found.replay.why_not:
        evidence["no score difference"] = found.replay.why_not
    if absent := [one for one in found.pairs.absent if one in inquiry.features]:
        evidence["features that were not logged"] = absent
    if found.pairs.renamed:
        evidence["perhaps renamed"] = [f"{one}: {other}" for one, other in found.pairs.renamed.items()]
    return evidence
