"""The obvious set as a zip of the folder that runs with pytest."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mispredict.obvious.case import Case

FOLDER = "obvious_set"
MOMENT = (1980, 1, 1, 0, 0, 0)  # the same cases give the same bytes, whenever they are fetched


def zip_name(cases: Sequence[Case]) -> str:
    """Return the file's name with a digest of what is inside."""
    text = json.dumps([case.to_json() for case in cases], sort_keys=True, default=str)
    return f"{FOLDER}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.zip"


def zip_of(cases: Sequence[Case]) -> bytes:
    """Return the exported folder, zipped."""
    from mispredict.obvious.export import export

    held = io.BytesIO()
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        folder = export(cases, Path(place) / FOLDER)
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.writestr(
                    zipfile.ZipInfo(f"{FOLDER}/{file.relative_to(folder).as_posix()}", MOMENT), file.read_bytes()
                )
    return held.getvalue()
