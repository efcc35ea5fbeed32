import threading

import pytest

from mispredict.replacing import making, replacing


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with replacing(path) as fresh:
        fresh.write_text("ne")
        assert path.read_text() == "old"
        fresh.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_exception_leaves_what_was_there_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write_half():
        with replacing(path) as fresh:
            fresh.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_writers_at_once_do_not_meet(tmp_path):
    path, together, failed = tmp_path / "file", threading.Barrier(8), []

    def write(letter):
        try:
            with replacing(path) as fresh, fresh.open("w") as file:
                file.write(letter * 500)
                file.flush()
                together.wait(10)
                file.write(letter * 500)
        except OSError as fault:
            failed.append(fault)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(path.read_text())) == 1
    assert len(path.read_text()) == 1_000


def test_what_another_one_made_meanwhile_stays_as_it_is(tmp_path):
    path = tmp_path / "file"
    with making(path) as fresh:
        fresh.write_text("same")
        path.write_text("same")
        before = path.stat()
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_yet_is_made(tmp_path):
    with making(tmp_path / "file") as fresh:
        fresh.write_text("whole")
    assert (tmp_path / "file").read_text() == "whole"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
