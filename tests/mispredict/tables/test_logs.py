import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mispredict.bad_input import TableRefused
from mispredict.tables import json_lines
from mispredict.tables.logs import open_log


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def column(path: Path, name: str = "id") -> list[object]:
    table = open_log(str(path)).table
    return [v for b in table.batches([name]) for v in b.column(name).to_pylist()]


def test_a_line_that_is_still_being_written_is_left_out_and_told(tmp_path: Path) -> None:
    log = tmp_path / "online.jsonl"
    log.write_text(lines({"id": "a"}, {"id": "b"}) + '{"id": "c", "sc')
    assert column(log) == ["a", "b"]
    assert open_log(str(log)).notes == ("the last line of online.jsonl was not written to its end",)
    with log.open("a") as more:
        more.write('ore": 1}\n')
    assert column(log) == ["a", "b", "c"]
    assert open_log(str(log)).notes == ()


def test_a_line_broken_by_a_restart_is_left_out_with_its_number(tmp_path: Path) -> None:
    good = lines(*({"id": str(i)} for i in range(300)))
    (tmp_path / "online.jsonl").write_text(good + '{"id": "x{"id": "y"}\n' + lines({"id": "z"}))
    found = open_log(str(tmp_path))
    assert found.table.rows == 301
    assert found.notes == ("1 of 302 lines of online.jsonl hold no entry (line 301: no JSON)",)
    assert open_log(str(tmp_path)).notes == found.notes  # told again where the copy is at hand


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "online.jsonl").write_text("<html>\n<p>\n</html>\n" + lines({"id": 1}))
    with pytest.raises(TableRefused, match=r"3 of 4 lines of online\.jsonl hold no entry, .* line 1: no JSON"):
        open_log(str(tmp_path))


def test_rotated_packed_and_empty_files_are_read_the_oldest_first(tmp_path: Path) -> None:
    (tmp_path / "online.jsonl").write_text(lines({"id": "new", "more": 1}))
    (tmp_path / "online.jsonl.1").write_text(lines({"id": "old"}))
    (tmp_path / "online.jsonl.2.gz").write_bytes(gzip.compress(lines({"id": "older"}).encode()))
    (tmp_path / "online.jsonl.3").write_text("")
    (tmp_path / ".online.jsonl.swp").write_text("x")
    (tmp_path / "notes.txt").write_text("x")
    assert column(tmp_path) == ["older", "old", "new"]
    assert column(tmp_path, "more") == [None, None, 1.0]
    assert open_log(str(tmp_path)).notes == ("online.jsonl.3 is empty",)
    assert column(tmp_path / "online.jsonl*") == ["older", "old", "new"]


def test_a_packed_file_that_was_cut_off_gives_what_it_holds(tmp_path: Path) -> None:
    whole = gzip.compress(lines(*({"id": i, "x": i * 0.37} for i in range(5_000))).encode())
    (tmp_path / "online.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    assert 1_000 < len(column(tmp_path)) < 5_000
    assert "not written to its end" in open_log(str(tmp_path)).notes[0]


def test_a_file_that_unpacks_to_fill_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "_FREE_BYTES", 1 << 16)
    (tmp_path / "online.jsonl.gz").write_bytes(gzip.compress(b" " * (1 << 24)))
    with pytest.raises(TableRefused, match=r"online\.jsonl\.gz unpacks to more than"):
        open_log(str(tmp_path))


def test_parquet_files_of_two_versions_are_brought_together(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"], "x": [1], "old": [True]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"id": ["b"], "x": [0.5], "new": ["n"]}), tmp_path / "2.parquet")
    pq.write_table(pa.table({"id": ["c"], "x": ["NA"]}), tmp_path / "3.parquet")
    (tmp_path / "4.parquet").write_bytes((tmp_path / "3.parquet").read_bytes()[:-9])
    (tmp_path / "5.parquet").write_bytes(b"")
    (tmp_path / "6.jsonl").write_text(lines({"id": "d", "x": 2}))
    assert column(tmp_path) == ["a", "b", "c", "d"]
    assert column(tmp_path, "x") == ["1", "0.5", "NA", "2"]
    assert column(tmp_path, "old") == [True, None, None, None]
    notes = open_log(str(tmp_path)).notes
    assert notes == (
        "4.parquet is no whole Parquet file: it was not written to its end, or is damaged",
        "5.parquet is empty",
    )


def test_a_log_without_an_entry_says_why(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match=r"has no \.parquet, \.jsonl or \.csv file"):
        open_log(str(tmp_path))
    (tmp_path / "1.parquet").write_bytes(b"")
    (tmp_path / "2.jsonl").write_text('{"id": ')
    with pytest.raises(TableRefused) as refused:
        open_log(str(tmp_path))
    assert "holds no log entry (1.parquet is empty; the last line of 2.jsonl was not written" in str(refused.value)
    with pytest.raises(TableRefused, match=r"no file .*nowhere\.jsonl"):
        open_log(str(tmp_path / "nowhere.jsonl"))
    (tmp_path / "log.txt").write_text("x")
    with pytest.raises(TableRefused, match=r"log\.txt is no log by its ending"):
        open_log(str(tmp_path / "log.txt"))
