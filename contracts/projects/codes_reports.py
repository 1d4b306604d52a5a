"""Error codes of periodic reports."""

from __future__ import annotations

from chassis.codes import Code


class ReportsCode(Code):
    """What a report plan and its reports can refuse."""

    SLOT_NOT_FOUND = "report_slot_not_found", "没有这期报告", "No such report is due"
    SLOT_STATE = "report_slot_state_conflict", "报告当前状态不能这样做", "The report's state does not allow this"
    PLAN_EXISTS = (
        "report_plan_in_use",
        "已有报告提交，不能重新排期",
        "A report was handed in already: the plan stays",
    )
    PLAN_EMPTY = (
        "report_plan_empty",
        "按这一规则排不出任何一期报告",
        "By these rules no report would ever be due",
    )
    ANCHOR_INVALID = "report_anchor_invalid", "起算日离今天过远", "The anchor is too far from today"
    TOO_EARLY = "report_too_early", "本期尚未开始，不能提交", "The period has not begun yet"
    LINE_UNKNOWN = "report_line_unknown", "支出项目不在预算中或重复", "A line is not in the budget, or named twice"
    DEVIATION_UNEXPLAINED = (
        "report_deviation_unexplained",
        "填报数与平台记录不一致，请说明原因",
        "What is reported differs from the platform's records: say why",
    )
    EXTENSION_INVALID = (
        "report_extension_invalid",
        "延期日期有误或超过上限",
        "The new day is not later, or later than the policy allows",
    )
