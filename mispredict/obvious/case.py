"""One member of the obvious set: a frozen row, what must hold, and who said why and when."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from mispredict.bad_input import BadInput
from mispredict.obvious import expectation
from mispredict.obvious.expectation import Expectation

Severity = Literal["blocker", "major", "minor"]
SEVERITIES: tuple[str, ...] = get_args(Severity)
LONGEST_REASON = 10_000  # characters: a paragraph or two; a log file belongs behind the incident's link
LONGEST_NAME = 200  # characters of a name, an incident or an id: what still fits in a line

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class CaseRefused(BadInput):
    """A case that can't be kept or read."""


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

    def __post_init__(self) -> None:
        _require_text(self)
        _require_types(self)
        _require_classes(self)

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
        raise _refusal(f"a {type(found).__name__}", "an object with the fields of a case")
    try:
        return _read(found)
    except (KeyError, TypeError, AttributeError) as problem:
        raise _refusal(f"a case without {problem}", "every field of a case") from problem


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
    )


def require_reason(reason: Any) -> None:
    """Refuse a reason that says nothing, or a book; raises CaseRefused."""
    if not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON:
        raise _refusal(f"a reason of {len(str(reason))} characters", f"1 to {LONGEST_REASON} that say why")


def _require_text(case: Case) -> None:
    if not isinstance(case.id, str) or not _ID.fullmatch(case.id):
        raise _refusal(f"the case id {case.id!r}", "at most 200 letters, digits, dots, dashes and underscores")
    if case.severity not in SEVERITIES:
        raise _refusal(f"the severity {case.severity!r}", f"one of {', '.join(SEVERITIES)}")
    require_reason(case.reason)
    _require_name(case.promoted_by, "who promoted it")
    _require_time(case.promoted_at, "the time of promotion")
    if case.incident is not None:
        _require_name(case.incident, "the incident")
    if case.expires is not None:
        _require_time(case.expires, "the last day")


def _require_name(name: Any, what: str) -> None:
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise _refusal(f"{what}: {str(name)[:80]!r}", f"one line of 1 to {LONGEST_NAME} printable characters")


def _require_time(text: Any, what: str) -> None:
    try:
        datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise _refusal(f"{what}: {text!r}", "an ISO date or time, such as 2026-01-31") from None


def _require_types(case: Case) -> None:
    if not isinstance(case.row, dict) or not case.row:
        raise _refusal(f"the case {case.id} with no row", "at least one feature")
    untyped = [name for name in case.row if not isinstance(case.dtypes.get(name), str)]
    if untyped:
        raise _refusal(f"the case {case.id} with no type for {untyped[0]!r}", "a type for every feature")
    for name, value in case.row.items():
        if isinstance(value, (list, dict)):
            raise _refusal(f"the case {case.id} with a {type(value).__name__} in {name!r}", "a JSON scalar")
        if value is not None and name in case.categories and value not in case.categories[name]:
            raise _refusal(f"the case {case.id} with {value!r} in {name!r}", "one of that column's categories")


def _require_classes(case: Case) -> None:
    if len(case.model.classes) < 2:
        raise _refusal(f"the case {case.id} with the classes {case.model.classes!r}", "at least two classes")
    if case.expect.of not in case.model.classes:
        known = ", ".join(map(repr, case.model.classes))
        raise _refusal(f"the case {case.id} that expects the class {case.expect.of!r}", f"one of {known}")


def _refusal(found: str, needed: str) -> CaseRefused:
    return CaseRefused(found, needed=needed, do="correct the case or promote the row again")
