"""Every case of this obvious set, one test each.

This text is the same in every exported set: what is tested stands in `cases.jsonl`, its column types in
`schema.json`, and how the model is loaded in `conftest.py`. It needs pytest and pandas.
"""

from __future__ import annotations

import json
import math
import unittest
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

HERE = Path(__file__).resolve().parent


def read_cases(folder: Path) -> list[dict[str, Any]]:
    """Return the cases of a folder, each with the types of its columns under `types`."""
    types = json.loads((folder / "schema.json").read_text(encoding="utf-8"))["types"]
    lines = (folder / "cases.jsonl").read_text(encoding="utf-8").split("\n")
    return [{**case, "types": types[case["schema"]]} for case in map(json.loads, filter(None, lines))]


def series_of(values: Sequence[Any], dtype: str, categories: Sequence[Any] | None) -> pd.Series:
    """Return JSON values as a column of the type that they were promoted with; null is a missing value."""
    if categories is not None:
        return pd.Series(pd.Categorical(list(values), categories=pd.Index(list(categories))))
    if dtype.startswith("datetime64"):
        return pd.Series([pd.NaT if v is None else pd.Timestamp(v) for v in values], dtype=dtype)
    if dtype.startswith("timedelta64"):
        return pd.Series([pd.NaT if v is None else pd.Timedelta(v) for v in values], dtype=dtype)
    if dtype.startswith("float"):  # JSON has no infinity, so it stands there as text
        return pd.Series([math.nan if v is None else float(v) for v in values], dtype=dtype)
    return pd.Series(list(values), dtype=dtype)


def frame_of(rows: Sequence[dict[str, Any]], types: dict[str, Any]) -> pd.DataFrame:
    """Return rows of one schema as a frame, columns in the rows' own order."""
    return pd.DataFrame(
        {
            column: series_of([row[column] for row in rows], types[column]["dtype"], types[column].get("categories"))
            for column in rows[0]
        }
    )


def in_class_order(answer: Any, classes: Sequence[Any]) -> list[float]:
    """Return the first row's probabilities in the order of `classes`; a frame answers by name, an array by place."""
    if isinstance(answer, pd.DataFrame):
        answer = answer.iloc[:, places_of(classes, list(answer.columns))].to_numpy()
    probabilities = [float(p) for p in answer[0]]
    if len(probabilities) != len(classes):
        raise AssertionError(f"the model gave {len(probabilities)} probabilities for the {len(classes)} classes")
    if not all(math.isfinite(p) for p in probabilities):
        raise AssertionError("the model gave a probability that is not a number")
    return probabilities


def places_of(classes: Sequence[Any], names: Sequence[Any]) -> list[int]:
    """Return the place of each class among a model's; one that only counts its classes has them in the same places."""
    known = [meaning(name) for name in names]
    if {meaning(c) for c in classes} == set(known):
        return [known.index(meaning(c)) for c in classes]
    if len(known) == len(classes) and known == list(range(len(known))):
        return list(known)
    raise AssertionError(f"the model's classes are {list(names)!r}, the case's {list(classes)!r}")


def meaning(label: Any) -> Any:
    """Return what a label means: 1, 1.0, "1", "1.0", True and "true" mean the same."""
    text = str(label).strip()
    if text.casefold() in ("true", "false"):
        return int(text.casefold() == "true")
    try:
        return int(float(text)) if float(text) == int(float(text)) else float(text)
    except (ValueError, OverflowError):
        return text


def predicted_class(probabilities: Sequence[float], classes: Sequence[Any], threshold: float) -> Any:
    """Return the second class from the threshold on when there are two, the likeliest one otherwise."""
    if len(classes) == 2:
        return classes[1] if probabilities[1] >= threshold else classes[0]
    return classes[max(range(len(classes)), key=lambda i: probabilities[i])]


def limits_of(expect: dict[str, Any]) -> tuple[float, float]:
    """Return the least and the greatest probability that hold."""
    if expect["kind"] == "between":
        low, high = expect["value"]
        return low, high
    return (expect["value"], 1.0) if expect["kind"] == "at_least" else (0.0, expect["value"])


