"""What `investigation.toml` says, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mispredict.endpoint.settings import CallSettings


@dataclass(frozen=True)
class DataSpec:
    """The labelled table that is examined, and its columns with a role."""

    path: str  # absolute, or an fsspec URL
    target: str
    positive: Any = None
    id: str | None = None
    time: str | None = None
    entity: tuple[str, ...] = ()
    label_time: str | None = None
    cost: str | None = None
    features: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    embedding: str | None = None
    display: tuple[str, ...] = ()
    available_at: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelSpec:
    """Where the answers come from: a file, stored score columns, or an endpoint."""

    path: str | None = None
    scores: str | tuple[str, ...] | None = None
    url: str | None = None
    protocol: str | None = None
    calls: CallSettings = field(default_factory=CallSettings)  # how the endpoint is called
    threshold: float = 0.5
    data: DataSpec | None = None  # a candidate's own table
    features: tuple[str, ...] | None = None  # optional; else as in DataSpec


@dataclass(frozen=True)
class OnlineSpec:
    """What the service logged."""

    path: str
    id: str | None = None  # without one, entries are joined by entity and time
    time: str | None = None
    score: str | None = None


@dataclass(frozen=True)
class InvestigationSpec:
    """One investigation, with every path made absolute."""

    name: str
    data: DataSpec
    model: ModelSpec
    seed: int = 0
    training: str | None = None
    candidate: ModelSpec | None = None
    online: OnlineSpec | None = None
    invariants: str | None = None
    home: Path = Path()  # the folder of the file
    file: Path | None = None  # the file itself, None for objects in memory
