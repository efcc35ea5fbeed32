import hashlib
import os
from pathlib import Path

from mispredict.tables import digests
from mispredict.tables.digests import digest_of, digest_of_all


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"abc")
    assert digest_of(file) == digest_of_all([file]) == hashlib.sha256(b"abc").hexdigest()
    assert digest_of_all([file, file]) != digest_of(file)


def test_a_large_settled_file_is_hashed_once_and_again_when_it_changed(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(bytes(digests._WORTH_REMEMBERING))
    os.utime(file, ns=(10**18, 10**18))
    first = digest_of(file)
    with file.open("r+b") as opened:
        opened.write(b"x")
    os.utime(file, ns=(10**18, 10**18))
    assert digest_of(file) == first  # same size, time and inode: nothing tells it apart, and it was remembered
    os.utime(file, ns=(10**18, 10**18 + 1))
    assert digest_of(file) == hashlib.sha256(file.read_bytes()).hexdigest() != first


def test_a_file_written_just_now_is_never_remembered(tmp_path: Path, cache: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(bytes(digests._WORTH_REMEMBERING))
    digest_of(file)
    assert not (cache / "digests").exists()
