"""Detectors run one after another, each kept; an investigation answers with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import sample_data
from mispredict.investigation import suspecting
from mispredict.investigation.investigation import Investigation
from mispredict.suspects.battery import told_apart, with_key
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.suspect import Suspect
from tests.mispredict.suspects.conftest import ordinary

SHIPPED = Path(str(sample_data.__file__)).parent / "investigation.toml"
NUMBERS = ["age", "amount", "visits"]


@dataclass
class Pointing:
    """A detector that points at the last row, and counts how often it was asked."""

    kind: str
    lacks: str | None = None
    asked: int = 0

    @property
    def about(self) -> About:
        return About(f"It is {self.kind}", "nothing", "by pointing", "nothing", "nothing")

    def refusal(self, inquiry: Inquiry) -> str | None:
        return self.lacks

    def find(self, inquiry: Inquiry) -> Found:
        self.asked += 1
        last = str(inquiry.examined.ids[-1])
        found = Suspect(self.kind, "suspected", ("age",), 1.0, 0.5, "", "", "", rows=(last,))
        return Found((found,), inquiry.scope(1))


def investigation() -> Investigation:
    rows = ordinary(400)
    model = LogisticRegression(max_iter=500).fit(rows[NUMBERS], rows["label"])
    return Investigation(model=model, rows=rows, target="label", features=NUMBERS)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> dict[str, Pointing]:
    detectors = {k: Pointing(k) for k in ("time_leak", "drift")}
    detectors["split_overlap"] = Pointing("split_overlap", "no [training] table")
    monkeypatch.setattr(suspecting, "SUSPECTS", detectors)
    return detectors


def test_every_detector_answers_and_is_joined_with_the_errors(table: dict[str, Pointing]) -> None:
    found = investigation().suspects()
    assert [one.kind for one in found.suspects] == ["drift", "time_leak"]
    assert found.not_judged == {"split_overlap": "no [training] table"}
    assert found.missing == ()
    assert found.suspects[0].of_rows == 1 / 400
    assert found.judged[0].looked_at == "1 column, 400 of 400 rows"


def test_nothing_is_computed_twice(table: dict[str, Pointing]) -> None:
    opened = investigation()
    assert opened.suspects().suspects == opened.suspects().suspects
    assert {one.asked for one in table.values()} == {0, 1}


def test_a_cancel_leaves_what_is_done(table: dict[str, Pointing]) -> None:
    class Stop(Exception):
        pass

    def until_drift(share: float, doing: str) -> None:
        if doing == "It is drift":
            raise Stop

    opened = investigation()
    with pytest.raises(Stop):
        opened.suspects(until_drift)
    so_far = opened.suspects_so_far()
    assert [one.kind for one in so_far.suspects] == ["time_leak"]
    assert so_far.missing == ("drift", "split_overlap")
    opened.suspects()
    assert table["time_leak"].asked == 1


def test_progress_names_the_detector_and_rises(table: dict[str, Pointing]) -> None:
    said: list[tuple[float, str]] = []
    investigation().suspects(lambda share, doing: said.append((share, doing)))
    assert "It is drift" in [doing for _, doing in said]
    shares = [share for share, _ in said]
    assert shares == sorted(shares)


def test_the_key_is_of_what_is_accused_and_not_of_figures() -> None:
    one = Suspect("drift", "info", ("b", "a"), 1.0, 0.5, "then", "", "")
    same = Suspect("drift", "certain", ("a", "b"), 2.0, 0.1, "now", "", "")
    other = Suspect("drift", "info", ("a",), 1.0, 0.5, "then", "", "")
    assert with_key(one).key == with_key(same).key != with_key(other).key


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda t: None, "no [training] table"),
        (lambda t: t.drop(columns="label"), "the training table has no target column 'label'"),
        (lambda t: t.assign(label=pd.NA), "the training table has no labelled row"),
        (lambda t: t.assign(label=7), "the training table can't be used: the target 'label' is '7' in row 1"),
    ],
)
def test_a_training_table_that_can_t_serve_is_said(
    spoil: Callable[[pd.DataFrame], pd.DataFrame | None], says: str
) -> None:
    rows = ordinary(300)
    model = LogisticRegression(max_iter=500).fit(rows[NUMBERS], rows["label"])
    training = spoil(ordinary(300, seed=1))
    opened = Investigation(model=model, rows=rows, target="label", features=NUMBERS, training=training)
    inquiry = suspecting.inquiry_of(opened._opened, opened._steps.scan().sample, (), lambda share, doing: None)
    assert inquiry.training is None
    assert inquiry.no_training.startswith(says)


def test_what_the_candidate_reads_is_looked_at() -> None:
    opened = Investigation.from_file(SHIPPED)
    columns = suspecting.inquiry_of(
        opened._opened, opened._steps.scan().sample, opened._models.get("candidate").features, lambda share, doing: None
    ).read
    assert "refunds_30d" in columns
    assert "refunds_30d" not in opened.describe().features


def test_findings_about_the_same_columns_have_keys_of_their_own() -> None:
    scale = Suspect("skew", "certain", ("age",), 1.0, 0.5, "", "", "", cause="scale")
    offset = Suspect("skew", "certain", ("age",), 1.0, 0.5, "", "", "", cause="offset")
    elsewhere = Suspect("skew", "certain", ("amount",), 1.0, 0.5, "", "", "", cause="scale")
    keys = [with_key(one).key for one in told_apart([scale, offset, elsewhere])]
    assert len(set(keys)) == 3
    assert keys[2] == with_key(elsewhere).key  # nothing to tell it apart from


def test_an_invariant_is_cleared_alone() -> None:
    above = Suspect("invariant", "certain", ("age",), 1.0, 0.5, "", "", "", apart="above 0")
    below = Suspect("invariant", "certain", ("age",), 1.0, 0.5, "", "", "", apart="below 120")
    assert with_key(above).key != with_key(below).key
