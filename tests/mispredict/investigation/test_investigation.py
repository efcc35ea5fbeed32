import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from mispredict import BadInput, Investigation
from mispredict.cohorts.selection import Selection
from mispredict.errors.findings import Condition

LEARNED = 2_000


@pytest.fixture(scope="module")
def planted():
    """Return a forest and rows on one shop of which every prediction is turned around."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(8_000, 5)), columns=[f"x{i}" for i in range(5)])
    truth = (rng.random(8_000) < 1 / (1 + np.exp(-2 * rows["x0"] - rows["x1"]))).astype(int)
    forest = RandomForestClassifier(60, min_samples_leaf=10, random_state=0).fit(rows[:LEARNED], truth[:LEARNED])
    shop = rng.choice(["north", "south", "east", "west"], size=8_000, p=[0.1, 0.3, 0.3, 0.3])
    truth = np.where(shop == "north", 1 - truth, truth)
    table = rows.assign(shop=shop, y=truth, key=[f"k{i}" for i in range(8_000)])[LEARNED:]
    return forest, table.reset_index(drop=True)


@pytest.fixture(scope="module")
def investigation(planted):
    forest, table = planted
    return Investigation(model=forest, rows=table, target="y", id="key")


def test_objects_in_memory_are_scanned_where_they_are(investigation, planted):
    forest, table = planted
    summary = investigation.scan()
    right = forest.predict_proba(table[[f"x{i}" for i in range(5)]])[:, 1] >= 0.5
    assert summary.errors == int((right != (table["y"] == 1)).sum())
    assert summary.metrics.accuracy == pytest.approx(1 - summary.errors / len(table))


def test_the_planted_slice_is_the_first_and_the_verdict_systemic(investigation):
    groups = investigation.groups()
    assert groups.verdict.word == "systemic"
    assert groups.slices[0].conditions == (Condition("shop", "=", "north"),)


def test_the_callers_frame_is_not_changed(planted):
    forest, table = planted
    before = table.copy(deep=True)
    Investigation(model=forest, rows=table, target="y").scan()
    pd.testing.assert_frame_equal(table, before)


def test_a_selection_by_rule_or_cluster_is_ranked(investigation):
    chosen = investigation.ranked(of=Selection(rule="shop = north"), limit=50)
    assert set(chosen.rows["shop"]) == {"north"}
    assert chosen.rows["surprise"].is_monotonic_decreasing
    cluster = investigation.groups().clusters[0]
    assert set(investigation.ranked(of=Selection(cluster=cluster.id), limit=10_000).rows["id"]) == set(cluster.rows)


def test_the_map_holds_every_error_and_says_what_it_drew(investigation):
    drawn = investigation.error_map()
    assert int(drawn.points["error"].sum()) == investigation.scan().errors
    assert f"{len(drawn.points):,} of 6,000 rows" in drawn.notes[0]
    assert np.isfinite(drawn.points[["x", "y"]].to_numpy()).all()


def test_rows_alike_are_near_and_never_the_row_itself(investigation):
    worst = investigation.ranked(limit=1).rows["id"].iloc[0]
    near = investigation.alike(worst, limit=5).rows
    assert worst not in set(near["id"])
    assert near["distance"].is_monotonic_increasing


def test_a_right_row_has_a_detail_too(investigation, planted):
    _, table = planted
    worst = set(investigation.ranked(limit=10_000).rows["id"])
    right = next(key for key in table["key"] if key not in worst)
    detail = investigation.row(right)
    assert detail.threshold == investigation.freeze([right])[0].threshold
    assert not detail.is_error
    assert detail.rank is None
    assert detail.values["shop"] in ("north", "south", "east", "west")


def test_a_frozen_row_is_what_the_model_reads(investigation, planted):
    forest, table = planted
    frozen = investigation.freeze(["k2005"])[0]
    row = table[table["key"] == "k2005"][list(forest.feature_names_in_)]
    assert frozen.values == row.iloc[0].to_dict()
    assert frozen.score == pytest.approx(forest.predict_proba(row)[0, 1])


def test_no_errors_is_an_answer():
    rows = pd.DataFrame({"x": np.linspace(-5, 5, 400)}).query("abs(x) > 1").reset_index(drop=True)
    truth = (rows["x"] > 0).astype(int)
    model = LogisticRegression(C=1e6).fit(rows, truth)
    investigation = Investigation(model=model, rows=rows.assign(y=truth), target="y")
    assert investigation.scan().errors == 0
    groups = investigation.groups()
    assert groups.clusters == ()
    assert groups.verdict.word in ("random-looking", "cannot tell")
    assert len(investigation.ranked().rows) == 0
    assert not investigation.error_map().points["error"].any()


def test_three_classes_are_scanned_grouped_and_explained():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(rng.normal(size=(3_000, 4)), columns=list("abcd"))
    truth = np.array(["low", "mid", "top"])[np.digitize(rows["a"] + rng.normal(scale=0.7, size=3_000), [-0.5, 0.5])]
    model = RandomForestClassifier(30, min_samples_leaf=5, random_state=0).fit(rows[:1_000], truth[:1_000])
    investigation = Investigation(model=model, rows=rows.assign(y=truth)[1_000:], target="y")
    assert investigation.scan().classes == ("low", "mid", "top")
    assert investigation.groups().verdict.word
    worst = investigation.ranked(limit=1).rows.iloc[0]
    explained = investigation.explain(worst["id"], "walk")
    assert explained.class_ == worst["predicted"]
    assert explained.base + sum(explained.values.values()) == pytest.approx(explained.score, abs=1e-9)


def test_the_event_may_be_the_models_first_class():
    rng = np.random.default_rng(4)
    rows = pd.DataFrame(rng.normal(size=(2_000, 3)), columns=list("abc"))
    truth = np.where(rows["a"] + rng.normal(size=2_000) > 0, "bad", "good")
    model = LogisticRegression().fit(rows[:500], truth[:500])
    table = rows.assign(y=truth)[500:]
    investigation = Investigation(model=model, rows=table, target="y", positive="bad")
    assert investigation.describe().positive == "bad"
    worst = investigation.ranked(limit=1).rows.iloc[0]
    row = rows.loc[[500 + int(worst["id"])]]
    assert worst["probability"] == pytest.approx(model.predict_proba(row)[0, 0])
    explained = investigation.explain(worst["id"], "linear")
    assert explained.class_ == "bad"
    assert explained.score == pytest.approx(-model.decision_function(row)[0])


def test_stored_scores_are_investigated_without_a_model(tmp_path, planted):
    forest, table = planted
    scored = table.assign(p=forest.predict_proba(table[[f"x{i}" for i in range(5)]])[:, 1])
    scored.to_parquet(tmp_path / "rows.parquet")
    toml = '[data]\npath = "rows.parquet"\ntarget = "y"\nid = "key"\n[model]\nscores = "p"\n'
    (tmp_path / "i.toml").write_text(toml)
    investigation = Investigation.from_file(tmp_path / "i.toml")
    assert investigation.groups().slices[0].conditions == (Condition("shop", "=", "north"),)
    assert all("no model at hand" in str(why) for why in investigation.methods().values())
    with pytest.raises(BadInput, match="no model at hand"):
        investigation.explain("k2005", "walk")


def test_stored_scores_need_none_in_the_training_table_and_freeze_what_a_model_would_read(tmp_path, planted):
    forest, table = planted
    features = [f"x{i}" for i in range(5)]
    scored = table.assign(p=forest.predict_proba(table[features])[:, 1])[:1_000]
    scored.to_parquet(tmp_path / "rows.parquet")
    scored[[*features, "shop", "y"]].to_parquet(tmp_path / "training.parquet")
    toml = '[data]\npath = "rows.parquet"\ntarget = "y"\nid = "key"\n[model]\nscores = "p"\n'
    (tmp_path / "i.toml").write_text(f'{toml}[training]\npath = "training.parquet"\n')
    investigation = Investigation.from_file(tmp_path / "i.toml")
    assert investigation.groups().verdict.word
    assert set(investigation.freeze(["k2005"])[0].values) == {*features, "shop", "p"}


def test_scores_that_somebody_tidied_away_are_made_again(tmp_path, planted, monkeypatch):
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    _, table = planted
    table.assign(p=0.5)[:200].to_parquet(tmp_path / "rows.parquet")
    (tmp_path / "i.toml").write_text('[data]\npath = "rows.parquet"\ntarget = "y"\n[model]\nscores = "p"\n')
    Investigation.from_file(tmp_path / "i.toml").scan()
    (scores,) = (tmp_path / "cache").rglob("scores.parquet")
    scores.unlink()
    assert Investigation.from_file(tmp_path / "i.toml").scan().rows == 200
    assert scores.exists()


def test_a_training_table_that_lacks_a_feature_is_refused_on_opening(planted):
    forest, table = planted
    with pytest.raises(BadInput, match="lacks 1 of the 5 columns that the model reads: 'x3'"):
        Investigation(model=forest, rows=table, training=table.drop(columns="x3"), target="y")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda i: i.row("nobody"), "nobody"),
        (lambda i: i.explain("k2005", "tea leaves"), "tea leaves"),
        (lambda i: i.explain("k2005", "walk", of="candidate"), "names no candidate"),
    ],
)
def test_what_is_not_there_is_refused(investigation, ask, message):
    with pytest.raises(BadInput, match=message):
        ask(investigation)
