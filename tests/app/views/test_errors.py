from __future__ import annotations

import json
from typing import Any

from app.blocks.about import beyond_the_rule
from app.blocks.findings import Finding
from app.contrast import Contrast
from app.map.selection import box_of, to_address
from mispredict.errors.findings import Condition
from tests.app.synthetic_desk import SyntheticDesk, make_table


def text_of(at: Any) -> str:
    return "\n".join(str(part.value) for kind in ("subheader", "markdown", "caption", "error") for part in at.get(kind))


def table_of(at: Any) -> Any:
    return at.dataframe[0].value


def test_the_claim_counts_rows_errors_and_clusters(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    assert at.subheader[0].value == "216 of 1,200 rows are wrong (18.0 %); 1 cluster holds 121 of them"


def test_the_table_is_ranked_by_surprise_and_then_by_cost(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    surprise = table_of(at)["surprise"]
    assert surprise.is_monotonic_decreasing
    at.segmented_control(key="control.by").set_value("cost").run()
    assert table_of(at)["cost"].is_monotonic_decreasing
    assert not at.exception


def test_the_map_gets_every_point_as_bytes(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    assert len(at.get("bidi_component")) == 1


def test_a_cluster_in_the_address_is_shown_and_left_again(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors", inv="synthetic", cluster="1")
    assert len(table_of(at)) == 121
    assert at.subheader[0].value.startswith(r"Cluster 1, where app\_release \= 9\.1: 121 errors")
    at.button(key="back").click().run()
    assert len(table_of(at)) == 216


def test_what_is_different_says_more_than_the_rule(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors", inv="synthetic", slice="1")
    said = next(
        line for line in text_of(at).splitlines() if "What is different here" in line or "No column sets" in line
    )
    assert r"app\_release" not in said  # the headline says it already


def test_differences_that_the_rule_says_are_left_out() -> None:
    rule = (Condition("release", "=", "9.1"),)
    found = Finding("slice", 1, "", 9, 9, 1.0, 2.0, "", "", "", rule)
    contrasts = tuple(Contrast(c, "number", "", 0.0, 1.0, 1.0) for c in ("release", "age", "hour", "items", "day"))
    assert [c.column for c in beyond_the_rule(contrasts, found)] == ["age", "hour", "items"]
    assert [c.column for c in beyond_the_rule(contrasts, None)] == ["release", "age", "hour"]


def test_a_lasso_in_the_address_selects_what_lies_inside(pages: Any, desk: SyntheticDesk) -> None:
    points = desk.error_map().points
    x, y = points["x"].to_numpy(), points["y"].to_numpy()
    left, right, bottom, top = box_of(x, y)
    middle = (left + right) / 2
    half = to_address([(left, bottom), (middle, bottom), (middle, top), (left, top)], (left, right, bottom, top))
    at = pages(desk, "errors", inv="synthetic", lasso=half)
    wrong = int((points["error"] & (x <= middle)).sum())
    assert 0 < wrong < 216
    assert len(table_of(at)) == wrong
    assert at.subheader[0].value == f"Lasso: {wrong} errors of 216"


def test_an_empty_lasso_says_so_and_offers_the_way_back(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors", inv="synthetic", lasso="-900.-900_-800.-900_-800.-800")
    assert "No errors here" in text_of(at)
    at.button(key="back-empty").click().run()
    assert len(table_of(at)) == 216


def test_an_unknown_cluster_gives_a_sentence_and_a_way_back(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors", inv="synthetic", cluster="77")
    assert "no cluster 77" in at.error[0].value
    next(b for b in at.button if b.label == "Back to all errors").click().run()
    assert len(table_of(at)) == 216


def test_a_table_without_errors_says_so(pages: Any) -> None:
    table = make_table(60)
    scored = SyntheticDesk(table)
    at = pages(SyntheticDesk(table[scored.truth == scored.predicted].reset_index(drop=True)), "errors")
    assert at.subheader[0].value == "No errors: every row is right"


def test_several_errors_are_promoted_at_once(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors", inv="synthetic", cluster="1")
    at.number_input(key="many").set_value(3).run()
    at.text_input(key="reason").set_value("release 9.1").run()
    at.button(key="save-many").click().run()
    assert "3 rows are in the obvious set" in at.success[0].value
    at.switch_page("views/obvious.py").run()
    assert at.subheader[0].value == "3 cases that no model may get wrong: 3 major"


def test_hostile_column_names_stay_titles(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    titles = json.loads(at.dataframe[0].proto.columns)
    assert "<b>night</b>" in [title.get("label") for title in titles.values()]


def test_a_group_is_picked_by_its_rule(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors")
    show = at.selectbox(key="control.show")
    assert show.options == ["All errors", "Slice 1: app_release = 9.1 · 121", "Cluster 1: app_release = 9.1 · 121"]
    show.set_value("slice-1").run()
    assert at.subheader[0].value.startswith("Slice 1, where")
    assert len(table_of(at)) == 121


def test_another_map_is_chosen_and_drops_the_lasso_that_was_drawn_on_this_one(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors", inv="synthetic", lasso="0,0;60000,0;60000,60000;0,60000")
    assert "Lasso" in at.subheader[0].value
    at.selectbox(key="control.map").set_value("tsne:contributions").run()
    assert at.query_params["map"] == "tsne:contributions"
    assert "lasso" not in at.query_params
    assert "216 of" in at.subheader[0].value


def test_an_unknown_map_in_the_address_is_refused_in_words(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "errors", inv="synthetic", map="<b>:x")
    assert "the map" in at.error[0].value
