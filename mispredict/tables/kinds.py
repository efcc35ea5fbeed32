"""What a column holds, in one word."""

from __future__ import annotations

import pyarrow as pa


def kind_of(type_: pa.DataType) -> str:
    """Return number, bool, time, category, text or other."""
    tests = {
        "bool": pa.types.is_boolean,
        "time": lambda t: pa.types.is_timestamp(t) or pa.types.is_date(t),  # a duration or time of day is no moment
        "category": pa.types.is_dictionary,
        "text": lambda t: pa.types.is_string(t) or pa.types.is_large_string(t),
        "number": lambda t: pa.types.is_integer(t) or pa.types.is_floating(t) or pa.types.is_decimal(t),
    }
    return next((kind for kind, test in tests.items() if test(type_)), "other")
