"""Cohorts of one investigation: which rows a selection holds, their figures, and two of them side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from mispredict.bad_input import RuleRefused
from mispredict.beside import IN_MEMORY
from mispredict.cohorts.cohort import Cohort, CohortComparison, Estimate, SavedCohort, Surprising
from mispredict.cohorts.estimates import (
    beyond_promises,
    chance_of_so_many,
    difference_of_excess,
    difference_of_means,
    difference_of_rates,
    wilson,
)
from mispredict.cohorts.figures import Tally, parts_of, tally
from mispredict.cohorts.judging import holds
from mispredict.cohorts.kept_scores import KeptScores
from mispredict.cohorts.language import parse_rule
from mispredict.cohorts.rule import EVERY_ROW, Rule, columns_of
from mispredict.cohorts.selection import Selection
from mispredict.cohorts.wording import compared, misspelt, said, words_of
from mispredict.errors.apart import columns_apart
from mispredict.errors.findings import Apart
from mispredict.errors.promises import Recalibration, learn_recalibration
from mispredict.investigation.desk import Progress
from mispredict.investigation.opened import Opened
from mispredict.investigation.steps import Steps, frames_of, part
from mispredict.investigation.survey import cost_of
from mispredict.kept import Kept
from mispredict.scan.figures import calibration_of, confusion_of, metrics_of
from mispredict.scan.scored import Scored
from mispredict.tables.ids import ids_of
from mispredict.tables.kinds import kind_of
from mispredict.tables.roles import readable

MOST = 64  # cohorts whose figures stay in memory
MASKS = 6  # and whose rows do: a byte for each row of the table
FEW = 100  # rows of a cohort in the sample from which it stands for them all
FETCHED = 1_000  # rows read for what sets a cohort apart, where the sample has too few
PICKED = "no p-value: these rows were picked by looking at their errors"


@dataclass(frozen=True)
class Words:
    """What is said of a cohort when it is saved."""

    by: str = ""
    reason: str = ""
    origin: str = ""  # where ids came from


@dataclass(frozen=True, eq=False)
class _Rows:
    """A mask with one entry a position of the table, and how many ids were not found."""

    mask: np.ndarray
    gone: int


class Cohorts:
    """Answers about selections. Scores are read back from the scan; only a rule's columns are read from the table."""

    def __init__(self, opened: Opened, steps: Steps) -> None:
        self._opened, self._steps = opened, steps
        schema = opened.table.schema
        self._kinds = {name: kind_of(schema.field(name).type) for name in readable(schema, opened.spec.data)}
        self._measured = Kept(None, most=MOST)
        self._masks = Kept(None, most=MASKS)

    def rule(self, of: Selection) -> Rule:
        """Return the selection's rule; all rows where it has none. Raises RuleRefused."""
        return parse_rule(of.rule, self._kinds) if of.rule else EVERY_ROW

    def members(self, of: Selection) -> tuple[str, ...] | None:
        """Return the ids that the selection is limited to, None without a limit. Raises RuleRefused."""
        if of.cluster is None:
            return of.ids or None
        clusters = self._steps.groups().clusters
        found = next((cluster.rows for cluster in clusters if cluster.id == of.cluster), None)
        if found is None:
            raise RuleRefused(
                f"no cluster {of.cluster + 1}",
                needed=f"one of the {len(clusters)} clusters" if clusters else "an investigation that has clusters",
                do="choose another one; clusters are counted anew when the model or the table changes",
            )
        return tuple(row for row in found if row in set(of.ids)) if of.ids else found

    def named(self, name: str, of: Selection, words: Words) -> SavedCohort:
        """Return the selection ready to be kept: its rule is checked, and a cluster becomes the ids of its errors.

        Clusters are counted anew when the model or the table changes; ids stay what they are.
        """
        self.rule(of)
        members, origin = self.members(of), words.origin
        if of.cluster is not None:
            origin = origin or f"cluster {of.cluster + 1} of the errors"
        opened, now = self._opened, datetime.now(UTC).isoformat(timespec="seconds")
        kept = Selection(of.rule, None, members or ())
        digests = (opened.table.sha256, opened.model.sha256)
        return SavedCohort(name, kept, words.by, words.reason, origin, now, *digests, IN_MEMORY)

    def among(self, of: Selection, scored: Scored) -> np.ndarray:
        """Return which of some scored rows the selection holds."""
        inside, members = holds(self.rule(of), scored.rows), self.members(of)
        if members is not None:
            inside &= pd.Index(scored.ids.astype(str)).isin(list(members))
        return inside

    def cohort(self, of: Selection, progress: Progress) -> Cohort:
        """Return the figures of the selected rows."""
        answer: Cohort = self._measured.get(of.to_text(), lambda: self._measure(of, progress))
        return answer

    def _rows(self, of: Selection, progress: Progress) -> _Rows:
        answer: _Rows = self._masks.get(of.to_text(), lambda: self._look(of, progress))
        return answer

    def _look(self, of: Selection, progress: Progress) -> _Rows:
        rule, members = self.rule(of), self.members(of)
        mask, total = np.ones(self._opened.table.rows, dtype=bool), self._opened.table.rows
        # A rule without columns, such as "all rows", still needs to be told how many rows there are.
        columns = columns_of(rule) or (self._opened.spec.data.target,)
        for frame in frames_of(self._opened.table, columns):
            first, past = int(frame.index[0]), int(frame.index[-1]) + 1
            mask[first:past] = holds(rule, frame)
            progress(past / total, f"judged {past:,} of {total:,} rows")
        if members is None:
            return _Rows(mask, 0)
        listed = np.zeros(total, dtype=bool)
        listed[self._scores().positions_of(set(members))] = True
        return _Rows(mask & listed, len(set(members)) - int(listed.sum()))

    def _scores(self) -> KeptScores:
        scan, model = self._steps.scan(), self._opened.model
        return KeptScores(scan.scores, scan.summary.classes, model.threshold)

    def _learned(self, *masks: np.ndarray) -> Recalibration:
        """Return how the model's probabilities are off elsewhere: among the sampled rows outside of the masks."""
        sample = self._steps.scan().sample
        return learn_recalibration(sample, learn=self._outside(*masks))

    def _outside(self, *masks: np.ndarray) -> np.ndarray:
        """Return which sampled rows lie in none of the masks."""
        positions = self._steps.scan().sample.rows.index.to_numpy()
        return ~np.logical_or.reduce([mask[positions] for mask in masks])

    def _measure(self, of: Selection, progress: Progress) -> Cohort:
        summary = self._steps.scan(part(progress, 0.0, 0.4)).summary
        rows = self._rows(of, part(progress, 0.4, 0.7))
        scores = self._scores()
        found = tally(
            scores,
            rows.mask,
            self._learned(rows.mask),
            report=lambda share: progress(0.7 + 0.2 * share, "adding up the scores"),
        )
        counts, moments = found.counts, found.moments
        progress(0.9, "looking for what sets the rows apart")
        apart, apart_note = self._apart(of, rows.mask)
        metrics = metrics_of(counts, scores.ranks(rows.mask), threshold=scores.threshold) if counts.rows else None
        rate = wilson(counts.errors, counts.rows) if counts.rows else None
        expected = moments.sum("expected")
        words = words_of(of)
        return Cohort(
            selection=of,
            words=words,
            sentence=said(words, counts.rows, summary.rows, (counts.errors, expected)),
            rows=counts.rows,
            of_rows=summary.rows,
            errors=counts.errors,
            of_errors=summary.errors,
            error_rate=rate,
            expected_errors=expected,
            excess=None if rate is None else _excess(rate, counts.rows, counts.errors, expected),
            surprise=moments.sum("surprise"),
            of_surprise=summary.metrics.log_loss * summary.rows,
            cost=self._cost(found.wrong),
            of_cost=self._whole_cost(),
            metrics=metrics,
            promised=moments.sum("probability") / counts.rows if counts.rows else None,
            came=float(counts.bin_events.sum()) / counts.rows if counts.rows else None,
            confusion=confusion_of(counts, scores.classes),
            calibration=calibration_of(counts),
            surprising=self._surprising(of, found, rows.mask),
            worst=self._ids(found.worst),
            apart=apart,
            notes=self._notes(of, rows, counts.rows, apart_note),
        )

    def _surprising(self, of: Selection, found: Tally, mask: np.ndarray) -> Surprising | None:
        if not of.rule or of.ids or of.cluster is not None or not found.moments.rows:
            return None
        outside = int(self._outside(mask).sum())
        curve = self._learned(mask)
        learned = outside if len(curve.knots) or (curve.intercept, curve.slope) != (0.0, 1.0) else 0
        z, chance = chance_of_so_many(found.moments, learned=learned)
        promises = "the model's own probabilities"
        if learned:
            promises = f"the model's probabilities, recalibrated on {outside:,} sampled rows outside of the rule"
        return Surprising(z, chance, found.moments.sum("promised"), promises)

    def _notes(self, of: Selection, rows: _Rows, held: int, apart: str) -> tuple[str, ...]:
        notes = [apart] if apart else []
        if held and of.rule and not of.ids and of.cluster is None:
            notes.append(
                "z and p are of one rule that was named before anybody looked at the errors, corrected for nothing; "
                "of a rule that the search found, its own adjusted p counts"
            )
        elif of.ids or of.cluster is not None:
            notes.append(PICKED)
        if rows.gone:
            notes.append(f"{rows.gone:,} of {len(set(self.members(of) or ())):,} ids are not among the labelled rows")
        return (*notes, *(() if held else misspelt(self.rule(of), self._steps.scan().sample.rows)))

    def _apart(self, of: Selection, mask: np.ndarray) -> tuple[tuple[Apart, ...], str]:
        if of.is_everything or not mask.any():
            return (), ""
        sample = self._steps.scan().sample.rows
        inside = mask[sample.index.to_numpy()]
        here, rest = self._some(sample[inside], mask), sample[~inside]
        note = f"what sets them apart was looked for in {len(here):,} of {int(mask.sum()):,} rows of the cohort"
        return columns_apart(here, rest, self._told(of)), f"{note}, against {len(rest):,} sampled others"

    def _some(self, sampled: pd.DataFrame, mask: np.ndarray) -> pd.DataFrame:
        """Return rows of a cohort: those in the sample, or where they are few, up to 1,000 drawn from the table."""
        held = np.flatnonzero(mask)
        if len(sampled) >= min(FEW, len(held)):
            return sampled
        drawn = np.sort(np.random.default_rng(self._opened.spec.seed).permutation(held)[:FETCHED])
        table = self._opened.table
        return table.take(drawn, readable(table.schema, self._opened.spec.data))

    def _told(self, *of: Selection) -> list[str]:
        """Return the columns worth telling: what a rule asks for sets its rows apart without saying anything."""
        data = self._opened.spec.data
        asked = {column for one in of for column in columns_of(self.rule(one))}
        silent = {data.id, data.time, data.label_time, data.target, *asked}
        return [name for name in self._kinds if name not in silent]

    def _ids(self, positions: np.ndarray) -> tuple[str, ...]:
        column, table = self._opened.spec.data.id, self._opened.table
        if column is None:
            return tuple(map(str, positions.tolist()))
        return tuple(map(str, ids_of(table.take(positions, [column]), column))) if len(positions) else ()

    def _whole_cost(self) -> float | None:
        def make() -> float | None:
            everyone = np.ones(self._opened.table.rows, dtype=bool)
            wrong = tally(self._scores(), everyone, Recalibration(), report=lambda _: None).wrong
            return self._cost(wrong)

        answer: float | None = self._measured.get("cost of all errors", make)
        return answer

    def _cost(self, wrong: np.ndarray) -> float | None:
        """Return what the errors at these positions cost together; rounded once, whatever the order."""
        column = self._opened.spec.data.cost
        if column is None:
            return None
        frames = frames_of(self._opened.table, [column])
        return math.fsum(
            cost for frame in frames for cost in cost_of(frame, column)[wrong[frame.index.to_numpy()]].tolist()
        )

    def compare(self, first: Selection, second: Selection, progress: Progress) -> CohortComparison:
        """Return two cohorts side by side."""
        one = self.cohort(first, part(progress, 0.0, 0.4))
        two = self.cohort(second, part(progress, 0.4, 0.8))
        masks = (self._rows(first, progress).mask, self._rows(second, progress).mask)
        alone, other, both = parts_of(self._scores(), masks, self._learned(*masks))
        notes = ["p is two-sided, of one comparison of error rates, corrected for nothing"]
        if not one.rows or not two.rows:
            return CohortComparison(
                one, two, both.rows, (), None, None, (), compared(one, two, None), ("no row to compare",)
            )
        parts = (alone, other, both)
        differences = (
            difference_of_rates(parts),
            difference_of_means(parts, "log loss", of="surprise"),
            difference_of_excess(parts),
            difference_of_means(parts, "mean probability", of="probability"),
        )
        beyond = beyond_promises(parts, learned=int(self._outside(*masks).sum()))
        z, chance = beyond if beyond is not None else (None, None)
        if not all((first.rule, second.rule)) or first.ids or second.ids:
            notes.append(
                "rows that were picked by looking at their errors differ in errors: the p-value proves nothing"
            )
        apart, note = self._between((first, second), masks)
        sentence = compared(one, two, differences[0].difference)
        return CohortComparison(one, two, both.rows, differences, z, chance, apart, sentence, (*notes, note))

    def _between(
        self, of: tuple[Selection, Selection], masks: tuple[np.ndarray, np.ndarray]
    ) -> tuple[tuple[Apart, ...], str]:
        sample = self._steps.scan().sample.rows
        one, two = (self._some(sample[mask[sample.index.to_numpy()]], mask) for mask in masks)
        note = f"columns were compared over {len(one):,} and {len(two):,} of the cohorts' rows"
        return columns_apart(one, two, self._told(*of)), note


def _excess(rate: Estimate, rows: int, errors: int, expected: float) -> Estimate:
    return Estimate(errors - expected, rate.low * rows - expected, rate.high * rows - expected)
