"""Error codes of community projects."""

from __future__ import annotations

from chassis.codes import Code


class CommunityCode(Code):
    """What a community project, its sessions and its money can refuse."""

    PROJECT_NOT_FOUND = "community_project_not_found", "没有这个社区项目", "No such community project"
    PROJECT_STATE = (
        "community_project_state_conflict",
        "社区项目当前状态不能这样做",
        "The community project's state does not allow this",
    )
    PROJECT_NOT_YOURS = "community_project_not_yours", "您不是这个社区项目的主办方", "You do not host this project"
    PERIOD_INVALID = "community_period_invalid", "项目或场次的时间有误", "The period or a session's time is not valid"
    BUDGET_INVALID = (
        "community_budget_invalid",
        "预算各项须不重复且合计等于预算总额",
        "Distinct lines that add up to the budget",
    )
    BUDGET_EXCEEDED = "community_budget_exceeded", "超过预算", "More than the budget"
    LINE_UNKNOWN = "community_line_unknown", "预算中没有这一项", "The budget has no such line"
    RECEIPT_REUSED = "community_receipt_reused", "这张票据已经报过账", "This receipt was already recorded"
    UNREADY = "community_project_unready", "还不能发布", "Not ready to be published"
    SESSIONS_OPEN = "community_sessions_open", "还有场次未办结", "Some sessions are neither held nor cancelled"
    ORDERS_OPEN = "community_orders_open", "还有服务单未办结", "Some orders are still under way"
    SESSION_NOT_FOUND = "community_session_not_found", "没有这个场次", "No such session"
    SESSION_STATE = (
        "community_session_state_conflict",
        "场次当前状态不能这样做",
        "The session's state does not allow this",
    )
    ORDER_NOT_FITTING = (
        "community_order_not_fitting",
        "服务单不在同一街道、已办结或已属于其他场次",
        "The order is of another street, over, or of another session",
    )
    INTEREST_EXISTS = "community_interest_exists", "您已报名", "You have signed up already"
    INTEREST_NOT_FOUND = "community_interest_not_found", "您没有报名", "You have not signed up"
