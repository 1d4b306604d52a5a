"""Error codes of places."""

from __future__ import annotations

from chassis.codes import Code


class PlaceCode(Code):
    """What places can refuse besides not being there."""

    EXISTS = "place_exists", "该代码已经使用", "The code is in use"
    STATE = "place_state_conflict", "该地方当前状态不能这样做", "The place's state does not allow this"
    RETIRED = "place_retired", "该代码已停用，请使用后继代码", "The code is no longer used; use its successor"
    PARENT_INVALID = (
        "place_parent_invalid",
        "代码与上级代码、层级不符",
        "The code does not fit its parent and level",
    )
    SUCCESSOR_INVALID = (
        "place_successor_invalid",
        "后继须是本区同级、在用的另一个地方，且不能绕回自身",
        "A successor is another place in use of the same level and district, and never leads back",
    )
    DATES_INVALID = "place_dates_invalid", "停用日期早于启用日期", "The last day lies before the first"
    LIST_MISSING = "place_list_missing", "全国名录中没有这个区", "The national list has no such district"
    POLYGON_INVALID = (
        "grid_polygon_invalid",
        "网格边界不是有效的 GeoJSON 多边形（WGS-84，首尾相接）",
        "The boundary is not a valid GeoJSON polygon (WGS-84, closed rings)",
    )
    POLYGON_TOO_LARGE = "grid_polygon_too_large", "网格边界的点数超过上限", "The boundary has too many points"
