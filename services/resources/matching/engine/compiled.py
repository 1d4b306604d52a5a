"""Functions on arrays compiled to the machine's own code when first called; kept on disk for the next process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The same function, fast: numbers, arrays and named tuples of arrays only. Overflows wrap, indexes go unchecked.

    Compiled code lies beside the source, in ``NUMBA_CACHE_DIR`` or in the user's cache, whichever may be written;
    where none may, each process compiles for itself. ``NUMBA_DISABLE_JIT=1`` runs the plain function.
    """
    try:
        return cast("F", numba.njit(cache=True)(function))
    except RuntimeError:  # no place for the cache
        return cast("F", numba.njit(function))
