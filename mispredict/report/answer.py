"""Answers to questions of one row as strict JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from explainers.explanation import Explanation
from mispredict.report.report import plain_json


def answer_json(answer: Any) -> Any:
    """Return an answer under the names of its fields; an explanation under the contract's, its class as `class`."""
    if isinstance(answer, tuple):
        return [answer_json(one) for one in answer]
    if isinstance(answer, pd.DataFrame):
        return [answer_json(record) for record in answer.to_dict("records")]
    if isinstance(answer, dict):
        return {str(name): answer_json(one) for name, one in answer.items()}
    if not dataclasses.is_dataclass(answer):
        return plain_json(answer)
    fields = {_name(f.name): answer_json(getattr(answer, f.name)) for f in dataclasses.fields(answer)}
    first = ("row", "class") if isinstance(answer, Explanation) else ()
    return {name: fields[name] for name in (*first, *fields)}


def _name(field: str) -> str:
    return field.rstrip("_")  # a word that Python keeps for itself: class_
