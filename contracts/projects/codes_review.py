"""Error codes of planning a review: judges, sessions, schedules, the live queue, calendars."""

from __future__ import annotations

from chassis.codes import Code


class ReviewCode(Code):
    """What planning a review can refuse."""

    REVIEW_PLAN_NOT_FOUND = "review_plan_not_found", "没有这个评审计划", "No such review plan"
    REVIEW_PLAN_STATE = (
        "review_plan_state_conflict",
        "计划当前状态不能这样做",
        "The plan's state does not allow this",
    )
    REVIEW_PLAN_OUTDATED = (
        "review_plan_outdated",
        "计划之后情况有变，请重新计算",
        "Something changed since the plan was made; plan again",
    )
    REVIEW_PLAN_EMPTY = (
        "review_plan_empty",
        "没有可以安排的方案、评委或场次",
        "There are no proposals, judges or sessions to plan",
    )
    JUDGES_FOLLOW_SCHEDULE = (
        "judges_follow_schedule",
        "评委已随路演排期确定，请重新排期",
        "The judges follow the roadshow's schedule; plan the schedule again",
    )
    SCHEDULE_INFEASIBLE = "schedule_infeasible", "排不下", "The pitches do not fit"
    SCHEDULE_MOVE_REFUSED = (
        "schedule_move_refused",
        "这样调整会违反排期规则",
        "The move would break rules of the schedule",
    )
    SESSION_NOT_FOUND = "roadshow_session_not_found", "没有这个场次", "No such session"
    SESSION_INVALID = (
        "roadshow_session_invalid",
        "场次时间有误或容不下一场答辩",
        "The session's times are wrong, or no pitch fits in",
    )
    SESSION_IN_USE = "roadshow_session_in_use", "场次已被使用", "The session is in use"
    ABSENCE_NOT_FOUND = "absence_not_found", "没有这条缺席登记", "No such absence"
    ABSENCE_INVALID = "absence_invalid", "缺席登记有误", "The absence is not valid"
    PITCH_CLOCK_STATE = (
        "pitch_clock_conflict",
        "计时器当前状态不能这样做",
        "The pitch's clock does not allow this",
    )
    DRAW_PUBLIC_INVALID = (
        "draw_public_invalid",
        "事先公布了公开随机数来源时必须填写其数值，否则不能填写",
        "The value of the public source is needed exactly where one was named beforehand",
    )
    CALENDAR_NOT_FOUND = "calendar_not_found", "没有这个日历", "No such calendar"
    CORRECTION_OUTDATED = (
        "correction_outdated",
        "申请之后评分已被另行更正，请重新申请",
        "The sheet was corrected otherwise since; ask again",
    )
