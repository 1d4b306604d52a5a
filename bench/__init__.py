"""What the performance goals are measured with; nothing here asserts."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Progress, beside the tables."""
    print(f"· {text}", file=sys.stderr, flush=True)
