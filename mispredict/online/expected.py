"""What training leads one to expect of each feature: a small file that a service reads, without any package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMA = "mispredict/expected@1"


@dataclass(frozen=True)
class Expected:
    """Of each feature the range of its numbers or the set of its levels, and quantiles of the score offline."""

    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # low and high, both included
    levels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    score: Mapping[str, float] = field(default_factory=dict)  # "0.99" -> that quantile offline

    @classmethod
    def read(cls, path: str | Path) -> Expected:
        """Return what `mispredict expect` wrote; ValueError for another file."""
        found = json.loads(Path(path).read_text("utf-8"))
        if not isinstance(found, dict) or found.get("schema") != SCHEMA:
            raise ValueError(f"{path} is no file of expectations; needed: what `mispredict expect` writes")
        features: dict[str, dict[str, Any]] = found["features"]
        ranges = {name: (one["low"], one["high"]) for name, one in features.items() if "low" in one}
        levels = {name: frozenset(one["levels"]) for name, one in features.items() if "levels" in one}
        return cls(ranges, levels, found.get("score", {}))
