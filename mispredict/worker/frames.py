"""Messages on a pipe: a JSON header and raw bytes, both with a stated length. Never pickle."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

LENGTH = struct.Struct("<Q")
HEADER_LIMIT = 256 << 20  # a header holds plain results; a quarter of a gigabyte is a broken or hostile sender
BLOB_LIMIT = 4 << 30


class BrokenFrame(Exception):
    """A message that does not keep the format."""


def write_frame(stream: BinaryIO, header: dict[str, Any], blobs: list[bytes]) -> None:
    """Write one message; the caller holds the lock of the stream."""
    text = json.dumps({"header": header, "blobs": [len(b) for b in blobs]}).encode()
    stream.write(LENGTH.pack(len(text)) + text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """Return the next message, or None where the stream ends between two."""
    size = stream.read(LENGTH.size)
    if not size:
        return None
    outer = _outer(_exactly(stream, _length(size)))
    return outer["header"], [_exactly(stream, n) for n in outer["blobs"]]


def _length(size: bytes) -> int:
    if len(size) != LENGTH.size:
        raise BrokenFrame("the stream ended inside a length")
    length = int(LENGTH.unpack(size)[0])
    if length > HEADER_LIMIT:
        raise BrokenFrame(f"a header of {length:,} bytes, over the limit of {HEADER_LIMIT:,}")
    return length


def _outer(text: bytes) -> dict[str, Any]:
    try:
        outer = json.loads(text)
        sizes = outer["blobs"]
        fits = isinstance(outer["header"], dict) and all(type(n) is int and 0 <= n <= BLOB_LIMIT for n in sizes)
    except (ValueError, KeyError, TypeError) as reason:
        raise BrokenFrame(f"a header that can't be read: {reason}") from reason
    if not fits:
        raise BrokenFrame("a header whose parts have the wrong types or sizes")
    return dict(outer)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise BrokenFrame(f"the stream ended after {len(data):,} of {size:,} bytes")
    return data
