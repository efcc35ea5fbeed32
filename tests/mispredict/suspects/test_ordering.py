from __future__ import annotations

from dataclasses import replace

from mispredict.suspects.ordering import in_order
from mispredict.suspects.suspect import Clearing, Suspect


def suspect(kind: str, severity: str, weight: float, score: float = 0.0) -> Suspect:
    return Suspect(kind, severity, ("a",), score, weight, "", "", "")  # type: ignore[arg-type]


def test_severity_comes_before_weight_and_weight_before_score() -> None:
    info, light, heavy, sure = (
        suspect("drift", "info", 1.0),
        suspect("drift", "suspected", 0.2, score=9.0),
        suspect("time_leak", "suspected", 0.8),
        suspect("label_noise", "certain", 0.1),
    )
    assert in_order([info, light, heavy, sure]) == (sure, heavy, light, info)


def test_a_cleared_finding_comes_last_until_the_data_is_another_one() -> None:
    word = Clearing("ann", "checked", "2026-05-04T10:00:00Z")
    cleared = replace(suspect("drift", "certain", 1.0), cleared=word)
    stale = replace(cleared, cleared=replace(word, holds=False))
    other = suspect("drift", "info", 0.0)
    assert in_order([cleared, other]) == (other, cleared)
    assert in_order([other, stale]) == (stale, other)
