"""Error codes of integrations."""

from __future__ import annotations

from chassis.codes import Code


class IntegrationCode(Code):
    """What a grant to a machine can refuse."""

    NOT_FOUND = "integration_not_found", "没有这项系统对接授权", "No such grant"
    STATE = "integration_state_conflict", "该授权已经撤销", "The grant was withdrawn"
    EXISTS = "integration_exists", "该账号已有有效授权，请先撤销", "The account has a grant; withdraw it first"
    OPERATION_INVALID = (
        "integration_operation_invalid",
        "只能授权该角色可用的只读操作",
        "Only reads that the role may do can be granted",
    )
