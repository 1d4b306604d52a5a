"""Error codes of callers, clocks, appointments, ratings and recurring orders."""

from __future__ import annotations

from chassis.codes import Code


class OrderCode(Code):
    """What completing a service order can refuse."""

    CALLER_NOT_FOUND = "order_caller_not_found", "没有这位来电人", "No such caller"
    CALLER_INVALID = (
        "order_caller_invalid",
        "来电登记需要姓名、电话和本人同意，且不能同时指定账号",
        "A caller needs a name, a phone and consent, and is not named with an account",
    )
    CALLER_LINKED = "order_caller_linked", "这位来电人已关联账号", "The caller is linked to an account already"
    ACCOUNT_UNKNOWN = "order_account_unknown", "还不知道这个居民账号", "No resident account of this kind is known"
    HOURS_INVALID = "order_hours_invalid", "工作时段有误或重叠", "The working hours are not valid or overlap"
    OUTSIDE_HOURS = (
        "order_outside_hours",
        "不在服务时段内，需要居民同意并说明原因",
        "Outside the service hours: it needs the resident's consent and a reason",
    )
    DOUBLE_BOOKED = (
        "order_double_booked",
        "这位人才或这支队伍在该时段已有预约",
        "The talent or team has another appointment then",
    )
    MOVED_TOO_OFTEN = (
        "order_moved_too_often",
        "改约次数已达上限，请由工作人员安排",
        "Moved as often as allowed; ask staff",
    )
    MOVE_UNCONFIRMED = (
        "order_move_unconfirmed",
        "居民还没有同意改约的时间",
        "The resident has not agreed to the new time",
    )
    MOVE_NOT_WAITING = "order_move_not_waiting", "没有待确认的改约", "No moved appointment waits for an answer"
    RATING_FIXED = "order_rating_fixed", "评价已过修改期限", "The rating can no longer be changed"
    RATING_NOT_YOURS = "order_rating_not_yours", "只有评价人可以修改评价", "Only who rated may change the rating"
    FOLLOW_UP_NOT_FOUND = "order_follow_up_not_found", "没有这个回访", "No such follow-up"
    FOLLOW_UP_STATE = "order_follow_up_state_conflict", "回访已办结", "The follow-up is settled already"
    HUB_NOT_CARING = (
        "order_hub_not_caring",
        "枢纽只能派给自己培育的组织",
        "A hub offers to organisations in its care only",
    )
    REDO_NOT_ASKED = (
        "order_redo_not_asked",
        "争议处理结果没有要求重做",
        "The dispute did not end with doing it again",
    )
    CREDENTIAL_NOT_FOUND = "credential_not_found", "没有这项资质记录", "No such credential"
    CREDENTIAL_INVALID = "credential_invalid", "资质的对象或期限有误", "The credential's holder or period is not valid"
    CREDENTIAL_REVOKED = "credential_revoked", "这项资质已撤销", "The credential is revoked already"
    SERIES_NOT_FOUND = "order_series_not_found", "没有这个周期订单", "No such recurring order"
    SERIES_STATE = (
        "order_series_state_conflict",
        "周期订单当前状态不能这样做",
        "The recurring order's state does not allow this",
    )
    SERIES_RULE_INVALID = (
        "order_series_rule_invalid",
        "重复规则有误或超出支持范围",
        "The recurrence rule is not valid or outside the supported subset",
    )
    SERIES_NOT_YOURS = "order_series_not_yours", "这不是您的周期订单", "Not your recurring order"
    OCCURRENCE_NOT_FOUND = (
        "order_occurrence_not_found",
        "该日期没有这个周期订单的服务",
        "The recurring order has no occurrence on that day",
    )
    OCCURRENCE_FIXED = (
        "order_occurrence_fixed",
        "该次服务已经派出，请在订单上处理",
        "The occurrence is under way: deal with its order",
    )
