"""Runs detectors one after another; each one's answer is kept, so that a cancel leaves what is done."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mispredict.scan.scored import Scored
from mispredict.suspects.detector import Detector
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.joining import joined
from mispredict.suspects.suspect import Judged, Suspect

Keep = Callable[[str, Callable[[], Judged]], Judged]  # a step's name and what makes it


def judge(detector: Detector, inquiry: Inquiry, scored: Scored) -> Judged:
    """Return what one detector says: why it can't judge, or its findings joined with the errors of `scored`."""
    started = time.perf_counter()
    why_not = detector.refusal(inquiry)
    if why_not is not None:
        return Judged(detector.kind, (), "", time.perf_counter() - started, why_not)
    found = detector.find(inquiry)
    suspects = tuple(with_key(joined(one, scored)) for one in told_apart(found.suspects))
    return Judged(detector.kind, suspects, found.looked_at, time.perf_counter() - started)


def run(
    detectors: Mapping[str, Detector], inquiry: Callable[[Detector, float, float], Judged], keep: Keep
) -> tuple[Judged, ...]:
    """Return what every detector says, in the order of the table.

    `inquiry` judges one detector, given its part of the progress; `keep` answers from what was computed before.
    """
    answers = []
    for number, detector in enumerate(detectors.values()):
        begin, end = number / len(detectors), (number + 1) / len(detectors)

        def make(one: Detector = detector, begin: float = begin, end: float = end) -> Judged:
            return inquiry(one, begin, end)

        answers.append(keep(detector.kind, make))
    return tuple(answers)


def with_key(suspect: Suspect) -> Suspect:
    """Return the suspect with the digest that it is cleared by: kind, culprits and place, no figures."""
    said = [*_same(suspect), *([suspect.apart] if suspect.apart else [])]
    text = json.dumps(said, ensure_ascii=False)
    return dataclasses.replace(suspect, key=hashlib.sha256(text.encode()).hexdigest()[:12])


def told_apart(found: Sequence[Suspect]) -> list[Suspect]:
    """Return the suspects; those that kind, culprits and place do not tell apart are told apart by their cause."""
    counts = Counter(map(repr, map(_same, found)))
    return [
        dataclasses.replace(one, apart=one.apart or str(one.cause or "")) if counts[repr(_same(one))] > 1 else one
        for one in found
    ]


def _same(suspect: Suspect) -> list[Any]:
    return [suspect.kind, sorted(suspect.culprits), suspect.where.rule if suspect.where is not None else ""]
