"""The result folder of a scan, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mispredict.bad_input import OutputRefused
from mispredict.scan.run import ScanResult
from mispredict.scan.scored import Scored
from mispredict.scan.scores import SCORES_FILE, score_column

REPORT_FILE = "report.json"
WORST_FILE = "worst.parquet"
BEYOND_FILE = "beyond.parquet"
COSTLY_FILE = "costly.parquet"

Writer = Callable[[Path], object]


def check_writable(out: Path) -> None:
    """Make the folder, or refuse it: before a long pass, not after."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=out):
            pass
    except OSError as error:
        raise _refusal(out, error) from error


@contextmanager
def writable(out: Path) -> Iterator[None]:
    """Make sure of the folder before the work, and leave none behind where the work came to nothing."""
    is_new = not out.exists()
    check_writable(out)
    try:
        yield
    except BaseException:
        if is_new:
            shutil.rmtree(out, ignore_errors=True)
        raise


def write_results(out: Path, report: Mapping[str, Any], result: ScanResult) -> None:
    """Write the report and the Parquet files beside it."""
    write_files(
        out,
        {
            SCORES_FILE: lambda path: shutil.copyfile(result.scores, path),
            WORST_FILE: lambda path: worst_frame(result.worst).to_parquet(path, index=False),
            BEYOND_FILE: lambda path: worst_frame(result.beyond).to_parquet(path, index=False),
            COSTLY_FILE: lambda path: worst_frame(result.costly).to_parquet(path, index=False),
            # The report comes last: a folder whose report is new has all its other files.
            REPORT_FILE: lambda path: path.write_text(_strict_json(report), encoding="utf-8"),
        },
    )


def write_files(out: Path, writers: Mapping[str, Writer]) -> None:
    """Write files into a folder: all are complete and on the disk before the first one takes its name."""
    check_writable(out)
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError:  # the folder may be writable where its parent is not
        beside = Path(tempfile.mkdtemp(prefix=".new-", dir=out))
    try:
        for name, write in writers.items():
            write(beside / name)
            _to_disk(beside / name)
        for name in writers:
            (beside / name).replace(out / name)
        _to_disk(out)
    except OSError as error:
        raise _refusal(out, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def worst_frame(scored: Scored) -> pd.DataFrame:
    """Return what the model said of each row in columns of ours, then the table's own columns."""
    classes = np.array([str(c) for c in scored.classes], dtype=object)
    said: dict[str, Any] = {
        "_id": scored.ids,
        "_position": scored.rows.index.to_numpy(),
        "_truth": classes[scored.truth],
        "_predicted": classes[scored.predicted],
        "_surprise": scored.surprise,
        "_beyond": scored.beyond,
        "_cost": scored.cost,
        **{f"_{score_column(c)}": scored.probabilities[:, i] for i, c in enumerate(scored.classes)},
    }
    own = pd.DataFrame(said, index=scored.rows.index)
    return pd.concat([own, scored.rows.drop(columns=list(own.columns), errors="ignore")], axis=1)


def _strict_json(report: Mapping[str, Any]) -> str:
    return json.dumps(report, allow_nan=False, ensure_ascii=False, indent=1) + "\n"


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows has no handle on a folder to flush
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refusal(out: Path, error: OSError) -> OutputRefused:
    return OutputRefused(
        f"the folder {out} can't be written ({error.strerror or error})",
        needed="a folder that can be made and written, on a disk with room",
        do="name another one, or change its permissions",
    )
