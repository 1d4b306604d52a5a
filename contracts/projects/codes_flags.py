"""Error codes of flags and the rules that raise them."""

from __future__ import annotations

from chassis.codes import Code


class FlagCode(Code):
    """What flags can refuse."""

    FLAG_NOT_FOUND = "flag_not_found", "没有这条预警", "No such flag"
    FLAG_STATE = "flag_state_conflict", "预警当前状态不能这样做", "The flag's state does not allow this"
    FLAG_NOT_YOURS = "flag_not_yours", "这不是您组织的预警", "Not a flag of your organisation"
    FLAG_UNHEARD = (
        "flag_unheard",
        "组织尚未说明，说明期限也未过，不能认定",
        "The organisation has not explained yet, and still has time to",
    )
    FLAG_RULES_INVALID = "flag_rules_invalid", "预警规则有误", "The flag rules are not valid"
