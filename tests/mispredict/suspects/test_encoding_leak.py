"""Encodings that hold the row's own label."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.encoding_leak import EncodingLeak

from .conftest import Ask, ordinary

LEAK = EncodingLeak()


def coded(rows: int = 4_000, codes: int = 60, seed: int = 0) -> pd.DataFrame:
    """Return an ordinary table with a code that means nothing."""
    return ordinary(rows, seed).assign(code=np.random.default_rng(seed).integers(codes, size=rows))


def without_own(table: pd.DataFrame) -> np.ndarray:
    groups = table.groupby("code")["label"]
    return ((groups.transform("sum") - table["label"] + 0.3) / groups.transform("count")).to_numpy()


def split(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    cut = len(table) * 4 // 10
    return table.iloc[:cut].reset_index(drop=True), table.iloc[cut:].reset_index(drop=True)


def learned(codes: int, prior: float = 1.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables with `encoded`, learned on the training rows with their own labels."""
    own, training = split(coded(codes=codes))
    groups, rate = training.groupby("code")["label"], training["label"].mean()
    means = (groups.sum() + prior * rate) / (groups.count() + prior)
    return tuple(t.assign(encoded=t["code"].map(means).fillna(rate)) for t in (own, training))  # type: ignore[return-value]


def test_a_mean_that_leaves_the_own_label_out_is_certain(ask: Ask) -> None:
    table = coded()
    table["encoded"] = without_own(table)
    (found,) = LEAK.find(ask(*split(table), not_read=("code",))).suspects
    assert (found.severity, found.culprits, found.evidence["code"]) == ("certain", ("encoded",), "code")


def test_it_is_certain_without_its_code_too(ask: Ask) -> None:
    table = coded()
    table["encoded"] = without_own(table)
    (found,) = LEAK.find(ask(*split(table.drop(columns="code")))).suspects
    assert (found.severity, found.culprits) == ("certain", ("encoded",))
    assert "repeated values" in found.summary


@pytest.mark.parametrize(("codes", "prior"), [(800, 1.0), (200, 5.0)])
def test_a_mean_learned_in_sample_is_certain_with_its_code(ask: Ask, codes: int, prior: float) -> None:
    (found,) = LEAK.find(ask(*learned(codes, prior), not_read=("code",))).suspects
    assert (found.severity, found.culprits, found.evidence["code"]) == ("certain", ("encoded",), "code")
    assert found.evidence["auc_training"] > found.evidence["auc_examined"] + 0.05


def test_it_is_suspected_without_its_code(ask: Ask) -> None:
    own, training = (one.drop(columns="code") for one in learned(800))
    (found,) = LEAK.find(ask(own, training)).suspects
    assert (found.severity, found.culprits) == ("suspected", ("encoded",))


def test_weights_of_evidence_are_found_by_their_code(ask: Ask) -> None:
    own, training = (one.assign(encoded=np.log(one["encoded"] / (1 - one["encoded"]))) for one in learned(800))
    (found,) = LEAK.find(ask(own, training, not_read=("code",))).suspects
    assert found.severity == "certain"


def test_an_encoding_out_of_fold_is_not_named(ask: Ask) -> None:
    own, training = split(coded(codes=200))
    fold = np.random.default_rng(5).integers(5, size=len(training))
    values = np.full(len(training), training["label"].mean())
    for number in range(5):
        means = training[fold != number].groupby("code")["label"].mean()
        values[fold == number] = training["code"][fold == number].map(means).fillna(0.3)
    means = training.groupby("code")["label"].mean()
    tables = own.assign(encoded=own["code"].map(means)), training.assign(encoded=values)
    assert not LEAK.find(ask(*tables, not_read=("code",))).suspects


def test_shuffled_encodings_copies_and_cues_that_stop_working_are_not_named(ask: Ask) -> None:
    table = coded()
    rng = np.random.default_rng(0)
    table["encoded"] = rng.permutation(without_own(table))
    table["copy"] = 1.5 - table["label"]
    table["of_code"] = table["code"].map(dict(enumerate(rng.random(60))))
    own, training = split(table)
    training["cue"] = (training["label"] + rng.normal(0, 0.5, len(training))).round(1) / 3
    own["cue"] = rng.permutation(own["label"] + rng.normal(0, 0.5, len(own))).round(1) / 3
    assert not LEAK.find(ask(own, training, not_read=("code",))).suspects


def test_what_is_missing_is_said(ask: Ask) -> None:
    table = ordinary(100)[["visits", "label"]]
    assert LEAK.refusal(ask(table)) == "no model reads a number that could be a mean"
    inquiry = ask(ordinary(100))
    assert LEAK.refusal(inquiry) is None
    object.__setattr__(inquiry.examined, "truth", np.zeros(100, dtype=np.int64))
    assert LEAK.refusal(inquiry) == "no two classes with rows enough"


def test_odd_tables_raise_nothing_and_name_nothing(ask: Ask) -> None:
    small = ordinary(40).assign(empty=None, same=3.5, text="free prose")
    small["endless"] = np.where(small.index % 2 == 0, np.inf, 0.5)
    assert not LEAK.find(ask(small, not_read=("endless",))).suspects
    three = ordinary(600).assign(label=np.r_[np.zeros(3), np.arange(597) % 2 + 1].astype(int))
    assert not LEAK.find(
        ask(three, three.drop(columns="noise").assign(amount="x"), not_read=("noise", "amount"))
    ).suspects
