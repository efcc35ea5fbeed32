"""Reads Universal Binary JSON, XGBoost's .ubj, into plain objects; typed arrays become NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

_NUMBERS: dict[bytes, tuple[str, int]] = {
    b"i": (">i1", 1),
    b"U": (">u1", 1),
    b"I": (">i2", 2),
    b"l": (">i4", 4),
    b"L": (">i8", 8),
    b"d": (">f4", 4),
    b"D": (">f8", 8),
}
_CONSTANTS: dict[bytes, Any] = {b"Z": None, b"T": True, b"F": False}
_DEPTH = 64  # models nest eight deep


def read_ubjson(data: bytes) -> Any:
    """Return the document; ValueError where it is cut off, followed by anything, or no Universal Binary JSON."""
    reader = _Reader(data)
    document = reader.value(reader.marker(), depth=0)
    if reader.place != len(data):
        raise ValueError(f"{len(data) - reader.place} bytes follow its end")
    return document


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, size: int) -> bytes:
        if size < 0 or self.place + size > len(self.data):
            raise ValueError("it is cut off")
        piece = self.data[self.place : self.place + size]
        self.place += size
        return piece

    def marker(self) -> bytes:
        found = self.take(1)
        return self.marker() if found == b"N" else found  # N is a no-op

    def number(self, kind: bytes) -> Any:
        code, size = _NUMBERS[kind]
        return np.frombuffer(self.take(size), dtype=code)[0].item()

    def size(self) -> int:
        kind = self.marker()
        if kind not in _NUMBERS or kind in b"dD":
            raise ValueError(f"a length of type {kind!r}")
        return int(self.number(kind))

    def value(self, kind: bytes, depth: int) -> Any:
        if depth > _DEPTH:
            raise ValueError("it nests too deep")
        if kind in _NUMBERS:
            return self.number(kind)
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind == b"S":
            return self.take(self.size()).decode("utf-8")
        if kind == b"C":
            return self.take(1).decode("latin-1")
        if kind == b"[":
            return self.array(depth)
        if kind == b"{":
            return self.object(depth)
        raise ValueError(f"the unknown marker {kind!r}")

    def header(self) -> tuple[bytes | None, int | None]:
        """Return the type and the count that an array or object may state before its values."""
        kind = None
        if self.data[self.place : self.place + 1] == b"$":
            self.take(1)
            kind = self.marker()
        if self.data[self.place : self.place + 1] == b"#":
            self.take(1)
            return kind, self.size()
        if kind is not None:
            raise ValueError("a type without a count")
        return None, None

    def array(self, depth: int) -> Any:
        kind, count = self.header()
        if kind in _NUMBERS and count is not None:
            code, size = _NUMBERS[kind]
            return np.frombuffer(self.take(count * size), dtype=code)
        values: list[Any] = []
        while count is None or len(values) < count:
            one = kind or self.marker()
            if count is None and one == b"]":
                break
            if kind in _CONSTANTS:
                raise ValueError("an array of nothing")  # would promise any length in no bytes
            values.append(self.value(one, depth + 1))
        return values

    def object(self, depth: int) -> dict[str, Any]:
        kind, count = self.header()
        if kind in _CONSTANTS:
            raise ValueError("an object of nothing")
        found: dict[str, Any] = {}
        while count is None or count > 0:
            if count is None and self.data[self.place : self.place + 1] == b"}":
                self.take(1)
                break
            name = self.take(self.size()).decode("utf-8")
            if name in found:
                raise ValueError(f"the key {name[:40]!r} twice in one object")
            found[name] = self.value(kind or self.marker(), depth + 1)
            count = None if count is None else count - 1
        return found
