import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from mispredict.kept import Kept
from mispredict.worker.frames import write_frame


def counted(answer):
    calls = []

    def make():
        calls.append(1)
        return answer

    return make, calls


def test_a_step_is_computed_once_and_read_from_disk_the_next_time(tmp_path):
    frame = pd.DataFrame({"a": [1.5, 2.5]}, index=[3, 1])
    make, calls = counted({"rows": frame, "n": (1, 2)})
    first = Kept(tmp_path / "key").get("scan", make)
    kept = Kept(tmp_path / "key")
    second = kept.get("scan", make)
    assert kept.get("scan", make) is second
    assert len(calls) == 1
    pd.testing.assert_frame_equal(first["rows"], second["rows"])
    assert second["n"] == (1, 2)


def test_those_who_ask_at_once_wait_for_one_computation(tmp_path):
    calls = []

    def slow():
        calls.append(1)
        time.sleep(0.2)
        return 7

    kept = Kept(tmp_path / "key")
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(kept.get("step", slow))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [7] * 8
    assert len(calls) == 1


@pytest.mark.parametrize("damage", [b"", b"\x05", b"not a frame at all, and long enough to have a length"])
def test_a_damaged_file_is_computed_again_and_mended(tmp_path, damage):
    make, calls = counted("answer")
    Kept(tmp_path / "key").get("step", make)
    (tmp_path / "key" / "step.frame").write_bytes(damage)
    assert Kept(tmp_path / "key").get("step", make) == "answer"
    assert len(calls) == 2
    assert Kept(tmp_path / "key").get("step", make) == "answer"
    assert len(calls) == 2


def test_a_folder_that_can_not_be_written_costs_no_answer(tmp_path):
    (tmp_path / "key").write_text("a file where the folder should be")
    make, _ = counted(5)
    assert Kept(tmp_path / "key").get("step", make) == 5


def test_a_whole_file_of_another_form_is_computed_again(tmp_path):
    (tmp_path / "key").mkdir()
    with (tmp_path / "key" / "step.frame").open("wb") as file:
        write_frame(file, {"other": 1}, [])
    make, _ = counted("answer")
    assert Kept(tmp_path / "key").get("step", make) == "answer"


def test_a_disk_that_fills_up_keeps_no_draft(tmp_path, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    make, _ = counted("answer")
    assert Kept(tmp_path / "key").get("step", make) == "answer"
    assert list((tmp_path / "key").iterdir()) == []


def test_what_is_forgotten_is_computed_again(tmp_path):
    make, calls = counted("answer")
    kept = Kept(tmp_path / "key")
    kept.get("step", make)
    kept.forget("step")
    assert not (tmp_path / "key" / "step.frame").exists()
    assert kept.get("step", make) == "answer"
    assert len(calls) == 2
    kept.forget("never computed")


def test_a_failure_is_not_kept(tmp_path):
    kept = Kept(tmp_path / "key")

    def fail():
        raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError):
        kept.get("step", fail)
    make, _ = counted("whole")
    assert kept.get("step", make) == "whole"
    assert [p.name for p in (tmp_path / "key").iterdir()] == ["step.frame"]


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make, calls = counted(1)
    kept = Kept(None)
    assert [kept.get("step", make), kept.get("step", make)] == [1, 1]
    assert len(calls) == 1
    assert list(tmp_path.iterdir()) == []
