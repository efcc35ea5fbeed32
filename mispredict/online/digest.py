"""The digest that names a model in every entry."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")


def digest_of(model: str | Path) -> str:
    """Return the sha256 of a model's file, a digest as it is, "" where no model is named; FileNotFoundError else."""
    if isinstance(model, str) and (not model or _SHA256.fullmatch(model)):
        return model
    with Path(model).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
