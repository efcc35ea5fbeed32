import io
import json

import pytest

from mispredict.worker.frames import HEADER_LIMIT, LENGTH, BrokenFrame, read_frame, write_frame


def test_what_is_written_is_read_back():
    stream = io.BytesIO()
    write_frame(stream, {"id": 1, "do": "scan"}, [b"", b"\x00\xff" * 5])
    write_frame(stream, {"id": 2}, [])
    stream.seek(0)
    assert read_frame(stream) == ({"id": 1, "do": "scan"}, [b"", b"\x00\xff" * 5])
    assert read_frame(stream) == ({"id": 2}, [])
    assert read_frame(stream) is None


def test_every_truncation_is_refused():
    whole = io.BytesIO()
    write_frame(whole, {"id": 1}, [b"abc"])
    for cut in range(1, len(whole.getvalue())):
        with pytest.raises(BrokenFrame):
            read_frame(io.BytesIO(whole.getvalue()[:cut]))


@pytest.mark.parametrize(
    "outer",
    [[], {"header": 1, "blobs": []}, {"header": {}, "blobs": [-1]}, {"header": {}, "blobs": [True]}, {"blobs": []}],
)
def test_a_header_of_another_shape_is_refused(outer):
    text = json.dumps(outer).encode()
    with pytest.raises(BrokenFrame):
        read_frame(io.BytesIO(LENGTH.pack(len(text)) + text))


def test_a_length_beyond_the_limit_is_refused_before_anything_is_read():
    with pytest.raises(BrokenFrame, match="over the limit"):
        read_frame(io.BytesIO(LENGTH.pack(HEADER_LIMIT + 1)))
