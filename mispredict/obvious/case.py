"""One member of the obvious set: a frozen row, what must hold, and who said why and when."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from mispredict.investigation import explained
from mispredict.investigation.explained import Explained
from mispredict.obvious import expectation
from mispredict.obvious.expectation import Expectation
from mispredict.obvious.requiring import Severity, refusal, require_classes, require_text, require_types


@dataclass(frozen=True)
class Source:
    """Where the row stood."""

    data_sha256: str
    row: str  # its id in that table
    truth: Any = None  # its label


@dataclass(frozen=True)
class Witness:
    """The model that was asked when the case was promoted."""

    sha256: str
    score: float | None  # what it answered: the event's probability, with more than two classes the true class's
    classes: tuple[Any, ...]  # in the order of its probabilities


@dataclass(frozen=True)
class Case:
    """A case. Every field of the contract is always set; `dtypes` and `categories` say what the row's values were."""

    id: str
    row: dict[str, Any]  # feature -> JSON scalar, in the model's own order
    dtypes: dict[str, str]  # feature -> pandas dtype name
    categories: dict[str, list[Any]]  # of the features whose dtype is category, in the order that the model learned
    expect: Expectation
    severity: Severity
    reason: str
    promoted_by: str
    promoted_at: str  # UTC, ISO 8601
    source: Source
    model: Witness
    incident: str | None = None
    expires: str | None = None  # ISO date or time
    owner: str | None = None  # who is asked when it fails
    tags: tuple[str, ...] = ()
    explanation: Explained | None = None  # why the model at promotion answered as it did

    def __post_init__(self) -> None:
        require_text(self)
        require_types(self)
        require_classes(self)

    def to_json(self) -> dict[str, Any]:
        """Return the case as JSON values, keys in the contract's order."""
        return {
            "id": self.id,
            "row": self.row,
            "expect": self.expect.to_json(),
            "severity": self.severity,
            "reason": self.reason,
            "promoted_by": self.promoted_by,
            "promoted_at": self.promoted_at,
            "incident": self.incident,
            "expires": self.expires,
            "source": {"data_sha256": self.source.data_sha256, "row": self.source.row, "truth": self.source.truth},
            "model": {"sha256": self.model.sha256, "score": self.model.score, "classes": list(self.model.classes)},
            "types": self.types(),
            "owner": self.owner,
            "tags": list(self.tags),
            "explanation": None if self.explanation is None else self.explanation.to_json(),
        }

    def types(self) -> dict[str, Any]:
        """Return each column's dtype, and its categories where it has them."""
        listed = {name: {"categories": values} for name, values in self.categories.items()}
        return {name: {"dtype": self.dtypes[name], **listed.get(name, {})} for name in self.row}


def id_of(row: dict[str, Any], *, kind: str, name: str) -> str:
    """Return a case's id: the row's own id made safe, and a digest of the row and the kind of expectation.

    >>> id_of({"amount": 12.5}, kind="label", name="Order 7/2")
    'order-7-2-5121f461ba6f'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "row"
    text = json.dumps([row, kind], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def from_json(found: Any) -> Case:
    """Return the case that JSON values describe; raises CaseRefused, ExpectationRefused."""
    if not isinstance(found, dict):
        raise refusal(f"a {type(found).__name__}", "an object with the fields of a case")
    try:
        return _read(found)
    except (KeyError, TypeError, AttributeError) as problem:
        raise refusal(f"a case without {problem}", "every field of a case") from problem


def _read(found: dict[str, Any]) -> Case:
    types, source, model = found["types"], found["source"], found["model"]
    return Case(
        found["id"],
        found["row"],
        {name: kind["dtype"] for name, kind in types.items() if name in found["row"]},
        {name: kind["categories"] for name, kind in types.items() if name in found["row"] and "categories" in kind},
        expectation.from_json(found["expect"]),
        found["severity"],
        found["reason"],
        found["promoted_by"],
        found["promoted_at"],
        Source(source["data_sha256"], source["row"], source.get("truth")),
        Witness(model["sha256"], model["score"], tuple(model["classes"])),
        found["incident"],
        found["expires"],
        found.get("owner"),  # sets of older versions have none of these
        tuple(found.get("tags") or ()),
        None if found.get("explanation") is None else explained.from_json(found["explanation"]),
    )
