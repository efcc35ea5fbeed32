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


def _plant(letter: str, kind: str | None, file: str, columns: list[str], what: str) -> dict[str, Any]:
    return {"id": letter, "what": what, "kind": kind, "file": file, "columns": columns, "conditions": []}


def _bad_release(tables: Tables) -> dict[str, Any]:
    hit = faults.is_bad_release(tables.incident)
    good = hit & (tables.incident["is_fraud"] == 0)
    plant = _plant(
        "a", None, "incident.parquet", ["device_age_days"],
        "the incident: one Android release leaves the device age at 0, offline and online alike",
    )  # fmt: skip
    conditions = [_where("app_version", "=", faults.BAD_RELEASE), _where("platform", "=", "android")]
    return plant | {"conditions": conditions, "rows": int(hit.sum()), "good_rows": int(good.sum())}


def _looks_ahead(tables: Tables) -> dict[str, Any]:
    plant = _plant(
        "b",
        "time_leak",
        "training.parquet, incident.parquet",
        [REFUNDS],
        "counts refunds up to 4 days after the payment",
    )
    return plant | {"rows": len(tables.training) + len(tables.incident), "read_by": "candidate"}


def _stale(tables: Tables) -> dict[str, Any]:
    differs = tables.online["customer_orders"] != tables.incident["customer_orders"]
    plant = _plant("c", "skew", "online.parquet", ["customer_orders"], "served as it was two days earlier")
    return plant | {"cause": "stale", "rows": int(differs.sum())}


def _twins(tables: Tables) -> dict[str, Any]:
    twins = tables.incident[tables.incident["twin_of"] >= 0]
    plant = _plant("d", "split_overlap", "incident.parquet", [], "training rows replayed under new ids, at later times")
    sources = tables.training["payment_id"].to_numpy()[twins["twin_of"]]
    return plant | {"rows": len(twins), "ids": list(twins["payment_id"]), "training_ids": list(sources)}


def _jump(tables: Tables) -> dict[str, Any]:
    plant = _plant("e", "metric_jump", "candidate.txt", [REFUNDS], "the candidate's gain is what (b) tells it")
    return plant | {"rows": len(tables.incident)}


def _immature(tables: Tables) -> dict[str, Any]:
    incident = tables.incident
    unknown = incident["fraud"] & incident["labelled"].isna() & (incident["is_fraud"] == 0)
    since = incident["event_time"].max().normalize() - pd.Timedelta(days=IMMATURE_DAYS - 1)
    plant = _plant(
        "f", "label_delay", "incident.parquet", ["is_fraud"], "frauds whose chargeback has not come in yet stand as 0"
    )
    conditions = [_where("event_time", ">", since.isoformat()), _where("labelled_at", "is missing", None)]
    return plant | {"conditions": conditions, **_ids(incident, unknown)}


def _flipped(tables: Tables) -> dict[str, Any]:
    plant = _plant(
        "g",
        "label_noise",
        "training.parquet, incident.parquet",
        ["is_fraud", "review_queue"],
        "labels the wrong way round",
    )
    conditions = [
        _where("review_queue", "=", faults.NIGHT_QUEUE),
        _where("merchant_category", "=", faults.NIGHT_CATEGORY),
    ]
    flipped = tables.incident["flipped"] & (tables.incident["twin_of"] < 0)
    training = list(tables.training.loc[tables.training["flipped"], "payment_id"])
    return plant | {"conditions": conditions, **_ids(tables.incident, flipped), "training_ids": training}


def _ages(tables: Tables) -> dict[str, Any]:
    reset = tables.incident["age_reset"].eq(True)
    plant = _plant("h1", "invariant", "incident.parquet", ["account_age_days"], "goes down for some customers")
    customers = sorted(set(tables.incident.loc[reset, "customer_id"]))
    return plant | {**_ids(tables.incident, reset), "customers": customers}


def _amounts(tables: Tables) -> dict[str, Any]:
    plant = _plant("h2", "invariant", "incident.parquet", ["amount"], "is negative for some good payments")
    return plant | {"conditions": [_where("amount", "<", 0)], **_ids(tables.incident, tables.incident["amount"] < 0)}


def _shortcut(tables: Tables) -> dict[str, Any]:
    plant = _plant(
        "i", "shortcut", "training.parquet", ["address_check"],
        "set to 'unavailable' for some frauds after they were known, in training only",
    )  # fmt: skip
    return plant | {
        "conditions": [_where("address_check", "=", faults.SHORTCUT)],
        **_ids(tables.training, tables.training["overwritten"]),
    }


def _market(tables: Tables) -> dict[str, Any]:
    hit = faults.is_new_market(tables.incident)
    plant = _plant("j", "drift", "incident.parquet", ["country"], "a market that training never saw")
    return plant | {"conditions": [_where("country", "=", NEW_MARKET)], "rows": int(hit.sum())}


def _minor_units(tables: Tables) -> dict[str, Any]:
    hit = faults.is_minor_units(tables.incident)
    plant = _plant(
        "k", "skew", "online.parquet", ["amount"], "one web SDK serves the amount in cents, 100 times too large"
    )
    conditions = [_where("app_version", "=", faults.MINOR_UNITS_SDK), _where("platform", "=", "web")]
    return plant | {"cause": "scale", "conditions": conditions, "rows": int(hit.sum())}


def _where(column: str, op: str, value: Any) -> dict[str, Any]:
    return {"column": column, "op": op, "value": value}


def _ids(rows: pd.DataFrame, hit: pd.Series) -> dict[str, Any]:
    found = rows["payment_id"].to_numpy()[np.asarray(hit, dtype=bool)]
    return {"rows": len(found), "ids": list(found)}
