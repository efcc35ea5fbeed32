"""An investigation whose objects are in this process: in a worker, or in a notebook."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from explainers.explanation import Explanation
from explainers.projection import Layout
from mispredict.bad_input import InvestigationRefused
from mispredict.cache import cache_folder
from mispredict.cohorts.cohort import Cohort, CohortComparison, SavedCohort
from mispredict.cohorts.selection import EVERYTHING, Selection
from mispredict.cohorts.store import CohortStore
from mispredict.errors.heat import HeatMap
from mispredict.errors.tree import ErrorTree
from mispredict.invariants.invariant import Invariants
from mispredict.invariants.mining.suggesting import Suggestions
from mispredict.investigation.answers import Answers
from mispredict.investigation.cohorts import Cohorts, Words
from mispredict.investigation.describing import describe, key_of
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
from mispredict.investigation.explaining import refusals
from mispredict.investigation.found_rows import FoundRows
from mispredict.investigation.invariants import suggestions_for
from mispredict.investigation.looking import detail, freeze_row, nearest_rows
from mispredict.investigation.mapping import Drawing, draw_map, step_of_map
from mispredict.investigation.opened import Opened
from mispredict.investigation.opening import Models, open_objects, open_spec
from mispredict.investigation.questions import A, Question, Which, Why
from mispredict.investigation.read import read_spec
from mispredict.investigation.showing import table_of_scored
from mispredict.investigation.spaces import Spaces
from mispredict.investigation.spec import DataSpec, InvestigationSpec, ModelSpec
from mispredict.investigation.steps import Steps, part
from mispredict.investigation.suspecting import Suspecting
from mispredict.investigation.viewing import kept_heat_map, kept_tree
from mispredict.parity.joining import log_of
from mispredict.parity.online import Online
from mispredict.scan.summary import ScanSummary
from mispredict.suspects.clearing import Act
from mispredict.suspects.suspect import Suspect, Suspicions

B = TypeVar("B")

# What the first explanations import; together some seconds that nobody should wait for after a click.
CLICKED = ("shap", "lime.lime_tabular", "eli5")


class Investigation:
    """One model and one labelled table. Keeps the `Desk` protocol; every step is computed once.

    `roles` are the other keys of `[data]` (positive, id, time, entity, ...), `threshold` and `seed`. `online` is what
    the service logged, and `logged` says its columns: {"id": ..., "time": ..., "score": ...}; `invariants` is the path
    of a file of what must hold.

    >>> investigation = Investigation(model=forest, rows=table, target="is_fraud")  # doctest: +SKIP
    >>> investigation.groups().verdict.sentence  # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        model: Any,
        rows: pd.DataFrame,
        target: str,
        training: pd.DataFrame | None = None,
        online: pd.DataFrame | None = None,
        **roles: Any,
    ) -> None:
        threshold, seed, logged = roles.pop("threshold", 0.5), roles.pop("seed", 0), roles.pop("logged", {})
        invariants = roles.pop("invariants", None)
        data = DataSpec(path="", target=target, **{name: _role(name, value) for name, value in roles.items()})
        log = None if online is None else log_of(online, ({"id": data.id} if data.id in online else {}) | logged)
        spec = InvestigationSpec("in memory", data, ModelSpec(threshold=threshold), seed=seed, invariants=invariants)
        opened = open_objects(model, (rows, training), spec=spec, log=log)
        self._begin(opened, folder=None)

    @classmethod
    def from_file(cls, path: str | Path) -> Investigation:
        """Open what a file describes, here: meant for a worker, since a damaged model can end the process."""
        return cls.from_spec(read_spec(path))

    @classmethod
    def from_spec(cls, spec: InvestigationSpec) -> Investigation:
        """Open what was described, here."""
        opened = open_spec(spec)
        self = cls.__new__(cls)
        # A service may answer otherwise tomorrow: what it answered today is kept in memory alone.
        kept = opened.model.format != "endpoint"
        self._begin(opened, folder=cache_folder() / "investigations" / key_of(opened) if kept else None)
        return self

    def _begin(self, opened: Opened, folder: Path | None) -> None:
        self._opened = opened
        self._models = Models(opened)
        self._steps = Steps(opened, folder)
        self._spaces = Spaces(opened, self._steps)
        self._rows = FoundRows(opened)
        self._cohorts = Cohorts(opened, self._steps)
        self._suspecting = Suspecting(opened, self._models, self._steps)
        self._saved = CohortStore(opened.spec.file)
        self._answers = Answers(opened, self._models, self._steps, self._rows)

    def describe(self) -> Description:
        """Return what was opened."""
        return describe(self._opened)

    def scan(self, progress: Progress = silent) -> ScanSummary:
        """Return the figures of one pass over the table."""
        return self._steps.scan(progress).summary

    def groups(self, progress: Progress = silent) -> Groups:
        """Return the verdict, slices and clusters."""
        return self._steps.groups(progress)

    def error_tree(self, progress: Progress = silent) -> ErrorTree:
        """Return the tree of the errors, on the uniform sample."""
        return kept_tree(self._steps, progress)

    def heat_map(self, first: str | None = None, second: str | None = None, progress: Progress = silent) -> HeatMap:
        """Return two columns' heat map, on the uniform sample; of those not given, the ones that stand out most."""
        return kept_heat_map(self._steps, first, second, progress)

    def suspects(self, progress: Progress = silent) -> Suspicions:
        """Return the suspects, every detector run; a cancel leaves those that are done."""
        self._steps.scan(part(progress, 0.0, 0.2))
        return self._suspecting.all(part(progress, 0.2, 1.0))

    def suspects_so_far(self) -> Suspicions:
        """Return the suspects of the detectors that are done, at once."""
        return self._suspecting.so_far()

    def clear_suspect(self, key: str, *, by: str, reason: str) -> Suspect:
        """Keep a person's word that a finding is none and return it; it counts until the data is another one."""
        return self._suspecting.clear(key, by=by, reason=reason)

    def reopen_suspect(self, key: str, *, by: str, reason: str) -> Suspect:
        """Keep a person's word that a cleared finding is one after all and return it."""
        return self._suspecting.reopen(key, by=by, reason=reason)

    def suspect_history(self, key: str | None = None) -> tuple[Act, ...]:
        """Return every clearing and reopening of a finding, or of all, the first one first."""
        return self._suspecting.history(key)

    def expected(self, progress: Progress = silent) -> dict[str, Any]:
        """Return what a service may expect of each feature and of its scores, as `mispredict expect` writes it."""
        from mispredict.investigation.expecting import expected_of

        return expected_of(self._opened, self._steps.scan(progress))

    def online(self, progress: Progress = silent) -> Online:
        """Return offline against online: the join, what makes the gap, scores over time, every column."""
        self._steps.scan(part(progress, 0.0, 0.3))
        return self._suspecting.online(part(progress, 0.3, 1.0))

    def invariants(self, progress: Progress = silent) -> Invariants:
        """Return what must hold, on the training table, the examined one and the log."""
        self._steps.scan(part(progress, 0.0, 0.3))
        return self._suspecting.invariants(part(progress, 0.3, 1.0))

    def suggest_invariants(self, progress: Progress = silent) -> Suggestions:
        """Return what may be declared to hold, mined from the training table, else from the examined one."""
        return suggestions_for(self._opened, self._steps.kept, progress)

    def spaces(self) -> tuple[str, ...]:
        """Return the spaces in which rows can be laid out: contributions, layers of a net, a given embedding."""
        return self._spaces.names

    def error_map(
        self, progress: Progress = silent, *, space: str = CONTRIBUTIONS, layout: Layout = "umap"
    ) -> ErrorMap:
        """Return the errors, and a sample of right rows, in two dimensions."""

        def make() -> ErrorMap:
            self._steps.groups(part(progress, 0.0, 0.4))
            self._steps.placed(part(progress, 0.4, 0.5))
            shown, places = self._spaces.shown(space)
            progress(0.5, f"laying out {len(shown):,} rows")
            clusters = self._steps.clusters_of(shown)
            drawing = Drawing(space, layout, rows=self._opened.table.rows, seed=self._opened.spec.seed)
            return draw_map(shown, places, clusters, drawing)

        answer: ErrorMap = self._steps.kept.get(step_of_map(space, layout), make)
        return answer

    def ranked(self, by: Ranking = "surprise", *, limit: int = 500, of: Selection = EVERYTHING) -> Ranked:
        """Return the worst errors, all of them or those of a selection."""
        scan = self._steps.scan()
        kept = {"surprise": scan.worst, "beyond": scan.beyond, "cost": scan.costly}[by]
        chosen = kept.take(kept.is_error)
        if not of.is_everything:
            chosen = chosen.take(self._cohorts.among(of, chosen))
        shown = chosen.take(np.arange(min(limit, len(chosen))))
        total = scan.summary.errors if of.is_everything else len(chosen)
        return Ranked(table_of_scored(shown, self._steps.clusters_of(shown)), len(shown), total)

    def cohort(self, of: Selection, progress: Progress = silent) -> Cohort:
        """Return the figures of selected rows, over the whole table; raises RuleRefused."""
        return self._cohorts.cohort(of, progress)

    def compare_cohorts(self, first: Selection, second: Selection, progress: Progress = silent) -> CohortComparison:
        """Return two cohorts of the table side by side, under the live model; raises RuleRefused."""
        return self._cohorts.compare(first, second, progress)

    def cohorts(self) -> tuple[SavedCohort, ...]:
        """Return the saved cohorts, the first one first."""
        return self._saved.list()

    def save_cohort(self, name: str, of: Selection, *, by: str = "", reason: str = "", origin: str = "") -> SavedCohort:
        """Keep a selection under a name that is free; a cluster is kept as the ids of its errors."""
        return self._saved.save(self._cohorts.named(name, of, Words(by, reason, origin)))

    def replace_cohort(
        self, name: str, of: Selection, *, by: str = "", reason: str = "", origin: str = ""
    ) -> SavedCohort:
        """Keep a selection under a name, in place of the one that had it."""
        return self._saved.replace(self._cohorts.named(name, of, Words(by, reason, origin)))

    def drop_cohort(self, name: str) -> SavedCohort:
        """Forget a saved cohort and return what it was."""
        return self._saved.drop(name)

    def row(self, row: str) -> RowDetail:
        """Return one row of the table by its id; any row, not only the kept ones."""
        found = self._rows.get(row)
        return detail(found, self._steps.ranks(), self._steps.cluster_ids())

    def methods(self, of: Which = "live") -> dict[str, str | None]:
        """Return every explanation method and why it can't serve (None when it can)."""
        return refusals(self._models.get(of))

    def explain(self, row: str, method: str, *, of: Which = "live", progress: Progress = silent) -> Explanation:
        """Return why the model answered as it did for one row."""
        return self.ask(Why(row, of, method), progress)

    def ask(self, question: Question[A], progress: Progress = silent) -> A:
        """Return the answer to one question of one row."""
        return self._answers.get(question, progress)

    def alike(self, row: str, *, limit: int = 10, space: str = CONTRIBUTIONS) -> Alike:
        """Return the errors and right rows nearest to one row in a space."""
        shown, places = self._spaces.shown(space)
        own = self._spaces.place_of(space, self._rows.get(row))
        others = np.flatnonzero(shown.ids.astype(str) != str(row))
        near, distances = nearest_rows(places[others], own, limit)
        rows = shown.take(others[near])
        table = table_of_scored(rows, self._steps.clusters_of(rows))
        table.insert(1, "distance", distances)
        errors = int(shown.is_error.sum())
        by = f"their contributions ({self._steps.placed()[1].method})" if space == CONTRIBUTIONS else f"the {space}"
        note = f"nearest among {errors:,} errors and {len(shown) - errors:,} right rows, by {by}"
        return Alike(table, (note,))

    def freeze(self, rows: Sequence[str]) -> tuple[FrozenRow, ...]:
        """Return rows ready to be promoted."""
        read, background = self._models.features, self._steps.background
        return tuple(freeze_row(self._opened, row, read, background) for row in rows)

    def report(self, progress: Progress = silent) -> dict[str, Any]:
        """Return the content of report.json."""
        from mispredict.report import report

        summary = self.scan(part(progress, 0.0, 0.3))
        groups = self.groups(part(progress, 0.3, 0.5))
        tree = self.error_tree(part(progress, 0.5, 0.6))
        # Before all suspects: once those are done, what these have read and joined is let go.
        online = _if_there(self.online, part(progress, 0.6, 0.7))
        invariants = _if_there(self.invariants, part(progress, 0.7, 0.75))
        suspicions = self.suspects(part(progress, 0.75, 1.0))
        return report(
            self.describe(), summary, groups, tree=tree, suspicions=suspicions, online=online, invariants=invariants
        )

    def write(self, folder: str, progress: Progress = silent) -> dict[str, Any]:
        """Write report.json and the Parquet files to a folder, whole or not at all, and return the report."""
        from mispredict.scan.write import writable, write_results

        with writable(Path(folder)):
            report = self.report(progress)
            write_results(Path(folder), report, self._steps.scan())
        return report

    def warm(self, progress: Progress = silent) -> None:
        """Import and compile what the next clicks need, so that they don't wait."""
        from explainers import projection, warming

        parts = len(CLICKED) + 2
        for place, library in enumerate(CLICKED):
            progress(place / parts, f"importing {library}")
            importlib.import_module(library)
        progress(len(CLICKED) / parts, "compiling what explains trees")
        warming.warm()
        progress((parts - 1) / parts, "compiling the map's layout")
        projection.warm()


def _if_there(ask: Callable[[Progress], B], progress: Progress) -> B | None:
    """Return an answer, None where the investigation lacks what it needs: the checks that want it have said why."""
    try:
        return ask(progress)
    except InvestigationRefused:
        return None


def _role(name: str, value: Any) -> Any:
    lists = ("entity", "features", "exclude", "display")
    if name not in lists or value is None:
        return value
    return (value,) if isinstance(value, str) else tuple(value)
