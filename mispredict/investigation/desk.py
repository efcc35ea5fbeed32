"""Everything that a page, a command or a notebook asks of an opened investigation.

Two classes keep this protocol: `Investigation` works on objects of this process, `RemoteInvestigation` asks a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pandas as pd

from explainers.explanation import Explanation
from explainers.projection import Layout
from mispredict.cohorts.cohort import Cohort, CohortComparison, SavedCohort
from mispredict.cohorts.selection import EVERYTHING, Selection
from mispredict.errors.findings import Cluster, Slice, Verdict
from mispredict.errors.heat import HeatMap
from mispredict.errors.tree import ErrorTree
from mispredict.invariants.invariant import Invariants
from mispredict.invariants.mining.suggesting import Suggestions
from mispredict.investigation.explained import Explained
from mispredict.investigation.questions import A, Question, Which
from mispredict.parity.online import Online
from mispredict.scan.summary import ScanSummary
from mispredict.suspects.clearing import Act
from mispredict.suspects.suspect import Suspect, Suspicions

Progress = Callable[[float, str], None]  # share done 0..1, what is being done
# Confidently wrong; wrong beyond what the row's own probabilities make one expect (surprise minus entropy); costly.
Ranking = Literal["surprise", "beyond", "cost"]
CONTRIBUTIONS = "contributions"  # the space in which errors are clustered
LAYER = "layer "  # and the name of a layer: a space of a net


def silent(share: float, doing: str) -> None:
    """Take a progress report and do nothing with it."""


@dataclass(frozen=True)
class Description:
    """What was opened."""

    name: str
    rows: int
    target: str
    positive: Any  # the event, None when multiclass
    classes: tuple[Any, ...]
    features: tuple[str, ...]
    roles: dict[str, str]  # column -> "id" | "time" | "entity" | "label_time" | "cost" | "target" | "display"
    dtypes: dict[str, str]  # every column of the table -> "number" | "category" | "text" | "time" | "bool" | "other"
    seed: int
    model_format: str
    model_family: str
    model_sha256: str
    data_sha256: str
    data_name: str  # file name only
    model_name: str
    has_candidate: bool
    key: str  # digest of model, data, settings and version: the cache key and the name in URLs
    notes: tuple[str, ...]  # said on opening, e.g. a stored score that the model no longer gives
    has_log: bool = False  # of a service, under [online]
    has_invariants: bool = False


@dataclass(frozen=True)
class Groups:
    """Which errors hang together."""

    verdict: Verdict
    slices: tuple[Slice, ...]
    clusters: tuple[Cluster, ...]
    cluster_notes: tuple[str, ...]  # "clustered 1,204 of 1,204 errors by their walk", "no stable cluster", ...
    slice_notes: tuple[str, ...]
    clusters_s: float
    slices_s: float


@dataclass(frozen=True, eq=False)
class ErrorMap:
    """The errors laid out by how alike their explanations are.

    `points` has one row a point and the columns id (str), x, y (float32), error (bool), cluster (int32, -1 = none),
    truth, predicted (str), probability (of the event, or of the predicted class), surprise.
    """

    points: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Ranked:
    """The worst rows: id, truth, predicted, probability, surprise, beyond, cost, cluster, then the table's columns."""

    rows: pd.DataFrame
    shown: int
    total: int  # errors that satisfy the selection, in the whole table where it was streamed, else among the kept


@dataclass(frozen=True)
class RowDetail:
    """One row, as it lies in the table, and what the model said."""

    id: str
    position: int
    values: dict[str, Any]  # raw column -> JSON scalar (None for missing)
    truth: Any
    predicted: Any
    probabilities: dict[str, float]  # str(class) -> probability
    surprise: float
    cost: float
    is_error: bool
    rank: int | None  # place among the kept worst, from 1
    cluster: int | None
    threshold: float  # the probability from which on the event is called (binary)


@dataclass(frozen=True, eq=False)
class Alike:
    """Rows near one row in the space of explanations: `rows` as in Ranked, plus `distance`."""

    rows: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FrozenRow:
    """A row as it goes into the obvious set: the columns that the models read, no others."""

    id: str
    values: dict[str, Any]  # feature -> JSON scalar
    dtypes: dict[str, str]  # feature -> pandas dtype name, "category" with its list under `categories`
    categories: dict[str, list[Any]]
    truth: Any
    predicted: Any
    classes: tuple[Any, ...]
    probability_of_truth: float
    score: float  # binary: of the event; else of the true class
    data_sha256: str
    model_sha256: str
    threshold: float
    explanation: Explained | None = None  # of the event (binary), else of the true class


