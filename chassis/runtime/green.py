"""Makes sockets green in serving processes. Imported by chassis.runtime.main before anything that opens one."""

from __future__ import annotations

import sys
import warnings

PLAIN = frozenset({"relay", "jobs", "migrate", "revision", "health", "parked"})


def patch() -> None:
    """Everything eventlet can, psycopg2 included. Only a serving process may: the others block and use threads."""
    if len(sys.argv) > 1 and sys.argv[1] not in PLAIN:
        warnings.filterwarnings("ignore", message="[^A-Za-z]*Eventlet is deprecated")  # known: BUS.md
        import eventlet

        eventlet.monkey_patch()
