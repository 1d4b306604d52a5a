"""Refusals of the talent grid and of dispatch."""

from __future__ import annotations

from chassis.codes import Code


class TalentCode(Code):
    """Talents, norms and dispatch."""

    NOT_FOUND = "talent_not_found", "没有这位人才", "No such talent"
    STATE = "talent_state", "该人才当前状态不能这样办理", "The talent's status does not allow this"
    EXISTS = "talent_exists", "该账号已在人才网格中", "The account is on the talent grid already"
    NOT_YOURS = "talent_not_yours", "只能办理本人的信息", "You may act only for yourself"
    INVALID = "talent_invalid", "人才信息填写不完整或不一致", "The talent's facts contradict themselves"
    SKILL_UNKNOWN = "talent_skill_unknown", "没有这项技能", "No such skill"
    CREDENTIAL_NOT_FOUND = "talent_credential_not_found", "没有这项资质", "No such credential"
    CREDENTIAL_STATE = (
        "talent_credential_state",
        "资质当前状态不能这样办理",
        "The credential's status does not allow this",
    )
    NORM_UNCHANGED = "talent_norm_unchanged", "与现行标准相同", "The norm in force says the same"
    DISPATCH_NOT_FOUND = "dispatch_not_found", "没有这次派遣", "No such dispatch"
    DISPATCH_STATE = "dispatch_state", "派遣当前状态不能这样办理", "The dispatch's status does not allow this"
    DISPATCH_INVALID = "dispatch_invalid", "派遣需求填写不完整或不一致", "The dispatch contradicts itself"
    OFFER_NOT_FOUND = "dispatch_offer_not_found", "没有这份派遣邀请", "No such dispatch offer"
    OFFER_STATE = "dispatch_offer_state", "邀请当前状态不能这样办理", "The offer's status does not allow this"
    OFFER_EXPIRED = "dispatch_offer_expired", "邀请已过答复时限", "The time to answer the offer has passed"
    NO_CONSENT = "dispatch_no_consent", "本人未同意被派遣", "The person did not agree to be dispatched"
    NOBODY_FIT = "dispatch_nobody_fit", "没有合适且同意派遣的人员", "Nobody fit agreed to be dispatched"
    HOURS_NOT_FOUND = "service_hours_not_found", "没有这条服务时长记录", "No such record of hours"
    HOURS_STATE = "service_hours_state", "该时长记录当前状态不能这样办理", "The record's status does not allow this"
    HOURS_TOO_LONG = "service_hours_too_long", "超过单次服务时长上限", "Longer than one record of hours may be"


class Unfit(Code):
    """Why a person is not asked; shown beside the ranking."""

    NO_CONSENT = "no_dispatch_consent", "未同意被派遣", "Did not agree to be dispatched"
    NOT_ACTIVE = "talent_not_active", "暂停或已退出", "Paused or gone"
    SKILL_MISSING = "skill_missing", "缺少所需技能", "A skill is missing"
    CREDENTIAL_MISSING = "credential_missing", "没有有效资质", "No valid credential"
    TOO_FAR = "too_far", "超出派遣距离", "Further than dispatch reaches"
    BUSY = "load_full", "在办任务已满", "Has as many dispatches as allowed"
    NOT_AVAILABLE = "not_available", "该时间没有空", "Not free at that time"
    ASKED = "asked_already", "本次已邀请过", "Was asked for this already"