class Desk(Protocol):
    """An investigation that is open. Every method answers the same twice and keeps what it computed."""

    def describe(self) -> Description:
        """Return what was opened."""

    def scan(self, progress: Progress = silent) -> ScanSummary:
        """Return the figures of one pass over the table."""

    def groups(self, progress: Progress = silent) -> Groups:
        """Return the verdict, slices and clusters."""

    def error_tree(self, progress: Progress = silent) -> ErrorTree:
        """Return the tree of the errors, on the uniform sample."""

    def heat_map(self, first: str | None = None, second: str | None = None, progress: Progress = silent) -> HeatMap:
        """Return two columns' heat map, on the uniform sample; of those not given, the ones that stand out most."""

    def suspects(self, progress: Progress = silent) -> Suspicions:
        """Return the suspects, every detector run; a cancel leaves those that are done."""

    def suspects_so_far(self) -> Suspicions:
        """Return the suspects of the detectors that are done, at once."""

    def clear_suspect(self, key: str, *, by: str, reason: str) -> Suspect:
        """Keep a person's word that a finding is none and return it; it counts until the data is another one.

        Raises StoreRefused for a key that no finding has, and without a name or a reason.
        """

    def reopen_suspect(self, key: str, *, by: str, reason: str) -> Suspect:
        """Keep a person's word that a cleared finding is one after all and return it; raises StoreRefused."""

    def suspect_history(self, key: str | None = None) -> tuple[Act, ...]:
        """Return every clearing and reopening of a finding, or of all, the first one first; raises StoreRefused."""

    def online(self, progress: Progress = silent) -> Online:
        """Return offline against online; raises InvestigationRefused where the investigation names no log."""

    def invariants(self, progress: Progress = silent) -> Invariants:
        """Return what must hold, on every table; raises InvestigationRefused where nothing is declared."""

    def suggest_invariants(self, progress: Progress = silent) -> Suggestions:
        """Return what may be declared to hold, mined from the training table, else from the examined one."""

    def spaces(self) -> tuple[str, ...]:
        """Return the spaces in which rows can be laid out: contributions, layers of a net, a given embedding."""

    def error_map(
        self, progress: Progress = silent, *, space: str = CONTRIBUTIONS, layout: Layout = "umap"
    ) -> ErrorMap:
        """Return the errors, and a sample of right rows, in two dimensions."""

    def ranked(self, by: Ranking = "surprise", *, limit: int = 500, of: Selection = EVERYTHING) -> Ranked:
        """Return the worst errors, all of them or those of a selection."""

    def cohort(self, of: Selection, progress: Progress = silent) -> Cohort:
        """Return the figures of selected rows, over the whole table; raises RuleRefused."""

    def compare_cohorts(self, first: Selection, second: Selection, progress: Progress = silent) -> CohortComparison:
        """Return two cohorts of the table side by side, under the live model; raises RuleRefused."""

    def cohorts(self) -> tuple[SavedCohort, ...]:
        """Return the saved cohorts, the first one first."""

    def save_cohort(self, name: str, of: Selection, *, by: str = "", reason: str = "", origin: str = "") -> SavedCohort:
        """Keep a selection under a name that is free; a cluster is kept as the ids of its errors.

        `origin` says where ids came from. The same name and rows again change nothing.
        """

    def replace_cohort(
        self, name: str, of: Selection, *, by: str = "", reason: str = "", origin: str = ""
    ) -> SavedCohort:
        """Keep a selection under a name, in place of the one that had it."""

    def drop_cohort(self, name: str) -> SavedCohort:
        """Forget a saved cohort and return what it was."""

    def row(self, row: str) -> RowDetail:
        """Return one row of the table by its id; any row, not only the kept ones."""

    def methods(self, of: Which = "live") -> dict[str, str | None]:
        """Return every explanation method and why it can't serve (None when it can)."""

    def explain(self, row: str, method: str, *, of: Which = "live", progress: Progress = silent) -> Explanation:
        """Return why the model answered as it did for one row."""

    def ask(self, question: Question[A], progress: Progress = silent) -> A:
        """Return the answer to one question of one row."""

    def alike(self, row: str, *, limit: int = 10, space: str = CONTRIBUTIONS) -> Alike:
        """Return the errors and right rows nearest to one row in a space."""

    def freeze(self, rows: Sequence[str]) -> tuple[FrozenRow, ...]:
        """Return rows ready to be promoted."""
