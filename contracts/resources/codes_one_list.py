"""Refusals of the one list."""

from __future__ import annotations

from chassis.codes import Code


class OneListCode(Code):
    """The one list, its versions and its numbers."""

    ENTRY_NOT_FOUND = "list_entry_not_found", "清单里没有这一条", "No such entry on the list"
    ENTRY_STATE = "list_entry_state", "该条目当前状态不能这样办理", "The entry's status does not allow this"
    ENTRY_INVALID = "list_entry_invalid", "条目填写不完整或不一致", "The entry is incomplete or contradicts itself"
    ENTRY_OF_REGISTRY = (
        "list_entry_of_registry",
        "组织信息由登记处更新，不能在清单里改",
        "An organisation's facts are kept by the registry and not changed here",
    )
    CONSENT_NEEDED = (
        "list_consent_needed",
        "未经本人同意不得公开",
        "Nobody is published without their consent",
    )
    PLACE_INVALID = (
        "list_place_invalid",
        "社区或网格不在所属街道内",
        "The community or grid cell does not lie in its street",
    )
    VERSION_NOT_FOUND = "list_version_not_found", "没有这个清单版本", "No such version of the list"
    VERSION_UNCHANGED = (
        "list_version_unchanged",
        "与上一版本相同，无需发布",
        "Nothing changed since the last version",
    )
    VERSIONS_OF_TWO_STREETS = (
        "list_versions_of_two_streets",
        "版本不属于该街道",
        "The version is another street's",
    )
    RULE_UNKNOWN = "list_rule_unknown", "没有这个参数", "No such number"
    RULE_BOUNDS = "list_rule_bounds", "参数超出允许范围", "The number is out of its bounds"
