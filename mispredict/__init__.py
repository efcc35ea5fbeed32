"""The workbench that people open when a model has made a bad prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mispredict.bad_input import BadInput
    from mispredict.investigation.investigation import Investigation
    from mispredict.worker.client import RemoteInvestigation

__all__ = ["BadInput", "Investigation", "RemoteInvestigation"]

# Imported when first asked for: the command starts without pandas.
_HOMES = {
    "BadInput": "mispredict.bad_input",
    "Investigation": "mispredict.investigation.investigation",
    "RemoteInvestigation": "mispredict.worker.client",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mispredict' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
