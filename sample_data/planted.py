"""`planted.json`: what is planted where, for programs that check whether it was found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sample_data import faults
from sample_data.customers import NEW_MARKET
from sample_data.features import REFUNDS
from sample_data.tables import Tables

IMMATURE_DAYS = 10


def list_plants(tables: Tables) -> dict[str, Any]:
    """Return the plants of these tables, (a) first. `rows` counts, `ids` names them where conditions can't."""
    plants = [
        _bad_release(tables), _looks_ahead(tables), _stale(tables), _twins(tables), _jump(tables), _immature(tables),
        _flipped(tables), _ages(tables), _amounts(tables), _shortcut(tables), _market(tables), _minor_units(tables),
    ]  # fmt: skip
    return {"schema": "mispredict/planted@1", "plants": plants}


def _plant(letter: str, kind: str | None, *, file: str, columns: list[str], what: str) -> dict[str, Any]:
    return {"id": letter, "what": what, "kind": kind, "file": file, "columns": columns, "conditions": []}


def _bad_release(tables: Tables) -> dict[str, Any]:
    hit = faults.is_bad_release(tables.incident)
    good = hit & (tables.incident["is_fraud"] == 0)
    plant = _plant(
        "a", None, file="incident.parquet", columns=["device_age_days"],
        what="the incident: one Android release leaves the device age at 0, offline and online alike",
    )  # fmt: skip
    conditions = [_where("app_version", "=", value=faults.BAD_RELEASE), _where("platform", "=", value="android")]
    return plant | {"conditions": conditions, "rows": int(hit.sum()), "good_rows": int(good.sum())}


def _looks_ahead(tables: Tables) -> dict[str, Any]:
    plant = _plant(
        "b",
        "time_leak",
        file="training.parquet, incident.parquet",
        columns=[REFUNDS],
        what="counts refunds up to 6 days after the payment",
    )
    return plant | {"rows": len(tables.training) + len(tables.incident), "read_by": "candidate"}


def _stale(tables: Tables) -> dict[str, Any]:
    differs = tables.online["customer_orders"] != tables.incident["customer_orders"]
    plant = _plant(
        "c", "skew", file="online.parquet", columns=["customer_orders"], what="served as it was two days earlier"
    )
    return plant | {"cause": "stale", "rows": int(differs.sum())}


def _twins(tables: Tables) -> dict[str, Any]:
    twins = tables.incident[tables.incident["twin_of"] >= 0]
    plant = _plant(
        "d",
        "split_overlap",
        file="incident.parquet",
        columns=[],
        what="training rows replayed under new ids, at later times",
    )
    sources = tables.training["payment_id"].to_numpy()[twins["twin_of"]]
    return plant | {"rows": len(twins), "ids": list(twins["payment_id"]), "training_ids": list(sources)}


def _jump(tables: Tables) -> dict[str, Any]:
    plant = _plant(
        "e", "metric_jump", file="candidate.txt", columns=[REFUNDS], what="the candidate's gain is what (b) tells it"
    )
    return plant | {"rows": len(tables.incident)}


def _immature(tables: Tables) -> dict[str, Any]:
    incident = tables.incident
    unknown = incident["fraud"] & incident["labelled"].isna() & (incident["is_fraud"] == 0)
    since = incident["event_time"].max().normalize() - pd.Timedelta(days=IMMATURE_DAYS - 1)
    plant = _plant(
        "f",
        "label_delay",
        file="incident.parquet",
        columns=["is_fraud"],
        what="frauds whose chargeback has not come in yet stand as 0",
    )
    conditions = [_where("event_time", ">", value=since.isoformat()), _where("labelled_at", "is missing", value=None)]
    return plant | {"conditions": conditions, **_ids(incident, unknown)}


def _flipped(tables: Tables) -> dict[str, Any]:
    plant = _plant(
        "g",
        "label_noise",
        file="training.parquet, incident.parquet",
        columns=["is_fraud", "review_queue"],
        what="labels the wrong way round",
    )
    conditions = [
        _where("review_queue", "=", value=faults.NIGHT_QUEUE),
        _where("merchant_category", "=", value=faults.NIGHT_CATEGORY),
    ]
    flipped = tables.incident["flipped"] & (tables.incident["twin_of"] < 0)
    training = list(tables.training.loc[tables.training["flipped"], "payment_id"])
    return plant | {"conditions": conditions, **_ids(tables.incident, flipped), "training_ids": training}


def _ages(tables: Tables) -> dict[str, Any]:
    reset = tables.incident["age_reset"].fillna(value=False).astype(bool)
    plant = _plant(
        "h1", "invariant", file="incident.parquet", columns=["account_age_days"], what="goes down for some customers"
    )
    customers = sorted(set(tables.incident.loc[reset, "customer_id"]))
    return plant | {**_ids(tables.incident, reset), "customers": customers}


def _amounts(tables: Tables) -> dict[str, Any]:
    plant = _plant(
        "h2", "invariant", file="incident.parquet", columns=["amount"], what="is negative for some good payments"
    )
    return plant | {
        "conditions": [_where("amount", "<", value=0)],
        **_ids(tables.incident, tables.incident["amount"] < 0),
    }


def _shortcut(tables: Tables) -> dict[str, Any]:
    plant = _plant(
        "i", "shortcut", file="training.parquet", columns=["address_check"],
        what="set to 'unavailable' for some frauds after they were known, in training only",
    )  # fmt: skip
    return plant | {
        "conditions": [_where("address_check", "=", value=faults.SHORTCUT)],
        **_ids(tables.training, tables.training["overwritten"]),
    }


def _market(tables: Tables) -> dict[str, Any]:
    hit = faults.is_new_market(tables.incident)
    plant = _plant("j", "drift", file="incident.parquet", columns=["country"], what="a market that training never saw")
    return plant | {"conditions": [_where("country", "=", value=NEW_MARKET)], "rows": int(hit.sum())}


def _minor_units(tables: Tables) -> dict[str, Any]:
    hit = faults.is_minor_units(tables.incident)
    plant = _plant(
        "k",
        "skew",
        file="online.parquet",
        columns=["amount"],
        what="one web SDK serves the amount in cents, 100 times too large",
    )
    conditions = [_where("app_version", "=", value=faults.MINOR_UNITS_SDK), _where("platform", "=", value="web")]
    return plant | {"cause": "scale", "conditions": conditions, "rows": int(hit.sum())}


def _where(column: str, op: str, *, value: Any) -> dict[str, Any]:
    return {"column": column, "op": op, "value": value}


def _ids(rows: pd.DataFrame, hit: pd.Series) -> dict[str, Any]:
    found = rows["payment_id"].to_numpy()[np.asarray(hit, dtype=bool)]
    return {"rows": len(found), "ids": list(found)}
