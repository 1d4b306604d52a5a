"""`./run openapi`: the document of /openapi.json, without a running district."""

from __future__ import annotations

import json
import sys

from gateway import api, catalogue, openapi


def main() -> int:
    document = openapi.build(api.routes(), {**catalogue.load(), **api.own_operations()})
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
