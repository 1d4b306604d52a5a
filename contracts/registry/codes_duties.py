"""Error codes of changes of role and of the second pair of eyes."""

from __future__ import annotations

from chassis.codes import Code


class DutyCode(Code):
    """What keeps duties apart."""

    ROLE_SEPARATED = (
        "account_role_separated",
        "系统管理员、安全管理员、审计员与接口客户端的账号不能改为其他角色，也不能由其他角色改任，请另开账号",
        "Nobody becomes, or ceases to be, administrator, security, auditor or API client: open another account",
    )
    ROLE_SAME = "account_role_same", "角色与所属范围没有变化", "Neither the role nor its scope would change"
    ROLE_SERVING = (
        "account_role_serving",
        "该账号正在孵化服务团队中任职，请先交接",
        "The account serves, or is about to serve, a case: hand that over first",
    )
    OPENER_CONFIRMS = (
        "account_opener_confirms",
        "开通账号的人不能复核同一账号",
        "Whoever opened the account cannot confirm or reject it",
    )
