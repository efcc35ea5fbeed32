from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.shown import method_name
from app.text import md
from app.wording import close_chance
from mispredict.cohorts.selection import Selection
from tests.app.synthetic_desk import SyntheticDesk


def worst(desk: SyntheticDesk, place: int = 0) -> str:
    return str(desk.ranked().rows["id"].iloc[place])


def text_of(at: Any) -> str:
    return "\n".join(str(part.value) for kind in ("subheader", "markdown", "caption", "error") for part in at.get(kind))


def promote(at: Any, reason: str) -> Any:
    at.button(key="promote").click().run()
    at.text_input(key="reason").set_value(reason).run()
    return at.button(key="save-case").click().run()


def test_without_a_row_the_worst_error_is_shown(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "prediction")
    assert worst(desk) in at.subheader[0].value
    assert "1 of 216 errors by surprise" in text_of(at)
    facts = {metric.label: metric.value for metric in at.metric}
    assert facts["Rank by surprise"] == "1"
    assert facts["Surprise, nats"] == f"{desk.ranked().rows['surprise'].iloc[0]:.3f}"


def test_the_score_stands_beside_the_threshold(pages: Any, desk: SyntheticDesk) -> None:
    for row in (worst(desk), str(desk.table.order[desk.p >= 0.6].iloc[0])):
        at = pages(desk, "prediction", inv="synthetic", row=row)
        p = desk.row(row).probabilities["1"]
        (score,) = [metric.value for metric in at.metric if metric.label == "Probability of 1 · threshold"]
        assert score == f"{close_chance(p)} {'≥' if p >= 0.5 else '<'} 0.5"


def test_next_and_previous_walk_the_ranking(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "prediction")
    at.button(key="next").click().run()
    assert worst(desk, 1) in at.subheader[0].value
    at.button(key="previous").click().run()
    assert worst(desk, 0) in at.subheader[0].value
    assert at.button(key="previous").disabled


def test_next_stays_within_the_cluster(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "prediction", inv="synthetic", cluster="1")
    assert "1 of 121 errors by surprise of the chosen ones" in text_of(at)


def until(at: Any, ready: Callable[[Any], Any]) -> Any:
    for _ in range(100):
        if ready(at):
            return at
        at.run()
    raise AssertionError(text_of(at))


def test_methods_that_serve_are_offered_and_refusals_are_printed(pages: Any, desk: SyntheticDesk) -> None:
    at = until(pages(desk, "prediction"), lambda at: len(at.segmented_control) == 3)
    methods = desk.methods()
    offered = [method_name(method) for method, refusal in methods.items() if refusal is None]
    assert list(at.segmented_control(key="control.method").options) == offered
    refused = {method: refusal for method, refusal in methods.items() if refusal is not None}
    assert refused
    for method, refusal in refused.items():
        assert f"{method_name(method)}: {md(refusal)}" in text_of(at)


def test_the_table_beside_the_chart_adds_up_to_the_models_answer(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "prediction", inv="synthetic", method="linear")
    until(at, lambda at: len(at.dataframe) == 2)
    parts = next(d.value for d in at.dataframe if "part" in d.value)
    said = desk.explain(worst(desk), "linear")
    assert abs(said.base + parts["part"].sum() - said.score) < 1e-9


def test_a_right_row_can_be_looked_at_too(pages: Any, desk: SyntheticDesk) -> None:
    right = str(desk.table.order[~desk.error].iloc[0])
    at = pages(desk, "prediction", inv="synthetic", row=right)
    assert at.subheader[0].value.endswith("and that is right")
    assert "Not among the errors listed" in text_of(at)


def test_an_unknown_row_gives_a_sentence_and_a_way_back(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "prediction", inv="synthetic", row="<img src=x>")
    assert "no row" in at.error[0].value
    assert r"\<img src\=x\>" in at.error[0].value
    next(b for b in at.button if b.label == "To the worst error").click().run()
    assert worst(desk) in at.subheader[0].value


def test_a_promoted_row_can_be_undone(pages: Any, desk: SyntheticDesk) -> None:
    at = promote(pages(desk, "prediction"), "a good customer was blocked")
    assert f"Row {worst(desk)} is in the obvious set" in at.success[0].value
    at.button(key="undo").click().run()
    assert not at.success
    at.switch_page("views/obvious.py").run()
    assert at.subheader[0].value == "No cases yet"


def test_a_promotion_without_a_reason_is_refused_and_keeps_the_form(pages: Any, desk: SyntheticDesk) -> None:
    at = promote(pages(desk, "prediction"), "")
    assert "Not saved" in at.error[0].value
    assert at.button(key="save-case")


def test_limits_become_an_expectation(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "prediction")
    at.button(key="promote").click().run()
    at.selectbox(key="expect").set_value("between").run()
    at.number_input(key="limit-low").set_value(0.2)
    at.number_input(key="limit-high").set_value(0.6)
    at.text_input(key="reason").set_value("never sure of this one").run()
    at.button(key="save-case").click().run()
    at.switch_page("views/obvious.py").run()
    assert "0.2" in at.dataframe[0].value["expect"].iloc[0]
    assert "0.6" in at.dataframe[0].value["expect"].iloc[0]


def test_the_columns_that_moved_the_model_most_are_said_in_a_sentence(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "prediction", inv="synthetic", method="linear")
    values = desk.explain(worst(desk), "linear").values
    most = max(values, key=lambda column: abs(values[column]))
    until(at, lambda at: "What moved" in text_of(at))
    (said,) = [m.value for m in at.markdown if m.value.startswith("What moved the log")]
    assert said.split("**")[1].replace("\\", "").startswith(f"{most} = ")
    assert f"{abs(values[most]):.2f}" in said


def test_a_row_names_the_findings_it_is_part_of_and_leads_to_them(pages: Any, desk: SyntheticDesk) -> None:
    broken = str(desk.ranked(of=Selection(cluster=0)).rows["id"].iloc[0])
    at = pages(desk, "prediction", inv="synthetic", row=broken)
    at.button(key="part-slice-1").click().run()
    assert at.subheader[0].value.startswith(r"Slice 1\: ")
    apart = next(str(i) for i in desk.ranked().rows["id"] if not desk.broken[desk.place[str(i)]])
    at = pages(desk, "prediction", inv="synthetic", row=apart)
    assert not [b for b in at.button if b.key and b.key.startswith("part-")]
