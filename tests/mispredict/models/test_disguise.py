import bz2
import gzip
import io
import lzma
import os
import pickle
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from mispredict.bad_input import ModelRefused
from mispredict.investigation.spec import ModelSpec
from mispredict.models import FORMATS, open_model
from mispredict.models.disguise import disguise_of

ENDINGS = sorted(ending for loader in FORMATS.values() for ending in loader.endings)


class Canary:
    """Makes a folder when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.place),)


def zipped(content: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("archive/data.pkl", content)
    return sink.getvalue()


def in_numpy(canary: Any) -> bytes:
    sink = io.BytesIO()
    np.save(sink, np.array([canary], dtype=object), allow_pickle=True)
    return sink.getvalue()


def in_joblib(canary: Any, compress: Any) -> bytes:
    sink = io.BytesIO()
    joblib.dump(canary, sink, compress=compress)
    return sink.getvalue()


DISGUISES: dict[str, Callable[[Any], bytes]] = {
    **{f"protocol {p}": lambda c, p=p: pickle.dumps(c, protocol=p) for p in range(6)},
    "gzip": lambda c: gzip.compress(pickle.dumps(c)),
    "bz2": lambda c: bz2.compress(pickle.dumps(c)),
    "xz": lambda c: lzma.compress(pickle.dumps(c)),
    "lzma": lambda c: lzma.compress(pickle.dumps(c), format=lzma.FORMAT_ALONE),
    "zlib": lambda c: zlib.compress(pickle.dumps(c)),
    "joblib zlib": lambda c: in_joblib(c, ("zlib", 3)),
    "joblib gzip": lambda c: in_joblib(c, ("gzip", 3)),
    "joblib bz2": lambda c: in_joblib(c, ("bz2", 3)),
    "joblib lzma": lambda c: in_joblib(c, ("lzma", 3)),
    "joblib xz": lambda c: in_joblib(c, ("xz", 3)),
    "zip": lambda c: zipped(pickle.dumps(c)),
    "numpy": in_numpy,
}


@pytest.fixture(scope="module")
def unpickled() -> Iterator[list[str]]:
    """Everything that this process unpickles, from the interpreter's own audit events."""
    seen: list[str] = []
    listening = [True]

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if listening[0] and event == "pickle.find_class":
            seen.append(str(args))

    sys.addaudithook(hook)  # can't be taken off again, hence the switch
    yield seen
    listening[0] = False


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.usefixtures("no_trusted_models")
def test_a_pickle_is_refused_under_every_name_and_never_run(
    tmp_path: Path, unpickled: list[str], disguise: str, ending: str
) -> None:
    canary = tmp_path / "canary"
    file = tmp_path / f"model{ending}"
    file.write_bytes(DISGUISES[disguise](Canary(canary)))
    unpickled.clear()
    with pytest.raises(ModelRefused) as refused:
        open_model(ModelSpec(path=str(file)))
    assert "pickle" in str(refused.value)
    assert not canary.exists()
    assert unpickled == []


def test_the_audit_hook_would_have_seen_it(tmp_path: Path, unpickled: list[str]) -> None:
    unpickled.clear()
    pickle.loads(pickle.dumps(Canary(tmp_path / "canary")))
    assert len(unpickled) == 1
    assert (tmp_path / "canary").exists()


@pytest.mark.parametrize(
    "content",
    [b"tree\nversion=v4\n", b'{"learner":{}}', b"{L\x00", b"CBM1....", b"\x08\x08\x12", b"a,b\n1,2\n", b"\x80"],
)
def test_what_is_no_pickle_is_not_called_one(content: bytes) -> None:
    assert disguise_of(content) is None


def test_every_format_has_an_ending_of_its_own() -> None:
    assert len(ENDINGS) == len(set(ENDINGS))
