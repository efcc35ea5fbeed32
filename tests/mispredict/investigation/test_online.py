"""Offline against online as one answer, from the library, through a worker, and of odd logs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import InvestigationRefused
from mispredict.investigation.investigation import Investigation
from mispredict.parity import counting, pairs
from mispredict.parity.online import Online
from tests.mispredict.parity.serving import FEATURES, Service, rows

TABLE = rows(3_000)
SERVICE = Service(TABLE)


def online(log: pd.DataFrame | None, **roles: object) -> Online:
    known = {"target": "label", "id": "row", "time": "when", "features": FEATURES, "logged": {"score": "score"}}
    return Investigation(model=SERVICE.model, rows=TABLE, online=log, **(known | roles)).online()


def in_cents() -> pd.DataFrame:
    return TABLE.assign(amount=TABLE["amount"].where(TABLE["app"] != "4.2", TABLE["amount"] * 100))


def test_a_unit_that_one_client_changed_is_what_makes_the_gap() -> None:
    found = online(SERVICE.log(in_cents()))
    assert (found.joined.by, found.joined.pairs, found.joined.unjoined) == ("id", 3_000, {})
    assert (found.replayed.word, found.replayed.matters, found.replayed.of_features) == ("features", True, 1.0)
    assert [one.log_loss for one in found.replayed.stages][2] == [one.log_loss for one in found.replayed.stages][3]
    first = found.columns[0]
    assert (first.column, first.words, first.share) == ("amount", "scale, x 100, where app = '4.2'", 1.0)
    assert len(first.keys) == 1
    assert [one.words for one in found.columns[1:]] == ["equal"] * (len(found.columns) - 1)
    assert found.slices[0].group == "app = '4.2'"
    assert found.slices[0].is_other
    assert {one.quantile: one.is_other for one in found.scores}[0.9]
    assert found.score_name == "the logged score"
    assert found.seconds > 0


def test_rows_that_were_not_served_and_answers_of_another_model() -> None:
    easy = TABLE[(TABLE["age"] > 45) | (np.arange(3_000) % 4 == 0)]
    other = Service(TABLE.iloc[:200], seed=5)
    found = online(other.log(easy))
    assert found.replayed.word == "model"
    assert found.joined.unjoined == {"rows that were not logged": 3_000 - len(easy)}
    assert found.replayed.of_features == 0.0
    assert [one.source for one in found.replayed.steps] == ["traffic", "features", "model"]


def test_a_log_that_agrees_says_so() -> None:
    found = online(SERVICE.log(TABLE))
    assert (found.replayed.word, found.replayed.score_gap) == ("none", 0.0)
    assert not any(one.is_other for one in (*found.scores, *found.slices))
    assert not any(pair.is_other for span in found.spans for pair in span.pairs)


def test_no_scores_no_pairs_no_log() -> None:
    log = SERVICE.log(TABLE)
    found = online(log.drop(columns="score"), logged={})
    assert found.score_name == "the model's score of the logged features"
    assert found.notes == ("no score was logged: the model's own, of 3,000 of 3,000 pairs",)
    assert [one.source for one in found.replayed.steps] == ["traffic", "features"]
    found = online(log.assign(row="n" + log["row"], amount=log["amount"] * 100))
    assert (found.joined.by, found.joined.pairs, found.replayed.word) == ("nothing", 0, "cannot tell")
    assert "the first are 'r0', 'r1', 'r2'" in found.joined.why_not
    assert [(one.column, one.differing, one.changed is None) for one in found.columns] == [
        ("amount", None, False),
        ("age", None, True),
        ("visits", None, True),
    ]
    assert found.columns[0].moves is not None
    assert any(one.is_other for one in found.scores) is False  # the logged scores are the same ones
    with pytest.raises(InvestigationRefused, match=r"can't be compared: no \[online\] log"):
        online(None)


def test_columns_that_are_missing_renamed_or_extra_are_told() -> None:
    log = SERVICE.log(TABLE).rename(columns={"age": "customer_age"}).assign(trace="x")
    found = online(log)
    assert (found.absent, found.renamed) == (("age",), {"age": "customer_age"})
    assert set(found.extra) == {"customer_age", "trace"}


def test_times_without_a_zone_and_scores_outside_any_range() -> None:
    log = SERVICE.log(TABLE).merge(TABLE[["row", "when"]], on="row").rename(columns={"when": "at"})
    log["score"] = np.where(np.arange(3_000) % 2 == 0, log["score"], 1.7)
    found = online(log, logged={"score": "score", "time": "at"})
    assert found.replayed.notes == (
        "the logged scores are no probabilities, so the model's own answers are not judged here",
    )
    assert sum(one.entries for one in found.spans) == 3_000
    assert [one.begin for one in found.spans] == sorted(one.begin for one in found.spans)
    zoned = online(log.assign(at=log["at"].dt.tz_localize("UTC")), logged={"score": "score", "time": "at"})
    assert [one.entries for one in zoned.spans] == [one.entries for one in found.spans]


def test_of_several_classes_the_gap_is_not_told_and_all_else_is() -> None:
    from sklearn.linear_model import LogisticRegression

    table = TABLE.assign(label=np.digitize(TABLE["age"], [35, 45]))
    model = LogisticRegression(max_iter=500).fit(table[FEATURES], table["label"])
    log = table[["row", *FEATURES]].assign(score=model.predict_proba(table[FEATURES]).max(axis=1))
    found = Investigation(
        model=model, rows=table, online=log, target="label", id="row", features=FEATURES, logged={"score": "score"}
    ).online()
    assert found.replayed.word == "cannot tell"
    assert "of several classes only the largest probability" in found.replayed.sentence
    assert len(found.scores) == 4


def test_through_a_worker_it_is_the_same_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import skops.io

    from mispredict.worker.client import RemoteInvestigation

    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    TABLE.to_parquet(tmp_path / "table.parquet")
    log = SERVICE.log(in_cents())
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in log.to_dict("records")) + '{"row": ')
    skops.io.dump(SERVICE.model, tmp_path / "model.skops")
    (tmp_path / "i.toml").write_text(
        '[data]\npath = "table.parquet"\ntarget = "label"\npositive = 1\nid = "row"\ntime = "when"\n'
        '[model]\npath = "model.skops"\n[online]\npath = "log.jsonl"\nid = "row"\nscore = "score"\n'
    )
    desk = RemoteInvestigation(tmp_path / "i.toml")
    try:
        found = desk.online()
        assert found.columns[0].words == "scale, x 100, where app = '4.2'"
        assert found.notes == ("the last line of log.jsonl was not written to its end",)
        assert desk.online() == found
    finally:
        desk.close()


def test_what_differs_is_counted_in_all_pairs_where_a_sample_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "LOOKED_AT", 500)
    monkeypatch.setattr(counting, "CELLS", 3_000)  # one column at a time
    served = TABLE.assign(amount=TABLE["amount"] * 100)
    served.loc[5, "visits"] += 1
    found = online(SERVICE.log(served))
    columns = {one.column: one for one in found.columns}
    assert (found.joined.looked_at, found.joined.pairs) == (500, 3_000)
    assert {name: (one.differing, one.compared) for name, one in columns.items()} == {
        "age": (0, 3_000),
        "amount": (3_000, 3_000),
        "visits": (1, 3_000),
    }
    assert columns["visits"].words in ("differs", "differs in none of the pairs looked at closely")


def test_the_clock_of_a_log_with_ids_is_told_and_times_are_compared_as_the_table_has_them() -> None:
    log = SERVICE.log(TABLE).merge(TABLE[["row", "when"]], on="row")
    late = log.assign(at=(log["when"] + pd.Timedelta(hours=5)).dt.strftime("%Y-%m-%dT%H:%M:%S"))
    found = online(late.drop(columns="when"), logged={"score": "score", "time": "at"})
    assert found.joined.lag == 5 * 3600
    assert [one.rows == one.entries for one in found.spans] == [True] * len(found.spans)
    counters = online(log.assign(at=range(len(log))), logged={"score": "score", "time": "at"})
    assert counters.joined.lag is None


def test_entries_that_no_row_is_near_are_shown_by_whose_they_are() -> None:
    table = TABLE.assign(who=[f"w{place % 40}" for place in range(len(TABLE))])
    log = SERVICE.log(table).merge(table[["row", "who", "when"]], on="row").drop(columns="row")
    stranger = log.iloc[:1].assign(who="nobody", when=pd.Timestamp("2026-03-05 01:02:03"))
    known = {"entity": "who", "logged": {"score": "score", "time": "when"}}
    log = pd.concat([log.iloc[1:], stranger], ignore_index=True)
    found = Investigation(
        model=SERVICE.model, rows=table.drop(columns="row"), online=log, target="label", time="when",
        features=FEATURES, **known,
    ).online()  # fmt: skip
    assert found.joined.by == "entity and time"
    assert found.joined.unjoined == {"rows that were not logged": 1, "log entries that no row is near": 1}
    assert found.joined.examples["log entries that no row is near"] == ("nobody at 2026-03-05 01:02:03",)
