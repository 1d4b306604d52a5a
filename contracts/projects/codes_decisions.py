"""Error codes of decisions: overrides by hand and audit bundles."""

from __future__ import annotations

from chassis.codes import Code


class DecisionCode(Code):
    """What a decision's second look can refuse."""

    OVERRIDE_NOT_FOUND = "decision_override_not_found", "没有这项人工调整", "No such override"
    OVERRIDE_STATE = (
        "decision_override_state_conflict",
        "人工调整当前状态不能这样做",
        "The override's state does not allow this",
    )
    OVERRIDE_SAME_SIGNER = (
        "decision_override_same_signer",
        "须由另一人签署",
        "The second signature must be somebody else's",
    )
    OVERRIDE_OPEN = (
        "decision_override_open",
        "还有人工调整等待签署或撤回",
        "An override still waits for its second signature",
    )
    OVERRIDE_INVALID = "decision_override_invalid", "人工调整内容有误", "The override's changes are not valid"
    RESULTS_HIDDEN = "results_hidden", "结果公布后才可查看", "Available once the results are published"
    ALLOCATION_FAILED = (
        "allocation_failed",
        "按冻结的规则未能算出结果",
        "The frozen rule could not be computed",
    )
