"""An investigation that lives in a worker, asked as if it were here."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explainers.explanation import Explanation
from explainers.projection import Layout
from mispredict.bad_input import WorkerStopped
from mispredict.cohorts.cohort import Cohort, CohortComparison, SavedCohort
from mispredict.cohorts.selection import EVERYTHING, Selection
from mispredict.endpoint.secret import secret_names
from mispredict.errors.heat import HeatMap
from mispredict.errors.tree import ErrorTree
from mispredict.invariants.invariant import Invariants
from mispredict.invariants.mining.suggesting import Suggestions
from mispredict.investigation.desk import (
    CONTRIBUTIONS,
    Alike,
    Description,
    ErrorMap,
    FrozenRow,
    Groups,
    Progress,
    Ranked,
    Ranking,
    RowDetail,
    silent,
)
from mispredict.investigation.questions import A, Question, Which, Why
from mispredict.parity.online import Online
from mispredict.scan.summary import ScanSummary
from mispredict.suspects.clearing import Act
from mispredict.suspects.suspect import Suspect, Suspicions
from mispredict.worker.process import Worker

OPEN_SECONDS = 120.0  # wall clock for opening a model; a hostile one never ends
EXPLAIN_SECONDS = 300.0


def suggest_invariants(path: str | Path, *, rate: float, progress: Progress = silent) -> Suggestions:
    """Return what may be declared of an investigation's tables; a worker of its own reads them."""
    worker = Worker()
    try:
        answer: Suggestions = worker.ask("suggest", progress=progress, path=str(Path(path).absolute()), rate=rate)
        return answer
    finally:
        worker.close()


