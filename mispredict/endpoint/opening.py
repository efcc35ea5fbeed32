"""Opens the model behind a URL: asks it about the first rows, learns its classes, names what it answered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from explainers.subject import Subject
from mispredict.bad_input import ModelRefused
from mispredict.endpoint.aligned import check_not_labels, probabilities_of
from mispredict.endpoint.asker import Asker
from mispredict.endpoint.payload import Payload
from mispredict.endpoint.subject import EndpointSubject
from mispredict.models.classes import Classes, classes_of
from mispredict.models.labels import in_order, places_of
from mispredict.models.model import Model
from mispredict.tables.columns import hint, listed
from mispredict.tables.plain import to_frame
from mispredict.tables.roles import readable, roleless

if TYPE_CHECKING:
    from mispredict.investigation.spec import DataSpec, ModelSpec
    from mispredict.investigation.survey import Survey
    from mispredict.tables import Table

PROBED_ROWS = 64


def endpoint_of(spec: ModelSpec, data: DataSpec, table: Table, survey: Survey) -> Model:
    """Return the model that a service answers for, asked about the table's first rows."""
    columns = spec.features or data.features or roleless(table.schema, data)
    rows = to_frame(next(table.batches(readable(table.schema, data), PROBED_ROWS)), 0)
    return open_endpoint(spec, rows, classes=survey.classes, positive=data.positive, columns=columns)


def open_endpoint(
    spec: ModelSpec, rows: pd.DataFrame, *, classes: Sequence[Any] | None, positive: Any, columns: Sequence[str]
) -> Model:
    """Return the model behind `spec.url`, asked about the first `PROBED_ROWS` of `rows`.

    `classes` are the target's distinct values, None without a target at hand; `columns` are sent unless the service
    names its own. The model's `sha256` is the digest of what was answered.
    """
    if spec.url is None:
        raise ModelRefused("no url is named", needed="the url of an endpoint", do="add url to [model]")
    asker = Asker(spec.url, spec.protocol, spec.calls)
    sent = rows.iloc[:PROBED_ROWS][list(_columns(asker, columns, rows))]
    payload, _ = asker.ask(sent)
    check_not_labels(payload, asker.who)
    own, matched = _classes(asker, payload, classes, positive)
    answers = probabilities_of(payload, own, who=asker.who)
    digest = hashlib.sha256(f"{asker.protocol} {asker.address.shown} {own!r}".encode() + answers.round(6).tobytes())
    subject = cast("Subject", EndpointSubject(asker, tuple(map(str, sent.columns)), own))
    notes = (*matched.notes, *_notes(asker))
    return Model(subject, "endpoint", digest.hexdigest(), matched.labels, spec.threshold, matched.order, notes)


def _columns(asker: Asker, columns: Sequence[str], rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns to send: those that the service names where it does."""
    own = asker.metadata.columns if asker.metadata is not None else None
    sent = own or tuple(columns)
    lacking = [name for name in sent if name not in rows.columns]
    if lacking:
        raise ModelRefused(
            f"{asker.who} reads {listed(lacking)}, which the table has not{hint(lacking[0], rows.columns)}",
            needed="every column that the service reads",
            do="add the columns, or correct features",
        )
    return sent


def _classes(
    asker: Asker, payload: Payload, found: Sequence[Any] | None, positive: Any
) -> tuple[tuple[Any, ...], Classes]:
    """Return the service's own classes in its order, and how they fit the target."""
    declared, width = asker.settings.classes, payload.numbers.shape[1]
    values = in_order(found) if found is not None else list(range(max(2, width)))
    if declared is None and width == 1 and len(values) == 2 and not payload.names:
        # One number is the event's probability by definition: nothing changes places.
        labels = classes_of(values, found, positive=positive).labels
        return labels, Classes(labels, None, ())
    own = tuple(declared or _answered(payload, values) or values)
    return own, classes_of(own, found, positive=positive)


def _answered(payload: Payload, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return the classes that the answer names; numbers from 0 that are no values of the target are none."""
    names = payload.names
    if names is None or len(names) < 2:
        return None
    counted = tuple(map(str, names)) == tuple(map(str, range(len(names))))
    if counted and min(places_of(names, values)) < 0:
        return tuple(range(len(names))) if len(names) != len(values) else None
    return names


def _notes(asker: Asker) -> list[str]:
    address, said = asker.address, []
    said.append(
        f"answers come from {address.shown} ({asker.protocol}), which may give others at any time: what was found is"
        " kept while this investigation is open, and no longer"
    )
    if asker.settings.auth_env is not None and address.scheme == "http" and not _is_here(address.host):
        said.append("the authorization is sent over http, where whoever is in between can read it; use https")
    return said


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
