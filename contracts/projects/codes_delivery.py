"""Error codes of delivery, service orders and the trail."""

from __future__ import annotations

from chassis.codes import Code


class DeliveryCode(Code):
    """What a running project, a service order or the trail can refuse."""

    PROJECT_NOT_FOUND = "project_not_found", "没有这个项目", "No such project"
    PROJECT_STATE = "project_state_conflict", "项目当前状态不能这样做", "The project's state does not allow this"
    PROJECT_NOT_YOURS = "project_not_yours", "这不是您组织的项目", "Not your organisation's project"
    MILESTONE_NOT_FOUND = "milestone_not_found", "没有这个里程碑", "No such milestone"
    MILESTONE_STATE = (
        "milestone_state_conflict",
        "里程碑当前状态不能这样做",
        "The milestone's state does not allow this",
    )
    MILESTONES_OPEN = "milestones_open", "还有里程碑未验收", "Some milestones are not accepted yet"
    MILESTONE_WITHOUT_EVIDENCE = (
        "milestone_without_evidence",
        "里程碑需要至少一份佐证",
        "A milestone needs at least one piece of evidence",
    )
    BUDGET_LINE_UNKNOWN = "budget_line_unknown", "预算中没有这一项", "The budget has no such line"
    BUDGET_EXCEEDED = "budget_exceeded", "支出超过该项预算", "Spending exceeds the budget line"
    BUDGET_SUM_WRONG = (
        "budget_sum_wrong",
        "调整后的预算合计必须等于资助额",
        "The changed budget must add up to the award",
    )
    BUDGET_CHANGE_NOT_FOUND = "budget_change_not_found", "没有这个预算调整", "No such budget change"
    REPORT_INVALID = "report_invalid", "报告的期间或批次有误", "The report's period or tranche is not valid"
    RECEIPT_REUSED = "receipt_reused", "这张票据已经报过账", "This receipt was already recorded"
    EVALUATION_MISSING = "evaluation_missing", "还没有所需的评估", "The evaluation it needs is missing"
    TRANCHE_NOT_PAID = "tranche_not_paid", "该期款项尚未拨付", "That tranche has not been paid"
    UNSPENT_NOT_RETURNED = "unspent_not_returned", "结余资金尚未退回", "Unspent money has not been returned"
    ORDER_NOT_FOUND = "order_not_found", "没有这个订单", "No such order"
    ORDER_STATE = "order_state_conflict", "订单当前状态不能这样做", "The order's state does not allow this"
    ORDER_KIND_UNKNOWN = "order_kind_unknown", "没有这种服务", "No such kind of service"
    ORDER_NOT_YOURS = "order_not_yours", "这不是您的订单", "Not your order"
    ORDER_NOT_OFFERED_TO_YOU = (
        "order_not_offered_to_you",
        "这一单现在没有派给您",
        "The order is not offered to you at present",
    )
    ORDER_TAKEN = "order_taken", "这一单已被别人接走", "Somebody else has taken the order"
    ORDER_CANDIDATES_INVALID = (
        "order_candidates_invalid",
        "请选择组织或一位人才，二者其一",
        "Name organisations or one talent, not both and not neither",
    )
    ORDER_CAPACITY_FULL = (
        "order_capacity_full",
        "在办订单已达上限",
        "The organisation has as many open orders as it may",
    )
    ORDER_REQUIREMENT_UNMET = (
        "order_requirement_unmet",
        "接单条件未全部满足",
        "Not every requirement for accepting is met",
    )
    ORDER_WINDOW_INVALID = "order_window_invalid", "服务时间有误", "The service window is not valid"
    ORDER_OUTSIDE_RADIUS = (
        "order_outside_radius",
        "不在服务地点附近，请说明原因",
        "Outside the radius of the place; say why",
    )
    ORDER_WITHOUT_EVIDENCE = (
        "order_without_evidence",
        "这种服务需要至少一份佐证",
        "This kind of service needs at least one piece of evidence",
    )
    ORDER_PROXY_REASON_MISSING = (
        "order_proxy_reason_missing",
        "代办需要说明原因",
        "Acting for the requester needs a reason",
    )
    TRAIL_BEHIND = "trail_behind", "留痕尚未跟上，请稍后再试", "The trail has not caught up; try again shortly"
    TRAIL_BROKEN = "trail_broken", "留痕校验失败", "The trail does not verify"
    TRAIL_ENTRY_NOT_FOUND = "trail_entry_not_found", "没有这条留痕", "No such trail entry"
    TRAIL_KEY_MISSING = "trail_key_missing", "留痕签名密钥未配置", "The trail's signing key is not configured"
    TRAIL_SIZES_INVALID = (
        "trail_sizes_invalid",
        "需要 1 ≤ first ≤ second ≤ 当前长度",
        "Needs 1 ≤ first ≤ second ≤ the current size",
    )
