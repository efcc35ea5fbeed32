"""What an endpoint answered, as a table of numbers, before anybody trusts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mispredict.bad_input import ModelRefused
from mispredict.tables.columns import shortened

# Where services put probabilities, the first found counts.
PARTS = ("predictions", "probabilities", "predict_proba", "probability", "proba", "scores", "score", "outputs")


@dataclass(frozen=True, eq=False)
class Payload:
    """One row of numbers a row that was sent; `names` say whose probability each column is, None where unsaid."""

    numbers: np.ndarray  # shape (rows, columns), float64, NaN where nothing was answered
    names: tuple[Any, ...] | None
    whole: bool  # every number was written without a fraction, as labels are


def payload_of(found: Any, *, rows: int, output: str | None, who: str) -> Payload:
    """Return the answer's numbers; `output` names the part that holds them. Refuses labels and missing rows."""
    found, names = _inside(found, output, who)
    if isinstance(found, dict):  # one list a class
        names, found = tuple(found), _turned(found, who)
    if not isinstance(found, list):
        raise _refused(f"{who} answers {shortened(repr(found))} in place of a list", "one answer a row")
    if len(found) != rows:
        raise _refused(f"{who} answers {len(found):,} rows for the {rows:,} that were sent", "one answer a row")
    if found and isinstance(found[0], dict):
        return _of_objects([_entry(one, output, who) for one in found], who)
    table = [one if isinstance(one, list) else [one] for one in found]
    return Payload(_numbers(table, who), names, _is_whole(table))


def _inside(found: Any, output: str | None, who: str) -> tuple[Any, tuple[Any, ...] | None]:
    """Return the part of an object that holds the probabilities, and the classes that it names beside it."""
    if not isinstance(found, dict):
        return found, None
    part = _part(found, output)
    if part is None:
        if output is None and found and all(isinstance(value, list) for value in found.values()):
            return found, None
        raise _lacking(found, output, who)
    classes = found.get("classes")
    inner = found[part]
    if isinstance(inner, dict) and any(p in inner for p in PARTS):
        return _inside(inner, None, who)
    return inner, tuple(classes) if isinstance(classes, list) else None


def _part(found: dict[str, Any], output: str | None) -> str | None:
    return next((part for part in ((output,) if output else PARTS) if part in found), None)


def _lacking(found: dict[str, Any], output: str | None, who: str) -> ModelRefused:
    return _refused(
        f"{who} answers an object with {shortened(', '.join(map(str, found)), 80) or 'nothing'} in it",
        f"{output!r} in it" if output else f"one of {', '.join(PARTS)}",
        "name the part that holds the probabilities in output",
    )


def _turned(found: dict[str, Any], who: str) -> list[list[Any]]:
    """Return a list of rows for lists by class (or for MLflow's, objects by row number)."""
    lists = [list(v.values()) if isinstance(v, dict) else v for v in found.values()]
    if not lists or not all(isinstance(one, list) and len(one) == len(lists[0]) for one in lists):
        raise _refused(f"{who} answers an object whose lists differ in length, or has none", "one list a class")
    return [list(row) for row in zip(*lists, strict=True)]


def _entry(found: Any, output: str | None, who: str) -> dict[Any, Any]:
    """Return the object of one row that maps classes to probabilities; "" stands for the event alone."""
    if not isinstance(found, dict):
        raise _refused(f"{who} answers an object for one row and {shortened(repr(found))} for another", "rows alike")
    part = _part(found, output)
    if part is None and output is not None:
        raise _lacking(found, output, who)
    if part is None:
        return found
    inner = found[part]
    if isinstance(inner, list):
        return dict(enumerate(inner))
    return inner if isinstance(inner, dict) else {"": inner}


def _of_objects(rows: Sequence[dict[Any, Any]], who: str) -> Payload:
    names = tuple(rows[0])
    odd = next((place for place, row in enumerate(rows) if set(row) != set(names)), None)
    if odd is not None:
        raise _refused(f"{who} names other classes for row {odd + 1} than for row 1", "the same classes in every row")
    table = [[row[name] for name in names] for row in rows]
    unnamed = names == ("",) or names == tuple(range(len(names)))
    return Payload(_numbers(table, who), None if unnamed else names, _is_whole(table))


def _numbers(table: list[list[Any]], who: str) -> np.ndarray:
    width = len(table[0]) if table else 0
    for place, row in enumerate(table):
        if len(row) != width or not width:
            raise _refused(f"{who} answers {len(row)} values for row {place + 1} and {width} for row 1", "rows alike")
        odd = next((v for v in row if isinstance(v, bool | str | list | dict)), None)
        if odd is not None:
            raise (
                labels_only(who, odd)
                if isinstance(odd, bool | str)
                else _refused(f"{who} answers {shortened(repr(odd))} for row {place + 1}", "numbers")
            )
    try:
        return np.array(table, dtype=np.float64)  # None becomes NaN
    except (OverflowError, ValueError, TypeError):
        raise _refused(f"{who} answers numbers beyond every probability", "numbers from 0 to 1") from None


def _is_whole(table: list[list[Any]]) -> bool:
    return bool(table) and all(isinstance(value, int) for row in table for value in row)


def labels_only(who: str, example: Any) -> ModelRefused:
    """Return the refusal of an endpoint that answers classes."""
    return _refused(
        f"{who} answers labels only, such as {shortened(repr(example))}",
        "probabilities",
        "have the service answer them (MLflow: save scikit-learn models with pyfunc_predict_fn='predict_proba'), or "
        "name the part of the answer that holds them in output",
    )


def _refused(found: str, needed: str, do: str = "correct protocol or output, or the service") -> ModelRefused:
    return ModelRefused(found, needed=needed, do=do)
