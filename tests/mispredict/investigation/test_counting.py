from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mispredict.errors.counted import CountedRule
from mispredict.errors.findings import Condition
from mispredict.errors.predicates import holds
from mispredict.investigation.counting import count_rules, scored_batches
from mispredict.investigation.investigation import Investigation

ROWS = 70_000  # more than one batch, and more labelled rows than the sample holds
RULE = (Condition("kind", "=", "b"), Condition("x", ">", 0.5))


@pytest.fixture(name="investigation", scope="module")
def _investigation() -> Investigation:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"x": rng.normal(size=ROWS), "w": rng.normal(size=ROWS), "kind": rng.choice(["a", "b"], ROWS)})
    truth = (rng.random(ROWS) < 1 / (1 + np.exp(-2 * rows["x"]))).astype(float)
    turned = holds(RULE, rows) & (rng.random(ROWS) < 0.4)
    labels = truth.where(~turned, 1 - truth)
    labels[::7] = np.nan  # rows without a label
    model = LogisticRegression().fit(rows[["x", "w"]].iloc[:5_000], truth[:5_000])
    return Investigation(model=model, rows=rows.assign(y=labels), target="y")


def test_batches_hold_the_labelled_rows_with_the_scores_of_the_scan(investigation: Investigation) -> None:
    opened, scan = investigation._opened, investigation._steps.scan()
    batches = list(scored_batches(opened, scan, ["x"]))
    assert len(batches) > 1
    assert sum(len(batch) for batch in batches) == scan.summary.rows
    assert sum(int(batch.is_error.sum()) for batch in batches) == scan.summary.errors
    table = opened.table.take(np.arange(ROWS))
    for batch in batches:
        own = table.loc[batch.rows.index]
        assert (own["x"].to_numpy() == batch.rows["x"].to_numpy()).all()
        assert (own["y"].to_numpy() == batch.truth).all()
        assert np.allclose(opened.model.predict_proba(own.iloc[:50]), batch.probabilities[:50])


def test_rules_are_counted_over_all_labelled_rows(investigation: Investigation) -> None:
    sums = count_rules(investigation._opened, investigation._steps.scan(), [CountedRule(RULE), CountedRule(())])
    table = investigation._opened.table.take(np.arange(ROWS))
    assert sums.rules[0].all.rows == (holds(RULE, table) & table["y"].notna()).sum()
    assert sums.rules[1].all.rows == sums.whole.all.rows == table["y"].notna().sum()


def test_slices_and_clusters_say_that_they_are_counted_over_the_whole_table(investigation: Investigation) -> None:
    groups = investigation.groups()
    labelled = investigation.scan().rows
    table = investigation._opened.table.take(np.arange(ROWS))
    table = table[table["y"].notna()]
    assert groups.slices
    for one in groups.slices:
        assert one.rows == holds(one.conditions, table).sum()
    for cluster in groups.clusters:
        assert cluster.rule_rows == holds(cluster.conditions, table).sum()
    assert any(f"counted over all {labelled:,} rows" in note for note in groups.slice_notes)


def test_a_table_that_is_its_own_sample_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"x": rng.normal(size=2_000)})
    labels = (rng.random(2_000) < 1 / (1 + np.exp(-rows["x"]))).astype(int)
    investigation = Investigation(
        model=LogisticRegression().fit(rows[:500], labels[:500]), rows=rows.assign(y=labels), target="y"
    )
    investigation.scan()
    monkeypatch.setattr("mispredict.investigation.counting.count_rules", pytest.fail)
    assert not any("counted over" in note for note in investigation.groups().slice_notes)
