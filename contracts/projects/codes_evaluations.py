"""Error codes of evaluations by several evaluators."""

from __future__ import annotations

from chassis.codes import Code


class EvaluationsCode(Code):
    """What an evaluation can refuse."""

    RUN_NOT_FOUND = "evaluation_not_found", "没有这次评估", "No such evaluation"
    RUN_STATE = "evaluation_state_conflict", "评估当前状态不能这样做", "The evaluation's state does not allow this"
    RUNNING = "evaluation_running", "已有评估正在进行", "An evaluation of this kind is running"
    RUBRIC_INVALID = "evaluation_rubric_invalid", "评估标准有误", "The rubric is not valid"
    SCORES_INVALID = (
        "evaluation_scores_invalid",
        "评分须覆盖每项指标且不超过满分",
        "Points for every criterion, within its maximum",
    )
    TOO_FEW = (
        "evaluation_evaluators_too_few",
        "无利益冲突的评估人不足",
        "Too few evaluators without a conflict of interest",
    )
    SHEETS_OPEN = "evaluation_sheets_open", "还有评估人未锁定评分", "Some evaluators have not locked their sheets"
    SHEET_STATE = "evaluation_sheet_conflict", "评分表已锁定或已回避", "The sheet is locked, or its evaluator recused"
    NOT_EVALUATOR = "evaluation_not_yours", "您不是这次评估的评估人", "You are not an evaluator of this project"
    EVALUATOR_TWICE = "evaluator_named_twice", "评估人重复", "An evaluator is named twice"
    APPEALED_ONCE = "evaluation_appealed_once", "每次评估只能申诉一次", "An evaluation is appealed once"
    APPEAL_TOO_LATE = "evaluation_appeal_too_late", "申诉期已过", "The days for an appeal are over"
    SETTLER_EVALUATED = (
        "evaluation_settler_evaluated",
        "评估人不能处理对自己评分的申诉",
        "An evaluator does not decide an appeal against the own score",
    )
