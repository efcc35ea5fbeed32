"""How an endpoint is called: the keys of `[model]` that go with `url`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from mispredict.bad_input import InvestigationRefused

Protocol = Literal["mlflow", "kserve-v2", "records"]
PROTOCOLS: tuple[Protocol, ...] = ("mlflow", "kserve-v2", "records")
SECRET_PREFIX = "MISPREDICT_AUTH_"  # a file that somebody sent can't ask for any other variable of this machine

_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_NOT_AUTH = {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"}
_RANGES: dict[str, tuple[float, float, str]] = {
    "timeout": (0.05, 100.0, "seconds, 0.05 to 100"),
    "retries": (0, 10, "a whole number from 0 to 10"),
    "batch_rows": (1, 100_000, "a whole number from 1 to 100000"),
    "requests_per_second": (0.01, 100_000.0, "a number from 0.01 to 100000"),
}


@dataclass(frozen=True)
class CallSettings:
    """What is sent how, and how long an answer is waited for."""

    auth_env: str | None = None  # the environment variable that holds the header's whole value
    auth_header: str = "Authorization"
    timeout: float = 30.0  # seconds for one call, its answer included
    retries: int = 4  # further calls after a 429, a 5xx or a connection that failed
    requests_per_second: float | None = None
    batch_rows: int = 1_000
    classes: tuple[Any, ...] | None = None  # in the order of unnamed probabilities
    output: str | None = None  # which part of an answer holds the probabilities
    inputs: Literal["named", "matrix"] | None = None  # kserve-v2: one input a column, or one of all
    records_in: str | None = None  # records: the key that the list of rows stands under


KEYS = tuple(field.name for field in fields(CallSettings))


def settings_of(values: Mapping[str, Any], section: str) -> CallSettings:
    """Return the settings; refuses a value out of range. `values` may hold other keys, too."""
    found = {key: values[key] for key in KEYS if key in values}
    for key, (least, most, needed) in _RANGES.items():
        if key in found and not least <= found[key] <= most:
            raise _refused(section, key, found[key], needed)
    _check_names(found, section)
    return CallSettings(**found)


def _check_names(found: Mapping[str, Any], section: str) -> None:
    named = found.get("auth_env")
    if named is not None and not re.fullmatch(SECRET_PREFIX + "[A-Z0-9_]+", named):
        needed = f"the name of an environment variable that begins with {SECRET_PREFIX}; never the secret itself"
        # A secret that stands here by mistake is not printed.
        raise InvestigationRefused(
            f"[{section}] auth_env is no such name", needed=needed, do=f"export {SECRET_PREFIX}... and name it here"
        )
    header = found.get("auth_header", "Authorization")
    if not _HEADER.fullmatch(header) or header.lower() in _NOT_AUTH:
        raise _refused(section, "auth_header", header, "the name of the header that carries the authorization")
    if found.get("inputs", "named") not in ("named", "matrix"):
        raise _refused(section, "inputs", found["inputs"], "named or matrix")
    classes = found.get("classes")
    if classes is not None and (len(classes) < 2 or len(set(map(str, classes))) < len(classes)):
        raise _refused(section, "classes", list(classes), "two or more classes, each once, in the answers' order")


def _refused(section: str, key: str, value: Any, needed: str) -> InvestigationRefused:
    return InvestigationRefused(f"[{section}] {key} is {value!r}", needed=needed, do=f"correct {key} in [{section}]")
