"""The obvious set as a folder that runs with pytest and pandas alone.

A folder is at every moment one that can be read: a new one appears whole, and in an old one each file is replaced
at once, in an order in which `schema.json` always holds the types of every case that `cases.jsonl` may name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from mispredict.bad_input import OutputRefused
from mispredict.obvious import sums
from mispredict.obvious.case import Case
from mispredict.replacing import replacing

SCHEMA = "mispredict/obvious@1"
FIXED = {"test_obvious.py": "standalone.py", "conftest.py": "loading.py", "README.md": "README.md"}  # file -> its text

OWN = ("cases.jsonl", "schema.json", *FIXED)


def export(cases: Sequence[Case], folder: Path) -> Path:
    """Return the folder, now with these cases and nothing else changed in it; raises OutputRefused.

    An edited `conftest.py` stays as it is, and so does every file that is not one of an export's own.
    """
    if not cases:
        raise OutputRefused("a set without cases", needed="at least one case", do="promote one first")
    with _refusing(folder):
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            _write_new(cases, folder)
        else:
            _replace(cases, folder, _require_exported(folder))
    return folder


def read_schema(folder: Path) -> dict[str, Any] | None:
    """Return the `schema.json` of an exported folder, None when it is not one."""
    try:
        found = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and str(found.get("schema", "")).startswith("mispredict/obvious@") else None


def _write_new(cases: Sequence[Case], folder: Path) -> None:
    parent = folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    building = parent / f".{folder.name}-{secrets.token_hex(8)}"
    building.mkdir()  # with the rights that people's folders have, which those of `tempfile` lack
    try:
        texts = _texts(cases)
        texts[sums.NAME] = sums.sums_text({name: text.encode() for name, text in texts.items()})
        for name, text in texts.items():
            _replace_file(building / name, text)
        if folder.exists():
            folder.rmdir()
        building.rename(folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    _sync_folder(parent)


def _replace(cases: Sequence[Case], folder: Path, old: dict[str, Any]) -> None:
    texts = _texts(cases)
    new = json.loads(texts["schema.json"])
    both = _pretty({**new, "types": {**old.get("types", {}), **new["types"]}})
    if _is_edited(folder / "conftest.py", old):
        del texts["conftest.py"]
    after = _contents(folder) | {name: text.encode() for name, text in texts.items()}
    between = sums.sums_text(_contents(folder), after, {"schema.json": both.encode()})
    _replace_file(folder / sums.NAME, between)
    _replace_file(folder / "schema.json", both)
    _replace_file(folder / "cases.jsonl", texts.pop("cases.jsonl"))
    for name, text in texts.items():
        _replace_file(folder / name, text)
    _replace_file(folder / sums.NAME, sums.sums_text(after))


def _contents(folder: Path) -> dict[str, bytes]:
    """Return what an export's own files hold now; those that are not there are left out."""
    return {name: (folder / name).read_bytes() for name in OWN if (folder / name).is_file()}


def _is_edited(conftest: Path, schema: dict[str, Any]) -> bool:
    return conftest.exists() and _digest(conftest.read_text(encoding="utf-8")) != schema.get("conftest_sha256")


def _texts(cases: Sequence[Case]) -> dict[str, str]:
    fixed = {name: _fixed_text(source) for name, source in FIXED.items()}
    ordered = sorted(cases, key=lambda case: case.id)
    types = {_name_of(case.types()): case.types() for case in ordered}
    schema = {
        "schema": SCHEMA,
        "columns": _columns(ordered),
        "types": dict(sorted(types.items())),
        "conftest_sha256": _digest(fixed["conftest.py"]),
    }
    lines = [json.dumps(_line_of(case), allow_nan=False) + "\n" for case in ordered]
    return {"cases.jsonl": "".join(lines), "schema.json": _pretty(schema), **fixed}


def _line_of(case: Case) -> dict[str, Any]:
    found = case.to_json()
    types = found.pop("types")
    return {**found, "schema": _name_of(types)}


def _columns(cases: Sequence[Case]) -> dict[str, str]:
    """Return each column's dtype for a reader's eye; where cases differ, all of them."""
    dtypes: dict[str, set[str]] = {}
    for case in cases:
        for name, dtype in case.dtypes.items():
            dtypes.setdefault(name, set()).add(dtype)
    return {name: " | ".join(sorted(found)) for name, found in dtypes.items()}


def _name_of(types: dict[str, Any]) -> str:
    return _digest(json.dumps(types))[:12]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=1) + "\n"


def _fixed_text(name: str) -> str:
    return resources.files("mispredict.obvious.exported").joinpath(name).read_text(encoding="utf-8")


def _replace_file(path: Path, text: str) -> None:
    """Put a file in place so that a reader sees the old one or the new one, also after a power cut."""
    with replacing(path) as fresh, fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows opens no folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _require_exported(folder: Path) -> dict[str, Any]:
    schema = read_schema(folder) if folder.is_dir() else None
    if schema is None:
        raise OutputRefused(
            f"{folder}, which holds something else",
            needed="a folder that is not there yet, an empty one, or an earlier export",
            do="name another folder; nothing was changed",
        )
    if schema["schema"] != SCHEMA:
        raise OutputRefused(f"an export in the form {schema['schema']}", needed=SCHEMA, do="export into a new folder")
    return schema


@contextlib.contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise OutputRefused(
            f"{folder}, which can't be written: {problem.strerror}",
            needed="a folder to write",
            do="name another folder",
        ) from problem
