"""Libraries that are extras of this project."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mispredict.bad_input import ModelRefused


def installed(library: str, name: str) -> Any:
    """Return the library's module; where it is absent, the refusal carries the command that installs it."""
    try:
        return import_module(library)
    except ImportError as absent:
        raise ModelRefused(
            f"{name} is a model of {library}, which is not installed",
            needed=library,
            do=f"run: pip install 'mispredict[{library}]'",
        ) from absent
