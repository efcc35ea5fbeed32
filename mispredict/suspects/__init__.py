"""The usual suspects: the table of detectors, in the order in which they run."""

from __future__ import annotations

from mispredict.suspects.availability_leak import AvailabilityLeak
from mispredict.suspects.detector import Detector
from mispredict.suspects.drift import Drift
from mispredict.suspects.encoding_leak import EncodingLeak
from mispredict.suspects.entity_leak import EntityLeak
from mispredict.suspects.invariant import Invariant
from mispredict.suspects.label_conflict import LabelConflict
from mispredict.suspects.label_delay import LabelDelay
from mispredict.suspects.label_noise import LabelNoise
from mispredict.suspects.missing_leak import MissingLeak
from mispredict.suspects.near_duplicate import NearDuplicate
from mispredict.suspects.order_leak import OrderLeak
from mispredict.suspects.score_mismatch import ScoreMismatch
from mispredict.suspects.shortcut import Shortcut
from mispredict.suspects.skew import Skew
from mispredict.suspects.sparse_leak import SparseLeak
from mispredict.suspects.split_overlap import SplitOverlap
from mispredict.suspects.target_leak import TargetLeak
from mispredict.suspects.time_leak import TimeLeak

_IN_ORDER: tuple[Detector, ...] = (
    TargetLeak(),
    SparseLeak(),
    MissingLeak(),
    TimeLeak(),
    AvailabilityLeak(),
    OrderLeak(),
    EncodingLeak(),
    SplitOverlap(),
    NearDuplicate(),
    EntityLeak(),
    Shortcut(),
    LabelNoise(),
    LabelConflict(),
    LabelDelay(),
    Skew(),
    ScoreMismatch(),
    Invariant(),
    Drift(),
)

SUSPECTS: dict[str, Detector] = {one.kind: one for one in _IN_ORDER}
