"""Warming compiles what the first questions need."""

from __future__ import annotations

import importlib

from explainers.compiled import Kernel
from explainers.warming import warm

KERNELS = ("forests.kernels", "forests.crossings", "path_layout", "path_shapley", "background_shapley")
FLIPS = ("changes.descent", "changes.sweep")


def test_after_warming_no_kernel_of_trees_is_left_to_compile() -> None:
    warm()
    for name in (*KERNELS, *FLIPS):
        entered = _entered(f"explainers.{name}")
        assert entered
        left = [k.function.__name__ for k in entered if not k.dispatcher().signatures]
        assert not left, f"{name}: {left}"


def _entered(module: str) -> list[Kernel]:
    """Return the kernels that Python calls: those that only kernels call are compiled with them."""
    kernels = [k for k in vars(importlib.import_module(module)).values() if isinstance(k, Kernel)]
    own = [k for k in kernels if module == k.function.__module__]
    inside = {name for k in own for name in k.function.__code__.co_names if name != k.function.__name__}
    return [k for k in own if k.function.__name__ not in inside]
