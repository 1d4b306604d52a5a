"""How routes are documented whose body or reply is a file of a folder (``Route.folder``)."""

from __future__ import annotations

from typing import Any

_ROWS = {"type": "array", "items": {"type": "object"}}
_INTEGERS = {"type": "array", "items": {"type": "integer"}}
_COLUMNS = {"type": "object", "properties": dict.fromkeys(("offer", "need", "utility"), _INTEGERS)}
_INSTANCE: dict[str, Any] = {
    "type": "object",
    "required": ["offers", "needs", "edges"],
    "properties": {"offers": _ROWS, "needs": _ROWS, "edges": {"oneOf": [_ROWS, _COLUMNS]}, "theta": {"type": "array"}},
    "description": "与 ./run match 的输入相同 / the input of ./run match (docs/matching.md)",
}
NOUNS = {"live-market": "实时最优方案", "matching-instances": "撮合实例"}
BODIES: dict[str, dict[str, Any]] = {
    "resources.solve_instance": {"required": True, "content": {"application/json": {"schema": _INSTANCE}}}
}
_ANSWER: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
REPLIES: dict[str, dict[str, Any]] = {
    "resources.get_instance_answer": {
        "description": "答案，与 ./run match --json 相同 / the answer, as ./run match --json prints it",
        "content": _ANSWER,
    },
    "resources.get_matching_bundle": {
        "description": "数据、答案与证明，可用 ./run match 重算 / numbers, answer and proof",
        "content": _ANSWER,
    },
}
PARAMETERS: dict[str, tuple[dict[str, Any], ...]] = {
    "resources.solve_instance": (
        {
            "name": "seconds",
            "in": "query",
            "required": False,
            "schema": {"type": "integer", "minimum": 1, "maximum": 60},
            "description": "批量搜索时限 / bound of the search with lots",
        },
    )
}