class RemoteInvestigation:
    """Keeps the `Desk` protocol. A worker that stopped is replaced at the next call."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(Path(path).absolute())
        self._worker: Worker | None = None
        self._description: Description | None = None
        self._lock = threading.Lock()
        self._is_closed = False

    def open(self, progress: Progress = silent) -> Description:
        """Open the model and the table now and return what they are."""
        self._ready(progress)
        assert self._description is not None
        return self._description

    def close(self) -> None:
        """End the worker, one that is still opening too; whoever asks afterwards is refused."""
        self._is_closed = True
        worker = self._worker
        if worker is not None:  # before the lock: whoever opens holds it until the worker has answered
            worker.close()
        with self._lock:
            if self._worker is not None:
                self._worker.close()
                self._worker = None

    def _ready(self, progress: Progress = silent) -> Worker:
        with self._lock:
            if self._is_closed:
                raise WorkerStopped(
                    "the investigation was closed", needed="one that is open", do="open it again from the list"
                )
            if self._worker is None or not self._worker.is_alive:
                worker = self._worker = Worker(secret_names(self._path))
                try:
                    self._description = worker.ask("open", progress=progress, timeout=OPEN_SECONDS, path=self._path)
                except BaseException:
                    worker.close()
                    raise
            return self._worker

    def _ask(self, name: str, *, progress: Progress = silent, timeout: float | None = None, **args: Any) -> Any:
        return self._ready(progress).ask(name, progress=progress, timeout=timeout, **args)

    def describe(self) -> Description:
        """Return what was opened."""
        return self._description if self._description is not None else self.open()

    def scan(self, progress: Progress = silent) -> ScanSummary:
        """Return the figures of one pass over the table."""
        answer: ScanSummary = self._ask("scan", progress=progress)
        return answer

    def groups(self, progress: Progress = silent) -> Groups:
        """Return the verdict, slices and clusters."""
        answer: Groups = self._ask("groups", progress=progress)
        return answer

    def error_tree(self, progress: Progress = silent) -> ErrorTree:
        """Return the tree of the errors, on the uniform sample."""
        answer: ErrorTree = self._ask("error_tree", progress=progress)
        return answer

    def heat_map(self, first: str | None = None, second: str | None = None, progress: Progress = silent) -> HeatMap:
        """Return two columns' heat map, on the uniform sample; of those not given, the ones that stand out most."""
        answer: HeatMap = self._ask("heat_map", progress=progress, first=first, second=second)
        return answer

    def suspects(self, progress: Progress = silent) -> Suspicions:
        """Return the suspects, every detector run; a cancel leaves those that are done."""
        answer: Suspicions = self._ask("suspects", progress=progress)
        return answer

    def suspects_so_far(self) -> Suspicions:
        """Return the suspects of the detectors that are done, at once."""
        answer: Suspicions = self._ask("suspects_so_far")
        return answer

    def clear_suspect(self, key: str, *, by: str, reason: str) -> Suspect:
        """Keep a person's word that a finding is none and return it; it counts until the data is another one."""
        answer: Suspect = self._ask("clear_suspect", key=key, by=by, reason=reason)
        return answer

    def reopen_suspect(self, key: str, *, by: str, reason: str) -> Suspect:
        """Keep a person's word that a cleared finding is one after all and return it."""
        answer: Suspect = self._ask("reopen_suspect", key=key, by=by, reason=reason)
        return answer

    def suspect_history(self, key: str | None = None) -> tuple[Act, ...]:
        """Return every clearing and reopening of a finding, or of all, the first one first."""
        answer: tuple[Act, ...] = self._ask("suspect_history", key=key)
        return answer

    def expected(self, progress: Progress = silent) -> dict[str, Any]:
        """Return what a service may expect of each feature and of its scores, as `mispredict expect` writes it."""
        answer: dict[str, Any] = self._ask("expected", progress=progress)
        return answer

    def online(self, progress: Progress = silent) -> Online:
        """Return offline against online; raises InvestigationRefused where the investigation names no log."""
        answer: Online = self._ask("online", progress=progress)
        return answer

    def invariants(self, progress: Progress = silent) -> Invariants:
        """Return what must hold, on every table; raises InvestigationRefused where nothing is declared."""
        answer: Invariants = self._ask("invariants", progress=progress)
        return answer

    def suggest_invariants(self, progress: Progress = silent) -> Suggestions:
        """Return what may be declared to hold, mined from the training table, else from the examined one."""
        answer: Suggestions = self._ask("suggest_invariants", progress=progress)
        return answer

    def spaces(self) -> tuple[str, ...]:
        """Return the spaces in which rows can be laid out."""
        answer: tuple[str, ...] = self._ask("spaces")
        return answer

    def error_map(
        self, progress: Progress = silent, *, space: str = CONTRIBUTIONS, layout: Layout = "umap"
    ) -> ErrorMap:
        """Return the errors, and a sample of right rows, in two dimensions."""
        answer: ErrorMap = self._ask("error_map", progress=progress, space=space, layout=layout)
        return answer

    def ranked(self, by: Ranking = "surprise", *, limit: int = 500, of: Selection = EVERYTHING) -> Ranked:
        """Return the worst errors, all of them or those of a selection."""
        answer: Ranked = self._ask("ranked", by=by, limit=limit, of=of)
        return answer

    def cohort(self, of: Selection, progress: Progress = silent) -> Cohort:
        """Return the figures of selected rows, over the whole table; raises RuleRefused."""
        answer: Cohort = self._ask("cohort", progress=progress, of=of)
        return answer

    def compare_cohorts(self, first: Selection, second: Selection, progress: Progress = silent) -> CohortComparison:
        """Return two cohorts of the table side by side, under the live model; raises RuleRefused."""
        answer: CohortComparison = self._ask("compare_cohorts", progress=progress, first=first, second=second)
        return answer

    def cohorts(self) -> tuple[SavedCohort, ...]:
        """Return the saved cohorts, the first one first."""
        answer: tuple[SavedCohort, ...] = self._ask("cohorts")
        return answer

    def save_cohort(self, name: str, of: Selection, *, by: str = "", reason: str = "", origin: str = "") -> SavedCohort:
        """Keep a selection under a name that is free."""
        answer: SavedCohort = self._ask("save_cohort", called=name, of=of, by=by, reason=reason, origin=origin)
        return answer

    def replace_cohort(
        self, name: str, of: Selection, *, by: str = "", reason: str = "", origin: str = ""
    ) -> SavedCohort:
        """Keep a selection under a name, in place of the one that had it."""
        answer: SavedCohort = self._ask("replace_cohort", called=name, of=of, by=by, reason=reason, origin=origin)
        return answer

    def drop_cohort(self, name: str) -> SavedCohort:
        """Forget a saved cohort and return what it was."""
        answer: SavedCohort = self._ask("drop_cohort", called=name)
        return answer

    def row(self, row: str) -> RowDetail:
        """Return one row of the table by its id."""
        answer: RowDetail = self._ask("row", row=row)
        return answer

    def methods(self, of: Which = "live") -> dict[str, str | None]:
        """Return every explanation method and why it can't serve (None when it can)."""
        answer: dict[str, str | None] = self._ask("methods", of=of)
        return answer

    def explain(self, row: str, method: str, *, of: Which = "live", progress: Progress = silent) -> Explanation:
        """Return why the model answered as it did for one row."""
        return self.ask(Why(row, of, method), progress)

    def ask(self, question: Question[A], progress: Progress = silent) -> A:
        """Return the answer to one question of one row."""
        answer: A = self._ask("ask", progress=progress, timeout=EXPLAIN_SECONDS, question=question)
        return answer

    def alike(self, row: str, *, limit: int = 10, space: str = CONTRIBUTIONS) -> Alike:
        """Return the errors and right rows nearest to one row in a space."""
        answer: Alike = self._ask("alike", row=row, limit=limit, space=space)
        return answer

    def freeze(self, rows: Sequence[str]) -> tuple[FrozenRow, ...]:
        """Return rows ready to be promoted."""
        answer: tuple[FrozenRow, ...] = self._ask("freeze", rows=list(rows))
        return answer

    def report(self, progress: Progress = silent) -> dict[str, Any]:
        """Return report.json's content."""
        answer: dict[str, Any] = self._ask("report", progress=progress)
        return answer

    def write(self, folder: str, progress: Progress = silent) -> dict[str, Any]:
        """Write the report and its Parquet files to a folder and return the report."""
        answer: dict[str, Any] = self._ask("write", progress=progress, folder=folder)
        return answer

    def warm(self, progress: Progress = silent) -> None:
        """Import and compile what the next clicks need."""
        self._ask("warm", progress=progress)
