"""How each protocol spells a question and its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mispredict.endpoint import kserve
from mispredict.endpoint.address import Address
from mispredict.endpoint.calling import Caller
from mispredict.endpoint.cells import columns_of, records_of
from mispredict.endpoint.kserve import Metadata
from mispredict.endpoint.payload import Payload, payload_of
from mispredict.endpoint.settings import CallSettings, Protocol


@dataclass(frozen=True)
class Asking:
    """What a protocol needs to know to ask."""

    settings: CallSettings
    metadata: Metadata | None  # what the service says of its model, where the protocol has that
    who: str  # in messages


@dataclass(frozen=True)
class Speaker:
    """One protocol."""

    target: Callable[[Address], str]  # path and query that rows are sent to
    question: Callable[[pd.DataFrame, Asking], Any]
    answer: Callable[[Any, int, Asking], Payload]
    metadata: Callable[[Caller], Metadata | None]


def _target(address: Address) -> str:
    return address.target


def _split(rows: pd.DataFrame, asking: Asking) -> dict[str, Any]:
    """Return pandas' `split` layout, which MLflow's scoring server calls dataframe_split."""
    cells = columns_of(rows)
    data = [list(row) for row in zip(*cells.values(), strict=True)]
    return {"dataframe_split": {"columns": list(cells), "data": data}}


def _records(rows: pd.DataFrame, asking: Asking) -> Any:
    records, key = records_of(rows), asking.settings.records_in
    return records if key is None else {key: records}


def _plain(document: Any, rows: int, asking: Asking) -> Payload:
    return payload_of(document, rows=rows, output=asking.settings.output, who=asking.who)


def _predictions(document: Any, rows: int, asking: Asking) -> Payload:
    found = document["predictions"] if isinstance(document, dict) and "predictions" in document else document
    return payload_of(found, rows=rows, output=asking.settings.output, who=asking.who)


def _none(caller: Caller) -> None:
    return None


def _tensors(rows: pd.DataFrame, asking: Asking) -> dict[str, Any]:
    return kserve.question(rows, asking.settings, asking.metadata)


def _tensor(document: Any, rows: int, asking: Asking) -> Payload:
    return kserve.answer(document, rows, asking.settings.output, asking.who)


SPEAKERS: dict[Protocol, Speaker] = {
    "mlflow": Speaker(_target, _split, _predictions, _none),
    "kserve-v2": Speaker(kserve.target, _tensors, _tensor, kserve.metadata),
    "records": Speaker(_target, _records, _plain, _none),
}
