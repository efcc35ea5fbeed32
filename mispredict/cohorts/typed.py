"""Values of a rule brought to what the column holds, or refused in words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from mispredict.bad_input import RuleRefused
from mispredict.cohorts.spelling import name_source, value_source
from mispredict.cohorts.tokens import Token, refused_at
from mispredict.tables.columns import shortened

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")
_TRUTHS = {"true": True, "false": False}


def typed(token: Token, column: str, columns: Mapping[str, str]) -> Any:
    """Return what a token stands for beside a column; `columns` holds each column's kind as `Description.dtypes`."""
    if token.kind in ("word", "name") and token.text in columns and token.text.casefold() not in _TRUTHS:
        raise refused_at(
            token.at,
            f"the column {token.text!r} where a value is needed",
            needed=f"a number or text to compare {column!r} with; two columns can't be compared",
            do=f"write {value_source(token.text)} if the text is meant",
        )
    if token.kind not in ("word", "text", "number"):
        raise refused_at(
            token.at,
            "the end of the rule" if token.kind == "end" else repr(shortened(token.text)),
            needed=f"a value to compare {column!r} with",
            do="add a number, or text in quotes",
        )
    return _KINDS.get(columns[column], _other)(token, column)


def _number(token: Token, column: str) -> Any:
    if token.kind == "word" and token.text.casefold() in (*_TRUTHS, "inf"):
        return int(_TRUTHS[token.text.casefold()]) if token.text.casefold() in _TRUTHS else math.inf
    if token.kind != "number":
        raise refused_at(
            token.at,
            f"the text {shortened(token.text)!r} beside {column!r}, a column of numbers",
            needed="a number, without quotes",
            do=_about_numbers(token, column),
        )
    if token.text.lstrip("+-").isdecimal():
        return int(token.text)
    value = float(token.text)
    if math.isinf(value) and "inf" not in token.text:
        raise refused_at(
            token.at, f"the number {shortened(token.text)}", needed="one below 1.8e308", do="take digits off"
        )
    return value


def _about_numbers(token: Token, column: str) -> str:
    if token.text.casefold() in ("missing", "null", "none", "nan", "na", ""):
        return f"write {name_source(column)} is missing"
    return "write digits with a point, such as 312.5; thousands have no separators"


def _text(token: Token, column: str) -> Any:
    if token.kind == "number":
        raise refused_at(
            token.at,
            f"the number {shortened(token.text)} beside {column!r}, a column of text",
            needed="text in quotes",
            do=f"write '{shortened(token.text)}' as the table spells it",
        )
    return token.text


def _truth(token: Token, column: str) -> Any:
    if token.kind == "number":
        return _number(token, column)
    if token.text.casefold() in _TRUTHS:
        return _TRUTHS[token.text.casefold()]
    raise refused_at(
        token.at,
        f"{shortened(token.text)!r} beside {column!r}, which is true or false",
        needed="true or false",
        do="write one of them",
    )


def _time(token: Token, column: str) -> Any:
    if token.kind != "number" and _ISO.fullmatch(token.text) is not None and _is_real(token.text):
        return token.text
    raise refused_at(
        token.at,
        f"{shortened(token.text)!r} beside {column!r}, a column of times",
        needed="a day or a time as ISO 8601 has it, in quotes",
        do="write '2026-01-31', '2026-01-31 14:30' or '2026-01-31T14:30:00+01:00'",
    )


def _is_real(text: str) -> bool:
    try:
        pd.Timestamp(text)
    except ValueError:  # the thirtieth of February
        return False
    return True


def _other(token: Token, column: str) -> Any:
    raise _incomparable(token, column)


def _incomparable(token: Token, column: str) -> RuleRefused:
    return refused_at(
        token.at,
        f"a comparison of {column!r}, which holds neither numbers nor text, truth values or times",
        needed="is missing or is present, which any column can be asked",
        do="ask for another column",
    )


_KINDS: dict[str, Callable[[Token, str], Any]] = {
    "number": _number,
    "text": _text,
    "category": _text,
    "bool": _truth,
    "time": _time,
}
