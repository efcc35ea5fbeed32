"""What a file holds, told from its first bytes, in words for a message."""

from __future__ import annotations

import codecs

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PAR1", "Parquet"),
    (b"PARE", "encrypted Parquet"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"BZh", "bzip2-compressed data"),
    (b"\xfd7zXZ\x00", "xz-compressed data"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (b"\x04\x22\x4d\x18", "lz4-compressed data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "Avro"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"CBM1", "a CatBoost model"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)

HEAD_BYTES = 4096  # enough for every magic number and for telling text from binary


def what_is(head: bytes) -> str:
    """Return what the bytes look like: "Parquet", "a PNG image", "text", "an HTML page", "binary data", "nothing"."""
    if not head.strip():
        return "nothing"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return _text_or_binary(head)


def _text_or_binary(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:16].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "an HTML page" if b"html" in start else "XML"
    control = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    # A stray NUL or control character in a text is the reader's to report, with its line.
    return "binary data" if control > 2 + len(head) / 20 and not _is_utf8(head) else "text"


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # incremental: the last character may be cut off
    except UnicodeDecodeError:
        return False
    return b"\x00" not in head
