"""The garbage collector of a long-lived process."""

from __future__ import annotations

import gc

YOUNG = 5_000


def settle() -> None:
    """Call when everything is imported and set up: what lives until the end is not looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
