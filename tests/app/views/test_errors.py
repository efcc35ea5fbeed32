from __future__ import annotations

import dataclasses
import json
import time
from typing import Any

import pytest

from app import promotions
from app.map.selection import box_of, to_address
from tests.app.synthetic_desk import SyntheticDesk, make_table

RULE = "app_release = '9.1'"
VERDICT = (
    r":material/error: Systemic: 216 of 1,200 rows are wrong (18.0 %); "
    r"where app_release = 9.1, 121 errors and 70.9 expected"
)


def plainly(text: str) -> str:
    return text.replace("\\", "")


def text_of(at: Any) -> str:
    kinds = ("subheader", "markdown", "caption", "error", "success")
    return plainly("\n".join(str(part.value) for kind in kinds for part in at.get(kind)))


def claim_of(at: Any) -> str:
    return plainly(at.subheader[0].value)


def errors_of(at: Any) -> int:
    """Return how many errors the table lists; the tables of tree and comparison have no surprise."""
    return len(worst(at))


def worst(at: Any) -> Any:
    return next(table.value for table in at.dataframe if "surprise" in table.value)


def done(at: Any) -> Any:
    """Return the page once nothing on it is still at work."""
    for _ in range(200):
        if not any(str(button.key).startswith("cancel-") for button in at.button):
            return at
        time.sleep(0.05)
        at.run()
    raise AssertionError("still at work")


def opened(pages: Any, desk: SyntheticDesk, **query: str) -> Any:
    return done(pages(desk, "errors", inv="synthetic", **query))


