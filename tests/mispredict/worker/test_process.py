import os
import signal
import threading
import time

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import BadInput, ModelRefused, WorkerStopped
from mispredict.worker.client import RemoteInvestigation
from mispredict.worker.codec import Untravelled
from mispredict.worker.model_file import score_file
from mispredict.worker.process import Worker


@pytest.fixture(scope="module")
def incident(tmp_path_factory):
    from sklearn.linear_model import LogisticRegression
    from skops.io import dump

    folder = tmp_path_factory.mktemp("incident")
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(3_000, 4)), columns=list("abcd"))
    truth = (rows["a"] + rng.logistic(size=len(rows)) > 0).astype(int)
    dump(LogisticRegression().fit(rows[:1_000], truth[:1_000]), folder / "model.skops")
    rows.assign(y=truth, id=[f"r{i}" for i in range(len(rows))])[1_000:].to_parquet(folder / "rows.parquet")
    toml = '[data]\npath = "rows.parquet"\ntarget = "y"\nid = "id"\n[model]\npath = "model.skops"\n'
    (folder / "investigation.toml").write_text(toml)
    return folder / "investigation.toml"


@pytest.fixture
def desk(incident, tmp_path, monkeypatch):
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    desk = RemoteInvestigation(incident)
    yield desk
    desk.close()


def test_a_remote_investigation_answers_as_a_local_one(desk, incident):
    from mispredict import Investigation

    local = Investigation.from_file(incident)
    assert desk.describe() == local.describe()
    assert desk.scan().metrics == local.scan().metrics
    worst = desk.ranked(limit=3).rows
    pd.testing.assert_frame_equal(worst, local.ranked(limit=3).rows)
    row = worst["id"].iloc[0]
    assert desk.row(row) == local.row(row)
    assert desk.explain(row, "linear") == local.explain(row, "linear")


def test_progress_is_reported_and_ends_at_the_whole(desk):
    seen = []
    desk.scan(lambda share, doing: seen.append((share, doing)))
    assert seen[-1][0] == 1.0
    assert any("scored" in doing for _, doing in seen)


def test_a_refusal_comes_out_as_the_same_exception_with_its_three_parts(desk):
    with pytest.raises(BadInput, match="no row with the id 'nobody'") as refused:
        desk.row("nobody")
    assert refused.value.needed
    assert refused.value.do


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_a_crash_is_a_message_and_the_next_call_works(desk, end):
    desk.scan()
    worker = desk._worker
    os.kill(worker._process.pid, end)
    with pytest.raises(WorkerStopped, match=end.name):
        worker.ask("scan")
    assert desk.scan().rows == 2_000


def test_a_crash_in_the_middle_of_an_answer_is_a_message(desk):
    desk.describe()
    worker = desk._worker
    threading.Timer(0.3, lambda: os.kill(worker._process.pid, signal.SIGKILL)).start()
    begin = time.monotonic()
    with pytest.raises(WorkerStopped, match="SIGKILL"):
        worker.ask("warm")
    assert time.monotonic() - begin < 20


def test_a_worker_that_takes_too_long_is_ended(desk):
    desk.describe()
    with pytest.raises(WorkerStopped, match="longer than"):
        desk._worker.ask("warm", timeout=0.05)
    assert not desk._worker.is_alive
    assert desk.describe().rows == 2_000


def test_memory_beyond_the_limit_is_a_message(incident, monkeypatch):
    monkeypatch.setenv("MISPREDICT_WORKER_MEMORY_GIB", "0.3")
    with pytest.raises(WorkerStopped) as stopped:
        RemoteInvestigation(incident).describe()
    assert "the worker stopped: it ended with code" in stopped.value.found


def test_an_exception_in_progress_cancels_the_work(desk):
    class Stop(Exception):
        pass

    def stop(share, doing):
        raise Stop

    desk.describe()
    worker = desk._worker
    with pytest.raises(Stop):
        desk.groups(stop)
    assert desk.groups().verdict.word in ("random-looking", "minor", "cannot tell", "systemic")
    assert desk._worker is worker


