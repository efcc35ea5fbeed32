"""Tells a pickle from its bytes, however it is wrapped, without unpickling anything."""

from __future__ import annotations

import bz2
import io
import lzma
import pickletools
import zipfile
import zlib
from collections.abc import Callable

_PEEK = 1 << 16  # bytes that are unpacked of a compressed file, never more
_OPCODES = 20_000  # of a text pickle that are walked before it is taken for what it looks like so far

_WRAPPINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"]\x00\x00", "lzma"),
    (b"\x78\x01", "zlib"),
    (b"\x78\x5e", "zlib"),
    (b"\x78\x9c", "zlib"),
    (b"\x78\xda", "zlib"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"ZF0x", "an old joblib wrapping"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
)


def disguise_of(data: bytes) -> str | None:
    """Return what the bytes are when they are a pickle or a wrapping that may hide one; None for anything else.

    No model format that is accepted here is compressed as a whole, so every wrapping counts.
    """
    if _is_pickle(data):
        return "a Python pickle"
    if data.startswith(b"\x93NUMPY"):
        return "a NumPy array file, which may carry a Python pickle"
    for magic, name in _WRAPPINGS:
        if data.startswith(magic):
            inside = _is_pickle(_peeked(data, name))
            return f"a Python pickle inside {name}" if inside else f"{name}-compressed data, which may hide a pickle"
    return _zipped_pickle(data) if data.startswith(b"PK") else None


def _is_pickle(data: bytes) -> bool:
    if len(data) > 2 and data[0] == 0x80 and data[1] <= 5:
        return True
    # Model formats that are text or JSON also begin with letters that are opcodes; none of them walks to a STOP.
    return bool(data) and not data.startswith((b"tree\n", b"tree\r", b"{", b"PK", b"CBM1")) and _walks(data)


def _walks(data: bytes) -> bool:
    """Return whether the bytes are a text pickle (protocol 0 or 1) that makes or calls something."""
    acts = False
    try:
        for step, (opcode, _, _) in enumerate(pickletools.genops(data)):
            acts = acts or opcode.name in ("GLOBAL", "INST", "REDUCE", "OBJ", "BUILD", "PUT", "STACK_GLOBAL", "EXT1")
            if opcode.name == "STOP" or step > _OPCODES:
                return acts or step > 0
    except (ValueError, IndexError, UnicodeDecodeError, OverflowError):
        return False
    return False


def _peeked(data: bytes, wrapping: str) -> bytes:
    """Return the first bytes inside a wrapping that the standard library can open, b"" for others."""
    openers: dict[str, Callable[[], bytes]] = {
        "gzip": lambda: zlib.decompressobj(31).decompress(data[: 4 * _PEEK], _PEEK),
        "zlib": lambda: zlib.decompressobj().decompress(data[: 4 * _PEEK], _PEEK),
        "bzip2": lambda: bz2.BZ2Decompressor().decompress(data, _PEEK),
        "xz": lambda: lzma.LZMADecompressor().decompress(data, _PEEK),
        "lzma": lambda: lzma.LZMADecompressor().decompress(data, _PEEK),
    }
    try:
        return openers[wrapping]() if wrapping in openers else b""
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return b""


def _zipped_pickle(data: bytes) -> str | None:
    """Return what a zip archive is when a member of it is a pickle (PyTorch's `data.pkl` is one)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    pickled = [n for n in names if n.lower().endswith((".pkl", ".pickle", ".joblib", ".pt", ".pth", ".dill"))]
    return f"a zip archive with the pickle {pickled[0][:60]!r} in it" if pickled else None
