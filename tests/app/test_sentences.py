"""The sentences above the sections of the prediction page, and the numbers behind them."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from app.because import loss_sentence, why_sentence
from app.flipping import flip_sentence
from app.moved import edited_sentence, moved
from app.teaching import taught_sentence
from app.voting import near_sentence, votes_sentence
from app.weighing import correlations, shares
from explainers.agreement import Agreement
from explainers.explanation import Explanation
from explainers.flips import Change, Flip
from explainers.knock_out import KnockOut
from explainers.thresholds import NearThreshold
from explainers.votes import Votes
from mispredict.investigation.desk import RowDetail
from mispredict.investigation.questions import Edited, Taught
from tests.app.synthetic_desk import SyntheticDesk

VALUES = {"amount": 3.0, "city": "Rome", "*x*": None, "n": 1}


def explained(**values: float) -> Explanation:
    return Explanation("r", 1, "surprise", "nats", 0.7, 0.7 + sum(values.values()), values, additive=True)


def row() -> RowDetail:
    desk = SyntheticDesk()
    found = desk.row(str(desk.ranked().rows["id"].iloc[0]))
    return dataclasses.replace(
        found, values=VALUES, truth=1, predicted=0, probabilities={"0": 0.9, "1": 0.1}, is_error=True
    )


def plainly(text: str) -> str:
    return text.replace("\\", "").replace("**", "")


def test_the_loss_names_what_pushed_and_how_much_of_it_there_is() -> None:
    said = plainly(loss_sentence(explained(amount=1.5, city=0.4, n=-0.1), VALUES, aside="to the wrong side"))
    assert said.startswith("amount = 3 and city = Rome pushed the model to the wrong side: +1.90 nats.")
    assert "its surprise is 2.50 nats" in said
    assert said.endswith("ordinary rows would have 0.70 on average if they were labelled 1.")


def test_a_loss_that_nothing_pushed_says_so() -> None:
    assert "No value pushed" in loss_sentence(explained(amount=-0.2), VALUES, aside="away from the truth")


def test_markup_in_names_and_values_is_literal() -> None:
    said = why_sentence(explained(**{"*x*": 2.0, "city": 1.0}), {"*x*": "[a](http://b)", "city": "`c`"}, "t")
    assert r"\*x\*" in said
    assert r"\[a\]" in said
    assert r"\`c\`" in said


def test_an_explanation_in_which_nothing_moves_says_so() -> None:
    assert why_sentence(explained(amount=0.0), VALUES, "t") == "No column moves the nats of t."


def votes(wrong: int) -> Votes:
    return Votes("r", 1, 4, wrong, "probability", (0.1,) * 4, (), (), tuple(n < wrong for n in range(4)))


@pytest.mark.parametrize(("wrong", "words"), [(0, "None of the 4 trees"), (3, "3 of 4 trees"), (4, "All 4 trees")])
def test_votes_are_counted(wrong: int, words: str) -> None:
    assert plainly(votes_sentence(votes(wrong), target="y")).startswith(f"{words} voted against the truth")


@pytest.mark.parametrize(("change", "words"), [(12.4, "12.4 more"), (-2.0, "2 less")])
def test_a_threshold_says_how_far_it_is(change: float, words: str) -> None:
    near = NearThreshold("amount", 3.0, 15.4, change, 61, 300, 0.31, "probability")
    said = plainly(near_sentence(near, towards="y = 1"))
    assert said == f"amount: {words} and 61 of 300 trees change their answer; the probability of y = 1 is then 0.310."


def taught(*labels: str) -> Taught:
    return Taught(pd.DataFrame({"truth": labels}), "leaves", ())


def test_labels_of_training_rows_are_counted_and_whose_they_are_is_said() -> None:
    said = plainly(taught_sentence(taught(*"0010", ""), row()))
    assert said == (
        "3 of the 5 nearest training rows are labelled 0, as the model called this row; "
        "1 labelled 1 and 1 without a label."
    )
    assert "All 2 nearest training rows are labelled 1, as this row is." in plainly(
        taught_sentence(taught("1", "1"), row())
    )


def edited(after: dict[str, float], **changes: object) -> Edited:
    before = explained(amount=0.5, city=0.2, n=0.1)
    said = dataclasses.replace(before, values=after)
    return Edited(dict(changes), before, said, {"0": 0.3, "1": 0.7}, 1, is_error=False)


def test_what_moved_begins_with_what_was_put_in_and_leaves_out_what_stayed() -> None:
    found = moved(edited({"amount": 0.4, "city": 0.5, "n": 0.1}, amount=9.5), VALUES)
    assert found["column"].tolist() == ["amount", "city"]
    assert found["value"].tolist() == ["3 → 9.5", "Rome"]
    assert found["change"].tolist() == pytest.approx([-0.1, 0.3])
    assert moved(edited({"amount": 0.5, "city": 0.5, "n": 0.1}, amount=9.5), VALUES, most=1)["column"].tolist() == [
        "amount"
    ]


def test_a_changed_row_is_told_with_both_probabilities() -> None:
    found = edited({"amount": 0.1}, amount=9.5, city=None)
    said = plainly(edited_sentence(found, row(), target="y", event="1"))
    assert said == (
        "With amount 3 → 9.5 and city Rome → missing the model says y = 1, which is right: "
        "the probability of 1 goes from 0.100 to 0.700."
    )
    same = dataclasses.replace(found, predicted=0, is_error=True)
    assert "still says y = 0, which is wrong" in plainly(edited_sentence(same, row(), target="y", event="1"))


def test_a_flip_says_what_comes_of_it() -> None:
    one = Flip((Change("amount", 312.5, 96.9, 0.4),), 0.4, 0.48)
    two = Flip((*one.changes, Change("city", "Rome", None, 1.0)), 1.4, 0.48)
    what = SyntheticDesk().describe()
    assert plainly(flip_sentence(one, what, row(), event="1")) == (
        "amount 312.5 → 96.9 makes it 1 (probability of 1: 0.480)"
    )
    assert "and city Rome → missing make it 1" in plainly(flip_sentence(two, what, row(), event="1"))
    many = dataclasses.replace(what, classes=(0, 1, 2), positive=None)
    assert "makes it another class than 0" in plainly(flip_sentence(one, many, row(), event="0"))


def agreed() -> Agreement:
    said = (explained(amount=3.0, city=-1.0), dataclasses.replace(explained(amount=0.0, city=0.0), method="lime"))
    referee = KnockOut("r", 1, "nats", 1.0, {"amount": 0.5, "city": 0.5}, {"amount": 0.0, "city": 0.0}, 10, ())
    ranks = {"surprise": {"knock-out": 0.5}, "lime": {}, "knock-out": {"surprise": 0.5}}
    return Agreement("r", 1, said, {}, referee, ranks, ())


def test_shares_are_of_what_a_method_says_in_all() -> None:
    found = shares(agreed())
    assert found["surprise"].to_dict() == {"amount": 0.75, "city": -0.25}
    assert found["lime"].tolist() == [0.0, 0.0]
    assert found["knock-out"].tolist() == [0.5, 0.5]


def test_correlations_are_symmetric_and_blank_where_there_is_no_order() -> None:
    found = correlations(agreed())
    assert found.loc["surprise", "knock-out"] == found.loc["knock-out", "surprise"] == 0.5
    assert found.loc["lime"].isna().all()
