"""The usual suspects: the table of detectors, in the order in which they run."""

from __future__ import annotations

from mispredict.suspects.detector import Detector
from mispredict.suspects.label_delay import LabelDelay
from mispredict.suspects.label_noise import LabelNoise

_IN_ORDER: tuple[Detector, ...] = (
    LabelNoise(),
    LabelDelay(),
)

SUSPECTS: dict[str, Detector] = {one.kind: one for one in _IN_ORDER}
