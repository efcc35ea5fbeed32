from __future__ import annotations

import base64

import pytest

from mispredict.investigation.pictures import picture
from mispredict.investigation.showing import plain

PNG, JPEG, WEBP = b"\x89PNG\r\n\x1a\n..", b"\xff\xd8\xff..", b"RIFF....WEBP.."


@pytest.mark.parametrize(("cell", "kind"), [(PNG, "png"), (JPEG, "jpeg"), (bytearray(WEBP), "webp")])
def test_bytes_of_a_picture_become_a_data_uri(cell: bytes, kind: str) -> None:
    assert picture(cell) == f"data:image/{kind};base64,{base64.b64encode(cell).decode()}"


@pytest.mark.parametrize(
    "cell",
    [
        "https://evil.example/x.png", "//evil.example/x.png", "data:image/svg+xml;base64,PHN2Zz4=", "data:text/html,x",
        "data:image/png;base64,AA==\nhttps://evil.example", "javascript:alert(1)", b"<svg></svg>", None, 3.5, "",
    ],
)  # fmt: skip
def test_nothing_else_is_a_picture(cell: object) -> None:
    assert picture(cell) is None


def test_a_row_shows_a_picture_and_counts_other_bytes() -> None:
    assert plain(PNG) == picture(PNG)
    assert plain(b"x" * 2_000) == "2,000 bytes"
