"""The pages over real investigations of objects in memory: three classes with hostile names, and one row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from app import registry
from mispredict.investigation.investigation import Investigation

NAMES = ("<b>cat</b>", "dog | *fish*", "[bird](http://x)")


@pytest.fixture(scope="module")
def three() -> Investigation:
    draw = np.random.default_rng(0)
    truth = draw.integers(0, 3, 400)
    rows = pd.DataFrame({"x::red": draw.normal(truth, 0.9), "y $1$": draw.normal(-truth, 1.2), "kind": "a"})
    model = LogisticRegression().fit(rows[["x::red", "y $1$"]], np.array(NAMES)[truth])
    return Investigation(model=model, rows=rows.assign(label=np.array(NAMES)[truth]), target="label")


def wait(at: Any, ready: Any) -> Any:
    for _ in range(200):
        if ready(at):
            return at
        at.run()
    raise AssertionError([e.value for e in at.error] or "the page did not get there")


def test_three_classes_go_through_every_page(pages: Any, three: Investigation) -> None:
    at = wait(pages(three), lambda at: len(at.metric) == 4 and at.subheader)
    assert not at.exception
    at.switch_page("views/errors.py").run()
    wait(at, lambda at: at.get("bidi_component"))
    assert "rows are wrong" in at.subheader[0].value
    at.switch_page("views/prediction.py").run()
    wait(at, lambda at: len(at.metric) == 5 and len(at.dataframe) > 1)
    assert not at.exception
    assert "<b>" not in at.subheader[0].value.replace("\\<", "")
    at.button(key="promote").click().run()
    at.text_input(key="reason").set_value("never this one").run()
    at.button(key="save-case").click().run()
    assert at.success
    at.switch_page("views/obvious.py").run()
    assert at.subheader[0].value.startswith("1 case")
    assert not at.exception


def test_a_table_of_one_row_is_refused_in_a_sentence(pages: Any) -> None:
    rows = pd.DataFrame({"x": [0.0], "label": ["a"]})
    model = LogisticRegression().fit(pd.DataFrame({"x": [0.0, 1.0]}), ["a", "b"])
    registry.register_desk("one", lambda: Investigation(model=model, rows=rows, target="label"))
    at = wait(pages(None), lambda at: at.error)
    assert "has one row" in at.error[0].value
    assert not at.exception
