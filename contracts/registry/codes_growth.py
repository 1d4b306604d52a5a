"""Error codes of incubation."""

from __future__ import annotations

from chassis.codes import Code


class GrowthCode(Code):
    """What cases, service teams, plans, visits and consultations can refuse."""

    CASE_NOT_FOUND = "case_not_found", "没有这个孵化案", "No such incubation case"
    CASE_STATE = "case_state_conflict", "孵化案当前状态不能这样做", "The case's state does not allow this"
    CASE_OTHER_OPEN = "case_other_open", "该组织已有在办的孵化案", "The organisation has another open case"
    CASE_REENTRY_EARLY = (
        "case_reentry_early",
        "上次孵化结束后未满再次申请的间隔期",
        "Too soon to apply again after the last incubation ended",
    )
    CASE_DOCUMENTS_MISSING = "case_documents_missing", "申请材料不齐", "Required documents are missing"
    CASE_VOTE_REPEATED = "case_vote_repeated", "您已经评审过", "You have voted already"
    CASE_REVIEWER_RECUSED = (
        "case_reviewer_recused",
        "您与该组织有关联，应当回避",
        "You are connected with the organisation and recused",
    )
    CASE_VOTES_MISSING = "case_votes_missing", "有效评审票数不足", "Too few votes"
    CASE_VOTES_TIED = "case_votes_tied", "赞成与反对票数相同", "The votes are tied"
    CASE_BASE_FULL = "case_base_full", "基地入驻名额已满", "The base has no capacity left"
    CASE_NOTICE_RUNNING = "case_notice_running", "公示期未满", "The public notice is still running"
    CASE_NOTICE_OVER = "case_notice_over", "公示期已过", "The public notice is over"
    CASE_OBJECTION_OPEN = "case_objection_open", "还有未处理的异议", "An objection is still open"
    CASE_OBJECTION_NOT_FOUND = "case_objection_not_found", "没有这个异议", "No such objection"
    CASE_OBJECTION_RESOLVED = "case_objection_resolved", "异议已经处理", "The objection is settled already"
    CASE_TEAM_INCOMPLETE = (
        "case_team_incomplete",
        "须先配备专员和管家",
        "A specialist and a steward must be assigned first",
    )
    CASE_BASELINE_MISSING = (
        "case_baseline_missing",
        "须先完成基线能力评估",
        "The baseline capacity must be assessed first",
    )
    CASE_DATE_INVALID = "case_date_invalid", "日期不能晚于今天", "The date lies in the future"
    CASE_SIGNED_EARLY = (
        "case_signed_early",
        "签约日期不能早于公示期满",
        "The agreement cannot have been signed before the public notice was over",
    )
    CASE_ASSESSMENT_UNTIMELY = (
        "case_assessment_untimely",
        "基线评估在入孵前做，过程和出壳评估在入孵后做",
        "A baseline is assessed before incubation begins, interim and exit capacity once it has",
    )
    CASE_EXPULSION_PENDING = (
        "case_expulsion_pending",
        "清退评审期间不能自行退出",
        "Nobody withdraws while their expulsion is under review",
    )
    CASE_TERM_TOO_LONG = "case_term_too_long", "孵化期限超过上限", "The term is longer than allowed"
    CASE_ALREADY_EXTENDED = "case_already_extended", "孵化期只能延长一次", "Incubation is extended once only"
    CASE_FINDINGS_OPEN = "case_findings_open", "严重问题尚未整改完成", "High-severity findings are not rectified"
    CASE_EXPULSION_UNFOUNDED = (
        "case_expulsion_unfounded",
        "复查不合格次数未达到清退条件",
        "Too few failed rechecks to expel",
    )
    TEAM_ROLE_TAKEN = "team_role_taken", "该岗位已有人，请办理交接", "Somebody holds this role; hand it over"
    TEAM_ROLE_VACANT = "team_role_vacant", "该岗位还没有人", "Nobody holds this role"
    TEAM_ACCOUNT_INVALID = "team_account_invalid", "该账号不能担任这个岗位", "The account cannot hold this role"
    TEAM_CASELOAD_FULL = "team_caseload_full", "该人员在办孵化案已达上限", "The person has as many cases as allowed"
    RESOURCE_LINK_NOT_FOUND = "resource_link_not_found", "没有这项后台资源", "No such resource link"
    PLAN_NOT_FOUND = "plan_not_found", "没有这个成长方案", "No such growth plan"
    PLAN_STATE = "plan_state_conflict", "方案当前状态不能这样做", "The plan's state does not allow this"
    PLAN_CASE_CLOSED = "plan_case_closed", "孵化案已结束", "The case is over"
    PLAN_EXISTS = "plan_exists", "该孵化案已有成长方案", "The case has a growth plan already"
    VISIT_NOT_FOUND = "visit_not_found", "没有这次督导", "No such supervision visit"
    VISIT_STATE = "visit_state_conflict", "督导当前状态不能这样做", "The visit's state does not allow this"
    VISIT_FINDINGS_OPEN = "visit_findings_open", "还有未办结的问题", "Some findings are still open"
    VISIT_DATE_INVALID = "visit_date_invalid", "督导或整改日期有误", "A date of the visit is not valid"
    FINDING_NOT_FOUND = "finding_not_found", "没有这个问题", "No such finding"
    FINDING_STATE = "finding_state_conflict", "问题当前状态不能这样做", "The finding's state does not allow this"
    CONSULTATION_NOT_FOUND = "consultation_not_found", "没有这个咨询", "No such consultation"
    CONSULTATION_STATE = (
        "consultation_state_conflict",
        "咨询当前状态不能这样做",
        "The consultation's state does not allow this",
    )
    CONSULTATION_NOT_YOURS = "consultation_not_yours", "这不是您的咨询", "Not your consultation"
