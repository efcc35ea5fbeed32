"""The service's answers against the model at hand on the very features that were logged."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.errors.predicates import rule_text
from mispredict.parity.answers import Answered, answered
from mispredict.parity.parity import Parity, times_of
from mispredict.parity.place import rule_for
from mispredict.parity.since import since
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.lone_log import alone
from mispredict.suspects.parity_inquiry import parity, places
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect, Where

FEW = 0.001  # part of the pairs below which other answers are no alarm
LARGE = 1e-3  # mean difference from which they are one
DOTS = 400


class ScoreMismatch:
    """Finds answers that the model at hand does not give."""

    kind = "score_mismatch"
    about = About(
        title="The service answered otherwise than the model",
        needs="the [online] log with its score, joined with the table by id, and a model that can answer",
        how="the model answers the logged features again, and each answer is compared with the logged score; how they "
        "differ tells another model from log-odds, percent, the other class, another calibration or fewer digits",
        means="certain: the answers differ by more than another runtime or fewer digits would make; info: by no more",
        clear="that the model of the investigation is not the one that served these entries, and need not be",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why answers can't be compared."""
        found = _replayed(inquiry)
        if isinstance(found, str):
            return found
        if found.replay.logged is None:
            return "no score is logged: [online] names none"
        if not np.isfinite(found.replay.logged).any():
            return "no entry of the log has a score"
        if inquiry.model.family == "scores":
            return "only stored scores are at hand, no model that could answer again"
        return f"the model can't answer the logged features: {found.replay.why_not}" if found.replay.why_not else None

    def find(self, inquiry: Inquiry) -> Found:
        """Return at most one finding."""
        found = _replayed(inquiry)
        assert isinstance(found, Parity)
        assert found.replay.logged is not None
        inquiry.report(0.6, "comparing the answers")
        differs = answered(found.replay.logged, found.replay.online)
        looked_at = found.pairs.scope
        return Found(() if differs is None else (_finding(inquiry, found, differs),), looked_at)


def _replayed(inquiry: Inquiry) -> Parity | str:
    """Return the pairs; where no row has an entry, the entries alone; or why answers can't be compared."""
    found = parity(inquiry)
    if isinstance(found, Parity) or inquiry.log is None:
        return found
    lone = alone(inquiry)
    return lone if isinstance(lone, Parity) else f"{found}; {lone}"


def _finding(inquiry: Inquiry, found: Parity, said: Answered) -> Suspect:
    assert found.replay.logged is not None
    gaps = found.replay.logged - found.replay.online
    mean, part = float(np.abs(gaps[said.differs]).mean()), float(said.differs.mean())
    rule = rule_for(said.differs, found.pairs.offline, places(inquiry, found.pairs))
    begun = since(said.differs, times_of(found.pairs, inquiry.data.time))
    whole = float(np.abs(found.difference).sum())
    share = float((np.sign(found.difference) * np.where(said.differs, gaps, 0.0)).sum()) / whole if whole > 0 else 0.0
    place = f" (all where {rule_text(rule)})" if rule else ""
    when = f", since {begun.moment}" if begun is not None else ""
    return Suspect(
        kind="score_mismatch",
        severity=_severity(said, part, mean),
        culprits=(),
        score=part * mean,
        weight=0.3 + 0.2 * min(1.0, max(0.0, share)),  # a column with its cause says more, and comes first
        summary=f"the service answered {said.words} in {part:.1%} of {len(gaps):,} {_unit(found)}{place}{when}: there "
        f"the score is {mean:.3g} off on average{_weight_of(found, share)}",
        cleared_by="knowing that another model served these entries, and that the one at hand is to be judged",
        next_step=_next_step(said),
        share=None if found.pairs.is_alone else min(1.0, max(0.0, share)),
        where=Where(rule_text(rule), rule) if rule else None,
        evidence=_evidence(found, said, gaps),
        charts=(_chart(found, said),),
    )


def _unit(found: Parity) -> str:
    return "entries" if found.pairs.is_alone else "pairs"


def _weight_of(found: Parity, share: float) -> str:
    if found.pairs.is_alone:
        return "; no row of the table is known for them"
    return f", which makes {share:.0%} of the difference between online and offline"


def _severity(said: Answered, part: float, mean: float) -> Severity:
    if said.is_harmless or part < FEW:
        return "info"
    return "certain" if mean >= LARGE else "suspected"


def _next_step(said: Answered) -> str:
    if said.name in ("log-odds", "percent", "the other class", "labels"):
        return "log the probability of the event, or name another score column in [online]"
    return "compare the digest and version of the model that was served with those of the file at hand"


def _evidence(found: Parity, said: Answered, gaps: np.ndarray) -> dict[str, Any]:
    held = np.abs(gaps[np.isfinite(gaps)])
    logged = found.replay.logged
    assert logged is not None
    return {
        "answers that differ": f"{int(said.differs.sum()):,} of {len(gaps):,}",
        "read as": said.name,
        "largest difference": float(held.max()),
        "mean difference": float(held.mean()),
        "scores outside 0 to 1": int(((logged < 0) | (logged > 1)).sum()),
        "entries without a score": int((~np.isfinite(logged)).sum()),
        f"{_unit(found)} looked at": found.pairs.scope,
    }


def _chart(found: Parity, said: Answered) -> Chart:
    logged, model = found.replay.logged, found.replay.online
    assert logged is not None
    rng, series = np.random.default_rng(0), []
    for name, which in (("answered otherwise", said.differs), ("the same", ~said.differs & np.isfinite(logged))):
        rows = rng.permutation(np.flatnonzero(which))[: DOTS // 2]
        if len(rows):
            marked = (name != "the same",) * len(rows)
            series.append(Series(name, tuple(model[rows].tolist()), tuple(logged[rows].tolist()), marked=marked))
    title = "What was answered against what the model says of the same features"
    return Chart("dots", title, "model on the logged features", "logged score", tuple(series))
