"""The obvious set as a zip of the folder that runs with pytest, and as plain files."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mispredict.obvious.case import Case

FOLDER = "obvious_set"
MOMENT = (1980, 1, 1, 0, 0, 0)  # the same cases give the same bytes, whenever they are fetched


def file_name(digest: str, form: str) -> str:
    """Return the name of a file of a form (zip, csv, jsonl) with the digest of what is inside."""
    return f"{FOLDER}-{digest[:10]}.{form}"


def plain_text(cases: Sequence[Case], form: str) -> bytes:
    """Return the cases as one plain file, csv or jsonl."""
    from mispredict.obvious.plain_files import csv_text, jsonl_text

    text = csv_text(cases) if form == "csv" else jsonl_text(cases)
    return text.encode("utf-8", "surrogatepass")


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
