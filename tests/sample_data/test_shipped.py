import tomllib

import pandas as pd
import yaml

from mispredict.investigation.read import read_spec
from sample_data import investigation_path
from sample_data.features import CATEGORICAL, FEATURES

BUDGET_BYTES = 10_000_000
LISTED = (
    "candidate.txt", "incident.parquet", "invariants.yaml", "investigation.toml", "logistic.skops", "neural.onnx",
    "online.parquet", "planted.json", "random_forest.skops", "training.parquet",
)  # fmt: skip


def test_every_file_is_there_and_all_are_small(home):
    assert sum((home / name).stat().st_size for name in LISTED) < BUDGET_BYTES


def test_the_tables_have_the_promised_rows_and_columns(training, incident, online):
    assert (len(training), len(incident), len(online)) == (60_000, 30_000, 30_000)
    assert list(training.columns) == list(incident.columns)
    assert set(FEATURES) < set(incident.columns)
    assert set(FEATURES) | {"payment_id", "served_at", "score"} == set(online.columns)


def test_ids_are_unique_and_the_log_has_the_incidents(training, incident, online):
    assert pd.concat([training["payment_id"], incident["payment_id"]]).is_unique
    assert list(online["payment_id"]) == list(incident["payment_id"])


def test_the_incident_comes_after_training_and_120_days_hold_both(training, incident):
    assert training["event_time"].max() < incident["event_time"].min()
    assert (incident["event_time"].max() - training["event_time"].min()).days <= 120


def test_fraud_is_as_rare_as_in_life(training, incident):
    for rows in (training, incident):
        assert 0.025 < rows["is_fraud"].mean() < 0.045
        assert set(rows["is_fraud"]) == {0, 1}


def test_labels_are_known_after_the_payment_and_before_the_cut(training, incident):
    for rows in (training, incident):
        assert rows.loc[rows["is_fraud"] == 1, "labelled_at"].notna().all()
        known = rows.dropna(subset="labelled_at")
        assert (known["labelled_at"] > known["event_time"]).all()
        assert (rows["merchant_rate_at"] <= rows["event_time"]).all()
    assert incident["labelled_at"].max() < incident["event_time"].max() + pd.Timedelta(days=1)


def test_categories_are_few_and_numbers_are_mixed(training):
    assert (training[list(CATEGORICAL)].nunique() <= 8).all()
    assert training["amount_ratio"].isna().mean() > 0.01


def test_the_investigation_names_columns_and_files_that_exist(incident, home):
    spec = read_spec(investigation_path())
    data = spec.data
    named = [data.target, data.id, data.time, data.label_time, data.cost, *data.entity]
    named += [column for pair in data.available_at.items() for column in pair]
    assert set(named) <= set(incident.columns)
    written = tomllib.loads(investigation_path().read_text(encoding="utf-8"))
    for part in ("data", "training", "model", "candidate", "online", "invariants"):
        assert (home / written[part]["path"]).is_file()


def broken(rows, column, law):
    tests = {
        "unique": lambda value, _: value.duplicated(),
        "missing": lambda value, _: value.isna(),
        "one_of": lambda value, allowed: ~value.isin(allowed),
        "above": lambda value, limit: value <= limit,
        "below": lambda value, limit: value >= limit,
        "at_least": lambda value, limit: value < limit,
        "at_most": lambda value, limit: value > limit,
    }
    return {f"{column} {name}" for name, limit in law.items() if tests[name](rows[column], limit).any()}


def falling(rows, law):
    ordered = rows.sort_values(law["by"], kind="stable")
    steps = ordered.groupby(law["entity"])[law["never_falls"]].diff()
    return {law["never_falls"]} if (steps < 0).any() else set()


def test_the_invariants_hold_in_training_and_break_where_it_is_planted(training, incident, home):
    laws = yaml.safe_load((home / "invariants.yaml").read_text(encoding="utf-8"))
    found = {}
    for name, rows in (("training", training), ("incident", incident)):
        found[name] = set().union(*(broken(rows, column, law) for column, law in laws["columns"].items()))
        found[name] |= set().union(*(falling(rows, law) for law in laws["entities"]))
    assert found == {"training": set(), "incident": {"amount above", "account_age_days"}}
