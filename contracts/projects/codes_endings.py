"""Error codes of changes of a project's plan, and of its end."""

from __future__ import annotations

from chassis.codes import Code


class EndingsCode(Code):
    """What a change, a closing and an early end can refuse."""

    CHANGE_NOT_FOUND = "project_change_not_found", "没有这项变更", "No such change"
    CHANGE_STATE = "project_change_state_conflict", "变更当前状态不能这样做", "The change's state does not allow this"
    CHANGE_INVALID = "project_change_invalid", "变更内容有误", "The change is not valid"
    CHANGE_EMPTY = "project_change_empty", "没有改变任何内容", "The change changes nothing"
    CHANGE_OUTDATED = (
        "project_change_outdated",
        "项目计划已有新版本，请按新版本重新提出",
        "The plan has a newer version: ask again on top of it",
    )
    CHANGE_NEEDS_BUREAU = "project_change_needs_bureau", "该类变更由民政局决定", "The bureau decides this kind"
    EXTENSION_TOO_LONG = (
        "project_extension_too_long",
        "延期超过规定上限",
        "Longer than the policy allows, counted from the first end",
    )
    REPORTS_OPEN = "project_reports_open", "还有到期报告未通过", "Some reports that are due are not accepted"
    FLAGS_OPEN = "project_flags_open", "还有须先处理的预警", "Some flags must be settled first"
    TERMINATION_NOT_FOUND = "termination_not_found", "没有这项终止", "No such early end"
    TERMINATION_STATE = (
        "termination_state_conflict",
        "终止程序当前状态不能这样做",
        "The early end's state does not allow this",
    )
    TERMINATION_OPEN = "termination_open", "终止程序正在进行", "An early end is under way"
    TERMINATION_CAUSE = "termination_cause_forbidden", "您不能以这一事由提出", "You cannot ask on this ground"
    TERMINATION_OWN = "termination_own_answer", "须由另一方答复", "The other side answers"
    TERMINATION_UNHEARD = (
        "termination_unheard",
        "组织的陈述期未满",
        "The organisation may still be heard",
    )
    TERMINATION_UNAGREED = "termination_unagreed", "另一方尚未同意", "The other side has not agreed"
    DEBARMENT_UNFOUNDED = (
        "termination_debarment_unfounded",
        "仅违约终止可提议禁入",
        "Only an end for breach is a ground for a debarment",
    )
    DISALLOWED_INVALID = (
        "disallowed_spending_invalid",
        "不予认可的支出不属于本项目或重复",
        "A payment that is not allowed is not of this project, or named twice",
    )
