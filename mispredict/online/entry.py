"""One entry of the log: features, the score, the model, the moment, as plain JSON."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from mispredict.online.snapshot import Row

# JSON has no word for infinity, yet every reader takes a number that is too large for one.
_INFINITE = secrets.token_hex(8)
_SPELLED = {f'"{_INFINITE}+"': "1e999", f'"{_INFINITE}-"': "-1e999"}
OWN = ("served_at", "score", "model_sha256", "seconds", "predicted")


def entry_of(row: Row, own: Mapping[str, Any]) -> Row:
    """Return the entry; a key of ours that is a feature's name gets a "_" in front."""
    entry = {str(name): plain(value) for name, value in row.items()}
    for name, value in own.items():
        if value is not None:
            entry[f"_{name}" if name in row else name] = plain(value)
    return entry


def line_of(entry: Row) -> bytes:
    """Return the entry as one line of JSON."""
    text = json.dumps(_spelled(entry), ensure_ascii=False, separators=(",", ":"))
    if _INFINITE in text:
        for mark, number in _SPELLED.items():
            text = text.replace(mark, number)
    return text.encode("utf-8", "replace") + b"\n"


def moment(seconds: float) -> str:
    """Return a time since 1970 as ISO 8601 in UTC.

    >>> moment(0.5)
    '1970-01-01T00:00:00.500000+00:00'
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def scores_of(answer: Any, rows: int) -> list[tuple[Any, Any]]:
    """Return each row's score and, of more than two classes, which class it is of.

    A number is the event's probability; of two numbers the second is; of more, and of named ones, the largest counts.
    """
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    answers = [answer] if rows == 1 and not _is_several(answer) else answer
    if not isinstance(answers, list | tuple) or len(answers) != rows:
        raise ValueError(f"the answer is a {type(answer).__name__}; needed: {rows} scores")
    return [_score(one) for one in answers]


def _is_several(answer: Any) -> bool:
    """Return whether the answer to one row is a list of one answer."""
    return isinstance(answer, list | tuple) and len(answer) == 1


def _score(answer: Any) -> tuple[Any, Any]:
    if isinstance(answer, Mapping):
        named = max(answer.items(), key=lambda one: float(one[1]))
        return named[1], named[0]
    if not isinstance(answer, list | tuple):
        return answer, None
    if len(answer) <= 2:
        return answer[-1] if answer else None, None
    place = max(range(len(answer)), key=lambda at: float(answer[at]))
    return answer[place], place


def plain(value: Any) -> Any:
    """Return a value as JSON has it: what is missing or no number is null, moments are ISO text, the rest is text."""
    if value is None or type(value) in (str, int, bool):
        return value
    if type(value) is float:
        return None if math.isnan(value) else value
    if isinstance(value, date | datetime | time):
        return None if value != value else value.isoformat()
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return plain(value.item()) if type(value.item()) is not type(value) else str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return _other(value)


def _other(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, int):  # an enumeration, a subclass
        return int(value)
    try:
        return plain(float(value)) if not isinstance(value, str) else str(value)
    except (TypeError, ValueError):
        return None if type(value).__name__ in ("NAType", "NaTType") else str(value)


def _spelled(value: Any) -> Any:
    """Return a value with a mark in place of each infinity."""
    if type(value) is float and math.isinf(value):
        return _INFINITE + ("+" if value > 0 else "-")
    if type(value) is dict:
        return {name: _spelled(one) for name, one in value.items()}
    return [_spelled(one) for one in value] if type(value) is list else value
