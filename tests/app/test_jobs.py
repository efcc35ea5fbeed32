from __future__ import annotations

import threading
from typing import Any

import pytest

from app.jobs import KEPT, JobBook
from mispredict.bad_input import TableRefused
from mispredict.investigation.desk import Progress


def test_work_runs_once_for_everybody_who_asks() -> None:
    book, runs, go = JobBook(), [], threading.Event()

    def work(_: Progress) -> str:
        runs.append(1)
        go.wait(5)
        return "answer"

    jobs = {id(book.start(("k",), "Working", work)) for _ in range(20)}
    go.set()
    job = book.start(("k",), "Working", work)
    assert job.wait(5)
    assert (len(jobs), len(runs), job.state, job.answer) == (1, 1, "done", "answer")


def test_progress_is_kept_between_nothing_and_all() -> None:
    book, seen, go = JobBook(), threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        progress(7.0, "nearly")
        seen.set()
        go.wait(5)

    job = book.start(("k",), "Working", work)
    assert seen.wait(5)
    assert (job.share, job.doing, job.state) == (1.0, "nearly", "running")
    go.set()
    assert job.wait(5)


def test_a_cancelled_job_stops_at_its_next_report() -> None:
    book, started = JobBook(), threading.Event()

    def work(progress: Progress) -> None:
        started.set()
        while True:
            progress(0.1, "on and on")

    job = book.start(("k",), "Working", work)
    assert started.wait(5)
    job.cancel()
    assert job.wait(5)
    assert (job.state, job.failure) == ("cancelled", None)


def test_a_refusal_is_kept_and_forgotten_on_demand() -> None:
    book, answers = JobBook(), iter([TableRefused("a", needed="b", do="c"), None])

    def work(_: Progress) -> str:
        if (refused := next(answers)) is not None:
            raise refused
        return "fine"

    job = book.start(("k",), "Reading", work)
    assert job.wait(5)
    assert job.failure is not None
    assert job.failure.found == "a"
    assert book.start(("k",), "Reading", work) is job
    book.forget(("k",))
    again = book.start(("k",), "Reading", work)
    assert again.wait(5)
    assert again.answer == "fine"


def test_an_unforeseen_fault_shows_a_number_and_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    job = JobBook().start(("k",), "Reading", lambda _: {}["secret"])
    assert job.wait(5)
    assert job.failure is not None
    assert "secret" not in str(job.failure)
    assert job.failure.do.split("look for ")[1].split()[0] in caplog.text


def test_old_answers_are_dropped_running_work_is_not() -> None:
    book, go = JobBook(), threading.Event()
    running = book.start(("first",), "Waiting", lambda _: go.wait(10))
    for number in range(KEPT + 20):
        assert book.start((str(number),), "Counting", lambda _: None).wait(5)
    assert book.get(("first",)) is running
    assert book.get(("0",)) is None
    go.set()


def test_everything_of_one_investigation_is_forgotten() -> None:
    book: Any = JobBook()
    for key in (("a", "scan"), ("a", "map"), ("b", "scan")):
        book.start(key, "Working", lambda _: None).wait(5)
    book.forget_all("a")
    assert [book.get(key) is None for key in (("a", "scan"), ("a", "map"), ("b", "scan"))] == [True, True, False]
