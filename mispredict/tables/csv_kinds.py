"""Which type a column of text has, decided over all of its values and never at the price of one."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

# "big" holds whole numbers that a float64 can't tell apart; such a column is whole or text, never rounded.
Kind = Literal["none", "whole", "big", "number", "truth", "time", "zoned", "text"]

_EXACT = 2**53
_GLANCE = 32  # values
_TYPES: dict[Kind, pa.DataType] = {
    "none": pa.float64(),
    "whole": pa.int64(),
    "big": pa.int64(),
    "number": pa.float64(),
    "truth": pa.bool_(),
    "time": pa.timestamp("us"),
    "zoned": pa.timestamp("us", "UTC"),
    "text": pa.string(),
}
_TRUTHS = pa.array(["true", "false", "True", "False", "TRUE", "FALSE"])


def kind_of(values: pa.Array) -> Kind:
    """Return the narrowest kind that holds every value of a text array without losing a character of meaning."""
    values = values.drop_null()
    if not len(values):
        return "none"
    whole = _as_whole(values)
    if whole is not None:
        return whole
    if _are_numbers(values):
        return "number"
    if pc.all(pc.is_in(values, _TRUTHS)).as_py():
        return "truth"
    return "time" if _casts(values, _TYPES["time"]) else "zoned" if _casts(values, _TYPES["zoned"]) else "text"


def wider(one: Kind, other: Kind) -> Kind:
    """Return the narrowest kind that holds the values of both; the order of merging does not matter."""
    both = {one, other} - {"none"}
    if len(both) <= 1:
        return next(iter(both), "none")
    if both == {"whole", "big"}:
        return "big"
    return "number" if both == {"whole", "number"} else "text"


def type_of(kind: Kind) -> pa.DataType:
    """Return the Arrow type that columns of this kind are kept in."""
    return _TYPES[kind]


def _casts(values: pa.Array, kind: pa.DataType) -> pa.Array | None:
    try:
        values.slice(0, _GLANCE).cast(kind)  # a cast that fails everywhere is slow, and most columns show it at once
        return values.cast(kind)
    except pa.ArrowInvalid:
        return None


def _as_whole(values: pa.Array) -> Kind | None:
    """Return whole or big for integers in their plain spelling: 007, 0x1F and -0 are not numbers to round-trip."""
    whole = _casts(values, pa.int64())
    if whole is None or not whole.cast(pa.string()).equals(values):
        return None
    ends = pc.min_max(whole)
    return "whole" if ends["min"].as_py() >= -_EXACT and ends["max"].as_py() <= _EXACT else "big"


def _are_numbers(values: pa.Array) -> bool:
    """Return whether all are numbers, none of them a code with leading zeros or an integer that would be rounded."""
    if _casts(values, pa.float64()) is None:
        return False
    return not pc.any(pc.match_substring_regex(values, r"^[-+]?0[0-9]|^[-+]?[0-9]{16,}$")).as_py()
