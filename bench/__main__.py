"""``./run bench <what> [--json FILE]``."""

from __future__ import annotations

import argparse
import sys

from bench import district

BENCHES = {"district": district.main}


def main() -> int:
    """Run one benchmark."""
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("what", choices=sorted(BENCHES))
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON")
    chosen = parser.parse_args()
    return BENCHES[chosen.what](chosen.json)


if __name__ == "__main__":
    sys.exit(main())
