"""Results as JSON and arrays and back: dataclasses of a fixed table, frames as Arrow, arrays as raw bytes."""

from __future__ import annotations

import dataclasses
import datetime
import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from explainers.agreement import Agreement
from explainers.explanation import Attribution, Explanation, Split, TreePath
from explainers.flips import Change, Flip, Flips
from explainers.knock_out import KnockOut
from explainers.thresholds import NearThreshold
from explainers.votes import Votes
from mispredict.cohorts.cohort import Cohort, CohortComparison, Difference, Estimate, SavedCohort, Surprising
from mispredict.cohorts.selection import Selection
from mispredict.endpoint.measured import Latency, Sampled
from mispredict.errors.findings import Apart, Cluster, Condition, Slice, Test, Verdict
from mispredict.errors.heat import Cell, HeatMap
from mispredict.errors.tree import ErrorTree, Node
from mispredict.invariants.invariant import Bounded, Effect, Example, Held, Invariant, Invariants, Outcome
from mispredict.invariants.mining.suggesting import Suggestion, Suggestions
from mispredict.investigation.desk import Alike, Description, ErrorMap, FrozenRow, Groups, Ranked, RowDetail
from mispredict.investigation.explained import Explained
from mispredict.investigation.questions import (
    Edited,
    HowAgreed,
    HowNear,
    HowToFlip,
    HowVoted,
    Taught,
    TaughtBy,
    WhatIf,
    Why,
    WhyLoss,
)
from mispredict.obvious.twins import Twins
from mispredict.parity.online import ColumnParity, Joined, Online, Replayed, Span, Stage, Step
from mispredict.parity.quantiles import QuantilePair
from mispredict.scan.scored import Scored
from mispredict.scan.summary import CalibrationBin, Confusion, Metrics, ScanSummary
from mispredict.suspects.clearing import Act
from mispredict.suspects.suspect import Chart, Clearing, Judged, Series, Suspect, Suspicions, Where

# What may travel. A name that is not here is refused: the other side can't make us build anything else.
TRAVELLERS: dict[str, type] = {
    c.__name__: c
    for c in (
        *(Attribution, Explanation, Split, TreePath, Apart, Cluster, Condition, Slice, Test, Verdict),
        *(Alike, Description, ErrorMap, Explained, FrozenRow, Groups, Ranked, RowDetail),
        *(Why, WhyLoss, HowVoted, HowNear, HowAgreed, TaughtBy, WhatIf, HowToFlip),
        *(Agreement, KnockOut, Votes, NearThreshold, Taught, Edited, Change, Flip, Flips),
        *(Selection, Cohort, CohortComparison, Difference, Estimate, SavedCohort, Surprising),
        *(ErrorTree, Node, HeatMap, Cell),
        *(Suspicions, Judged, Suspect, Where, Clearing, Act, Chart, Series),
        *(Sampled, Latency, Twins),
        *(Suggestions, Suggestion, Invariants, Invariant, Held, Outcome, Example, Bounded, Effect),
        *(Online, Joined, Replayed, Stage, Step, Span, ColumnParity, QuantilePair),
        *(Scored, CalibrationBin, Confusion, Metrics, ScanSummary),
    )
}
ARRAY_KINDS = "biuf"  # numbers and booleans only: an object array would need pickle


class Untravelled(Exception):
    """A value that has no place in a message."""


def encode(value: Any, blobs: list[bytes]) -> Any:
    """Return `value` as JSON; frames and arrays go to `blobs`, which grows."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (float, np.generic)):
        return _scalar(value)
    if isinstance(value, (list, tuple, dict)):
        return _container(value, blobs)
    if isinstance(value, (datetime.date, pd.Timestamp)):
        return value.isoformat()
    return _object(value, blobs)


def _scalar(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float) and not math.isfinite(plain):
        return {"$float": str(plain)}
    return plain if isinstance(plain, (bool, int, float, str)) else str(plain)


def _container(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, dict):
        return {"$dict": [[encode(k, blobs), encode(v, blobs)] for k, v in value.items()]}
    parts = [encode(v, blobs) for v in value]
    return {"$tuple": parts} if isinstance(value, tuple) else parts


def _object(value: Any, blobs: list[bytes]) -> Any:
    if isinstance(value, pd.DataFrame):
        blobs.append(frame_bytes(value))
        return {"$frame": len(blobs) - 1}
    if isinstance(value, np.ndarray):
        return _array(value, blobs)
    if type(value).__name__ in TRAVELLERS:
        fields = {f.name: encode(getattr(value, f.name), blobs) for f in dataclasses.fields(value)}
        return {"$is": type(value).__name__, "fields": fields}
    raise Untravelled(f"a {type(value).__name__} has no place in a message")


def _array(value: np.ndarray, blobs: list[bytes]) -> Any:
    if value.dtype.kind not in ARRAY_KINDS:
        return {"$objects": [encode(v, blobs) for v in value.tolist()]}
    blobs.append(np.ascontiguousarray(value).tobytes())
    return {"$array": len(blobs) - 1, "dtype": value.dtype.str, "shape": list(value.shape)}


def decode(value: Any, blobs: list[bytes]) -> Any:
    """Return what `encode` was given."""
    if isinstance(value, list):
        return [decode(v, blobs) for v in value]
    if not isinstance(value, dict):
        return value
    kind = next(iter(value), "")
    if kind not in _DECODERS:
        raise Untravelled(f"a message part of the unknown kind {kind!r}")
    return _DECODERS[kind](value, blobs)


def _decode_array(value: dict[str, Any], blobs: list[bytes]) -> np.ndarray:
    dtype = np.dtype(value["dtype"])
    if dtype.kind not in ARRAY_KINDS:
        raise Untravelled(f"an array of {dtype}")
    return np.frombuffer(blobs[value["$array"]], dtype).reshape(value["shape"])


def _decode_object(value: dict[str, Any], blobs: list[bytes]) -> Any:
    if value["$is"] not in TRAVELLERS:
        raise Untravelled(f"a {value['$is']!r} has no place in a message")
    return TRAVELLERS[value["$is"]](**{name: decode(v, blobs) for name, v in value["fields"].items()})


_DECODERS: dict[str, Any] = {
    "$float": lambda v, _: float(v["$float"]),
    "$tuple": lambda v, b: tuple(decode(x, b) for x in v["$tuple"]),
    "$dict": lambda v, b: {decode(k, b): decode(x, b) for k, x in v["$dict"]},
    "$objects": lambda v, b: np.array([*(decode(x, b) for x in v["$objects"]), None], dtype=object)[:-1],
    "$frame": lambda v, b: bytes_frame(b[v["$frame"]]),
    "$array": _decode_array,
    "$is": _decode_object,
}


def frame_bytes(frame: pd.DataFrame) -> bytes:
    """Return a DataFrame as an Arrow stream, index, dtypes and category order kept."""
    table = pa.Table.from_pandas(frame, preserve_index=True)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def bytes_frame(data: bytes) -> pd.DataFrame:
    """Return the DataFrame of an Arrow stream, after Arrow validated it in full."""
    with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return table.to_pandas()
