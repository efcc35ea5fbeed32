from __future__ import annotations

import json

from app.copying import as_json, as_markdown
from explainers.explanation import Explanation
from tests.app.synthetic_desk import SyntheticDesk


def explained() -> tuple[SyntheticDesk, str, Explanation]:
    desk = SyntheticDesk()
    worst = str(desk.ranked().rows["id"].iloc[0])
    return desk, worst, desk.explain(worst, "linear")


def test_json_is_the_commands() -> None:
    from mispredict.report.answer import answer_json

    _, worst, said = explained()
    told = json.loads(as_json(said))
    assert told == json.loads(json.dumps(answer_json(said)))
    assert told["row"] == worst
    assert told["base"] + sum(told["values"].values()) == told["score"]


def test_markdown_has_a_head_a_line_a_column_and_the_notes() -> None:
    desk, worst, said = explained()
    text = as_markdown(said, desk.row(worst), target="is_fraud", method="Linear terms")
    lines = text.splitlines()
    assert lines[0].startswith(f"**Row {worst}** was called is\\_fraud = ")
    assert len([line for line in lines if line.startswith("| ")]) == 2 + len(said.values)
    assert all(line.count(" | ") == 2 for line in lines if line.startswith("| "))


def test_nothing_of_the_table_is_markdown() -> None:
    desk, worst, _ = explained()
    values, note = {"x|y": 1.0, "<b>": 0.5}, "see [a](http://b)"
    hostile = Explanation(worst, "a|b", "lime", "probability", 0, 0, values, additive=False, notes=(note,))
    row = desk.row(worst)
    row.values["x|y"] = "1 | 2\n| 3"
    text = as_markdown(hostile, row, target="*t*", method="LIME")
    assert r"| x\|y | 1 \| 2 \| 3 | +1.00 |" in text
    assert r"\<b\>" in text
    assert r"See \[a\]" in text
    assert "need not add up" in text