def test_the_verdict_stands_on_top_with_its_numbers(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    assert claim_of(at) == VERDICT
    assert "1,200 of 1,200 rows looked at; a slice of 5 % of them with 3.0 % more errors" in text_of(at)


def test_nothing_chosen_shows_slices_and_clusters_with_their_sentences(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    said = text_of(at)
    assert "182 of 1,200 rows: app_release = 9.1: 121 errors where 70.9 were expected (1.7 ×; p < 0.001 after" in said
    assert "121 errors made for the same reasons; 182 of 1,200 rows" in said
    at.button(key="pick-cluster-1").click().run()
    assert claim_of(at).startswith("Cluster 1: 121 errors made for the same reasons; 182 of 1,200 rows")
    at.button(key="pick-slice-1").click().run()
    assert claim_of(at).startswith("Slice 1: 182 of 1,200 rows: app_release = 9.1")
    assert at.text_input(key="control.rule").value == RULE


def test_rules_for_nearly_the_same_rows_stand_on_the_card(pages: Any, desk: SyntheticDesk) -> None:
    class Folded(SyntheticDesk):
        def groups(self, *args: Any) -> Any:
            found = super().groups(*args)
            one = dataclasses.replace(found.slices[0], also=("device_age_days <= 0", "*x*"))
            return dataclasses.replace(found, slices=(one,))

    said = [part.value for part in pages(Folded(desk.table), "errors").caption]
    assert r"Nearly the same rows: device\_age\_days \<\= 0; \*x\*" in said


def test_the_table_is_ranked_three_ways_and_each_says_what_it_means(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, view="rows")
    for by, means in (("surprise", "−log p"), ("beyond", "entropy"), ("cost", "surprise times")):
        at.segmented_control(key="control.by").set_value(by).run()
        assert worst(at)[by].is_monotonic_decreasing or by == "cost"
        assert means in text_of(at)
    assert not at.exception


def test_the_map_gets_every_point_as_bytes(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    assert len(at.get("bidi_component")) == 1


@pytest.mark.parametrize(
    ("query", "claim"),
    [
        ({"cluster": "1"}, "Cluster 1: 121 errors made for the same reasons; 182 of 1,200 rows"),
        ({"slice": "1"}, "Slice 1: 182 of 1,200 rows: app_release = 9.1: 121 errors where 70.9 were expected"),
        ({"rule": RULE}, "182 of 1,200 rows: app_release = '9.1': 121 errors where 70.9 were expected (1.7 ×; p < 0"),
    ],
)
def test_every_kind_of_link_selects_the_same_and_leads_back(
    pages: Any, desk: SyntheticDesk, query: dict[str, str], claim: str
) -> None:
    at = opened(pages, desk, **query)
    assert claim_of(at).startswith(claim)
    assert errors_of(at) == 121
    assert [metric.label for metric in at.metric] == [
        "Rows", "Errors", "Error rate", "Part of all errors", "Log loss", "ROC AUC"
    ]  # fmt: skip
    assert at.metric[1].value == "121"
    assert at.metric[3].value == "56.0 %"
    at.button(key="back").click().run()
    assert claim_of(at) == VERDICT


def test_what_sets_the_rows_apart_is_listed_with_its_strength(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, slice="1")
    said = [plainly(bar.proto.text) for bar in at.get("progress")]
    assert any(line.startswith("**device_age_days** is typically 0, elsewhere ") for line in said)


def lasso_of_the_left_half(desk: SyntheticDesk) -> tuple[str, int]:
    points = desk.error_map().points
    x, y = points["x"].to_numpy(), points["y"].to_numpy()
    left, right, bottom, top = box_of(x, y)
    middle = (left + right) / 2
    half = to_address([(left, bottom), (middle, bottom), (middle, top), (left, top)], (left, right, bottom, top))
    return half, int((points["error"] & (x <= middle)).sum())


def test_a_lasso_in_the_address_selects_what_lies_inside(pages: Any, desk: SyntheticDesk) -> None:
    half, wrong = lasso_of_the_left_half(desk)
    at = opened(pages, desk, lasso=half)
    assert 0 < wrong < 216
    assert errors_of(at) == wrong
    assert claim_of(at) == f"Lasso: {wrong} errors of 216"
    assert at.metric[1].value == str(wrong)


def test_an_empty_lasso_says_so_and_offers_the_way_back(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, lasso="-900.-900_-800.-900_-800.-800")
    assert "No errors here" in text_of(at)
    at.button(key="back-empty").click().run()
    assert claim_of(at) == VERDICT


@pytest.mark.parametrize("query", [{"cluster": "77"}, {"slice": "77"}, {"cohort": "nobody"}])
def test_what_is_not_there_gives_a_sentence_and_a_way_back(
    pages: Any, desk: SyntheticDesk, query: dict[str, str]
) -> None:
    at = opened(pages, desk, **query)
    assert f"no {next(iter(query))} {next(iter(query.values()))}" in at.error[0].value
    next(b for b in at.button if b.label == "Back to all errors").click().run()
    assert claim_of(at) == VERDICT


def test_a_table_without_errors_says_so(pages: Any) -> None:
    table = make_table(60)
    scored = SyntheticDesk(table)
    at = pages(SyntheticDesk(table[scored.truth == scored.predicted].reset_index(drop=True)), "errors")
    assert at.subheader[0].value == "No errors: every row is right"


def test_several_errors_are_promoted_at_once(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, cluster="1")
    number = next(n for n in at.number_input if n.label == "How many of these")
    number.set_value(3).run()
    at.text_input(key="reason").set_value("release 9.1").run()
    at.button(key="save-many").click().run()
    assert "3 rows are in the obvious set" in at.success[0].value
    kept = promotions.listed().answer.cases
    assert {case.source.row for case in kept} == set(desk.groups().clusters[0].medoids)
    at.switch_page("views/obvious.py").run()
    assert at.subheader[0].value == "3 cases that no model may get wrong: 3 major"


def test_hostile_column_names_stay_titles(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, view="rows")
    titles = json.loads(at.dataframe[0].proto.columns)
    assert "<b>night</b>" in [title.get("label") for title in titles.values()]


def test_a_group_is_picked_by_its_rule(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    show = at.selectbox(key="control.show")
    assert show.options == ["All errors", "Slice 1: app_release = 9.1 · 121", "Cluster 1: app_release = 9.1 · 121"]
    show.set_value("slice-1").run()
    assert claim_of(at).startswith("Slice 1: ")
    assert errors_of(at) == 121


def test_another_map_is_chosen_and_drops_the_lasso_that_was_drawn_on_this_one(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, lasso=lasso_of_the_left_half(desk)[0])
    assert "Lasso" in at.subheader[0].value
    at.selectbox(key="control.map").set_value("tsne:contributions").run()
    assert at.query_params["map"] == "tsne:contributions"
    assert "lasso" not in at.query_params
    assert claim_of(at) == VERDICT


def test_an_unknown_map_in_the_address_is_refused_in_words(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, map="<b>:x")
    assert "the map" in at.error[0].value


def test_a_typed_rule_selects_and_an_empty_one_leads_back(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    at.text_input(key="control.rule").set_value("app_release == 9.1").run()
    assert "at character" in text_of(at)  # a number beside a column of text
    at.text_input(key="control.rule").set_value("app_release == '9.1'").run()
    assert at.query_params["rule"] in (RULE, [RULE])
    assert errors_of(at) == 121
    at.text_input(key="control.rule").set_value("").run()
    assert claim_of(at) == VERDICT


def test_a_wrong_rule_says_so_and_keeps_what_was_looked_at(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, slice="1")
    at.text_input(key="control.rule").set_value("amuont > 300").run()
    said = text_of(at)
    assert "**Found:** at character 1 of the rule: 'amuont', which is no column of the table" in said
    assert "**Needed:**" in said
    assert "**To do:**" in said
    assert claim_of(at).startswith("Slice 1: ")
    assert at.text_input(key="control.rule").value == "amuont > 300"
    at.text_input(key="control.rule").set_value("amount > 300 *b*").run()
    assert any("character 14" in plainly(m.value) and "\\*" in m.value for m in at.markdown)
    done(at.text_input(key="control.rule").set_value("amount > 300").run())
    assert "**Found:**" not in text_of(at)
    assert "amount > 300:" in claim_of(at)


def test_a_wrong_rule_in_the_address_is_said_below_the_input(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, rule="__import__('os')")
    assert "**Found:** at character 1" in text_of(at)
    assert claim_of(at) == VERDICT
    assert not at.exception


def test_a_cohort_is_saved_found_again_compared_and_dropped_with_undo(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, rule=RULE)
    at.text_input(key="cohort-name").set_value("broken *release*").run()
    done(at.button(key="save-cohort").click().run())
    assert "Cohort broken *release* is saved" in text_of(at)
    assert claim_of(at).startswith("Cohort broken *release*: 182 of 1,200 rows")
    assert "Cohort: broken *release*" in at.selectbox(key="control.show").options
    done(at.selectbox(key="control.with").set_value("all").run())
    table = next(table.value for table in at.dataframe if "difference" in table.value)
    assert table["figure"].tolist()[0] == "error rate"
    assert "These rows are wrong in 66.5 %, All rows of the table in 18.0 %: +48.5 points" in text_of(at)
    at.button(key="drop-cohort").click().run()
    assert "Cohort broken *release* is dropped" in text_of(at)
    assert claim_of(at) == VERDICT
    done(at.button(key="undo-cohort").click().run())
    assert claim_of(at).startswith("Cohort broken *release*: ")


def test_a_cohort_without_a_name_is_refused_in_words(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, rule=RULE)
    at.button(key="save-cohort").click().run()
    assert "Not changed" in text_of(at)
    assert errors_of(at) == 121


def test_next_worst_rings_a_row_and_opens_its_prediction(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, view="rows")
    ids = worst(at)["id"].tolist()
    for place in (0, 1):
        at.button(key="walk-next").click().run()
        assert at.query_params["row"] in (ids[place], [ids[place]])
    assert f"2 of 216: row {ids[1]} was called is_fraud = " in text_of(at)
    at.button(key="walk-previous").click().run()
    assert f"1 of 216: row {ids[0]}" in text_of(at)
    at.button(key="walk-open").click().run()
    assert f"Row {ids[0]} was called" in claim_of(at)


def test_next_in_cluster_goes_round(pages: Any, desk: SyntheticDesk) -> None:
    held = desk.groups().clusters[0].rows
    at = opened(pages, desk, view="rows", row=held[-1])
    at.button(key="walk-cluster").click().run()
    assert at.query_params["row"] in (held[0], [held[0]])
    outside = next(row for row in desk.ranked().rows["id"] if row not in held)
    at = opened(pages, desk, view="rows", row=outside)
    assert at.button(key="walk-cluster").disabled


def test_the_tree_lists_its_nodes_and_is_drawn(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, view="tree")
    tree = next(table.value for table in at.dataframe if "heldout" in table.value)
    assert tree["rows"].iloc[0] == 1_200
    assert "rows looked at" in text_of(at)
    assert len(at.get("plotly_chart")) == (len(tree) > 1)


def test_the_heat_map_takes_the_columns_of_the_address(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, view="heat", across="app_release", down="amount")
    assert (at.selectbox(key="control.across").value, at.selectbox(key="control.down").value) == (
        "app_release", "amount"
    )  # fmt: skip
    assert "amount" not in at.selectbox(key="control.across").options
    done(at.selectbox(key="control.down").set_value("is_app").run())
    assert at.query_params["down"] in ("is_app", ["is_app"])
    assert not at.exception


def test_an_unknown_column_of_the_heat_map_has_a_way_back(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, view="heat", across="<b>nobody</b>", down="amount")
    assert "nobody" in at.error[0].value
    done(next(b for b in at.button if b.label.startswith("To the pair")).click().run())
    assert at.selectbox(key="control.across").value
