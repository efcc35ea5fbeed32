from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from app import documents
from app.documents import page_of
from app.suspect_words import claim, evidence_lines, holds_words, line_below, sure_words, told
from mispredict.suspects import SUSPECTS
from mispredict.suspects.suspect import Judged, Suspect, Suspicions


def suspect(**more: Any) -> Suspect:
    words = {"summary": "s", "cleared_by": "c", "next_step": "n"}
    return Suspect(
        **{"kind": "drift", "severity": "suspected", "culprits": ("a",), "score": 1.0, "weight": 0.5} | words | more
    )


def plainly(text: str) -> str:
    return text.replace("\\", "")


def test_names_stand_out_and_all_else_is_literal() -> None:
    said = told("`[a](http://x)` and `b` hold *3* of <i>4</i>: `c")
    assert said.startswith(r"**\[a\]\(http")
    assert r"and **b** hold \*3\* of \<i\>4\</i\>\: \`c" in said
    assert "](" not in said


@pytest.mark.parametrize("text", ["", "`", "``", "`a`", "` `", " a `b` "])
def test_any_text_can_be_told(text: str) -> None:
    assert isinstance(told(text), str)


def test_the_claim_counts_what_is_open_and_no_note() -> None:
    note = suspect(severity="info")
    judged = (Judged("drift", (note,), "1 column", 0.1), Judged("a", (), "", 0.0, "no time"), Judged("b", (), "x", 0.1))
    found = Suspicions((note,), judged, (), 1.0)
    assert plainly(claim(found)) == ":material/check_circle: No suspects: 2 checks passed, 1 could not be judged"
    assert plainly(line_below(found)) == "1 more finding is worth knowing."
    half = dataclasses.replace(found, missing=("c", "d"))
    assert plainly(claim(half, so_far=True)).startswith(":material/search: No suspects so far: 2 checks passed")
    assert plainly(claim(half, so_far=True)).endswith("1 could not be judged, 2 not done")


def test_what_rows_hold_needs_no_errors_to_be_said() -> None:
    assert holds_words(suspect()) == "It is about the whole table."
    assert holds_words(suspect(of_rows=0.015, of_surprise=0.41, of_errors=0.3)) == (
        "Its rows, **1.5 %** of all, hold **41.0 %** of all surprise and **30.0 %** of the errors."
    )
    assert holds_words(suspect(of_rows=0.015)) == "Its rows, **1.5 %** of all, hold no error."


def test_chance_says_of_what_and_corrected_for_what() -> None:
    assert (
        sure_words(suspect(p_value=0.001, q_value=0.02)) == "q = 0.020 over all that was tried (Benjamini and Hochberg)"
    )
    assert sure_words(suspect(p_value=0.02)) == "p = 0.020, not corrected"
    assert sure_words(suspect()) == ""


def test_evidence_of_any_shape_is_text() -> None:
    evidence = {
        "steps": [[10, 0.95], [20, 0.9]],
        "by_class": {"a": 1},
        "none": None,
        "sure": True,
        "many": list(range(12)),
    }
    assert evidence_lines(suspect(evidence=evidence)) == [
        ("Steps", "(10, 0.95); (20, 0.9)"),
        ("By class", "a: 1"),
        ("Sure", "yes"),
        ("Many", "0, 1, 2, 3, 4, 5, 6, 7 and 4 more"),
    ]


@pytest.mark.parametrize("kind", ["../../../etc/passwd", "no_such_kind", ""])
def test_only_known_kinds_have_a_page(kind: str) -> None:
    assert page_of(kind) is None


def test_a_kinds_page_has_no_link_that_the_app_does_not_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(iter(SUSPECTS))
    monkeypatch.setattr(documents, "HERE", tmp_path / "app")
    assert page_of(kind) is None
    page = tmp_path / "docs" / "suspects" / f"{kind}.md"
    page.parent.mkdir(parents=True)
    page.write_text("# A\n[the *guide*](../suspects.md#x) and [a paper](https://example.org)\n", encoding="utf-8")
    assert page_of(kind) == "# A\nthe *guide* and [a paper](https://example.org)\n"