def test_a_cancel_leaves_the_work_of_others_alone(desk):
    class Stop(Exception):
        pass

    def stop(share, doing):
        if time.monotonic() - begin > 0.5:
            raise Stop

    desk.describe()
    worker, maps = desk._worker, []
    other = threading.Thread(target=lambda: maps.append(desk.error_map()))
    other.start()
    begin = time.monotonic()
    with pytest.raises(Stop):
        worker.ask("error_map", progress=stop)  # waits for the other's map, or makes it itself
    other.join()
    assert len(maps[0].points) > 0
    assert worker.is_alive


def test_a_closed_investigation_is_not_started_again(incident):
    desk = RemoteInvestigation(incident)
    desk.close()
    with pytest.raises(WorkerStopped, match="was closed"):
        desk.scan()


def test_closing_does_not_wait_for_what_is_being_opened(incident):
    desk = RemoteInvestigation(incident)
    closing = threading.Thread(target=desk.close)

    def close_meanwhile(share, doing):
        if closing.ident is None:  # progress may be told more than once
            closing.start()
        time.sleep(0.5)

    with pytest.raises(WorkerStopped, match="it was closed"):
        desk.open(close_meanwhile)
    closing.join(5)
    assert not closing.is_alive()


def test_a_worker_ends_with_its_parent():
    import subprocess
    import sys

    script = (
        "from mispredict.worker.process import Worker; import os, sys\n"
        "w = Worker(); print(w._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout
    end = time.monotonic() + 5
    while _runs(int(said)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(int(said))


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_can_not_travel_is_refused_at_once_and_ends_nothing():
    worker = Worker()
    try:
        begin = time.monotonic()
        with pytest.raises(Untravelled, match="object"):
            worker.ask("score", rows=object())
        assert time.monotonic() - begin < 2
        assert worker.is_alive
    finally:
        worker.close()


def test_closing_a_worker_that_ended_kills_nobody_who_got_its_number(monkeypatch):
    worker = Worker()
    os.kill(worker._process.pid, signal.SIGKILL)
    assert worker._ended.wait(10)
    monkeypatch.setattr(os, "killpg", lambda *_: pytest.fail("a number that may be another's was killed"))
    worker.close()


def test_secrets_of_the_parent_stay_there(monkeypatch):
    monkeypatch.setenv("DATABASE_PASSWORD", "s3cret")
    worker = Worker()
    try:
        with open(f"/proc/{worker._process.pid}/environ", "rb") as environment:
            said = environment.read()
        assert b"s3cret" not in said
        assert b"OMP_WAIT_POLICY=PASSIVE" in said
    finally:
        worker.close()


def test_a_model_file_is_scored_without_an_investigation(incident):
    rows = pd.read_parquet(incident.parent / "rows.parquet").head(5)
    probabilities = score_file(str(incident.parent / "model.skops"), rows, classes=(0, 1))
    assert probabilities.shape == (5, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


@pytest.mark.parametrize("names", [["a", "b c"], "auto"], ids=["with a space", "by number only"])
def test_rows_are_scored_in_the_tables_own_names(tmp_path, names):
    import lightgbm

    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(300, 2)), columns=["a", "b c"])
    learned = lightgbm.Dataset(rows.to_numpy(), (rows["b c"] > 0).astype(int), feature_name=names)
    booster = lightgbm.train({"objective": "binary", "verbose": -1}, learned, 5)
    booster.save_model(tmp_path / "model.txt")
    scores = score_file(str(tmp_path / "model.txt"), rows, classes=("no", "yes"))
    np.testing.assert_allclose(scores[:, 1], booster.predict(rows.to_numpy()))


def test_a_damaged_model_file_is_a_message(tmp_path):
    (tmp_path / "model.txt").write_text("tree\nversion=v4\nnum_class=1\n")
    with pytest.raises(ModelRefused, match=r"model\.txt"):
        score_file(str(tmp_path / "model.txt"), pd.DataFrame({"a": [1.0]}))


def test_a_worker_gives_way_to_the_server(desk):
    desk.describe()
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, desk._worker._process.pid) > own
