"""Refusals of the census."""

from __future__ import annotations

from chassis.codes import Code


class CensusCode(Code):
    """Campaigns, their targets, assignments and records."""

    NOT_FOUND = "census_not_found", "没有这次摸排", "No such census"
    STATE = "census_state", "摸排当前状态不能这样办理", "The census's status does not allow this"
    INVALID = "census_invalid", "摸排方案填写不完整或不一致", "The census is incomplete or contradicts itself"
    NOTHING_DUE = "census_nothing_due", "没有到期需复核的条目", "Nothing is due to be checked again"
    TARGETS_MISSING = "census_targets_missing", "还没有设定覆盖目标", "No places to cover were set"
    NOT_A_TARGET = "census_not_a_target", "该地点不在本次摸排范围内", "The place is not one this census covers"
    NOT_ASSIGNED = "census_not_assigned", "该地点没有分派给您", "The place was not assigned to you"
    WORKER_UNKNOWN = "census_worker_unknown", "没有这位网格员或工作人员", "No such grid worker or member of staff"
    RECORD_NOT_FOUND = "census_record_not_found", "没有这份摸排记录", "No such census record"
    RECORD_STATE = "census_record_state", "记录当前状态不能这样办理", "The record's status does not allow this"
    RECORD_DIFFERS = (
        "census_record_differs",
        "同一编号的记录内容不同，请先核对",
        "A record with this key was sent before, with other content",
    )
    RECORD_SAME_PERSON = (
        "census_record_same_person",
        "不能核实自己填报的记录",
        "Nobody verifies what they recorded",
    )
    RECORD_DUPLICATE = (
        "census_record_duplicate",
        "清单中已有相近条目，请合并或确认为新条目",
        "The list has entries like this: merge it, or say that it is new",
    )
    RECORD_OTHER_KIND = (
        "census_record_other_kind",
        "只能并入同类、同街道的条目",
        "A record joins only an entry of its kind and street",
    )
    RECORDS_OPEN = (
        "census_records_open",
        "还有待核实的记录",
        "Records still wait to be decided",
    )