def holds(
    expect: dict[str, Any], probabilities: Sequence[float], classes: Sequence[Any], other: float = math.nan
) -> bool:
    """Return whether the model's answer is what was expected; an answer that is no number never is.

    `other` is the probability of the same class for the case that this one must score above.
    """
    if not all(math.isfinite(p) for p in probabilities):
        return False
    if expect["kind"] == "above_case":
        return bool(probabilities[list(classes).index(expect["class"])] - other > expect.get("margin", 0.0))
    if expect["kind"] == "label":
        answer = predicted_class(probabilities, classes, expect.get("threshold", 0.5))
        return bool(answer == expect["class"])
    low, high = limits_of(expect)
    # A rounding error above 1 is still 1, so an open end has no limit.
    probability = min(max(probabilities[list(classes).index(expect["class"])], 0.0), 1.0)
    return bool(low <= probability <= high)


def wanted(expect: dict[str, Any]) -> str:
    """Return the expectation as a phrase."""
    if expect["kind"] == "label":
        return f"the answer {expect['class']!r}"
    if expect["kind"] == "above_case":
        more = f" by more than {expect['margin']!r}" if expect.get("margin") else ""
        return f"a probability of {expect['class']!r} above that of the case {expect['value']}{more}"
    low, high = limits_of(expect)
    words = {
        "at_least": f"at least {low!r}",
        "at_most": f"at most {high!r}",
        "between": f"between {low!r} and {high!r}",
    }
    return f"a probability of {expect['class']!r} of {words[expect['kind']]}"


def given(
    expect: dict[str, Any], probabilities: Sequence[float], classes: Sequence[Any], other: float = math.nan
) -> str:
    """Return the model's answer as a phrase that can be laid beside `wanted`."""
    probability = probabilities[list(classes).index(expect["class"])]
    text = f"a probability of {expect['class']!r} of {probability!r}"
    if expect["kind"] == "above_case":
        return f"{text}, of {other!r} for {expect['value']}"
    if expect["kind"] != "label":
        return text
    return f"the answer {predicted_class(probabilities, classes, expect.get('threshold', 0.5))!r} ({text})"


def has_expired(expires: str | None, now: datetime) -> bool:
    """Return whether the last day (ISO date or time, UTC unless it says otherwise) of a case has passed."""
    if expires is None:
        return False
    end = datetime.fromisoformat(expires)
    if len(expires) == len("2000-01-01"):
        return now.date() > end.date()
    return now > (end if end.tzinfo else end.replace(tzinfo=UTC))


def pytest_generate_tests(metafunc: Any) -> None:
    """Make one test a case, named for the case."""
    cases = read_cases(HERE)
    metafunc.parametrize("case", cases, ids=[case["id"] for case in cases])


def answer_to(case: dict[str, Any], predict_proba: Callable[[pd.DataFrame], Any]) -> list[float]:
    """Return the model's probabilities for a case, in the order of the case's classes."""
    return in_class_order(predict_proba(frame_of([case["row"]], case["types"])), case["model"]["classes"])


def score_of(name: str, label: Any, cases: Sequence[dict[str, Any]], predict_proba: Callable[..., Any]) -> float:
    """Return the probability of a class for the case of a name."""
    named = next((case for case in cases if case["id"] == name), None)
    if named is None or label not in named["model"]["classes"]:
        raise AssertionError(f"there is no case {name} with the class {label!r} to compare with")
    return answer_to(named, predict_proba)[named["model"]["classes"].index(label)]


def hold(case: dict[str, Any], predict_proba: Callable[..., Any], others: Sequence[dict[str, Any]]) -> None:
    """Hold a model to one case of several."""
    if has_expired(case["expires"], datetime.now(UTC)):
        raise unittest.SkipTest(f"expired on {case['expires']}")
    classes, expect = case["model"]["classes"], case["expect"]
    answer, other = answer_to(case, predict_proba), math.nan
    if expect["kind"] == "above_case":
        other = score_of(expect["value"], expect["class"], others, predict_proba)
    message = f"expected {wanted(expect)}, got {given(expect, answer, classes, other)}; why it matters: "
    assert holds(expect, answer, classes, other), message + case["reason"]


def test_case(case: dict[str, Any], predict_proba: Callable[[pd.DataFrame], Any]) -> None:
    """Hold the model to one case."""
    hold(case, predict_proba, read_cases(HERE))
