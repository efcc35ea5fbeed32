from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest

from app import uploads
from app.uploads import Asked, UploadRefused, keep, write_investigation
from mispredict.bad_input import OutputRefused
from mispredict.investigation.read import read_spec


@pytest.mark.parametrize("name", ["model.pkl", "model.joblib", "model", "../../model.txt.pkl"])
def test_formats_that_carry_code_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UploadRefused, match="carries no code"):
        keep(io.BytesIO(b"x"), name, uploads.MODELS)
    assert not (tmp_path / "home" / "uploads").exists()


def test_a_file_is_kept_under_a_name_of_our_own(tmp_path: Path) -> None:
    path = keep(io.BytesIO(b"tree"), "../../etc/my model; rm.TXT", uploads.MODELS)
    assert path.read_bytes() == b"tree"
    assert path.name == "my-model-rm.txt"
    assert (tmp_path / "home" / "uploads") in path.parents


def test_what_was_said_is_read_back(tmp_path: Path) -> None:
    target = 'a "b"\n\\ é \U0001f600'
    path = write_investigation(tmp_path / "m.txt", tmp_path / "t.csv", Asked(target, "yes\x7f", "id", 0.25))
    spec = read_spec(path)
    assert (spec.data.target, spec.data.positive, spec.data.id) == (target, "yes\x7f", "id")
    assert (spec.model.path, spec.model.threshold) == (str(tmp_path / "m.txt"), 0.25)


@pytest.mark.parametrize("value", ["x = 1", "'", '"""', "\t\r\n", True, 0, -1.5, 1e300])
def test_a_class_is_read_back_as_it_was_picked(value: object, tmp_path: Path) -> None:
    asked = Asked("y", value)
    read = read_spec(write_investigation(tmp_path / "m.txt", tmp_path / "t.csv", asked)).data.positive
    assert (read, type(read)) == (value, type(value))


def test_the_same_questions_leave_the_file_as_it_is(tmp_path: Path) -> None:
    path = write_investigation(tmp_path / "m.txt", tmp_path / "t.csv", Asked("y"))
    before = path.stat()
    assert write_investigation(tmp_path / "m.txt", tmp_path / "t.csv", Asked("y")) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert write_investigation(tmp_path / "m.txt", tmp_path / "t.csv", Asked("z")) != path


def test_a_file_that_comes_again_is_not_written_again(tmp_path: Path) -> None:
    path = keep(io.BytesIO(b"tree"), "model.txt", uploads.MODELS)
    before = path.stat()
    assert keep(io.BytesIO(b"tree"), "model.txt", uploads.MODELS) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_reader_keeps_what_it_opened_when_a_damaged_file_is_mended() -> None:
    path = keep(io.BytesIO(b"tree"), "model.txt", uploads.MODELS)
    path.write_bytes(b"tr")
    with path.open("rb") as reader:
        assert keep(io.BytesIO(b"tree"), "model.txt", uploads.MODELS).read_bytes() == b"tree"
        assert reader.read() == b"tr"


class Full(io.BytesIO):
    """A file whose second reading meets a full disk after the first block."""

    def seek(self, place: int, whence: int = 0) -> int:
        self.starts = getattr(self, "starts", 0) + 1
        return super().seek(place, whence)

    def read(self, size: int | None = -1) -> bytes:
        if self.starts == 2 and self.tell():
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().read(size)


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    with pytest.raises(OutputRefused, match="No space left"):
        keep(Full(b"x" * (uploads.BLOCK + 1)), "model.txt", uploads.MODELS)
    assert [file for file in (tmp_path / "home").rglob("*") if file.is_file()] == []
