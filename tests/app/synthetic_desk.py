"""A desk over a small table with real numbers, for tests of the pages: every answer is computed from its rows."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from explainers.explanation import Explanation
from explainers.projection import Layout
from mispredict.bad_input import StoreRefused, TableRefused
from mispredict.cohorts.cohort import Cohort, CohortComparison, SavedCohort
from mispredict.cohorts.judging import holds
from mispredict.cohorts.language import parse_rule
from mispredict.cohorts.rule import EVERY_ROW
from mispredict.cohorts.selection import EVERYTHING, Selection
from mispredict.errors.findings import Apart, Cluster, Condition, Slice, Test, Verdict
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
from mispredict.investigation.investigation import Investigation
from mispredict.investigation.questions import A, Question, Which, Why
from mispredict.parity.online import Online
from mispredict.scan.summary import CalibrationBin, Confusion, Metrics, ScanSummary
from mispredict.suspects.clearing import Act, Clearings, Digests
from mispredict.suspects.ordering import in_order
from mispredict.suspects.suspect import Judged, Suspect, Suspicions
from tests.app.made_up import made_up, nothing_found

FEATURES = ("amount", "device_age_days", "is_app", "<b>night</b>")
WEIGHTS = {"amount": 0.004, "device_age_days": -0.02, "is_app": 0.3, "<b>night</b>": 0.5}
INTERCEPT = -0.6
BROKEN = (Condition("app_release", "=", "9.1"),)


def make_table(rows: int = 1200, seed: int = 3) -> pd.DataFrame:
    """Return labelled rows, with the release 9.1 writing a device age of 0 whatever the device."""
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "order": [f"T{number:05d}" for number in range(rows)],
            "amount": draw.gamma(2.0, 60.0, rows).round(2),
            "device_age_days": draw.integers(0, 400, rows).astype(float),
            "is_app": draw.integers(0, 2, rows),
            "<b>night</b>": draw.integers(0, 2, rows),
            "app_release": draw.choice(["8.9", "9.0", "9.1"], rows, p=[0.5, 0.35, 0.15]),
        }
    )
    chance = 1 / (1 + np.exp(-_log_odds(table)))
    table["is_fraud"] = (draw.random(rows) < chance).astype(int)
    table.loc[table.app_release == "9.1", "device_age_days"] = 0.0
    return table


def _log_odds(table: pd.DataFrame) -> np.ndarray:
    return INTERCEPT + sum(table[column].to_numpy(float) * weight for column, weight in WEIGHTS.items())


class SyntheticDesk:
    """A logistic formula over `make_table`. With `rows=0`-like needs, give it your own table."""

    def __init__(self, table: pd.DataFrame | None = None, *, seconds: float = 0.0, accuses: bool = True) -> None:
        self.table = make_table() if table is None else table
        self.seconds = seconds
        self.accuses = accuses
        self.judged: list[Judged] = []
        self.asked: list[Question[Any]] = []
        self.odds = _log_odds(self.table)
        self.p = 1 / (1 + np.exp(-self.odds))
        self.truth = self.table.is_fraud.to_numpy()
        self.predicted = (self.p >= 0.5).astype(int)
        self.surprise = -np.log(np.where(self.truth == 1, self.p, 1 - self.p))
        self.error = self.truth != self.predicted
        self.broken = (self.table.app_release == "9.1").to_numpy()
        self.place = {order: position for position, order in enumerate(self.table.order)}

    def describe(self) -> Description:
        """Return what was opened."""
        return Description(
            name="Synthetic *orders* http://evil.example ![x](http://evil.example/p.png)",
            rows=len(self.table),
            target="is_fraud",
            positive=1,
            classes=(0, 1),
            features=FEATURES,
            roles={"order": "id", "is_fraud": "target", "amount": "cost"},
            dtypes={"order": "text", "app_release": "category", **dict.fromkeys((*FEATURES, "is_fraud"), "number")},
            seed=0,
            model_format="memory",
            model_family="linear",
            model_sha256="a3" * 32,
            data_sha256="b4" * 32,
            data_name="orders.parquet",
            model_name="formula",
            has_candidate=False,
            key="5e" * 16,
            notes=(),
        )

    def scan(self, progress: Progress = silent) -> ScanSummary:
        """Return the figures of the table."""
        self._work(progress, "Scoring rows")
        counts = {str(c): np.histogram(self.p[self.truth == c], 50, (0, 1))[0] for c in (0, 1)}
        return ScanSummary(
            rows=len(self.table),
            errors=int(self.error.sum()),
            kept=int(self.error.sum()),
            sampled=len(self.table),
            classes=(0, 1),
            metrics=self._metrics(),
            calibration=tuple(self._calibration()),
            confusion=tuple(
                Confusion(t, q, int(((self.truth == t) & (self.predicted == q)).sum())) for t in (0, 1) for q in (0, 1)
            ),
            histogram={name: tuple(int(n) for n in counted) for name, counted in counts.items()},
            notes=(),
            scan_s=0.01,
        )

    def _work(self, progress: Progress, doing: str) -> None:
        started = time.monotonic()
        while (gone := time.monotonic() - started) < self.seconds:
            progress(gone / self.seconds, doing)
            time.sleep(0.02)

    def _metrics(self) -> Metrics:
        brier = float(((self.p - self.truth) ** 2).mean())
        return Metrics(float(1 - self.error.mean()), float(self.surprise.mean()), self._auc(), None, brier, 0.03, 0.5)

    def _auc(self) -> float:
        ranks, event = self.p.argsort().argsort() + 1, self.truth == 1
        held = int(event.sum())
        return float((ranks[event].sum() - held * (held + 1) / 2) / (held * (len(event) - held)))

    def _calibration(self) -> list[CalibrationBin]:
        bins = np.minimum((self.p * 10).astype(int), 9)
        held = [(number, bins == number) for number in range(10) if (bins == number).any()]
        return [
            CalibrationBin(n / 10, (n + 1) / 10, int(w.sum()), float(self.p[w].mean()), float(self.truth[w].mean()))
            for n, w in held
        ]

    def groups(self, progress: Progress = silent) -> Groups:
        """Return release 9.1 as the slice and its errors as the cluster."""
        self._work(progress, "Looking for slices")
        inside = self.error & self.broken
        if not inside.any():
            return Groups(
                Verdict("cannot tell", (), 0.1, "There are too few errors to tell."), (), (), (), (), 0.0, 0.0
            )
        errors, expected = int(inside.sum()), float(np.minimum(self.p, 1 - self.p)[self.broken].sum())
        z = (errors - expected) / np.sqrt(expected)
        lift = float(self.error[self.broken].mean() / self.error.mean())
        rule = "app_release = '9.1'"
        figures = (errors, expected, errors - expected)
        spread = 1.96 * np.sqrt(expected)
        found = Slice(
            rule, BROKEN, int(self.broken.sum()), *figures, figures[2] - spread, figures[2] + spread, z, 0.0004,
            z * 0.7, errors / expected, lift, "more errors",
        )  # fmt: skip
        ids = tuple(self.table.order[inside].iloc[np.argsort(-self.surprise[inside])])
        apart = (Apart("device_age_days", "number", "", 0.0, 200.0, 0.9),)
        cluster = Cluster(
            0, errors, "release 9.1", rule, BROKEN, 0.6, 1.0, lift, int(self.broken.sum()), errors, expected, 0.0004,
            z * 0.7, errors / expected, apart, ids[5:8], ids,
        )  # fmt: skip
        verdict = Verdict(
            "systemic",
            (Test("best slice", z, 0.0002, 0.0004, (errors - expected) / len(self.table)),),
            0.03,
            "The errors are systemic: release 9.1 is wrong more often than the model expects.",
        )
        notes = (f"clustered {int(self.error.sum())} of {int(self.error.sum())} errors by their linear terms",)
        return Groups(verdict, (found,), (cluster,), notes, (), 0.01, 0.01)

    def error_tree(self, progress: Progress = silent) -> ErrorTree:
        """Return the tree of the errors, on the uniform sample."""
        return self.investigation.error_tree(progress)

    def heat_map(self, first: str | None = None, second: str | None = None, progress: Progress = silent) -> HeatMap:
        """Return two columns' heat map, on the uniform sample; of those not given, the ones that stand out most."""
        return self.investigation.heat_map(first, second, progress)

    def suspects(self, progress: Progress = silent) -> Suspicions:
        """Return made-up findings about the table's own rows; each check takes the desk's time."""
        checks = self._checks()
        while len(self.judged) < len(checks):
            self._work(progress, checks[len(self.judged)].kind)
            self.judged.append(checks[len(self.judged)])
        return self.suspects_so_far()

    def suspects_so_far(self) -> Suspicions:
        """Return those of the checks that are done, with what was said of them."""
        judged = self.said.marked(self.judged)
        missing = tuple(check.kind for check in self._checks()[len(judged) :])
        return Suspicions(in_order(s for one in judged for s in one.suspects), judged, missing, 0.1)

    def _checks(self) -> tuple[Judged, ...]:
        return made_up(self._rows(), self.broken) if self.accuses else nothing_found()

    @functools.cached_property
    def said(self) -> Clearings:
        """Return what people said of findings, in memory."""
        return Clearings(None, Digests("b4" * 32))

    def _named(self, key: str) -> Suspect:
        for one in self.suspects_so_far().suspects:
            if one.key == key:
                return one
        raise StoreRefused(f"no finding has the key {key!r}", needed="one of the findings", do="copy the key")

    def clear_suspect(self, key: str, *, by: str, reason: str) -> Suspect:
        """Keep a word in memory."""
        return self.said.clear(self._named(key), by=by, reason=reason)

    def reopen_suspect(self, key: str, *, by: str, reason: str) -> Suspect:
        """Keep a word in memory."""
        return self.said.reopen(self._named(key), by=by, reason=reason)

    def suspect_history(self, key: str | None = None) -> tuple[Act, ...]:
        """Return every word."""
        return self.said.history(key)

    def online(self, progress: Progress = silent) -> Online:
        """Refuse: the formula's table has no log."""
        return self.investigation.online(progress)

    def invariants(self, progress: Progress = silent) -> Invariants:
        """Refuse: nothing is declared."""
        return self.investigation.invariants(progress)

    def suggest_invariants(self, progress: Progress = silent) -> Suggestions:
        """Return what the training rows keep."""
        return self.investigation.suggest_invariants(progress)

    def spaces(self) -> tuple[str, ...]:
        """Return the one space of a formula."""
        return (CONTRIBUTIONS,)

    def error_map(
        self, progress: Progress = silent, *, space: str = CONTRIBUTIONS, layout: Layout = "umap"
    ) -> ErrorMap:
        """Return the rows laid out by two of their contributions; turned around for the other layout."""
        self._work(progress, "Laying out")
        draw = np.random.default_rng(0)
        jitter = draw.normal(0, 0.15, (2, len(self.table)))
        terms = [self.table[c].to_numpy(float) * w * (1 if layout == "umap" else -1) for c, w in WEIGHTS.items()]
        points = self._rows()[["id", "truth", "predicted", "probability", "surprise"]].assign(
            x=(terms[0] + jitter[0]).astype("float32"),
            y=(terms[1] + terms[3] + jitter[1]).astype("float32"),
            error=self.error,
            cluster=np.where(self.error & self.broken, 0, -1).astype("int32"),
        )
        return ErrorMap(points, ("every row is drawn",))

    def _entropy(self) -> np.ndarray:
        return -(self.p * np.log(self.p) + (1 - self.p) * np.log(1 - self.p))

    def _rows(self) -> pd.DataFrame:
        said = pd.DataFrame(
            {
                "id": self.table.order,
                "truth": self.truth,
                "predicted": self.predicted,
                "probability": self.p,
                "surprise": self.surprise,
                "beyond": self.surprise - self._entropy(),
                "cost": self.table.amount,
                "cluster": np.where(self.error & self.broken, 0, -1),
            }
        )
        return pd.concat([said, self.table], axis=1)

    def ranked(self, by: Ranking = "surprise", *, limit: int = 500, of: Selection = EVERYTHING) -> Ranked:
        """Return the worst errors."""
        kinds = {"is_fraud": "number", **self.describe().dtypes}
        keep = self.error & holds(parse_rule(of.rule, kinds) if of.rule else EVERY_ROW, self.table)
        rows = self._rows()[keep]
        rows = rows if of.cluster is None else rows[rows.cluster == of.cluster]
        rows = rows[rows["id"].isin(of.ids)] if of.ids else rows
        rows = rows.iloc[np.argsort(-rows[by].to_numpy()[:, 0] if rows[by].ndim == 2 else -rows[by].to_numpy())]
        return Ranked(rows.head(limit).reset_index(drop=True), min(limit, len(rows)), len(rows))

    def cohort(self, of: Selection, progress: Progress = silent) -> Cohort:
        """Return what the same formula over the same rows makes of a selection."""
        self._work(progress, "Measuring")
        return self.investigation.cohort(self._by_ids(of), progress=progress)

    def compare_cohorts(self, first: Selection, second: Selection, progress: Progress = silent) -> CohortComparison:
        """Return two selections side by side."""
        self._work(progress, "Comparing")
        return self.investigation.compare_cohorts(self._by_ids(first), self._by_ids(second), progress=progress)

    def _by_ids(self, of: Selection) -> Selection:
        """Return a selection of a cluster as its ids: the investigation beneath has clusters of its own."""
        if of.cluster is None:
            return of
        return dataclasses.replace(of, cluster=None, ids=self.groups().clusters[of.cluster].rows)

    def cohorts(self) -> tuple[SavedCohort, ...]:
        """Return what was saved."""
        return self.investigation.cohorts()

    def save_cohort(self, name: str, of: Selection, *, by: str = "", reason: str = "", origin: str = "") -> SavedCohort:
        """Keep a selection in memory."""
        return self.investigation.save_cohort(name, self._by_ids(of), by=by, reason=reason, origin=origin)

    def replace_cohort(
        self, name: str, of: Selection, *, by: str = "", reason: str = "", origin: str = ""
    ) -> SavedCohort:
        """Keep a selection in memory, in place of another."""
        return self.investigation.replace_cohort(name, of, by=by, reason=reason, origin=origin)

    def drop_cohort(self, name: str) -> SavedCohort:
        """Forget a saved cohort and return what it was."""
        return self.investigation.drop_cohort(name)

    def row(self, row: str) -> RowDetail:
        """Return one row."""
        at = self._at(row)
        order = [o for o in np.argsort(-self.surprise) if self.error[o]]
        return RowDetail(
            id=row,
            position=at,
            values={column: self.table[column].iloc[at : at + 1].tolist()[0] for column in self.table},
            truth=int(self.truth[at]),
            predicted=int(self.predicted[at]),
            probabilities={"0": float(1 - self.p[at]), "1": float(self.p[at])},
            surprise=float(self.surprise[at]),
            cost=float(self.table.amount[at]),
            is_error=bool(self.error[at]),
            rank=order.index(at) + 1 if self.error[at] else None,
            cluster=0 if self.error[at] and self.broken[at] else None,
            threshold=0.5,
        )

    def _at(self, row: str) -> int:
        if row not in self.place:
            raise TableRefused(f"no row {row!r}", needed="an id of the table", do="pick a row from the list of errors")
        return self.place[row]

    @functools.cached_property
    def investigation(self) -> Investigation:
        """Return the same formula over the same rows as an investigation that answers questions."""
        training = make_table(400, seed=4)
        model = LogisticRegression().fit(training[list(FEATURES)], training.is_fraud)
        model.coef_, model.intercept_ = np.array([[WEIGHTS[c] for c in FEATURES]]), np.array([INTERCEPT])
        return Investigation(model=model, rows=self.table, target="is_fraud", training=training, id="order")

    def methods(self, of: Which = "live") -> dict[str, str | None]:
        """Return what serves a linear formula."""
        return self.investigation.methods(of)

    def explain(self, row: str, method: str, *, of: Which = "live", progress: Progress = silent) -> Explanation:
        """Return the formula's terms."""
        return self.ask(Why(row, of, method), progress)

    def ask(self, question: Question[A], progress: Progress = silent) -> A:
        """Return what the investigation answers, and remember that it was asked."""
        self._work(progress, "Asking")
        self._at(question.row)
        self.asked.append(question)
        return self.investigation.ask(question, progress)

    def alike(self, row: str, *, limit: int = 10, space: str = CONTRIBUTIONS) -> Alike:
        """Return the rows whose terms are nearest."""
        at = self._at(row)
        terms = np.stack([self.table[c].to_numpy(float) * w for c, w in WEIGHTS.items()], axis=1)
        distance = np.linalg.norm(terms - terms[at], axis=1)
        nearest = [o for o in np.argsort(distance) if o != at][:limit]
        return Alike(self._rows().iloc[nearest].assign(distance=distance[nearest]).reset_index(drop=True), ())

    def freeze(self, rows: Sequence[str]) -> tuple[FrozenRow, ...]:
        """Return rows ready to be promoted."""
        return tuple(self._frozen(self._at(row)) for row in rows)

    def _frozen(self, at: int) -> FrozenRow:
        values: dict[str, Any] = {c: self.table[c].iloc[at].item() for c in FEATURES}
        return FrozenRow(
            id=str(self.table.order.iloc[at]),
            values=values,
            dtypes={c: str(self.table[c].dtype) for c in FEATURES},
            categories={},
            truth=int(self.truth[at]),
            predicted=int(self.predicted[at]),
            classes=(0, 1),
            probability_of_truth=float(np.exp(-self.surprise[at])),
            score=float(self.p[at]),
            data_sha256="b4" * 32,
            model_sha256="a3" * 32,
            threshold=0.5,
        )
