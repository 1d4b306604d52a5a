"""The registry's rows as they are, to compare before and after."""

from __future__ import annotations

import json

from sqlalchemy import text

from services.registry.models import Base
from tests.service.registry.cast import Cast

# What a merge writes on purpose: the road it took, and what tells of it.
ROAD = {"organisation_merge", "merge_move", "organisation_change", "duplicate_check", "duplicate_pair"}


def snapshot(cast: Cast) -> dict[str, list[str]]:
    """Every row of the registry's own tables but versions, which only count."""
    found = {}
    with cast.host.executors["registry"].sessions() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in ROAD:
                continue
            rows = session.execute(text(f'SELECT to_jsonb(t) FROM "{table.name}" t')).scalars()
            plain = ({name: value for name, value in row.items() if name != "version"} for row in rows)
            found[table.name] = sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in plain)
    return found
