"""The keys that `investigation.toml` may have, and what each must hold."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mispredict.bad_input import InvestigationRefused


class _Wrong(Exception):
    """A value of another type than the key needs; the text says what is needed."""


def _text(value: Any, home: Path) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise _Wrong("text in quotes")


def _texts(value: Any, home: Path) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value):
        return tuple(value)
    raise _Wrong('a list of texts, ["a", "b"]')


def _text_or_texts(value: Any, home: Path) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value.strip() else _texts(value, home)


def _scores(value: Any, home: Path) -> str | tuple[str, ...]:
    if isinstance(value, str) and value.strip():
        return value
    several = _texts(value, home)
    if len(several) < 2:
        raise _Wrong("a column's name, or a list of one column a class")
    return several


def _whole(value: Any, home: Path) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32:
        return value
    raise _Wrong("a whole number from 0 to 4294967295")


def _number(value: Any, home: Path) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise _Wrong("a number")


def _class(value: Any, home: Path) -> Any:
    if isinstance(value, str | int | float):
        return value
    raise _Wrong("a class as it stands in the target: a number, text, true or false")


def _columns_by_feature(value: Any, home: Path) -> dict[str, str]:
    if isinstance(value, dict) and all(isinstance(v, str) and v.strip() for v in value.values()):
        return dict(value)
    raise _Wrong('a table of column names, balance = "balance_at"')


def _classes(value: Any, home: Path) -> tuple[Any, ...]:
    if isinstance(value, list) and all(isinstance(v, str | int | float) for v in value):
        return tuple(value)
    raise _Wrong("a list of classes as they stand in the target")


def _section(value: Any, home: Path) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise _Wrong("a section of its own")


def _place(value: Any, home: Path) -> str:
    """Return the path made absolute from the file's folder; a URL stays as it is."""
    path = _text(value, home)
    return path if "://" in path else os.path.abspath(home / Path(path).expanduser())


_Check = Callable[[Any, Path], Any]

AVAILABLE_AT = "available_at"
_MODEL: dict[str, _Check] = {
    "path": _place,
    "scores": _scores,
    "url": _text,
    "protocol": _text,
    "auth_env": _text,
    "auth_header": _text,
    "timeout": _number,
    "retries": _whole,
    "requests_per_second": _number,
    "batch_rows": _whole,
    "classes": _classes,
    "output": _text,
    "inputs": _text,
    "records_in": _text,
    "threshold": _number,
    "features": _texts,
    "data": _section,
}

SECTIONS: dict[str, dict[str, _Check]] = {
    "investigation": {"name": _text, "seed": _whole},
    "data": {
        "path": _place,
        "target": _text,
        "positive": _class,
        "id": _text,
        "time": _text,
        "entity": _text_or_texts,
        "label_time": _text,
        "cost": _text,
        "features": _texts,
        "exclude": _text_or_texts,
        "embedding": _text,
        "display": _text_or_texts,
        AVAILABLE_AT: _columns_by_feature,
    },
    "training": {"path": _place},
    "model": _MODEL,
    "candidate": _MODEL,
    "online": {"path": _place, "id": _text, "time": _text, "score": _text},
    "invariants": {"path": _place},
}


def one_of(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Refuse the first key that is not known, with the known one that is most like it."""
    known = list(known)
    for key in given:
        if key in known:
            continue
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
        raise InvestigationRefused(
            f"{where} has {key!r}, which is not known",
            needed=f"one of {', '.join(known)}",
            do=f"did you mean {near[0]!r}?" if near else "take it out",
        )


def cleaned(sections: Mapping[str, Any], name: str, home: Path, *, shown: str | None = None) -> dict[str, Any]:
    """Return a section's values, checked and with absolute paths; `shown` is its name in messages."""
    shown = shown or name
    values = sections[name]
    if not isinstance(values, Mapping):
        raise InvestigationRefused(
            f"{shown} holds {_spelled(values)}",
            needed=f"a section [{shown}]",
            do=f"write [{shown}] on a line of its own",
        )
    one_of(values, SECTIONS[name], f"[{shown}]")
    return {key: _checked(key, value, home, where=(shown, SECTIONS[name][key])) for key, value in values.items()}


def _checked(key: str, value: Any, home: Path, *, where: tuple[str, _Check]) -> Any:
    shown, check = where
    try:
        return check(value, home)
    except _Wrong as wrong:
        raise InvestigationRefused(
            f"[{shown}] {key} is {_spelled(value)}", needed=str(wrong), do=f"correct {key} in [{shown}]"
        ) from None


def _spelled(value: Any) -> str:
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
