"""Kernels: compiled when first called, kept on disk, and usable from many threads."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import pytest
from numba.core.caching import IndexDataCacheFile

from explainers.compiled import Kernel, compiled, over_rows


def _square(value: float) -> float:
    return value * value


square = compiled(_square)


def total(values: np.ndarray) -> float:
    found = 0.0
    for value in values:
        found += square(value)
    return found


def test_a_kernel_calls_a_kernel_and_answers_as_its_function() -> None:
    assert compiled(total)(np.arange(5.0)) == total(np.arange(5.0)) == 30.0


def test_the_package_does_not_import_numba() -> None:
    code = "import sys, explainers; sys.exit('numba' in sys.modules or 'shap' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_where_no_folder_can_be_written_it_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    own = numba.njit

    def refusing(function: object, **how: object) -> object:
        if how.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return own(function, **how)

    monkeypatch.setattr(numba, "njit", refusing)
    assert compiled(_square)(3.0) == 9.0


def test_a_full_disk_does_not_stop_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "load", lambda *_: None)
    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    assert compiled(_square)(4.0) == 16.0


def test_many_threads_may_run_one_kernel_that_none_of_them_has_compiled() -> None:
    kernel: Kernel = compiled(_square)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(kernel, [1.0, 2.0, 3.0, 4.0])) == [1.0, 4.0, 9.0, 16.0]


@pytest.mark.parametrize(("rows", "least"), [(0, 5), (1, 5), (9, 5), (1000, 1), (1000, 5000)])
def test_ranges_cover_every_row_once(rows: int, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainers.compiled.processors", lambda: 3)
    seen = np.zeros(rows, dtype=int)

    def mark(start: int, stop: int) -> None:
        seen[start:stop] += 1

    over_rows(mark, rows, least=least)
    assert (seen == 1).all()


def test_an_error_in_a_range_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainers.compiled.processors", lambda: 3)

    def fail(start: int, _: int) -> None:
        if start:
            raise ValueError("this range")

    with pytest.raises(ValueError, match="this range"):
        over_rows(fail, 100, least=1)
