"""Labels that are probably wrong: planted everywhere, in one place, and nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.label_noise import LabelNoise
from mispredict.suspects.noise_rate import without_noise, wrong_chances
from mispredict.suspects.suspect import Suspect
from tests.mispredict.suspects.conftest import Ask, ordinary
from tests.mispredict.suspects.labels_of import clear_cut, flipped

BESIDE = ("reviewer",)


def serious(found: tuple[Suspect, ...]) -> list[Suspect]:
    return [one for one in found if one.severity != "info"]


def asked(ask: Ask, examined: pd.DataFrame, training: pd.DataFrame | None) -> Inquiry:
    """Return the inquiry into tables of which nobody told which labels were turned."""
    tables = [one if one is None else one.drop(columns="was_flipped") for one in (examined, training)]
    return ask(*tables, features=("first", "second", "noise"))


def hits(rows: tuple[str, ...], table: pd.DataFrame) -> float:
    """Return the part of wrong labels among as many first rows as there are."""
    number = int(table["was_flipped"].sum())
    return float(table["was_flipped"].to_numpy()[[int(one) for one in rows[:number]]].sum()) / number


def test_labels_turned_everywhere_are_found_and_ranked_with_their_precision(ask: Ask) -> None:
    examined, training = flipped(clear_cut(3_000), 0.12), flipped(clear_cut(3_000, 1), 0.12, seed=8)
    seen = (table.drop(columns="was_flipped") for table in (examined, training))
    (one,) = LabelNoise().find(ask(*seen, not_read=BESIDE)).suspects
    assert one.severity == "suspected"
    assert one.culprits == ("label",)
    assert one.evidence["rate of wrong labels, at most"] == pytest.approx(0.12, abs=0.03)
    first = one.rows[:100]
    right = examined["was_flipped"].to_numpy()[[int(i) for i in first]].mean()
    promised = float(one.evidence["expected precision"][3].split(": ")[1].rstrip("%")) / 100
    assert one.evidence["expected precision"][3].startswith("of the first 100")
    assert right == pytest.approx(promised, abs=0.12)
    assert hits(one.rows, examined) > 0.6


def test_one_reviewer_is_found_with_their_rows(ask: Ask) -> None:
    examined, training = (
        flipped(one, 0.4, (one["reviewer"] == "bo").to_numpy()) for one in (clear_cut(3_000), clear_cut(3_000, 1))
    )
    first = LabelNoise().find(asked(ask, examined, training)).suspects[0]
    assert first.severity == "suspected"
    assert first.culprits == ("reviewer",)
    assert first.where is not None
    assert first.where.rule == "reviewer = 'bo'"
    assert first.evidence["rate of wrong labels"] == pytest.approx(0.4, abs=0.06)
    assert hits(first.rows, examined) > 0.75
    assert "`reviewer` = 'bo'" in first.summary


def test_a_queue_in_one_category_is_found_as_a_rule_of_two_columns(ask: Ask) -> None:
    def bad(table: pd.DataFrame) -> pd.DataFrame:
        return flipped(table, 0.4, ((table["reviewer"] == "bo") & (table["shop"] == "east")).to_numpy())

    examined, training = bad(clear_cut(5_000)), bad(clear_cut(5_000, 1))
    first = LabelNoise().find(asked(ask, examined, training)).suspects[0]
    assert set(first.culprits) == {"reviewer", "shop"}


def test_it_works_without_a_training_table(ask: Ask) -> None:
    whole = flipped(clear_cut(4_000), 0.45, (clear_cut(4_000)["reviewer"] == "cem").to_numpy())
    assert LabelNoise().find(asked(ask, whole, None)).suspects[0].culprits == ("reviewer",)


@pytest.mark.parametrize("seed", range(3))
def test_right_labels_raise_no_alarm(ask: Ask, seed: int) -> None:
    for made in (ordinary, clear_cut):
        inquiry = ask(made(2_000, seed), made(2_000, seed + 50), not_read=BESIDE)
        assert serious(LabelNoise().find(inquiry).suspects) == []


def test_a_reviewer_who_sees_more_events_is_not_one_who_errs(ask: Ask) -> None:
    def risky(seed: int) -> pd.DataFrame:
        table = clear_cut(3_000, seed)
        rng = np.random.default_rng(seed)
        odds = 3.0 * table["first"] + 2.0 * table["second"] - 1.5 + 1.0 * (table["reviewer"] == "bo")
        return table.assign(label=(rng.random(3_000) < 1 / (1 + np.exp(-odds))).astype(int))

    inquiry = ask(risky(0), risky(1), features=("first", "second", "noise"))
    assert serious(LabelNoise().find(inquiry).suspects) == []


def test_labels_that_nothing_foretells_are_not_called_wrong(ask: Ask) -> None:
    def coin(seed: int) -> pd.DataFrame:
        return clear_cut(2_000, seed).assign(label=np.random.default_rng(seed).integers(0, 2, 2_000))

    assert serious(LabelNoise().find(ask(coin(0), coin(1), not_read=BESIDE)).suspects) == []


def test_three_classes_are_judged(ask: Ask) -> None:
    def three(seed: int) -> pd.DataFrame:
        table = clear_cut(3_000, seed)
        rng = np.random.default_rng(seed)
        kinds = np.where(table["first"] > 0.7, 2, np.where(table["second"] > 0.2, 1, 0))
        bad = (table["reviewer"] == "eli").to_numpy() & (rng.random(3_000) < 0.4)
        kinds = np.where(bad, (kinds + rng.integers(1, 3, 3_000)) % 3, kinds)
        return table.assign(label=np.array(["low", "mid", "high"])[kinds])

    inquiry = ask(three(0), three(1), features=("first", "second", "noise"))
    assert LabelNoise().find(inquiry).suspects[0].culprits == ("reviewer",)


def test_refusals_say_what_lacks(ask: Ask) -> None:
    assert LabelNoise().refusal(ask(clear_cut(40), clear_cut(200), not_read=BESIDE)) == "40 rows: fewer than 60"
    rare = clear_cut(100).assign(label=[1, 1, 1] + [0] * 97)
    said = LabelNoise().refusal(ask(rare, clear_cut(200), not_read=BESIDE))
    assert said == "fewer than two classes with 10 rows"


def test_chances_to_be_wrong_follow_bayes() -> None:
    fits = np.array([0.9, 0.5, 0.1])
    assert wrong_chances(fits, 0.2, 2) == pytest.approx([0.02 / 0.74, 0.2, 0.18 / 0.26])
    assert without_noise(0.8 * fits + 0.2 * (1 - fits), 0.2, 2) == pytest.approx(fits)
