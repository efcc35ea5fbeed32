"""The sections of the prediction page, over investigations that answer for themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from app.looks import LOOKS
from app.wording import sentence
from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.investigation.investigation import Investigation
from mispredict.investigation.questions import (
    HowAgreed,
    HowNear,
    HowToFlip,
    HowVoted,
    Question,
    TaughtBy,
    WhatIf,
    Why,
    WhyLoss,
)
from tests.app.synthetic_desk import FEATURES, SyntheticDesk, make_table

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
SECTIONS: dict[str, set[type[Question[Any]]]] = {
    "why": {Why},
    "loss": {WhyLoss},
    "agreement": {HowAgreed},
    "taught": {TaughtBy},
    "what-if": {Why},
    "alike": set(),
}


def worst(desk: Any, place: int = 0) -> str:
    return str(desk.ranked().rows["id"].iloc[place])


def text_of(at: Any) -> str:
    return "\n".join(str(part.value) for kind in ("subheader", "markdown", "caption", "error") for part in at.get(kind))


def until(at: Any, ready: Callable[[Any], Any]) -> Any:
    for _ in range(100):
        if ready(at):
            assert not at.exception
            return at
        at.run()
    raise AssertionError(text_of(at))


def seen(pages: Any, desk: Any, **query: str) -> Any:
    """Return the page of a prediction once its sections can be chosen."""
    return until(pages(desk, "prediction", inv="synthetic", **query), has_sections)


def has_sections(at: Any) -> bool:
    return any(control.key == "control.look" for control in at.segmented_control)


def table_with(at: Any, column: str) -> pd.DataFrame | None:
    return next((d.value for d in at.dataframe if column in d.value), None)


@pytest.fixture(scope="module")
def forest() -> Investigation:
    """Return a forest over the synthetic rows with a text, a picture and a category, and its training table."""
    training, rows = (dressed(make_table(400, seed=seed)) for seed in (4, 3))
    model = RandomForestClassifier(12, max_depth=5, random_state=0).fit(training[list(FEATURES)], training.is_fraud)
    return Investigation(
        model=model, rows=rows, target="is_fraud", training=training, id="order", display=["remark", "photo", "link"]
    )


def dressed(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(remark="**a customer** who called", photo=[PNG] * len(table), link="https://evil.example/x.png")


@pytest.mark.parametrize("look", SECTIONS)
def test_only_the_section_that_is_looked_at_asks_anything(pages: Any, desk: SyntheticDesk, look: str) -> None:
    at = seen(pages, desk, look=look)
    until(at, lambda at: {type(asked) for asked in desk.asked} == SECTIONS[look] and not at.error)
    assert at.segmented_control(key="control.look").value == look


def test_a_second_look_asks_nothing(pages: Any, desk: SyntheticDesk) -> None:
    at = seen(pages, desk, look="why")
    for look in ("loss", "why", "loss", "why"):
        at.segmented_control(key="control.look").set_value(look).run()
        until(at, lambda at: table_with(at, "part") is not None)
    assert [type(asked) for asked in desk.asked] == [Why, WhyLoss]


def test_a_look_stays_when_the_next_row_is_shown(pages: Any, desk: SyntheticDesk) -> None:
    at = seen(pages, desk, look="loss")
    until(at.button(key="next").click().run(), has_sections)
    assert at.segmented_control(key="control.look").value == "loss"
    assert worst(desk, 1) in at.subheader[0].value
    until(at, lambda at: "pushed the model" in text_of(at))


@pytest.mark.parametrize("address", [{"look": "xyz"}, {"class": "<b>xyz</b>"}, {"method": "xyz"}, {"look": "trees"}])
def test_an_address_that_names_nothing_shows_the_usual_explanation(
    pages: Any, desk: SyntheticDesk, address: dict[str, str]
) -> None:
    at = seen(pages, desk, **address)
    until(at, lambda at: "What moved the" in text_of(at))
    assert at.segmented_control(key="control.look").value == "why"
    assert at.segmented_control(key="control.class").value == "1"


def test_a_formula_has_no_trees_and_a_right_row_no_error(pages: Any, desk: SyntheticDesk) -> None:
    at = seen(pages, desk, look="loss", row=str(desk.table.order[~desk.error].iloc[0]))
    titles = list(at.segmented_control(key="control.look").options)
    assert "Trees" not in titles
    assert "Why it is wrong" not in titles
    assert "Why the loss" in titles
    until(at, lambda at: "away from the truth" in text_of(at))


def test_the_score_of_the_other_class_is_the_mirror_image(pages: Any, desk: SyntheticDesk) -> None:
    at = seen(pages, desk, method="linear", **{"class": "0"})
    until(at, lambda at: table_with(at, "part") is not None)
    parts = table_with(at, "part").set_index("column")["part"]
    usual = desk.explain(worst(desk), "linear").values
    for column, part in usual.items():
        assert parts[column] == pytest.approx(-part)
    assert "is\\_fraud \\= 0 most" in text_of(at)


def test_the_loss_adds_up_to_the_surprise(pages: Any, desk: SyntheticDesk) -> None:
    at = until(seen(pages, desk, look="loss"), lambda at: table_with(at, "part") is not None)
    said = desk.investigation.ask(WhyLoss(worst(desk)))
    assert said.base + table_with(at, "part")["part"].sum() == pytest.approx(desk.row(worst(desk)).surprise)


def test_methods_stand_side_by_side_with_what_was_measured(pages: Any, desk: SyntheticDesk) -> None:
    at = seen(pages, desk, look="agreement")
    until(at, lambda at: table_with(at, "measured") is not None)
    found = desk.investigation.ask(HowAgreed(worst(desk)))
    shares = table_with(at, "measured")
    assert len(at.get("plotly_chart")) == 1
    for place in range(len(found.explanations)):
        assert shares[f"m{place}"].abs().sum() == pytest.approx(100)
    assert shares.set_index("column")["measured"].to_dict() == pytest.approx(found.knock_out.changes)


def test_the_trees_that_were_wrong_come_first(pages: Any, forest: Investigation) -> None:
    at = seen(pages, forest, look="trees")
    until(at, lambda at: table_with(at, "threshold") is not None)
    found = forest.ask(HowVoted(worst(forest)))
    assert "12 trees** voted against the truth" in text_of(at)
    assert str(found.paths[0].tree) == at.selectbox(key="tree").value
    splits = table_with(at, "test")
    assert len(splits) == len(found.paths[0].splits)
    near = forest.ask(HowNear(worst(forest)))
    assert table_with(at, "threshold")["trees"].tolist() == [n.trees for n in near[:8]]


def test_training_rows_are_counted_by_label_and_shown_with_the_row_itself(pages: Any, desk: SyntheticDesk) -> None:
    at = seen(pages, desk, look="taught")
    until(at, lambda at: table_with(at, "distance") is not None)
    found = desk.investigation.ask(TaughtBy(worst(desk)))
    most = found.rows["truth"].value_counts()
    assert f"nearest training rows are labelled {most.index[0]}" in text_of(at)
    rows = table_with(at, "distance")
    assert rows["place"].tolist() == ["This row", *map(str, range(1, 11))]
    assert rows["distance"].iloc[1:].tolist() == pytest.approx(found.rows["distance"].tolist())


def test_pictures_are_shown_and_addresses_stay_text(pages: Any, forest: Investigation) -> None:
    at = seen(pages, forest, look="taught")
    until(at, lambda at: table_with(at, "distance") is not None)
    cells = table_with(at, "distance").iloc[1].astype(str).tolist()
    assert any(cell.startswith("data:image/png;base64,") for cell in cells)
    assert "https://evil.example/x.png" in cells
    assert text_of(at).count(r"\*\*a customer\*\* who called") == 11  # the row itself and ten others
    assert len(at.get("image")) == 1
    assert "evil" not in "".join(str(shown.proto) for shown in at.get("image"))


def test_without_a_training_table_the_section_says_what_to_do(pages: Any) -> None:
    rows = make_table(300)
    model = RandomForestClassifier(5, random_state=0).fit(
        rows[list(FEATURES)], rows.is_fraud.sample(frac=1, random_state=0)
    )
    bare = Investigation(model=model, rows=rows, target="is_fraud", id="order")
    at = seen(pages, bare, look="taught")
    until(at, lambda at: "no training table" in text_of(at))
    assert "To do:" in text_of(at)
    assert not at.error
    assert not [b for b in at.button if b.label == "Try again"]


def test_a_changed_value_is_answered_for_and_reset(pages: Any, desk: SyntheticDesk) -> None:
    at = seen(pages, desk, look="what-if")
    until(at, lambda at: at.number_input)
    field = f"control.edit-{FEATURES.index('amount')}"
    at.number_input(key=field).set_value(1000.0).run()
    until(at, lambda at: table_with(at, "change") is not None)
    after = desk.investigation.ask(WhatIf(worst(desk), changes=(("amount", 1000.0),), method="shap"))
    first = table_with(at, "change").iloc[0]
    assert first["column"] == "amount"
    assert first["value"].endswith("→ 1000")
    assert f"to {after.probabilities['1']:.3f}" in text_of(at).replace("\\", "").replace(">0.999", "1.000")
    at.button(key="reset-edits").click().run()
    assert table_with(at, "change") is None
    assert at.number_input(key=field).value == desk.row(worst(desk)).values["amount"]


def test_a_value_can_be_taken_away(pages: Any, forest: Investigation) -> None:
    at = until(seen(pages, forest, look="what-if"), lambda at: at.number_input)
    at.number_input(key=f"control.edit-{FEATURES.index('amount')}").set_value(None).run()
    until(at, lambda at: "→ missing" in text_of(at))


def test_a_value_that_is_refused_leaves_the_fields_and_a_way_back(pages: Any, desk: SyntheticDesk) -> None:
    answer = desk.ask

    def refuse(question: Any, progress: Any = None) -> Any:
        if isinstance(question, WhatIf):
            raise TableRefused("the column 'amount' was given 1e9", needed="less", do="give less")
        return answer(question)

    desk.ask = refuse  # type: ignore[method-assign]
    at = until(seen(pages, desk, look="what-if"), lambda at: at.number_input)
    at.number_input(key="control.edit-0").set_value(1e9).run()
    until(at, lambda at: "This question has no answer here" in text_of(at))
    at.button(key="reset-edits").click().run()
    assert "This question has no answer here" not in text_of(at)
    assert at.number_input(key="control.edit-0").value == desk.row(worst(desk)).values["amount"]


def test_what_is_tried_is_dropped_at_another_row(pages: Any, desk: SyntheticDesk) -> None:
    at = until(seen(pages, desk, look="what-if"), lambda at: at.number_input)
    at.number_input(key="control.edit-0").set_value(1000.0).run()
    at.button(key="next").click().run()
    until(at, lambda at: at.number_input)
    assert at.button(key="reset-edits").disabled
    assert at.number_input(key="control.edit-0").value == desk.row(worst(desk, 1)).values["amount"]


def test_the_smallest_change_is_searched_when_asked_for_and_can_be_tried(pages: Any, forest: Investigation) -> None:
    at = until(seen(pages, forest, look="what-if"), lambda at: at.number_input)
    assert not [b for b in at.button if b.key == "try-0"]
    at.button(key="search-flips").click().run()
    until(at, lambda at: any(b.key == "try-0" for b in at.button))
    flip = forest.ask(HowToFlip(worst(forest))).flips[0]
    at.button(key="try-0").click().run()
    until(at, lambda at: table_with(at, "change") is not None)
    change = flip.changes[0]
    assert at.number_input(key=f"control.edit-{FEATURES.index(change.column)}").value == pytest.approx(change.after)
    assert "which is right" in text_of(at)


def test_a_search_that_leaves_columns_alone_is_another_search(pages: Any, forest: Investigation) -> None:
    at = until(seen(pages, forest, look="what-if"), lambda at: at.number_input)
    at.multiselect(key="locked-synthetic").set_value(list(FEATURES[1:])).run()
    at.button(key="search-flips").click().run()
    found = forest.ask(HowToFlip(worst(forest), locked=FEATURES[1:]))
    until(at, lambda at: sentence(found.searched) in text_of(at))
    assert [[change.column for change in flip.changes] for flip in found.flips] == [[FEATURES[0]]] * len(found.flips)
    assert [b.key for b in at.button if str(b.key).startswith("try-")] == [f"try-{n}" for n in range(len(found.flips))]


CLASSES = ("<b>cat</b>", "dog | *fish*", "[bird](http://x)")


@pytest.fixture(scope="module")
def three() -> Investigation:
    """Return a forest of three hostile classes over a number, a hostile name, a category and a missing value."""
    draw = np.random.default_rng(0)
    truth = draw.integers(0, 3, 300)
    rows = pd.DataFrame({"x::red": draw.normal(truth, 0.9), "y $1$": draw.normal(-truth, 1.2).round(1)})
    rows.loc[::7, "x::red"] = None
    named = np.array(CLASSES)[truth]
    model = RandomForestClassifier(9, max_depth=4, random_state=0).fit(rows, named)
    return Investigation(model=model, rows=rows.assign(label=named), target="label", training=rows.assign(label=named))


@pytest.mark.parametrize("look", LOOKS)
def test_three_classes_with_hostile_names_go_through_every_section(pages: Any, three: Investigation, look: str) -> None:
    at = seen(pages, three, look=look, **{"class": CLASSES[1]})
    words = {
        "why": "What moved the", "trees": "change their answer", "loss": "its surprise is",
        "agreement": "knock-out is measured", "taught": "nearest training rows are", "what-if": "Change a value",
        "alike": "most like it",
    }  # fmt: skip
    until(at, lambda at: words[look] in text_of(at))
    assert not at.error
    assert "<b>" not in text_of(at).replace("\\<", "")
    if look == "why":
        assert at.segmented_control(key="control.class").value == CLASSES[1]
        assert r"dog \| \*fish\* most" in text_of(at)


def test_stored_answers_alone_have_no_section_that_asks_a_model(pages: Any, desk: SyntheticDesk) -> None:
    class Scores(SyntheticDesk):
        def describe(self) -> Any:
            return dataclasses.replace(super().describe(), model_family="scores")

        def methods(self, of: Any = "live") -> dict[str, str | None]:
            return dict.fromkeys(super().methods(), "there is no model at hand, only its scores")

    at = seen(pages, Scores(), look="agreement")
    assert list(at.segmented_control(key="control.look").options) == ["Why", "Rows like it"]
    assert "No method can explain this model" in text_of(at)


@pytest.mark.parametrize("look", ["why", "loss", "agreement", "taught", "what-if"])
def test_a_refusal_is_said_quietly(pages: Any, desk: SyntheticDesk, look: str) -> None:
    def refuse(question: Any, progress: Any = None) -> Any:
        raise ModelRefused("a <b>model</b>", needed="another", do="try that")

    desk.ask = refuse  # type: ignore[method-assign]
    at = seen(pages, desk, look=look)
    until(at, lambda at: "This question has no answer here" in text_of(at))
    assert r"\<b\>model" in text_of(at)
    assert not at.error


def test_every_section_has_a_case_here() -> None:
    assert {*SECTIONS, "trees"} == set(LOOKS)


def test_a_walk_shows_how_the_row_went_down_the_trees_that_moved_the_score(pages: Any, forest: Investigation) -> None:
    at = seen(pages, forest, look="why", method="walk")
    until(at, lambda at: table_with(at, "test") is not None)
    assert at.expander[0].label == "How the row went down the trees that moved the score most"
